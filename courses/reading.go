package courses

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// ConfirmRead notes that the actor read a reading, once and for ever. It returns ErrSignInRequired, ErrNotFound or
// ErrForbidden as Lesson does. Confirming again changes nothing.
func (s *Service) ConfirmRead(ctx context.Context, actor account.Actor, lessonID int64) (Outcome, error) {
	lesson, m, err := s.follow(ctx, actor, lessonID)
	if err != nil {
		return Outcome{}, err
	}
	if lesson.Kind != Reading || m.State == Draft {
		return Outcome{}, fmt.Errorf("read lesson %d: %w", lessonID, account.ErrNotFound)
	}
	p := &progress{personID: actor.PersonID, moduleID: m.ID, spaceID: m.SpaceID, lessonID: lessonID, at: s.now()}
	out, err := s.settleOne(ctx, p, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(`insert into reading_done (person_id, lesson_id, at) values (?, ?, ?) on conflict do nothing`,
			actor.PersonID, lessonID, p.at).Exec(ctx)
		return err
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("read lesson %d: %w", lessonID, err)
	}
	return out, nil
}
