package account

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/events"
)

// leaveOrganisations ends a person's memberships and their requests, and turns down the organisations that they asked for and that
// nobody else could speak for.
func (s *Service) leaveOrganisations(ctx context.Context, tx bun.Tx, personID, by int64) error {
	var in []Membership
	err := tx.NewSelect().Model(&in).Where("person_id = ? and state <> ?", personID, MembershipEnded).Order("organisation_id").For("update").Scan(ctx)
	if err != nil {
		return fmt.Errorf("organisations of person %d: %w", personID, err)
	}
	for _, m := range in {
		if err := s.endMembership(ctx, tx, m, by, ""); err != nil {
			return err
		}
	}
	var asked []Organisation
	err = tx.NewRaw(`update organisation set state = ?, decided_at = ? where asked_by = ? and state = ? returning *`,
		OrganisationRefused, s.now(), personID, OrganisationRequested).Scan(ctx, &asked)
	if err != nil {
		return fmt.Errorf("organisations asked for by person %d: %w", personID, err)
	}
	for _, o := range asked {
		err := events.Publish(ctx, tx, events.OrganisationDecided{OrganisationID: o.ID, OfficeID: o.OfficeID, Kind: o.Kind, Governorate: o.Governorate, By: by})
		if err != nil {
			return err
		}
	}
	return nil
}

// leaveSpaces ends a person's memberships of spaces.
func (s *Service) leaveSpaces(ctx context.Context, tx bun.Tx, personID, by int64) error {
	var in []Space
	err := tx.NewSelect().Model(&in).Where("id in (select space_id from space_member where person_id = ?)", personID).Order("id").Scan(ctx)
	if err != nil {
		return fmt.Errorf("spaces of person %d: %w", personID, err)
	}
	for _, sp := range in {
		if _, err := s.exit(ctx, tx, sp, personID, by); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `delete from space_request where person_id = ?`, personID); err != nil {
		return fmt.Errorf("spaces asked for by person %d: %w", personID, err)
	}
	return nil
}

// layDownRoles takes back the roles that a person still holds.
func (s *Service) layDownRoles(ctx context.Context, tx bun.Tx, personID, by int64) error {
	var held []Grant
	err := tx.NewRaw(`update role_grant set revoked_at = ?, revoked_by = ? where person_id = ? and revoked_at is null
		returning role, kind, coalesce(office_id, space_id, organisation_id, 0) as scope_id`, s.now(), by, personID).Scan(ctx, &held)
	if err != nil {
		return fmt.Errorf("roles of person %d: %w", personID, err)
	}
	for _, g := range held {
		scope, err := scopeOf(ctx, tx, g)
		if err == nil {
			err = events.Publish(ctx, tx, events.RoleRevoked{PersonID: personID, Role: string(g.Role), Kind: string(g.Kind), ScopeID: g.ScopeID,
				OfficeID: scope.OfficeID, By: by})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// EraseOutlook is what it would mean for others that somebody erases their account.
type EraseOutlook struct {
	LastAdministrator bool           // of the platform: they can't
	Organisations     []Organisation // with other members, that nobody else administers
	Spaces            []Space        // that nobody else moderates
}

// EraseOutlook says what it would mean for others that the actor erases their account.
func (s *Service) EraseOutlook(ctx context.Context, actor Actor) (o EraseOutlook, err error) {
	if !actor.SignedIn() {
		return o, ErrSignInRequired
	}
	var others int
	err = s.db.NewRaw(`select count(*) from role_grant where role = ? and kind = ? and revoked_at is null and person_id <> ?`,
		Administrator, OverPlatform, actor.PersonID).Scan(ctx, &others)
	o.LastAdministrator = others == 0 && actor.Can(AdministerPlatform, Scope{})
	if err == nil {
		err = s.db.NewSelect().Model(&o.Organisations).Where(aloneOver, actor.PersonID, OrganisationAdministrator, bun.Ident("organisation_id"), bun.Ident("organisation.id")).
			Where("exists (select from membership m where m.organisation_id = organisation.id and m.person_id <> ? and m.state = ?)", actor.PersonID, MembershipActive).
			Order("name_key", "id").Scan(ctx)
	}
	if err == nil {
		err = s.db.NewSelect().Model(&o.Spaces).Where(aloneOver, actor.PersonID, SpaceModerator, bun.Ident("space_id"), bun.Ident("space.id")).
			Order("position", "id").Scan(ctx)
	}
	if err != nil {
		return o, fmt.Errorf("what erasing person %d would mean: %w", actor.PersonID, err)
	}
	return o, nil
}

// aloneOver holds of places over which ?0 alone has the role ?1.
const aloneOver = `exists (select from role_grant g where ?2 = ?3 and g.role = ?1 and g.revoked_at is null and g.person_id = ?0)
	and not exists (select from role_grant g where ?2 = ?3 and g.role = ?1 and g.revoked_at is null and g.person_id <> ?0)`
