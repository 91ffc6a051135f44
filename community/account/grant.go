package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// grantable says over which kinds of scope each role makes sense.
var grantable = map[Role][]ScopeKind{
	Administrator:             {OverPlatform, OverOffice},
	ProgrammeManager:          {OverPlatform, OverOffice},
	OfficeModerator:           {OverPlatform, OverOffice},
	SpaceModerator:            {OverSpace},
	Trainer:                   {OverOffice, OverSpace},
	OrganisationAdministrator: {OverOrganisation},
}

// Grant gives a person a role over the place g names. It needs GrantRoles over that place; an organisation's
// administrator or office may also name another administrator among its active members. Giving a role that is held
// already does nothing. It returns Invalids (field role) when the role makes no sense there, and ErrNotFound.
func (s *Service) Grant(ctx context.Context, actor Actor, personID int64, g Grant) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		scope, err := s.checkGrant(ctx, tx, actor, g)
		if err != nil {
			return err
		}
		if _, err := lockPerson(ctx, tx, personID); err != nil {
			return err
		}
		if g.Role == OrganisationAdministrator {
			m, err := lockMembership(ctx, tx, personID, g.ScopeID)
			if errors.Is(err, ErrNotFound) || err == nil && m.State != MembershipActive {
				return Invalids{{Field: "person", Key: "account.error_not_member"}}
			}
			if err != nil {
				return err
			}
		}
		return s.insertGrant(ctx, tx, personID, g.Role, scope, g.Kind, actor.PersonID)
	})
}

// Revoke takes a role back from a person. The same people may who could give it. It returns ErrNotFound when it isn't
// held, and ErrLastAdministrator for the one of the platform who must stay.
func (s *Service) Revoke(ctx context.Context, actor Actor, personID int64, g Grant) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		scope, err := s.checkGrant(ctx, tx, actor, g)
		if err != nil {
			return err
		}
		if g.Role == Administrator && g.Kind == OverPlatform {
			if err := anotherAdministrator(ctx, tx, personID); err != nil {
				return err
			}
		}
		res, err := tx.ExecContext(ctx, `update role_grant set revoked_at = ?, revoked_by = ?
			where person_id = ? and role = ? and kind = ? and coalesce(office_id, space_id, organisation_id, 0) = ?
			and revoked_at is null`, s.now(), actor.PersonID, personID, g.Role, g.Kind, g.ScopeID)
		if err != nil {
			return fmt.Errorf("revoke: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("revoke: %w", ErrNotFound)
		}
		return events.Publish(ctx, tx, events.RoleRevoked{PersonID: personID, Role: string(g.Role), Kind: string(g.Kind),
			ScopeID: g.ScopeID, OfficeID: scope.OfficeID, By: actor.PersonID})
	})
}

// anotherAdministrator locks the platform's administrators and refuses when personID is the only one.
func anotherAdministrator(ctx context.Context, tx bun.Tx, personID int64) error {
	var ids []int64
	err := tx.NewRaw(`select person_id from role_grant where role = ? and kind = ? and revoked_at is null
		order by id for update`, Administrator, OverPlatform).Scan(ctx, &ids)
	if err != nil {
		return fmt.Errorf("administrators of the platform: %w", err)
	}
	if len(ids) == 1 && ids[0] == personID {
		return ErrLastAdministrator
	}
	return nil
}

// checkGrant tells whether the actor may give or take g, and returns the scope g is over.
func (s *Service) checkGrant(ctx context.Context, tx bun.Tx, actor Actor, g Grant) (Scope, error) {
	if !slices.Contains(grantable[g.Role], g.Kind) || (g.Kind == OverPlatform) != (g.ScopeID == 0) {
		return Scope{}, Invalids{{Field: "role", Key: "account.error_choice"}}
	}
	scope, err := scopeOf(ctx, tx, g)
	if err != nil {
		return Scope{}, err
	}
	if !mayGrant(actor, g.Role, scope) {
		return Scope{}, refuse(actor)
	}
	return scope, nil
}

