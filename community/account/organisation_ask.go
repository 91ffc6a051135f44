package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"halqa/events"
)

// NewOrganisation describes an organisation that somebody asks an office to validate.
type NewOrganisation struct {
	Name        string
	Kind        string   // one of OrganisationKinds
	Governorate string   // ISO 3166-2 code; its office decides
	Axes        []string // keys; those that nobody may choose are left out
	Description string
}

// checkOrganisation tidies o in place and adds what is wrong with it, under fields named organisation_…. held are the axes
// that the organisation has until now.
func (s *Service) checkOrganisation(ctx context.Context, db bun.IDB, wrong *Invalids, o *NewOrganisation, held []string) error {
	o.Name = checkName(wrong, "organisation_name", o.Name)
	if !slices.Contains(OrganisationKinds, o.Kind) {
		wrong.Add("organisation_kind", "account.error_kind")
	}
	o.Description = paragraph(o.Description)
	if utf8.RuneCountInString(o.Description) > MaxText {
		wrong.Add("organisation_description", "account.error_long", "Max", MaxText)
	}
	var err error
	if o.Axes, err = s.chosen(ctx, o.Axes, held...); err != nil {
		return err
	}
	_, err = officeOf(ctx, db, o.Governorate)
	if errors.Is(err, ErrNotFound) {
		wrong.Add("organisation_governorate", "account.error_governorate")
		return nil
	}
	if err != nil {
		return err
	}
	taken, err := db.NewSelect().Table("organisation").Where("name_key = ? and governorate = ? and state = ?",
		Fold(o.Name), o.Governorate, OrganisationValidated).Exists(ctx)
	if err != nil {
		return fmt.Errorf("check organisation: %w", err)
	}
	if taken && o.Name != "" {
		wrong.Add("organisation_name", "account.error_organisation_exists", "Name", o.Name)
	}
	return nil
}

// CreateOrganisation asks the office of o's governorate to validate a new organisation, of which the actor will then be
// the administrator. A person waits for one at a time. It returns Invalids.
func (s *Service) CreateOrganisation(ctx context.Context, actor Actor, o NewOrganisation) (Organisation, error) {
	if !actor.SignedIn() {
		return Organisation{}, ErrSignInRequired
	}
	var created Organisation
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) (err error) {
		if _, err := lockPerson(ctx, tx, actor.PersonID); err != nil {
			return err
		}
		waits, err := tx.NewSelect().Table("organisation").
			Where("asked_by = ? and state = ?", actor.PersonID, OrganisationRequested).Exists(ctx)
		if err != nil {
			return fmt.Errorf("create organisation: %w", err)
		}
		if waits {
			return Invalids{{Field: "organisation_name", Key: "account.error_organisation_waits"}}
		}
		created, err = s.requestOrganisation(ctx, tx, actor.PersonID, o)
		return err
	})
	return created, err
}

func (s *Service) requestOrganisation(ctx context.Context, tx bun.Tx, personID int64, n NewOrganisation) (Organisation, error) {
	var wrong Invalids
	if err := s.checkOrganisation(ctx, tx, &wrong, &n, nil); err != nil {
		return Organisation{}, err
	}
	if err := wrong.Err(); err != nil {
		return Organisation{}, err
	}
	office, err := officeOf(ctx, tx, n.Governorate)
	if err != nil {
		return Organisation{}, err
	}
	o := Organisation{Name: n.Name, NameKey: Fold(n.Name), Kind: n.Kind, Governorate: n.Governorate, OfficeID: office,
		Axes: n.Axes, Description: n.Description, State: OrganisationRequested, AskedBy: personID, AskedAt: s.now()}
	if _, err := tx.NewInsert().Model(&o).Exec(ctx); err != nil {
		return Organisation{}, fmt.Errorf("create organisation: %w", err)
	}
	m := Membership{PersonID: personID, OrganisationID: o.ID, State: MembershipRequested, AskedAt: s.now()}
	if _, err := tx.NewInsert().Model(&m).Exec(ctx); err != nil {
		return Organisation{}, fmt.Errorf("create organisation: %w", err)
	}
	return o, events.Publish(ctx, tx,
		events.OrganisationRequested{OrganisationID: o.ID, OfficeID: o.OfficeID, PersonID: personID})
}

// JoinOrganisation asks to join a validated organisation. Asking twice is asking once; somebody who left or was refused
// may ask again. It returns Invalids for an organisation that can't be joined.
func (s *Service) JoinOrganisation(ctx context.Context, actor Actor, organisationID int64) error {
	if !actor.SignedIn() {
		return ErrSignInRequired
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return s.requestMembership(ctx, tx, actor.PersonID, organisationID)
	})
}

