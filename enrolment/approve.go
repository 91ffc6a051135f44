package enrolment

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// approvalNeeded says who must approve a registration first: Requested, Pending, or "" for nobody. Whoever asks and could
// approve has approved.
func (s *Service) approvalNeeded(ctx context.Context, tx bun.Tx, sem Seminar, reg Registration, by account.Actor) (Standing, error) {
	if by.Can(account.RunSeminars, sem.Scope()) {
		return "", nil
	}
	if sem.Approval == ByBoth && reg.OrganisationID != 0 && !administers(by, reg.OrganisationID) {
		var led bool
		err := tx.NewRaw(`select exists (select from role_grant where organisation_id = ?
			and role = 'organisation_administrator' and revoked_at is null and person_id <> ?)`, reg.OrganisationID, reg.PersonID).Scan(ctx, &led)
		if err != nil {
			return "", fmt.Errorf("who leads organisation %d: %w", reg.OrganisationID, err)
		}
		if led {
			return Requested, nil
		}
	}
	if sem.Approval.Asks() {
		return Pending, nil
	}
	policy, err := sem.floor.absencePolicy(ctx, tx, sem.OfficeID)
	if err != nil {
		return "", err
	}
	absences, err := policy.absencesOf(ctx, tx, reg.PersonID, s.now())
	if err == nil && absences.Over() {
		return Pending, nil
	}
	return "", err
}

// Approve lets a registration through: an administrator of its organisation passes it on to the office; the office gives
// it a seat, or the next place on the waiting list. Approving what isn't waiting for it does nothing. It returns
// account.ErrNotFound for those who may not, and ErrStarted, ErrCancelled.
func (s *Service) Approve(ctx context.Context, actor account.Actor, registrationID int64) (Registration, error) {
	var reg Registration
	err := s.decideOn(ctx, "approve registration", actor, registrationID, func(ctx context.Context, tx bun.Tx, sem Seminar, r *Registration, office bool) error {
		defer func() { reg = *r }()
		if !office {
			return s.move(ctx, tx, sem, r, Pending, "endorsed", actor)
		}
		state, err := s.place(ctx, tx, sem, r, actor)
		if err != nil {
			return err
		}
		if err := tx.NewRaw(`select nextval('registration_queue')`).Scan(ctx, &r.Queue); err != nil {
			return err
		}
		beforeSeat(ctx)
		return s.move(ctx, tx, sem, r, state, "approved", actor)
	})
	return reg, err
}

// Refuse ends a registration that waits for approval and says why to its person. It returns what Approve does, and
// account.Invalid without a reason.
func (s *Service) Refuse(ctx context.Context, actor account.Actor, registrationID int64, reason string) error {
	return s.decideOn(ctx, "refuse registration", actor, registrationID, func(ctx context.Context, tx bun.Tx, sem Seminar, r *Registration, office bool) error {
		if clean(reason) == "" {
			return account.Invalid{Field: "reason", Key: "desk.error_reason"}
		}
		why := "refused_by_organisation"
		if office {
			why = "refused_by_office"
		}
		r.CancelledBy, r.CancelReason = actor.PersonID, clean(reason)
		return s.move(ctx, tx, sem, r, Withdrawn, why, actor)
	})
}

// decideOn locks a registration and calls decide if it waits for the actor, as the office or as its organisation.
func (s *Service) decideOn(ctx context.Context, what string, actor account.Actor, id int64,
	decide func(ctx context.Context, tx bun.Tx, sem Seminar, r *Registration, office bool) error) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	return s.inTx(ctx, what, func(ctx context.Context, tx bun.Tx) error {
		sem, reg, err := s.lockRegistration(ctx, tx, id)
		if err != nil {
			return err
		}
		office := actor.Can(account.RunSeminars, sem.Scope())
		leads := reg.OrganisationID != 0 && administers(actor, reg.OrganisationID)
		switch {
		case !office && !leads:
			return account.ErrNotFound
		case !reg.Asking() || !office && reg.State != Requested:
			return nil
		case sem.State != Published:
			return ErrCancelled
		case !s.now().Before(sem.StartsAt):
			return ErrStarted
		}
		return decide(ctx, tx, sem, &reg, office)
	})
}
