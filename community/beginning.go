package community

import (
	"context"
	"fmt"

	"halqa/community/account"
)

// Begun is how far the forum of a new space has come.
type Begun struct {
	Threads int // that everybody sees
	Pinned  int // of those
}

// Begun tells those who moderate a space how far its forum has come.
func (s *Service) Begun(ctx context.Context, actor account.Actor, spaceID int64) (b Begun, err error) {
	sp, err := readable(ctx, s.db, actor, spaceID)
	if err == nil {
		err = moderates(actor, sp.Scope())
	}
	if err != nil {
		return b, err
	}
	err = s.db.NewRaw(`select count(*) as threads, count(*) filter (where pinned_at is not null) as pinned from thread
		where space_id = ? and seminar_id is null and deleted_at is null and not hidden and archived_at is null`, spaceID).Scan(ctx, &b.Threads, &b.Pinned)
	if err != nil {
		return b, fmt.Errorf("beginning of the forum of space %d: %w", spaceID, err)
	}
	return b, nil
}
