package enrolment

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// holders reads what quotas ask of those who hold a seat.
func holders(ctx context.Context, db bun.IDB, seminarID int64) ([]Traits, error) {
	var rows []struct {
		Traits Traits `bun:"type:jsonb"`
	}
	err := db.NewRaw(`select traits from registration where seminar_id = ? and state in `+heldStates, seminarID).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("holders at seminar %d: %w", seminarID, err)
	}
	all := make([]Traits, len(rows))
	for i, r := range rows {
		all[i] = r.Traits
	}
	return all, nil
}

// waitlist reads those who wait, in the order in which seats go.
func waitlist(ctx context.Context, db bun.IDB, seminarID int64) ([]Registration, error) {
	var all []Registration
	err := db.NewSelect().Model(&all).Where("seminar_id = ? and state = 'waitlisted'", seminarID).Order("queue").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("waiting list of seminar %d: %w", seminarID, err)
	}
	return all, nil
}

// place says which state somebody who comes last has: a seat, or the next place on the list. If a bound keeps
// them from a seat, nothing changes for the others. If not, everybody who waits is asked first, in order: a date may have
// passed since the list was last gone through.
func (s *Service) place(ctx context.Context, tx bun.Tx, sem Seminar, reg *Registration, by account.Actor) (Standing, error) {
	taken, waiting, err := sem.floor.count(ctx, tx, sem.ID)
	if err != nil {
		return "", err
	}
	claim, err := s.claim(ctx, tx, sem, *reg)
	if err != nil {
		return "", err
	}
	claim.ID = 0
	l := newLedger(sem.Plan(s.now()), taken)
	if reg.Wait = l.wait(claim); reg.Wait.Reason == NoReason && waiting > 0 {
		if err := s.write(ctx, tx, sem); err != nil {
			return "", err
		}
		waits, err := s.promoteWith(ctx, tx, sem, taken, &claim, by)
		if err != nil {
			return "", err
		}
		if wait, kept := waits[0]; kept {
			reg.Wait = wait
			if _, waiting, err = sem.floor.count(ctx, tx, sem.ID); err != nil { // some of them may have a seat now
				return "", err
			}
		}
	}
	if reg.Wait.Reason == NoReason {
		return s.seatState(ctx, tx, sem, reg.PersonID)
	}
	reg.Place = waiting + 1
	return Waitlisted, nil
}

// promote gives the free seats to those who wait and may have one, in their order, unless the seminar has begun. The
// caller holds its lock.
func (s *Service) promote(ctx context.Context, tx bun.Tx, sem Seminar, by account.Actor) error {
	if sem.State != Published || !s.now().Before(sem.StartsAt) {
		return nil
	}
	taken, err := holders(ctx, tx, sem.ID)
	if err != nil || len(taken) >= sem.Capacity {
		return err
	}
	_, err = s.promoteWith(ctx, tx, sem, taken, nil, by)
	return err
}

// promoteWith is promote with somebody who comes last and isn't on the list yet: their claim has no ID. It returns why
// the others, and perhaps they, go on waiting.
func (s *Service) promoteWith(ctx context.Context, tx bun.Tx, sem Seminar, taken []Traits, last *Claim, by account.Actor) (map[int64]Wait, error) {
	list, err := waitlist(ctx, tx, sem.ID)
	if err != nil {
		return nil, err
	}
	byID, queue := map[int64]*Registration{}, make([]Claim, 0, len(list)+1)
	for i := range list {
		c, err := s.claim(ctx, tx, sem, list[i])
		if err != nil {
			return nil, err
		}
		byID[c.ID], queue = &list[i], append(queue, c)
	}
	if last != nil {
		queue = append(queue, *last)
	}
	given, waits := Allocate(sem.Plan(s.now()), taken, queue)
	for _, c := range given {
		if reg := byID[c.ID]; reg != nil {
			if err := s.hand(ctx, tx, sem, reg, by); err != nil {
				return nil, err
			}
		}
	}
	return waits, nil
}

// hand gives a seat to somebody who waited: at once, or as an offer where the seminar makes offers.
func (s *Service) hand(ctx context.Context, tx bun.Tx, sem Seminar, reg *Registration, by account.Actor) error {
	if sem.OfferHours == 0 {
		state, err := s.seatState(ctx, tx, sem, reg.PersonID)
		if err != nil {
			return err
		}
		return s.move(ctx, tx, sem, reg, state, "promoted", by)
	}
	reg.OfferUntil = s.now().Add(time.Duration(sem.OfferHours) * time.Hour)
	if reg.OfferUntil.After(sem.StartsAt) {
		reg.OfferUntil = sem.StartsAt
	}
	if err := s.plan(ctx, tx, settleWork, sem.ID, reg.OfferUntil); err != nil {
		return err
	}
	return s.move(ctx, tx, sem, reg, Offered, "promoted", by)
}

// explain adds the place and the reason to a registration that waits.
func (s *Service) explain(ctx context.Context, db bun.IDB, sem Seminar, reg *Registration) error {
	if reg.State != Waitlisted {
		return nil
	}
	err := db.NewRaw(`select count(*) from registration where seminar_id = ? and state = 'waitlisted' and queue <= ?`,
		sem.ID, reg.Queue).Scan(ctx, &reg.Place)
	if err != nil {
		return fmt.Errorf("place of registration %d: %w", reg.ID, err)
	}
	taken, err := holders(ctx, db, sem.ID)
	if err != nil {
		return err
	}
	claim, err := s.claim(ctx, db, sem, *reg)
	if err != nil {
		return err
	}
	reg.Wait = newLedger(sem.Plan(s.now()), taken).wait(claim)
	if reg.Wait.Reason == NoReason { // a date has just passed: the list is about to be gone through
		reg.Wait.Reason = WaitFull
	}
	return nil
}
