package enrolment

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// nobody is who does what the clock does.
var nobody account.Actor

// settle does what the clock asks of a seminar's seats at this moment, whatever was done before: offers that nobody
// answered end, conditional seats are confirmed or released, and the seats that are free go to those who wait. The caller holds the seminar's lock.
func (s *Service) settle(ctx context.Context, tx bun.Tx, sem Seminar, by account.Actor) error {
	if sem.State != Published {
		return nil
	}
	if err := s.endOffers(ctx, tx, sem); err != nil {
		return err
	}
	if err := s.weighConditions(ctx, tx, sem); err != nil {
		return err
	}
	return s.promote(ctx, tx, sem, by)
}

func (s *Service) endOffers(ctx context.Context, tx bun.Tx, sem Seminar) error {
	var over []Registration
	err := tx.NewSelect().Model(&over).Where("seminar_id = ? and state = 'offered' and offer_until <= ?", sem.ID, s.now()).
		Order("queue").Scan(ctx)
	if err != nil {
		return err
	}
	for i := range over {
		if err := s.move(ctx, tx, sem, &over[i], Withdrawn, "offer_expired", nobody); err != nil {
			return err
		}
	}
	return nil
}

// AcceptOffer confirms a seat that was offered to the actor. Accepting twice does nothing. It returns
// account.ErrSignInRequired, account.ErrNotFound for somebody else's, and ErrNoOffer when the offer is over.
func (s *Service) AcceptOffer(ctx context.Context, actor account.Actor, registrationID int64) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	return s.inTx(ctx, "accept offer", func(ctx context.Context, tx bun.Tx) error {
		sem, reg, err := s.lockRegistration(ctx, tx, registrationID)
		switch {
		case err != nil:
			return err
		case reg.PersonID != actor.PersonID:
			return account.ErrNotFound
		case reg.State == Confirmed, reg.State == Conditional:
			return nil
		case reg.State != Offered || !s.now().Before(reg.OfferUntil) || sem.State != Published:
			return ErrNoOffer
		}
		state, err := s.seatState(ctx, tx, sem, reg.PersonID)
		if err != nil {
			return err
		}
		return s.move(ctx, tx, sem, &reg, state, "accepted", actor)
	})
}

// planDates plans the work of the dates that a published seminar carries.
func (s *Service) planDates(ctx context.Context, tx bun.Tx, sem Seminar) error {
	for _, at := range []time.Time{sem.Released(), sem.Deadline(), sem.StartsAt} {
		if err := s.plan(ctx, tx, settleWork, sem.ID, at); err != nil {
			return err
		}
	}
	for _, days := range reminders {
		if err := s.plan(ctx, tx, remindWork, sem.ID, sem.Deadline().Add(-days)); err != nil {
			return err
		}
	}
	if sem.OpensAt.IsZero() {
		return nil
	}
	return s.plan(ctx, tx, openWork, sem.ID, sem.OpensAt)
}
