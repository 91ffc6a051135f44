package enrolment

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Standing is the state of a registration.
type Standing string

// The states of a registration. The first two become Present or Absent when every session's attendance was taken.
const (
	Confirmed  Standing = "confirmed"
	Waitlisted Standing = "waitlisted"
	Withdrawn  Standing = "cancelled" // by the person, the office, or with the seminar
	Present    Standing = "attended"  // at one session at least
	Absent     Standing = "absent"    // from every session
)

// Registration is one person at one seminar. At most one of them isn't Withdrawn.
type Registration struct {
	bun.BaseModel `bun:"table:registration,alias:registration"`

	ID           int64 `bun:",pk,autoincrement"`
	SeminarID    int64
	PersonID     int64
	State        Standing
	Queue        int64 // order of arrival: seats go in this order
	DecisionID   int64
	CreatedAt    time.Time
	ChangedAt    time.Time
	CancelledBy  int64 `bun:",nullzero"`
	CancelReason string

	Place int `bun:"-"` // on the waiting list, from 1; 0 when not on it
}

// HoldsSeat tells whether the registration takes one of the seminar's seats.
func (r Registration) HoldsSeat() bool {
	return r.State == Confirmed || r.State == Present || r.State == Absent
}

// Register asks for a seat: confirmed when one is free and nobody waits, else the next place on the waiting list.
// Asking twice gives the same registration. It returns account.ErrSignInRequired, account.ErrNotFound, ErrCancelled,
// ErrStarted, ErrClosed, or NotEligible with what is missing, judged from the facts heard so far.
func (s *Service) Register(ctx context.Context, actor account.Actor, seminarID int64) (Registration, error) {
	if !actor.SignedIn() {
		return Registration{}, account.ErrSignInRequired
	}
	var reg Registration
	err := s.inTx(ctx, "register", func(ctx context.Context, tx bun.Tx) error {
		sem, err := s.lockReadable(ctx, tx, actor, seminarID)
		if err != nil {
			return err
		}
		mine, err := active(ctx, tx, seminarID, actor.PersonID)
		if err != nil || mine != nil {
			if mine != nil {
				reg = *mine
			}
			return err
		}
		if err := sem.Refusal(s.now()); err != nil {
			return err
		}
		reg, err = s.giveSeat(ctx, tx, sem, actor)
		return err
	})
	return reg, err
}

// lockReadable locks a seminar that the actor may read.
func (s *Service) lockReadable(ctx context.Context, tx bun.Tx, actor account.Actor, id int64) (Seminar, error) {
	sem, err := findSeminar(ctx, tx, id, seminarLock)
	if err != nil {
		return sem, err
	}
	space, err := account.FindSpace(ctx, tx, sem.SpaceID)
	if err != nil {
		return sem, err
	}
	if !space.ReadableBy(actor) {
		return sem, fmt.Errorf("seminar %d: %w", id, sem.unseen(actor, space))
	}
	return sem, nil
}

// giveSeat decides, counts and inserts, under the seminar's lock.
func (s *Service) giveSeat(ctx context.Context, tx bun.Tx, sem Seminar, actor account.Actor) (Registration, error) {
	decision, err := s.admit(ctx, tx, sem, ToRegister, actor.PersonID)
	if err != nil {
		return Registration{}, err
	}
	held, waiting, err := seats(ctx, tx, sem.ID)
	if err != nil {
		return Registration{}, err
	}
	now := s.now()
	reg := Registration{SeminarID: sem.ID, PersonID: actor.PersonID, State: Confirmed, DecisionID: decision, CreatedAt: now, ChangedAt: now}
	if held >= sem.Capacity || waiting > 0 {
		reg.State, reg.Place = Waitlisted, waiting+1
	}
	beforeSeat(ctx)
	if _, err := tx.NewInsert().Model(&reg).ExcludeColumn("id", "queue").Returning("id, queue").Exec(ctx); err != nil {
		return Registration{}, err
	}
	return reg, events.Publish(ctx, tx, reg.changed(sem, "", "asked", actor.PersonID))
}

// Cancel gives a registration back, by its person or by the office (with a reason), and the first who waits takes the
// seat in the same transaction. Cancelling twice does nothing. It returns account.ErrNotFound for somebody else's,
// account.Invalid when the office gives no reason, and ErrStarted once the seminar has begun.
func (s *Service) Cancel(ctx context.Context, actor account.Actor, registrationID int64, reason string) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	return s.inTx(ctx, "cancel registration", func(ctx context.Context, tx bun.Tx) error {
		sem, reg, err := s.lockRegistration(ctx, tx, registrationID)
		if err != nil {
			return err
		}
		why := "by_person"
		switch {
		case actor.PersonID == reg.PersonID:
		case !actor.Can(account.RunSeminars, sem.Scope()):
			return account.ErrNotFound
		case clean(reason) == "":
			return account.Invalid{Field: "reason", Key: "desk.error_reason"}
		default:
			why = "by_office"
		}
		if reg.State == Withdrawn {
			return nil
		}
		if !s.now().Before(sem.StartsAt) {
			return ErrStarted
		}
		if err := s.withdraw(ctx, tx, sem, reg, why, clean(reason), actor); err != nil {
			return err
		}
		return s.promote(ctx, tx, sem, actor)
	})
}

