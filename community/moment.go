package community

import (
	"context"
	"fmt"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// manyMoments is how many threads about one film are shown on its page.
const manyMoments = 100

// Moments are the threads about a lesson's film that the actor may read, by second. A lesson belongs to one space, which the
// caller knows; it returns account.ErrForbidden or account.ErrNotFound for one that the actor can't read.
func (s *Service) Moments(ctx context.Context, actor account.Actor, spaceID, lessonID int64) ([]Thread, error) {
	sp, err := readable(ctx, s.db, actor, spaceID)
	if err != nil {
		return nil, fmt.Errorf("threads about lesson %d: %w", lessonID, err)
	}
	q := s.db.NewSelect().TableExpr("thread").ColumnExpr(threadColumns).
		Where("lesson_id = ? and space_id = ? and deleted_at is null", lessonID, spaceID).
		OrderExpr("second, id").Limit(manyMoments)
	if !actor.Can(account.Moderate, sp.Scope()) {
		q = q.Where("not hidden or author_id = any(?)", pgdialect.Array(actor.Selves()))
	}
	var all []Thread
	if err := q.Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("threads about lesson %d: %w", lessonID, err)
	}
	return all, nil
}
