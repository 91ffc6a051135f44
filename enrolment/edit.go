package enrolment

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Create saves a new draft. Of s it reads what an author writes: office, space, texts, venue, zone, capacity and how its
// seats are given, dates, gate.
// It returns account.ErrForbidden, account.ErrNotFound for a space the actor mustn't know of, or account.Invalids naming
// the fields.
func (s *Service) Create(ctx context.Context, actor account.Actor, sem Seminar) (Seminar, error) {
	if !actor.Can(account.RunSeminars, sem.Scope()) {
		return Seminar{}, account.ErrForbidden
	}
	sem.ID, sem.State, sem.Version, sem.GateVersion, sem.AttendVersion, sem.BoundsVersion = 0, Draft, 1, 1, 0, 1
	sem.CreatedBy, sem.CreatedAt, sem.CancelReason = actor.PersonID, s.now(), ""
	sem.PublishedAt, sem.CancelledAt, sem.Twins = time.Time{}, time.Time{}, 0
	if err := sem.tidy(); err != nil {
		return Seminar{}, err
	}
	err := s.inTx(ctx, "create seminar", func(ctx context.Context, tx bun.Tx) error {
		if err := checkPlaces(ctx, tx, sem); err != nil {
			return err
		}
		if err := knows(ctx, tx, actor, sem.SpaceID); err != nil {
			return err
		}
		if err := checkRetired(ctx, tx, Rule{}, sem.Gate); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&sem).ExcludeColumn("id").Returning("id").Exec(ctx); err != nil {
			return err
		}
		if err := s.saveSessions(ctx, tx, &sem); err != nil {
			return err
		}
		if err := saveQuotas(ctx, tx, &sem); err != nil {
			return err
		}
		if err := s.saveTrainers(ctx, tx, &sem, nil); err != nil {
			return err
		}
		return s.saveFirstGates(ctx, tx, &sem, actor)
	})
	return sem, err
}

// Edit saves what the author changed in a seminar. Version must be the one that was read: otherwise somebody else edited
// it since and Edit returns ErrStale. Raising the capacity gives the new seats to those who wait; a capacity or a quota
// that the seats held would break is refused. Gates are edited by SaveGate.
func (s *Service) Edit(ctx context.Context, actor account.Actor, sem Seminar) (Seminar, error) {
	if err := sem.tidy(); err != nil {
		return Seminar{}, err
	}
	err := s.inTx(ctx, "edit seminar", func(ctx context.Context, tx bun.Tx) error {
		old, err := s.lockForOffice(ctx, tx, actor, sem.ID)
		if err != nil {
			return err
		}
		if err := s.checkEdit(ctx, tx, actor, old, sem); err != nil {
			return err
		}
		sem.take(old)
		return s.saveEdit(ctx, tx, actor, old, &sem)
	})
	return sem, err
}

// take keeps what an edit doesn't touch.
func (s *Seminar) take(old Seminar) {
	s.State, s.Version = old.State, old.Version+1
	s.GateVersion, s.AttendVersion, s.Gate, s.Attend = old.GateVersion, old.AttendVersion, old.Gate, old.Attend
	s.BoundsVersion = old.BoundsVersion
	if !sameBounds(old, *s) {
		s.BoundsVersion++
	}
	s.CreatedBy, s.CreatedAt, s.Twins = old.CreatedBy, old.CreatedAt, old.Twins
	s.PublishedAt, s.CancelledAt, s.CancelReason = old.PublishedAt, old.CancelledAt, old.CancelReason
}

func (s *Service) checkEdit(ctx context.Context, tx bun.Tx, actor account.Actor, old, sem Seminar) error {
	switch {
	case old.State == Cancelled:
		return ErrCancelled
	case old.Version != sem.Version:
		return ErrStale
	case !actor.Can(account.RunSeminars, sem.Scope()):
		return account.ErrForbidden
	}
	if err := s.checkHeld(ctx, tx, sem); err != nil {
		return err
	}
	if sem.SpaceID != old.SpaceID {
		if err := knows(ctx, tx, actor, sem.SpaceID); err != nil {
			return err
		}
	}
	return checkPlaces(ctx, tx, sem)
}

func (s *Service) saveEdit(ctx context.Context, tx bun.Tx, actor account.Actor, old Seminar, sem *Seminar) error {
	if err := lockGates(ctx, tx); err != nil { // before any person
		return err
	}
	if _, err := tx.NewUpdate().Model(sem).ExcludeColumn("id").WherePK().Exec(ctx); err != nil {
		return err
	}
	if err := s.saveSessions(ctx, tx, sem); err != nil {
		return err
	}
	if err := saveQuotas(ctx, tx, sem); err != nil {
		return err
	}
	if err := s.saveTrainers(ctx, tx, sem, old.Trainers); err != nil {
		return err
	}
	if sem.State != Published {
		return nil
	}
	if err := s.tellMoved(ctx, tx, actor, old, *sem); err != nil {
		return err
	}
	if err := s.tellTrainers(ctx, tx, *sem, old.Trainers, actor); err != nil {
		return err
	}
	if err := s.planDates(ctx, tx, *sem); err != nil {
		return err
	}
	if err := s.settle(ctx, tx, *sem, actor); err != nil {
		return err
	}
	// New dates may open what was closed, so the gates are decided again.
	if err := s.decideAll(ctx, tx, *sem); err != nil {
		return err
	}
	return events.Publish(ctx, tx, sem.changed(actor))
}

