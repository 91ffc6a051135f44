package account

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// Beginning is how far a new place has come, as this package knows it, for one of the people who look after it.
type Beginning struct {
	Kind    ScopeKind // office, space, organisation
	PlaceID int64
	Skipped []string `bun:",array"` // steps that the person put aside

	Keepers      int // people who look after it
	Members      int // people in a space or an organisation
	Governorates int // that an office serves
	Spaces       int // of an office
}

// skippable are the steps that a person may put aside, because no fact tells that they are done, or needn't ever be.
var skippable = map[ScopeKind][]string{OverSpace: {"", "charter"}, OverOffice: {"", "space"}, OverOrganisation: {"", "keepers", "consent"}}

// Skips tells whether the person put a step aside.
func (b Beginning) Skips(step string) bool { return slices.Contains(b.Skipped, step) }

// MaySkip tells whether a step of a kind of place may be put aside.
func MaySkip(kind ScopeKind, step string) bool { return slices.Contains(skippable[kind], step) }

// begin notes that a place is new: those who look after it are shown its first steps.
func begin(ctx context.Context, tx bun.Tx, kind ScopeKind, id int64, at time.Time) error {
	_, err := tx.ExecContext(ctx, `insert into beginning (kind, place_id, at) values (?, ?, ?) on conflict do nothing`, kind, id, at)
	if err != nil {
		return fmt.Errorf("%s %d begins: %w", kind, id, err)
	}
	return nil
}

// keeps tells whether the actor looks after a place.
func (s *Service) keeps(ctx context.Context, actor Actor, kind ScopeKind, id int64) (bool, error) {
	switch kind {
	case OverSpace:
		sp, err := FindSpace(ctx, s.db, id)
		return err == nil && actor.Can(Moderate, sp.Scope()), err
	case OverOffice:
		return actor.Can(RunSeminars, Scope{OfficeID: id}), nil
	case OverOrganisation:
		return actor.Can(ManageOrganisation, Scope{OrganisationID: id}), nil
	}
	return false, nil
}

// Beginnings returns those of the places of a kind that are new, that the actor looks after and whose first steps they
// want to see.
func (s *Service) Beginnings(ctx context.Context, actor Actor, kind ScopeKind, ids ...int64) ([]Beginning, error) {
	if !actor.SignedIn() || len(ids) == 0 {
		return nil, nil
	}
	kept := []int64{}
	for _, id := range ids {
		switch yes, err := s.keeps(ctx, actor, kind, id); {
		case err != nil:
			return nil, err
		case yes:
			kept = append(kept, id)
		}
	}
	if len(kept) == 0 {
		return nil, nil
	}
	var all []Beginning
	err := s.db.NewRaw(`select b.kind, b.place_id,
			array(select step from step_skipped k where k.person_id = ?0 and k.kind = b.kind and k.place_id = b.place_id) as skipped,
			(select count(distinct person_id) from role_grant g where g.revoked_at is null and g.role = ?3
				and case b.kind when 'office' then g.office_id when 'space' then g.space_id else g.organisation_id end = b.place_id) as keepers,
			case b.kind when 'space' then (select count(*) from space_member m where m.space_id = b.place_id)
				when 'organisation' then (select count(*) from membership m where m.organisation_id = b.place_id and m.state = 'active') else 0 end as members,
			case b.kind when 'office' then (select count(*) from governorate g where g.office_id = b.place_id) else 0 end as governorates,
			case b.kind when 'office' then (select count(*) from space x where x.office_id = b.place_id) else 0 end as spaces
		from beginning b where b.kind = ?1 and b.place_id in (?2)
			and not exists (select from step_skipped k where k.person_id = ?0 and k.kind = b.kind and k.place_id = b.place_id and k.step = '')
		order by b.place_id`, actor.PersonID, kind, bun.List(kept), keeperOf[kind]).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("beginnings: %w", err)
	}
	return all, nil
}

// keeperOf is the role of those who look after a kind of place.
var keeperOf = map[ScopeKind]Role{OverSpace: SpaceModerator, OverOffice: OfficeModerator, OverOrganisation: OrganisationAdministrator}

// SkipStep has the actor not be shown a first step of a new place any more; "" is all of them. It returns ErrForbidden to
// those who don't look after the place and ErrNotFound for a place that isn't new or a step that isn't to be skipped. Doing
// it twice is doing it once.
func (s *Service) SkipStep(ctx context.Context, actor Actor, kind ScopeKind, id int64, step string) error {
	if !actor.SignedIn() {
		return ErrSignInRequired
	}
	switch kept, err := s.keeps(ctx, actor, kind, id); {
	case err != nil:
		return err
	case !kept:
		return ErrForbidden
	case !MaySkip(kind, step):
		return fmt.Errorf("step %q: %w", step, ErrNotFound)
	}
	res, err := s.db.ExecContext(ctx, `insert into step_skipped (person_id, kind, place_id, step, at)
		select ?, kind, place_id, ?, ? from beginning where kind = ? and place_id = ?
		on conflict (person_id, kind, place_id, step) do update set at = step_skipped.at`, actor.PersonID, step, s.now(), kind, id)
	if err != nil {
		return fmt.Errorf("skip a step of %s %d: %w", kind, id, err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return fmt.Errorf("beginning of %s %d: %w", kind, id, ErrNotFound)
	}
	return nil
}
