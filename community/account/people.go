package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// PersonLine is a person in the administration's list. What they keep private isn't in it.
type PersonLine struct {
	ID            int64
	Name          string
	Email         string // "" for those who don't administer the person's office
	Governorate   string // code, or ""
	OfficeID      int64  // which serves it, or 0
	CreatedAt     time.Time
	Organisations []string `bun:",array"` // names of those they are a member of
	Roles         []string `bun:",array"` // held, each once
}

// PeopleFilter narrows the list of people.
type PeopleFilter struct {
	Query       string // words of a name, or part of an address for administrators
	Governorate string
	OfficeID    int64
	Role        Role
	Page        int // from 1
}

// AdministeredPeople lists people by name, a page at a time, with how many there are in all: those of the governorates of the offices
// where the actor may read people. Whoever says no governorate is only found by those who may everywhere.
func (s *Service) AdministeredPeople(ctx context.Context, actor Actor, f PeopleFilter) (list []PersonLine, total int, err error) {
	all, offices := actor.Offices(ReadPeople)
	if !all && len(offices) == 0 {
		return nil, 0, refuse(actor)
	}
	q := peopleMatching(s.db.NewSelect(), actor, f)
	if !all {
		q = q.Where("gov.office_id in (?)", bun.List(offices))
	}
	q = q.ColumnExpr(`p.id, p.name, p.email, coalesce(p.governorate, '') as governorate, coalesce(gov.office_id, 0) as office_id,
			p.created_at`).
		ColumnExpr(`array(select o.name from membership m join organisation o on o.id = m.organisation_id
			where m.person_id = p.id and m.state = ? order by o.name) as organisations`, MembershipActive).
		ColumnExpr(`array(select distinct g.role from role_grant g where g.person_id = p.id and g.revoked_at is null
			order by 1) as roles`).
		OrderExpr("p.folded_name, p.id")
	n, err := onPage(q, f.Page).ScanAndCount(ctx, &list)
	if err != nil {
		return nil, 0, fmt.Errorf("people: %w", err)
	}
	for i := range list {
		if !actor.Can(AdministerPlatform, Scope{OfficeID: list[i].OfficeID}) {
			list[i].Email = ""
		}
	}
	return list, int(n), nil
}

var likeSpecial = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func peopleMatching(q *bun.SelectQuery, actor Actor, f PeopleFilter) *bun.SelectQuery {
	q = q.TableExpr("person p").Join("left join governorate gov on gov.code = p.governorate").Where("p.mask_of is null")
	if query := line(f.Query); strings.Contains(query, "@") {
		q = byAddress(q, actor, query)
	} else if query != "" {
		words := strings.Fields(Fold(query))
		if len(words) == 0 { // nothing that a name could hold
			q = q.Where("false")
		}
		q = named(q, words)
	}
	if f.Governorate != "" {
		q = q.Where("p.governorate = ?", f.Governorate)
	}
	if f.OfficeID != 0 {
		q = q.Where("gov.office_id = ?", f.OfficeID)
	}
	if f.Role != "" {
		q = q.Where("exists (select from role_grant g where g.person_id = p.id and g.role = ? and g.revoked_at is null)", f.Role)
	}
	return q
}

// byAddress looks at addresses only where the actor may see them.
func byAddress(q *bun.SelectQuery, actor Actor, query string) *bun.SelectQuery {
	all, offices := actor.Offices(AdministerPlatform)
	q = q.Where("p.email like ?", "%"+likeSpecial.Replace(strings.ToLower(query))+"%")
	if !all {
		q = q.Where("gov.office_id in (?)", bun.List(append(offices, 0)))
	}
	return q
}

// PersonSheet is one person as the administration sees them: nothing private.
type PersonSheet struct {
	ID          int64
	Name        string
	Email       string // only for those who administer the person's office
	Language    string
	Governorate string
	OfficeID    int64
	CreatedAt   time.Time
	Memberships []OwnOrganisation
	Spaces      []Space
	Roles       []HeldRole // held now
	Sessions    []Session  // only for those who administer the person's office
	Administers bool       // the actor may end the sessions
}