// Publish shows a draft to everybody who may read its space, and tells those who already meet its gate. Publishing what
// is published does nothing. It returns ErrStarted when its dates have passed.
func (s *Service) Publish(ctx context.Context, actor account.Actor, id int64) error {
	return s.inTx(ctx, "publish seminar", func(ctx context.Context, tx bun.Tx) error {
		sem, err := s.lockForOffice(ctx, tx, actor, id)
		switch {
		case err != nil:
			return err
		case sem.State == Published:
			return nil
		case sem.State == Cancelled:
			return ErrCancelled
		case !s.now().Before(sem.StartsAt):
			return ErrStarted
		}
		sem.State, sem.PublishedAt, sem.Version = Published, s.now(), sem.Version+1
		if _, err := tx.NewUpdate().Model(&sem).Column("state", "published_at", "version").WherePK().Exec(ctx); err != nil {
			return err
		}
		if err := s.planDates(ctx, tx, sem); err != nil {
			return err
		}
		if err := s.decideAll(ctx, tx, sem); err != nil {
			return err
		}
		if err := s.tellTrainers(ctx, tx, sem, nil, actor); err != nil {
			return err
		}
		return events.Publish(ctx, tx, sem.changed(actor))
	})
}

// CancelSeminar calls the whole seminar off, with every registration, and says why to the people concerned. A draft is
// cancelled too, silently. It returns account.Invalid without a reason, and ErrStarted once it has begun.
func (s *Service) CancelSeminar(ctx context.Context, actor account.Actor, id int64, reason string) error {
	return s.inTx(ctx, "cancel seminar", func(ctx context.Context, tx bun.Tx) error {
		sem, err := s.lockForOffice(ctx, tx, actor, id)
		switch {
		case err != nil:
			return err
		case sem.State == Cancelled:
			return nil
		case sem.State == Published && !s.now().Before(sem.StartsAt):
			return ErrStarted
		case clean(reason) == "":
			return account.Invalid{Field: "reason", Key: "desk.error_reason"}
		}
		wasPublic := sem.State == Published
		sem.State, sem.CancelledAt, sem.CancelReason, sem.Version = Cancelled, s.now(), clean(reason), sem.Version+1
		_, err = tx.NewUpdate().Model(&sem).Column("state", "cancelled_at", "cancel_reason", "version").WherePK().Exec(ctx)
		if err != nil || !wasPublic {
			return err
		}
		if err := s.cancelAll(ctx, tx, sem, actor); err != nil {
			return err
		}
		return events.Publish(ctx, tx, sem.changed(actor))
	})
}

// lockForOffice locks a seminar that the actor runs. Others are told account.ErrForbidden, or account.ErrNotFound of what
// they mustn't know of.
func (s *Service) lockForOffice(ctx context.Context, tx bun.Tx, actor account.Actor, id int64) (Seminar, error) {
	if !actor.SignedIn() {
		return Seminar{}, account.ErrSignInRequired
	}
	sem, err := findSeminar(ctx, tx, id, seminarLock)
	if err != nil {
		return sem, err
	}
	if !actor.Can(account.RunSeminars, sem.Scope()) {
		return sem, refusal(ctx, tx, actor, sem)
	}
	return sem, nil
}

// refusal is what somebody is told who may not do what they ask with a seminar: account.ErrForbidden if they may see it,
// else account.ErrNotFound.
func refusal(ctx context.Context, tx bun.Tx, actor account.Actor, sem Seminar) error {
	space, err := account.FindSpace(ctx, tx, sem.SpaceID)
	switch {
	case err != nil:
		return err
	case sem.visible(actor, space):
		return fmt.Errorf("seminar %d: %w", sem.ID, account.ErrForbidden)
	}
	return fmt.Errorf("seminar %d: %w", sem.ID, account.ErrNotFound)
}

// saveSessions makes the rows of the seminar's sessions equal to s.Sessions; a session keeps its id when its dates move.
// One whose attendance was taken cannot be removed.
func (s *Service) saveSessions(ctx context.Context, tx bun.Tx, sem *Seminar) error {
	keep := []int64{0}
	for _, p := range sem.Sessions {
		keep = append(keep, p.ID)
	}
	var taken int
	err := tx.NewRaw(`select count(*) from attendance a join seminar_session p on p.id = a.session_id
		where p.seminar_id = ? and p.id not in (?)`, sem.ID, bun.List(keep)).Scan(ctx, &taken)
	if err != nil {
		return err
	}
	if taken > 0 {
		return account.Invalid{Field: "sessions", Key: "desk.error_session_attended"}
	}
	if _, err := tx.NewRaw(`delete from seminar_session where seminar_id = ? and id not in (?)`, sem.ID, bun.List(keep)).Exec(ctx); err != nil {
		return err
	}
	for i := range sem.Sessions {
		if err := saveSession(ctx, tx, sem.ID, &sem.Sessions[i]); err != nil {
			return err
		}
	}
	return nil
}

func saveSession(ctx context.Context, tx bun.Tx, seminarID int64, p *Session) error {
	p.SeminarID = seminarID
	if p.ID == 0 {
		_, err := tx.NewInsert().Model(p).ExcludeColumn("id").Returning("id").Exec(ctx)
		return err
	}
	result, err := tx.NewUpdate().Model(p).Column("starts_at", "ends_at").WherePK().Where("seminar_id = ?", seminarID).Exec(ctx)
	if err != nil {
		return err
	}
	if n, _ := result.RowsAffected(); n == 0 {
		return ErrStale // the session was removed meanwhile, or never was of this seminar
	}
	return nil
}