func mayGrant(actor Actor, role Role, scope Scope) bool {
	return actor.Can(GrantRoles, scope) || role == OrganisationAdministrator &&
		(actor.Can(ManageOrganisation, scope) || actor.Can(ValidateOrganisations, scope))
}

// scopeOf returns where the place of a grant sits: a space or an organisation also sits in its office.
func scopeOf(ctx context.Context, db bun.IDB, g Grant) (Scope, error) {
	switch g.Kind {
	case OverOffice:
		found, err := db.NewSelect().Table("office").Where("id = ?", g.ScopeID).Exists(ctx)
		if err == nil && !found {
			err = ErrNotFound
		}
		if err != nil {
			return Scope{}, fmt.Errorf("office %d: %w", g.ScopeID, err)
		}
		return Scope{OfficeID: g.ScopeID}, nil
	case OverSpace:
		sp, err := FindSpace(ctx, db, g.ScopeID)
		return sp.Scope(), err
	case OverOrganisation:
		o, err := findOrganisation(ctx, db.NewSelect(), g.ScopeID)
		return o.Scope(), err
	}
	return Scope{}, nil
}

// insertGrant stores a grant that isn't held yet and announces it; by is 0 for the program itself.
func (s *Service) insertGrant(ctx context.Context, tx bun.Tx, personID int64, role Role, scope Scope, kind ScopeKind, by int64) error {
	row := grantRow{PersonID: personID, Role: role, Kind: kind, GivenBy: by, GivenAt: s.now()}
	switch kind {
	case OverOffice:
		row.OfficeID = scope.OfficeID
	case OverSpace:
		row.SpaceID = scope.SpaceID
	case OverOrganisation:
		row.OrganisationID = scope.OrganisationID
	}
	res, err := tx.NewInsert().Model(&row).On("conflict do nothing").Returning("null").Exec(ctx)
	if err != nil {
		return fmt.Errorf("grant %s to person %d: %w", role, personID, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return events.Publish(ctx, tx, events.RoleGranted{PersonID: personID, Role: string(role), Kind: string(kind),
		ScopeID: max(row.OfficeID, row.SpaceID, row.OrganisationID), OfficeID: scope.OfficeID, By: by})
}

type grantRow struct {
	bun.BaseModel `bun:"table:role_grant"`

	PersonID       int64
	Role           Role
	Kind           ScopeKind
	OfficeID       int64 `bun:",nullzero"`
	SpaceID        int64 `bun:",nullzero"`
	OrganisationID int64 `bun:",nullzero"`
	GivenBy        int64 `bun:",nullzero"`
	GivenAt        time.Time
}

// CreateAdministrator makes the person of an address administrator of the platform, for the command line: whoever runs
// it holds the database. It creates the person if need be; a non-empty password replaces theirs and ends their sessions.
func (s *Service) CreateAdministrator(ctx context.Context, n Newcomer) (Person, error) {
	p, err := s.AddPerson(ctx, n)
	if taken, ok := InvalidsOf(err); ok && len(taken) == 1 && taken[0].Key == "account.error_email_taken" {
		p, err = s.knownAdministrator(ctx, n)
	}
	if err != nil {
		return Person{}, err
	}
	return p, s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return s.insertGrant(ctx, tx, p.ID, Administrator, Scope{}, OverPlatform, 0)
	})
}

func (s *Service) knownAdministrator(ctx context.Context, n Newcomer) (Person, error) {
	address, _ := CanonicalEmail(n.Email)
	p, err := personByEmail(ctx, s.db, address)
	if err != nil || n.Password == "" {
		return p, err
	}
	hashed, err := s.hash(ctx, n.Password)
	if err != nil {
		return Person{}, err
	}
	return p, s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := s.replacePassword(ctx, tx, p.ID, hashed); err != nil {
			return err
		}
		return s.proved(ctx, tx, p.ID)
	})
}