// PersonSheet returns what the administration may know of a person. It returns ErrNotFound for somebody whom the actor
// may not read.
func (s *Service) PersonSheet(ctx context.Context, actor Actor, personID int64) (PersonSheet, error) {
	if !actor.CanSomewhere(ReadPeople) {
		return PersonSheet{}, refuse(actor)
	}
	p, scope, err := personIn(ctx, s.db, personID)
	if err == nil && !actor.Can(ReadPeople, scope) {
		err = fmt.Errorf("person %d: %w", personID, ErrNotFound)
	}
	if err != nil {
		return PersonSheet{}, err
	}
	sheet := PersonSheet{ID: p.ID, Name: p.Name, Language: p.Language, Governorate: p.Governorate, OfficeID: scope.OfficeID,
		CreatedAt: p.CreatedAt, Administers: actor.Can(AdministerPlatform, scope)}
	them := Actor{PersonID: personID}
	if sheet.Memberships, err = s.OwnOrganisations(ctx, them); err != nil {
		return PersonSheet{}, err
	}
	if sheet.Roles, err = s.rolesOf(ctx, actor, personID); err != nil {
		return PersonSheet{}, err
	}
	if sheet.Spaces, err = s.spacesOf(ctx, actor, personID); err != nil {
		return PersonSheet{}, err
	}
	if sheet.Administers {
		sheet.Email = p.Email
		sheet.Sessions, err = s.Sessions(ctx, them)
	}
	return sheet, err
}

// rolesOf lists the roles a person holds, without those over spaces that the actor mustn't know of.
func (s *Service) rolesOf(ctx context.Context, actor Actor, personID int64) ([]HeldRole, error) {
	var all, known []HeldRole
	if err := s.heldRoles(RoleFilter{PersonID: personID}).Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("roles of person %d: %w", personID, err)
	}
	for _, r := range all {
		if r.Kind == OverSpace {
			sp, err := FindSpace(ctx, s.db, r.ScopeID)
			if err != nil {
				return nil, err
			}
			if !sp.ListedFor(actor) {
				continue
			}
		}
		known = append(known, r)
	}
	return known, nil
}

// spacesOf lists the spaces a person is in, of those the actor may know of.
func (s *Service) spacesOf(ctx context.Context, actor Actor, personID int64) ([]Space, error) {
	var all, known []Space
	err := s.db.NewSelect().Model(&all).Where("id in (select space_id from space_member where person_id = ?)", personID).
		Order("position", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("spaces of person %d: %w", personID, err)
	}
	for _, sp := range all {
		if sp.ListedFor(actor) {
			known = append(known, sp)
		}
	}
	return known, nil
}

// EndSessions signs a person out of all their devices. It needs AdministerPlatform over the office of their governorate,
// or everywhere.
func (s *Service) EndSessions(ctx context.Context, actor Actor, personID int64) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		_, scope, err := personIn(ctx, tx, personID)
		if err != nil {
			return err
		}
		if err := permit(actor, AdministerPlatform, scope); err != nil {
			return err
		}
		if _, err := lockPerson(ctx, tx, personID); err != nil {
			return err
		}
		if err := s.endAll(ctx, tx, personID); err != nil {
			return err
		}
		return events.Publish(ctx, tx, events.SessionsEnded{PersonID: personID, OfficeID: scope.OfficeID, By: actor.PersonID})
	})
}

// personIn returns a person, never a pseudonym, with the office of their governorate.
func personIn(ctx context.Context, db bun.IDB, personID int64) (Person, Scope, error) {
	p, err := onePerson(ctx, db.NewSelect().Where("id = ? and mask_of is null", personID))
	if err != nil || p.Governorate == "" {
		return p, Scope{}, err
	}
	office, err := officeOf(ctx, db, p.Governorate)
	return p, Scope{OfficeID: office}, err
}

// Names are people's names by id, for pages that tell who did what. Unknown ids are absent.
func (s *Service) Names(ctx context.Context, ids []int64) (map[int64]string, error) {
	names := map[int64]string{}
	rows, err := s.db.QueryContext(ctx, `select id, name from person where id = any(?)`, pgdialect.Array(ids))
	if err != nil {
		return nil, fmt.Errorf("names of people: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("names of people: %w", err)
		}
		names[id] = name
	}
	return names, rows.Err()
}
