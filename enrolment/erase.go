package enrolment

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Erase gives back the seats, the places and the requests of somebody who erased their account at seminars to come, each to who waits next,
// and takes their name from among trainers and their words from proposals. What they attended goes with their person's row; indicators go on counting it, as the log
// of events tells it: of somebody about whom nothing else is known.
func (s *Service) Erase(ctx context.Context, e account.Erased) error {
	var held []struct{ ID, PersonID int64 }
	err := s.db.NewRaw(`select r.id, r.person_id from registration r join seminar s on s.id = r.seminar_id
		where r.person_id = any(?) and r.state not in ('cancelled', 'attended', 'absent') and s.starts_at > ? order by r.seminar_id, r.id`,
		pgdialect.Array(e.IDs), s.now()).Scan(ctx, &held)
	if err != nil {
		return fmt.Errorf("seats of somebody who goes: %w", err)
	}
	for _, r := range held {
		err := s.Cancel(ctx, account.Actor{PersonID: r.PersonID}, r.ID, "")
		if err != nil && !errors.Is(err, ErrStarted) {
			return err
		}
	}
	var given []int64
	err = s.db.NewRaw(`select distinct seminar_id from seminar_trainer where person_id = any(?) order by 1`, pgdialect.Array(e.IDs)).Scan(ctx, &given)
	if err != nil {
		return fmt.Errorf("seminars that somebody who goes gives: %w", err)
	}
	for _, id := range given {
		if err := s.eraseTrainer(ctx, id, e.IDs); err != nil {
			return err
		}
	}
	_, err = s.db.ExecContext(ctx, `update twin_proposal set words = '' where decided_by = any(?)`, pgdialect.Array(e.IDs))
	if err != nil {
		return fmt.Errorf("words of somebody who goes: %w", err)
	}
	return nil
}

// eraseTrainer takes people from among the trainers of a seminar.
func (s *Service) eraseTrainer(ctx context.Context, seminarID int64, people []int64) error {
	return s.inTx(ctx, "erase a trainer", func(ctx context.Context, tx bun.Tx) error {
		if _, err := findSeminar(ctx, tx, seminarID, seminarLock); err != nil {
			return err
		}
		_, err := tx.NewRaw(`delete from seminar_trainer where seminar_id = ? and person_id = any(?)`, seminarID, pgdialect.Array(people)).Exec(ctx)
		if err != nil {
			return err
		}
		sem, err := findSeminar(ctx, tx, seminarID, "") // as it is now
		if err != nil || sem.State != Published {
			return err
		}
		return events.Publish(ctx, tx, sem.changed(nobody))
	})
}
