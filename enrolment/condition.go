package enrolment

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

const day = 24 * time.Hour

// reminders are how long before the deadline of a conditional seat its person is reminded, the first first.
var reminders = []time.Duration{14 * day, 7 * day, 2 * day}

// meets tells whether a person has done what attending asks. It takes no lock: a fact on its way is announced when it
// comes, and the seats are settled again.
func meets(ctx context.Context, db bun.IDB, sem Seminar, personID int64) (bool, error) {
	if sem.Attend.Open() {
		return true, nil
	}
	facts, _, err := sem.floor.evidence(ctx, db, sem, ToAttend, personID)
	return err == nil && Decide(sem.Attend, facts).Eligible, err
}

// seatState is the state in which a person takes a seat: conditional while they haven't done what attending asks.
func (s *Service) seatState(ctx context.Context, db bun.IDB, sem Seminar, personID int64) (Standing, error) {
	met, err := meets(ctx, db, sem, personID)
	if met {
		return Confirmed, err
	}
	return Conditional, err
}

// claim is a registration as the allocation sees it at this moment.
func (s *Service) claim(ctx context.Context, db bun.IDB, sem Seminar, reg Registration) (Claim, error) {
	return claimAt(ctx, db, sem, reg, s.now())
}

func claimAt(ctx context.Context, db bun.IDB, sem Seminar, reg Registration, now time.Time) (Claim, error) {
	c := Claim{ID: reg.ID, Traits: reg.Traits}
	if sem.Attend.Open() || now.Before(sem.Deadline()) {
		return c, nil
	}
	met, err := meets(ctx, db, sem, reg.PersonID)
	c.Barred = !met
	return c, err
}

// weighConditions confirms the conditional seats of those who have done what attending asks, and releases the others
// once the deadline has passed. The caller holds the seminar's lock and nobody's turn.
func (s *Service) weighConditions(ctx context.Context, tx bun.Tx, sem Seminar) error {
	var all []Registration
	err := tx.NewSelect().Model(&all).Where("seminar_id = ? and state = 'conditional'", sem.ID).Order("person_id").Scan(ctx)
	if err != nil {
		return err
	}
	for i := range all {
		reg := &all[i]
		j, err := s.judge(ctx, tx, sem, ToAttend, reg.PersonID)
		switch {
		case err != nil:
			return err
		case j.Eligible:
			if _, err := s.keep(ctx, tx, sem, ToAttend, reg.PersonID, j); err != nil {
				return err
			}
			err = s.move(ctx, tx, sem, reg, Confirmed, "condition_met", nobody)
		case !s.now().Before(sem.Deadline()):
			err = s.move(ctx, tx, sem, reg, Withdrawn, "condition_unmet", nobody)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// remind tells those with a conditional seat what the deadline is, if planned is one of its reminders and the next isn't
// due as well.
func (s *Service) remind(ctx context.Context, tx bun.Tx, sem Seminar, planned time.Time) error {
	now, deadline := s.now(), sem.Deadline()
	i := slices.IndexFunc(reminders, func(before time.Duration) bool { return deadline.Add(-before).Equal(planned) })
	switch {
	case i < 0, !now.Before(deadline):
		return nil
	case i+1 < len(reminders) && !now.Before(deadline.Add(-reminders[i+1])):
		return nil
	}
	var all []Registration
	err := tx.NewSelect().Model(&all).Where("seminar_id = ? and state = 'conditional'", sem.ID).Order("queue").Scan(ctx)
	if err != nil {
		return err
	}
	for _, reg := range all {
		if met, err := meets(ctx, tx, sem, reg.PersonID); err != nil || met {
			if err != nil {
				return err
			}
			continue // about to be confirmed
		}
		err := events.Publish(ctx, tx, events.SeatReminded{
			RegistrationID: reg.ID, SeminarID: sem.ID, PersonID: reg.PersonID, Title: sem.Title, StartsAt: sem.StartsAt,
			Until: deadline, Days: int((deadline.Sub(now) + day - 1) / day),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// hearCondition settles a seminar when somebody registered there has done what attending asks.
func (s *Service) hearCondition(ctx context.Context, tx bun.Tx, e events.Event) error {
	p, err := events.Decode[events.AttendGateMet](e)
	if err != nil {
		return err
	}
	sem, err := findSeminar(ctx, tx, p.SeminarID, seminarLock)
	if err != nil {
		return err
	}
	return s.settle(ctx, tx, sem, nobody)
}
