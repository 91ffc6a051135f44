package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// PageSize is how many lines the lists of the administration show at once.
const PageSize = 50

// maxPage bounds what an address may ask for.
const maxPage = 100_000

// onPage takes one page of a list, the first being 1.
func onPage(q *bun.SelectQuery, page int) *bun.SelectQuery {
	return q.Limit(PageSize).Offset(int64(min(max(page, 1), maxPage)-1) * PageSize)
}

// HeldRole is a role that somebody holds or held, with who gave and took it.
type HeldRole struct {
	Grant
	PersonID     int64
	PersonName   string
	Place        events.Text // name of the office or space; empty for the platform and for an organisation
	Organisation string      // name of the organisation
	OfficeID     int64       // in which the place sits, or 0
	GivenBy      string      // "" for the program itself, or an account that is gone
	GivenAt      time.Time
	RevokedBy    string
	RevokedAt    time.Time // zero while it is held
}

// RoleFilter narrows the list of roles; its zero value asks for everything that is held.
type RoleFilter struct {
	PersonID int64
	Role     Role
	OfficeID int64
	SpaceID  int64
	Revoked  bool // those that were taken back instead
	Page     int  // from 1
}

// HeldRoles lists roles over the places where the actor may give some, the latest first, and tells whether there are
// more pages. It returns ErrForbidden to those who may give none.
func (s *Service) HeldRoles(ctx context.Context, actor Actor, f RoleFilter) (list []HeldRole, more bool, err error) {
	all, offices := actor.Offices(GrantRoles)
	if !all && len(offices) == 0 {
		return nil, false, refuse(actor)
	}
	q := s.heldRoles(f)
	if !all {
		q = q.Where("coalesce(g.office_id, sp.office_id, o.office_id) in (?)", bun.List(offices))
	}
	err = onPage(q, f.Page).Limit(PageSize+1).Scan(ctx, &list) // one more tells that there are more
	if err != nil {
		return nil, false, fmt.Errorf("roles held: %w", err)
	}
	return list[:min(len(list), PageSize)], len(list) > PageSize, nil
}

func (s *Service) heldRoles(f RoleFilter) *bun.SelectQuery {
	q := s.db.NewSelect().TableExpr("role_grant g").
		ColumnExpr(`g.role, g.kind, coalesce(g.office_id, g.space_id, g.organisation_id, 0) as scope_id, g.person_id,
			p.name as person_name, coalesce(f.name, sp.name, '{}') as place, coalesce(o.name, '') as organisation,
			coalesce(g.office_id, sp.office_id, o.office_id, 0) as office_id,
			coalesce(giver.name, '') as given_by, g.given_at, coalesce(taker.name, '') as revoked_by, g.revoked_at`).
		Join("join person p on p.id = g.person_id").
		Join("left join office f on f.id = g.office_id").
		Join("left join space sp on sp.id = g.space_id").
		Join("left join organisation o on o.id = g.organisation_id").
		Join("left join person giver on giver.id = g.given_by").
		Join("left join person taker on taker.id = g.revoked_by")
	if f.Revoked {
		q = q.Where("g.revoked_at is not null").OrderExpr("g.revoked_at desc, g.id desc")
	} else {
		q = q.Where("g.revoked_at is null").OrderExpr("g.given_at desc, g.id desc")
	}
	if f.PersonID != 0 {
		q = q.Where("g.person_id = ?", f.PersonID)
	}
	if f.Role != "" {
		q = q.Where("g.role = ?", f.Role)
	}
	if f.OfficeID != 0 {
		q = q.Where("coalesce(g.office_id, sp.office_id, o.office_id) = ?", f.OfficeID)
	}
	if f.SpaceID != 0 {
		q = q.Where("g.space_id = ?", f.SpaceID)
	}
	return q
}

// ScopesOf lists the kinds of place over which a role makes sense.
func ScopesOf(r Role) []ScopeKind { return slices.Clone(grantable[r]) }

// Found is a person as a search shows them to those who give roles.
type Found struct {
	ID          int64
	Name        string
	Email       string
	Governorate string // code, or ""
}

// FindPeople looks for people to give a role to: by the words of a name among those whom the actor may read, or anybody
// by their whole address. It needs GrantRoles somewhere.
func (s *Service) FindPeople(ctx context.Context, actor Actor, query string, limit int64) ([]Found, error) {
	all, offices := actor.Offices(GrantRoles)
	if !all && len(offices) == 0 {
		return nil, refuse(actor)
	}
	q := s.db.NewSelect().TableExpr("person p").ColumnExpr("p.id, p.name, p.email, coalesce(p.governorate, '') as governorate").
		Join("left join governorate gov on gov.code = p.governorate").Where("p.mask_of is null")
	if address, ok := CanonicalEmail(query); ok {
		q = q.Where("p.email = ?", address)
	} else {
		words := strings.Fields(Fold(query))
		if len(words) == 0 {
			return nil, nil
		}
		q = named(q, words)
		if !all {
			q = q.Where("gov.office_id in (?)", bun.List(offices))
		}
	}
	var found []Found
	if err := q.OrderExpr("p.folded_name, p.id").Limit(limit).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("find people: %w", err)
	}
	return found, nil
}

// named keeps the people whose name has all the words, which Fold made: nothing in them to escape.
func named(q *bun.SelectQuery, words []string) *bun.SelectQuery {
	for _, word := range words {
		q = q.Where("p.folded_name like ?", "%"+word+"%")
	}
	return q
}

// Grantee returns a person to whom the actor means to give a role. It needs GrantRoles somewhere. The address is only
// told of people of the actor's own offices.
func (s *Service) Grantee(ctx context.Context, actor Actor, personID int64) (Found, error) {
	if !actor.CanSomewhere(GrantRoles) {
		return Found{}, refuse(actor)
	}
	p, scope, err := personIn(ctx, s.db, personID)
	if err != nil {
		return Found{}, err
	}
	f := Found{ID: p.ID, Name: p.Name, Governorate: p.Governorate}
	if actor.Can(GrantRoles, scope) {
		f.Email = p.Email
	}
	return f, nil
}
