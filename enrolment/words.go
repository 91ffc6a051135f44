package enrolment

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// PublishedIDs lists the published seminars, past ones included, for whoever asks.
func PublishedIDs(ctx context.Context, db bun.IDB) ([]int64, error) {
	var ids []int64
	if err := db.NewRaw(`select id from seminar where state = 'published' order by id`).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("published seminars: %w", err)
	}
	return ids, nil
}

// FindPublished returns a published seminar without its sessions and gate, whoever asks; false when there is none.
func FindPublished(ctx context.Context, db bun.IDB, id int64) (Seminar, bool, error) {
	var found []Seminar
	if err := db.NewRaw(`select * from seminar where id = ? and state = 'published'`, id).Scan(ctx, &found); err != nil {
		return Seminar{}, false, fmt.Errorf("seminar %d: %w", id, err)
	}
	if len(found) == 0 {
		return Seminar{}, false, nil
	}
	return found[0], true, nil
}
