package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"
)

// PendingOrganisation is an organisation that waits for its office.
type PendingOrganisation struct {
	Organisation `bun:",extend"`

	AskerName  string // who asked
	AskerEmail string
}

// PendingOrganisations lists the organisations that wait for the actor's offices, the oldest first.
func (s *Service) PendingOrganisations(ctx context.Context, actor Actor) ([]PendingOrganisation, error) {
	if !actor.CanSomewhere(ValidateOrganisations) {
		return nil, refuse(actor)
	}
	var all []PendingOrganisation
	q := s.db.NewSelect().Model(&all).ColumnExpr("organisation.*").
		ColumnExpr("p.name as asker_name, p.email as asker_email").
		Join("join person p on p.id = organisation.asked_by").
		Where("organisation.state = ?", OrganisationRequested).Order("organisation.asked_at", "organisation.id")
	err := inOffices(q, actor, "organisation.office_id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("pending organisations: %w", err)
	}
	return all, nil
}

func inOffices(q *bun.SelectQuery, actor Actor, column string) *bun.SelectQuery {
	all, ids := actor.Offices(ValidateOrganisations)
	if all {
		return q
	}
	return q.Where("? in (?)", bun.Ident(column), bun.List(append(ids, 0)))
}

// Member is a person in an organisation, or one who asks to be.
type Member struct {
	PersonID         int64
	Name             string
	OrganisationID   int64
	OrganisationName string
	Governorate      string // the person's
	State            string // of the membership
	AskedAt          time.Time
	Administrator    bool // of the organisation
}

const memberColumns = `p.id as person_id, p.name, m.organisation_id, o.name as organisation_name,
	coalesce(p.governorate, '') as governorate, m.state, m.asked_at,
	exists (select from role_grant g where g.person_id = p.id and g.organisation_id = o.id
		and g.role = 'organisation_administrator' and g.revoked_at is null) as administrator`

// PendingMemberships lists the people who wait to join a validated organisation of the actor's offices, the oldest first.
func (s *Service) PendingMemberships(ctx context.Context, actor Actor) ([]Member, error) {
	if !actor.CanSomewhere(ValidateOrganisations) {
		return nil, refuse(actor)
	}
	var all []Member
	q := s.members(MembershipRequested).Where("o.state = ?", OrganisationValidated)
	if err := inOffices(q, actor, "o.office_id").Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("pending memberships: %w", err)
	}
	return all, nil
}

// Members lists an organisation's members, or the people who ask to be, in the given state. It needs MayManage.
func (s *Service) Members(ctx context.Context, actor Actor, o Organisation, state string) ([]Member, error) {
	if !MayManage(actor, o) {
		return nil, refuse(actor)
	}
	var all []Member
	if err := s.members(state).Where("o.id = ?", o.ID).Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("members of organisation %d: %w", o.ID, err)
	}
	return all, nil
}

func (s *Service) members(state string) *bun.SelectQuery {
	return s.db.NewSelect().TableExpr("membership m").ColumnExpr(memberColumns).
		Join("join person p on p.id = m.person_id").Join("join organisation o on o.id = m.organisation_id").
		Where("m.state = ?", state).OrderExpr("m.asked_at, p.id")
}

// Organisation returns an organisation. One that isn't validated is only found by its creator and its office.
func (s *Service) Organisation(ctx context.Context, actor Actor, id int64) (Organisation, error) {
	o, err := findOrganisation(ctx, s.db.NewSelect(), id)
	if err != nil {
		return Organisation{}, err
	}
	own := actor.SignedIn() && o.AskedBy == actor.PersonID
	if o.State != OrganisationValidated && !own && !MayManage(actor, o) {
		return Organisation{}, fmt.Errorf("organisation %d: %w", id, ErrNotFound)
	}
	return o, nil
}

// OwnOrganisation is an organisation the actor is in, asked for or was refused by.
type OwnOrganisation struct {
	Organisation `bun:",extend"`

	Membership       string // state
	MembershipReason string // why it was refused
	Administrator    bool   // the actor is its administrator
}

// OwnOrganisations lists the organisations the actor belongs to or asked for, except those they left.
func (s *Service) OwnOrganisations(ctx context.Context, actor Actor) ([]OwnOrganisation, error) {
	if !actor.SignedIn() {
		return nil, ErrSignInRequired
	}
	var all []OwnOrganisation
	err := s.db.NewSelect().Model(&all).ColumnExpr("organisation.*").
		ColumnExpr("m.state as membership, m.reason as membership_reason").
		ColumnExpr(`exists (select from role_grant g where g.person_id = m.person_id and g.organisation_id = organisation.id
			and g.role = ? and g.revoked_at is null) as administrator`, OrganisationAdministrator).
		Join("join membership m on m.organisation_id = organisation.id").
		Where("m.person_id = ?", actor.PersonID).Where("m.state <> ? or m.reason <> ''", MembershipEnded).
		Order("m.asked_at", "organisation.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("own organisations: %w", err)
	}
	return all, nil
}

// FindOrganisations lists at most limit validated organisations whose name contains the words of query, in any script,
// without regard to accents or case: those that begin with it first. An empty query finds none.
func (s *Service) FindOrganisations(ctx context.Context, query string, limit int64) ([]Organisation, error) {
	folded := Fold(query)
	if folded == "" {
		return nil, nil
	}
	var all []Organisation
	q := s.db.NewSelect().Model(&all).Where("state = ?", OrganisationValidated)
	for _, word := range strings.Fields(folded) { // Fold leaves letters and digits: nothing to escape
		q = q.Where("name_key like ?", "%"+word+"%")
	}
	err := q.OrderExpr("name_key = ? desc, name_key like ? desc, name_key, id", folded, folded+"%").Limit(limit).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("find organisations: %w", err)
	}
	return all, nil
}
