package courses

import (
	"context"
	"fmt"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// Summary counts what a space offers, and what of it a person did.
type Summary struct {
	Modules   int // published
	Completed int // of those, by the person
}

// Summaries returns the summary of each of the spaces, by space, for the actor. It tells nothing but counts, so it asks
// for no right to read.
func (s *Service) Summaries(ctx context.Context, actor account.Actor, spaces []int64) (map[int64]Summary, error) {
	var rows []struct {
		SpaceID int64
		Summary
	}
	err := s.db.NewRaw(`
		select m.space_id, count(*) as modules, count(c.at) as completed
		from module m left join completion c on c.module_id = m.id and c.person_id = ?
		where m.state = 'published' and m.space_id = any (?::bigint[]) group by m.space_id`,
		actor.PersonID, pgdialect.Array(spaces)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("summaries: %w", err)
	}
	all := map[int64]Summary{}
	for _, r := range rows {
		all[r.SpaceID] = r.Summary
	}
	return all, nil
}
