package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"halqa/events"
)

// DecideOrganisation validates an organisation that waits, or refuses it with a reason. On validation its creator
// becomes a member and its administrator. It needs ValidateOrganisations over the organisation, and returns ErrConflict
// when somebody else decided first and Invalids (field reason) for a refusal without one.
func (s *Service) DecideOrganisation(ctx context.Context, actor Actor, id int64, validate bool, reason string) error {
	reason, err := checkReason(validate, reason)
	if err != nil {
		return err
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		o, err := lockOrganisation(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := permit(actor, ValidateOrganisations, o.Scope()); err != nil {
			return err
		}
		if o.State != OrganisationRequested {
			return fmt.Errorf("organisation %d is %s: %w", id, o.State, ErrConflict)
		}
		o.State, o.DecidedBy, o.DecidedAt, o.Reason = OrganisationRefused, actor.PersonID, s.now(), reason
		if validate {
			o.State = OrganisationValidated
		}
		if _, err := tx.NewUpdate().Model(&o).Column("state", "decided_by", "decided_at", "reason").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("decide organisation %d: %w", id, err)
		}
		err = events.Publish(ctx, tx, events.OrganisationDecided{OrganisationID: o.ID, OfficeID: o.OfficeID,
			Validated: validate, Kind: o.Kind, Governorate: o.Governorate, AskedBy: o.AskedBy, By: actor.PersonID})
		if err == nil && validate {
			err = begin(ctx, tx, OverOrganisation, o.ID, s.now())
		}
		if err != nil {
			return err
		}
		return s.settleCreator(ctx, tx, o, actor)
	})
}

// settleCreator makes the creator of a decided organisation its administrator, or ends their request, and tells them.
func (s *Service) settleCreator(ctx context.Context, tx bun.Tx, o Organisation, actor Actor) error {
	m, err := lockMembership(ctx, tx, o.AskedBy, o.ID)
	if errors.Is(err, ErrNotFound) || err == nil && m.State != MembershipRequested {
		return nil // they left, or their account is gone
	}
	if err != nil {
		return err
	}
	if o.State == OrganisationRefused {
		err = s.setMembership(ctx, tx, m, MembershipEnded, actor.PersonID, o.Reason)
	} else {
		err = s.setMembership(ctx, tx, m, MembershipActive, actor.PersonID, "")
		if err == nil {
			err = s.insertGrant(ctx, tx, o.AskedBy, OrganisationAdministrator, o.Scope(), OverOrganisation, actor.PersonID)
		}
	}
	if err != nil {
		return err
	}
	return s.mailDecision(ctx, tx, "organisation_decided", o.AskedBy, o, o.State)
}

// DecideMembership accepts or refuses a person who asks to join an organisation. The organisation's administrator
// decides, or its office. It returns ErrConflict when there is nothing to decide any more and Invalids (field reason)
// for a refusal without a reason.
func (s *Service) DecideMembership(ctx context.Context, actor Actor, organisationID, personID int64, accept bool, reason string) error {
	reason, err := checkReason(accept, reason)
	if err != nil {
		return err
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		o, err := findOrganisation(ctx, tx.NewSelect(), organisationID)
		if err != nil {
			return err
		}
		if !MayManage(actor, o) {
			return refuse(actor)
		}
		m, err := lockMembership(ctx, tx, personID, organisationID)
		if err != nil {
			return err
		}
		if m.State != MembershipRequested || o.State != OrganisationValidated {
			return fmt.Errorf("membership is %s: %w", m.State, ErrConflict)
		}
		state := MembershipActive
		if !accept {
			state = MembershipEnded
		}
		if err := s.setMembership(ctx, tx, m, state, actor.PersonID, reason); err != nil {
			return err
		}
		o.Reason = reason
		return s.mailDecision(ctx, tx, "membership_decided", personID, o, state)
	})
}

// MayManage tells whether the actor decides who belongs to an organisation.
func MayManage(actor Actor, o Organisation) bool {
	return actor.Can(ManageOrganisation, o.Scope()) || actor.Can(ValidateOrganisations, o.Scope())
}

func (s *Service) mailDecision(ctx context.Context, tx bun.Tx, kind string, personID int64, o Organisation, state string) error {
	p, err := onePerson(ctx, tx.NewSelect().Where("id = ?", personID))
	if err != nil {
		return err
	}
	return s.mail(ctx, tx, Mail{To: p.Email, PersonID: p.ID, Language: p.Language, Kind: kind, Data: map[string]string{
		"name": p.Name, "organisation": o.Name, "state": state, "reason": o.Reason,
		"path": fmt.Sprintf("/organisations/%d", o.ID)}})
}

// checkReason asks a reason of those who say no.
func checkReason(yes bool, reason string) (string, error) {
	reason = paragraph(reason)
	switch {
	case yes:
		return "", nil
	case reason == "":
		return "", Invalids{{Field: "reason", Key: "account.error_reason"}}
	case utf8.RuneCountInString(reason) > MaxText:
		return "", Invalids{{Field: "reason", Key: "account.error_long", Args: map[string]any{"Max": MaxText}}}
	}
	return reason, nil
}

// permit returns nil when the actor has permission p over sc, else ErrForbidden, or ErrSignInRequired for a visitor.
func permit(actor Actor, p Permission, sc Scope) error {
	if actor.Can(p, sc) {
		return nil
	}
	return refuse(actor)
}

func refuse(actor Actor) error {
	if !actor.SignedIn() {
		return ErrSignInRequired
	}
	return ErrForbidden
}

func lockOrganisation(ctx context.Context, tx bun.Tx, id int64) (Organisation, error) {
	return findOrganisation(ctx, tx.NewSelect().For("update"), id)
}

func findOrganisation(ctx context.Context, q *bun.SelectQuery, id int64) (Organisation, error) {
	var o Organisation
	err := q.Model(&o).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Organisation{}, fmt.Errorf("organisation %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return Organisation{}, fmt.Errorf("organisation %d: %w", id, err)
	}
	return o, nil
}