func (s *Service) requestMembership(ctx context.Context, tx bun.Tx, personID, organisationID int64) error {
	found, err := tx.NewSelect().Table("organisation").
		Where("id = ? and state = ?", organisationID, OrganisationValidated).Exists(ctx)
	if err != nil {
		return fmt.Errorf("join organisation %d: %w", organisationID, err)
	}
	if !found {
		return Invalids{{Field: "organisation", Key: "account.error_organisation_unknown"}}
	}
	res, err := tx.ExecContext(ctx, `insert into membership (person_id, organisation_id, state, asked_at)
		values (?, ?, ?, ?)
		on conflict (person_id, organisation_id) do update
		set state = excluded.state, asked_at = excluded.asked_at, decided_by = null, decided_at = null, reason = ''
		where membership.state = ?`, personID, organisationID, MembershipRequested, s.now(), MembershipEnded)
	if err != nil {
		return fmt.Errorf("join organisation %d: %w", organisationID, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return announceMembership(ctx, tx, Membership{PersonID: personID, OrganisationID: organisationID, State: MembershipRequested}, personID)
}

// LeaveOrganisation ends the actor's membership, or takes back their request. With it goes their role over the
// organisation. It returns ErrNotFound for somebody who isn't in it.
func (s *Service) LeaveOrganisation(ctx context.Context, actor Actor, organisationID int64) error {
	if !actor.SignedIn() {
		return ErrSignInRequired
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		m, err := lockMembership(ctx, tx, actor.PersonID, organisationID)
		if err != nil {
			return err
		}
		if m.State == MembershipEnded {
			return fmt.Errorf("leave organisation %d: %w", organisationID, ErrNotFound)
		}
		return s.endMembership(ctx, tx, m, actor.PersonID, "")
	})
}

// endMembership ends a locked membership, and the roles that came with it.
func (s *Service) endMembership(ctx context.Context, tx bun.Tx, m Membership, by int64, reason string) error {
	if err := s.setMembership(ctx, tx, m, MembershipEnded, by, reason); err != nil {
		return err
	}
	var taken []Role
	err := tx.NewRaw(`update role_grant set revoked_at = ?, revoked_by = ?
		where person_id = ? and organisation_id = ? and revoked_at is null returning role`,
		s.now(), by, m.PersonID, m.OrganisationID).Scan(ctx, &taken)
	if err != nil || len(taken) == 0 {
		return wrapped("end membership", err)
	}
	office, err := officeOfOrganisation(ctx, tx, m.OrganisationID)
	for _, role := range taken {
		if err == nil {
			err = events.Publish(ctx, tx, events.RoleRevoked{PersonID: m.PersonID, Role: string(role), Kind: string(OverOrganisation),
				ScopeID: m.OrganisationID, OfficeID: office, By: by})
		}
	}
	return err
}

func officeOfOrganisation(ctx context.Context, tx bun.Tx, id int64) (office int64, err error) {
	err = tx.NewSelect().Table("organisation").Column("office_id").Where("id = ?", id).Scan(ctx, &office)
	return office, wrapped("office of an organisation", err)
}

// announceMembership says where a person stands with an organisation now, and by whom.
func announceMembership(ctx context.Context, tx bun.Tx, m Membership, by int64) error {
	office, err := officeOfOrganisation(ctx, tx, m.OrganisationID)
	if err != nil {
		return err
	}
	return events.Publish(ctx, tx, events.MembershipChanged{PersonID: m.PersonID, OrganisationID: m.OrganisationID,
		State: m.State, OfficeID: office, By: by})
}

// setMembership gives a locked membership a decided state and announces it.
func (s *Service) setMembership(ctx context.Context, tx bun.Tx, m Membership, state string, by int64, reason string) error {
	m.State, m.DecidedBy, m.DecidedAt, m.Reason = state, by, s.now(), reason
	if _, err := tx.NewUpdate().Model(&m).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("membership of person %d: %w", m.PersonID, err)
	}
	return announceMembership(ctx, tx, m, by)
}

func lockMembership(ctx context.Context, tx bun.Tx, personID, organisationID int64) (Membership, error) {
	m := Membership{PersonID: personID, OrganisationID: organisationID}
	err := tx.NewSelect().Model(&m).WherePK().For("update").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Membership{}, fmt.Errorf("membership: %w", ErrNotFound)
	}
	if err != nil {
		return Membership{}, fmt.Errorf("membership: %w", err)
	}
	return m, nil
}