// lockRegistration locks the seminar of a registration, then reads both.
func (s *Service) lockRegistration(ctx context.Context, tx bun.Tx, id int64) (sem Seminar, reg Registration, err error) {
	find := func() error { return found(tx.NewSelect().Model(&reg).Where("id = ?", id).Scan(ctx)) }
	if err = find(); err != nil {
		return sem, reg, fmt.Errorf("registration %d: %w", id, err)
	}
	if sem, err = findSeminar(ctx, tx, reg.SeminarID, seminarLock); err != nil {
		return sem, reg, err
	}
	return sem, reg, find() // again: it may have changed while waiting for the lock
}

func (s *Service) withdraw(ctx context.Context, tx bun.Tx, sem Seminar, reg Registration, why, reason string, by account.Actor) error {
	from := reg.State
	reg.State, reg.ChangedAt, reg.CancelledBy, reg.CancelReason = Withdrawn, s.now(), by.PersonID, reason
	_, err := tx.NewUpdate().Model(&reg).Column("state", "changed_at", "cancelled_by", "cancel_reason").WherePK().Exec(ctx)
	if err != nil {
		return err
	}
	return events.Publish(ctx, tx, reg.changed(sem, from, why, by.PersonID))
}

// cancelAll withdraws every registration of a seminar that is called off.
func (s *Service) cancelAll(ctx context.Context, tx bun.Tx, sem Seminar, by account.Actor) error {
	var all []Registration
	err := tx.NewSelect().Model(&all).Where("seminar_id = ? and state in ('confirmed', 'waitlisted')", sem.ID).Order("queue").Scan(ctx)
	if err != nil {
		return err
	}
	for _, reg := range all {
		if err := s.withdraw(ctx, tx, sem, reg, "seminar_cancelled", sem.CancelReason, by); err != nil {
			return err
		}
	}
	return nil
}

// promote gives the free seats to those who wait, in their order, unless the seminar has begun. The caller holds its lock.
func (s *Service) promote(ctx context.Context, tx bun.Tx, sem Seminar, by account.Actor) error {
	if sem.State != Published || !s.now().Before(sem.StartsAt) {
		return nil
	}
	held, waiting, err := seats(ctx, tx, sem.ID)
	free := min(sem.Capacity-held, waiting)
	if err != nil || free <= 0 {
		return err
	}
	var lucky []Registration
	err = tx.NewRaw(`update registration set state = 'confirmed', changed_at = ?
		where id in (select id from registration where seminar_id = ? and state = 'waitlisted' order by queue limit ?)
		returning *`, s.now(), sem.ID, free).Scan(ctx, &lucky)
	if err != nil {
		return err
	}
	for _, reg := range lucky {
		if err := events.Publish(ctx, tx, reg.changed(sem, Waitlisted, "promoted", by.PersonID)); err != nil {
			return err
		}
	}
	return nil
}

// seats counts the seats held and the people who wait.
func seats(ctx context.Context, db bun.IDB, seminarID int64) (held, waiting int, err error) {
	err = db.NewRaw(`select count(*) filter (where state in ('confirmed', 'attended', 'absent')),
		count(*) filter (where state = 'waitlisted') from registration where seminar_id = ? and state <> 'cancelled'`,
		seminarID).Scan(ctx, &held, &waiting)
	if err != nil {
		err = fmt.Errorf("seats of seminar %d: %w", seminarID, err)
	}
	return held, waiting, err
}

// active returns a person's registration at a seminar that isn't withdrawn, with its place, or nil.
func active(ctx context.Context, db bun.IDB, seminarID, personID int64) (*Registration, error) {
	var all []Registration
	err := db.NewSelect().Model(&all).Where("seminar_id = ? and person_id = ? and state <> 'cancelled'", seminarID, personID).Scan(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	reg := &all[0]
	if reg.State == Waitlisted {
		err = db.NewRaw(`select count(*) from registration where seminar_id = ? and state = 'waitlisted' and queue <= ?`,
			seminarID, reg.Queue).Scan(ctx, &reg.Place)
	}
	return reg, err
}

func (r Registration) changed(sem Seminar, from Standing, why string, by int64) events.RegistrationChanged {
	return events.RegistrationChanged{
		RegistrationID: r.ID, SeminarID: sem.ID, PersonID: r.PersonID, Title: sem.Title, StartsAt: sem.StartsAt,
		From: string(from), State: string(r.State), Place: r.Place, Reason: why, By: by,
	}
}
