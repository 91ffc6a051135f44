package enrolment

import (
	"context"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// Cancel gives a registration back, by its person, by the office or by an administrator of the organisation that
// registered them (both with a reason), and the seat goes to who waits in the same transaction. Cancelling twice does
// nothing. It returns account.ErrNotFound for somebody else's, account.Invalid without a reason, and ErrStarted once the
// seminar has begun.
func (s *Service) Cancel(ctx context.Context, actor account.Actor, registrationID int64, reason string) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	return s.inTx(ctx, "cancel registration", func(ctx context.Context, tx bun.Tx) error {
		sem, reg, err := s.lockRegistration(ctx, tx, registrationID)
		if err != nil {
			return err
		}
		why := cancelledBy(actor, sem, reg)
		switch {
		case why == "":
			return account.ErrNotFound
		case why != "by_person" && clean(reason) == "":
			return account.Invalid{Field: "reason", Key: "desk.error_reason"}
		case reg.State == Withdrawn:
			return nil
		case !s.now().Before(sem.StartsAt):
			return ErrStarted
		}
		return s.leave(ctx, tx, sem, &reg, why, reason, actor)
	})
}

// cancelledBy says as what the actor may withdraw a registration, or "".
func cancelledBy(actor account.Actor, sem Seminar, reg Registration) string {
	switch {
	case actor.PersonID == reg.PersonID:
		return "by_person"
	case actor.Can(account.RunSeminars, sem.Scope()):
		return "by_office"
	case reg.AskedBy != 0 && reg.OrganisationID != 0 && administers(actor, reg.OrganisationID):
		return "by_organisation"
	}
	return ""
}

func administers(actor account.Actor, organisationID int64) bool {
	return actor.Can(account.ManageOrganisation, account.Scope{OrganisationID: organisationID})
}

// leave withdraws a registration and hands its seat on.
func (s *Service) leave(ctx context.Context, tx bun.Tx, sem Seminar, reg *Registration, why, reason string, by account.Actor) error {
	reg.CancelledBy, reg.CancelReason = by.PersonID, clean(reason)
	if err := s.move(ctx, tx, sem, reg, Withdrawn, why, by); err != nil {
		return err
	}
	return s.settle(ctx, tx, sem, by)
}

// CancelReason is what whoever withdrew a registration said of it or, of none, what was said of the whole seminar; or "".
func CancelReason(ctx context.Context, db bun.IDB, registrationID, seminarID int64) (string, error) {
	var words []string
	err := db.NewRaw(`select cancel_reason from registration where id = ?0
		union all select cancel_reason from seminar where ?0 = 0 and id = ?1`, registrationID, seminarID).Scan(ctx, &words)
	if err != nil || len(words) == 0 {
		return "", err
	}
	return words[0], nil
}

// cancelAll withdraws every registration of a seminar that is called off.
func (s *Service) cancelAll(ctx context.Context, tx bun.Tx, sem Seminar, by account.Actor) error {
	var all []Registration
	err := tx.NewSelect().Model(&all).Where("seminar_id = ? and state not in ('cancelled', 'attended', 'absent')", sem.ID).Order("queue").Scan(ctx)
	if err != nil {
		return err
	}
	for i := range all {
		reg := &all[i]
		reg.CancelledBy, reg.CancelReason = by.PersonID, sem.CancelReason
		if err := s.move(ctx, tx, sem, reg, Withdrawn, "seminar_cancelled", by); err != nil {
			return err
		}
	}
	return nil
}
