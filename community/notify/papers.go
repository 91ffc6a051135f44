package notify

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// ofPaper tells those who hold a seat that there are documents. Whoever was told and hasn't looked yet isn't told again:
// documents are often added one after the other.
func ofPaper(ctx context.Context, tx bun.Tx, p events.PaperAdded) ([]notice, error) {
	var people []int64
	err := tx.NewRaw(`select to_id from unnest(?::bigint[]) to_id where not exists (select from notification
			where person_id = to_id and kind = ? and (data->>'seminar_id')::bigint = ? and read_at is null) order by to_id`,
		pgdialect.Array(p.PersonIDs), PapersAdded, p.SeminarID).Scan(ctx, &people)
	if err != nil {
		return nil, fmt.Errorf("who wasn't told of documents: %w", err)
	}
	notices := make([]notice, len(people))
	for i, id := range people {
		notices[i] = notice{to: id, kind: PapersAdded, data: Data{Title: p.Title, StartsAt: p.StartsAt, SeminarID: p.SeminarID}}
	}
	return notices, nil
}
