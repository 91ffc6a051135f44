package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Visibilities lists the ways into a space, the widest first.
var Visibilities = []Visibility{Open, ByRequest, ByInvitation}

// MayManageSpace tells whether the actor may say who enters a space, whose it is and how it looks.
func MayManageSpace(actor Actor, sp Space) bool { return actor.Can(ManageSpaces, sp.Scope()) }

// MayModerateSpace tells whether the actor may describe a space and choose its members.
func MayModerateSpace(actor Actor, sp Space) bool { return actor.Can(Moderate, sp.Scope()) }

// ManagedSpace is a space with what its keepers look at.
type ManagedSpace struct {
	Space `bun:",extend"`

	Members    int
	Requests   int
	Moderators []string `bun:",array"`
}

// ManagedSpaces lists the spaces whose members the actor may choose, in the order lists show them.
func (s *Service) ManagedSpaces(ctx context.Context, actor Actor) ([]ManagedSpace, error) {
	if !actor.CanSomewhere(Moderate) {
		return nil, refuse(actor)
	}
	var all []ManagedSpace
	err := s.db.NewSelect().Model(&all).ColumnExpr("space.*").
		ColumnExpr("(select count(*) from space_member m where m.space_id = space.id) as members").
		ColumnExpr("(select count(*) from space_request r where r.space_id = space.id) as requests").
		ColumnExpr(`array(select p.name from role_grant g join person p on p.id = g.person_id
			where g.space_id = space.id and g.role = ? and g.revoked_at is null order by p.name) as moderators`, SpaceModerator).
		Order("position", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("spaces to manage: %w", err)
	}
	return slices.DeleteFunc(all, func(sp ManagedSpace) bool { return !MayModerateSpace(actor, sp.Space) }), nil
}

// ModeratedSpace returns a space whose members the actor may choose. It returns ErrNotFound when they mustn't know of it
// and ErrForbidden when they may only read it.
func (s *Service) ModeratedSpace(ctx context.Context, actor Actor, key string) (Space, error) {
	sp, err := s.Space(ctx, actor, key)
	if err != nil {
		return Space{}, err
	}
	return sp, permit(actor, Moderate, sp.Scope())
}

// CreateSpace adds a space. Its key comes from its name. It needs ManageSpaces over its office, or everywhere for a
// national one, and returns Invalids.
func (s *Service) CreateSpace(ctx context.Context, actor Actor, sp Space) (Space, error) {
	sp.ID = 0
	if err := permit(actor, ManageSpaces, sp.Scope()); err != nil {
		return Space{}, err
	}
	if err := s.checkSpace(ctx, &sp, ""); err != nil {
		return Space{}, err
	}
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) (err error) {
		if sp.Key, err = freeKey(ctx, tx, "space", keyFrom(sp.Name, "espace")); err != nil {
			return err
		}
		if err := tx.NewRaw(`select coalesce(max(position), 0) + 1 from space`).Scan(ctx, &sp.Position); err != nil {
			return fmt.Errorf("create space: %w", err)
		}
		if _, err := tx.NewInsert().Model(&sp).Exec(ctx); err != nil {
			return fmt.Errorf("create space: %w", err)
		}
		if err := begin(ctx, tx, OverSpace, sp.ID, s.now()); err != nil {
			return err
		}
		return announceSpace(ctx, tx, sp, true, actor)
	})
	return sp, err
}

// EditSpace changes a space. Its moderators change name and description; the rest needs ManageSpaces, over the office it
// comes from and the one it goes to. What the actor may not change is left as it is. It returns Invalids, and
// ErrStale unless edited has the last version.
func (s *Service) EditSpace(ctx context.Context, actor Actor, edited Space) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		sp, err := lockSpace(ctx, tx, edited.ID)
		if err != nil {
			return err
		}
		if err := permit(actor, Moderate, sp.Scope()); err != nil {
			return err
		}
		if edited.Version != sp.Version {
			return fmt.Errorf("space %d: %w", sp.ID, ErrStale)
		}
		held := sp.Axis
		sp.Version++
		sp.Name, sp.Description = edited.Name, edited.Description
		if MayManageSpace(actor, sp) {
			if edited.OfficeID != sp.OfficeID && !actor.Can(ManageSpaces, edited.Scope()) {
				return ErrForbidden
			}
			sp.OfficeID, sp.Axis, sp.Visibility, sp.Hue, sp.Pseudonyms = edited.OfficeID, edited.Axis, edited.Visibility, edited.Hue, edited.Pseudonyms
		}
		if err := s.checkSpace(ctx, &sp, held); err != nil {
			return err
		}
		_, err = tx.NewUpdate().Model(&sp).Column("name", "description", "office_id", "axis", "visibility", "hue", "pseudonyms", "version").WherePK().Exec(ctx)
		if err != nil {
			return fmt.Errorf("edit space %d: %w", sp.ID, err)
		}
		return announceSpace(ctx, tx, sp, false, actor)
	})
}

// checkSpace tidies sp in place and returns all that is wrong with it. held is the axis it has until now.
func (s *Service) checkSpace(ctx context.Context, sp *Space, held string) error {
	var wrong Invalids
	sp.Name = checkText(&wrong, "name", sp.Name, MaxName, line, "account.error_name")
	sp.Description = checkText(&wrong, "description", sp.Description, MaxText, paragraph, "")
	if !slices.Contains(Visibilities, sp.Visibility) {
		wrong.Add("visibility", "account.error_choice")
	}
	if sp.Hue < 0 || sp.Hue > 359 {
		wrong.Add("hue", "account.error_choice")
	}
	if sp.OfficeID != 0 {
		offices, err := s.Offices(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(offices, func(o Office) bool { return o.ID == sp.OfficeID }) {
			wrong.Add("office", "account.error_choice")
		}
	}
	axes, err := s.Axes(ctx)
	if err != nil {
		return err
	}
	if sp.Axis != "" && !slices.ContainsFunc(Choosable(axes, held), func(a Axis) bool { return a.Key == sp.Axis }) {
		wrong.Add("axis", "account.error_choice")
	}
	return wrong.Err()
}

func lockSpace(ctx context.Context, tx bun.Tx, id int64) (Space, error) {
	var sp Space
	err := tx.NewSelect().Model(&sp).Where("id = ?", id).For("update").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return sp, wrapped(fmt.Sprintf("space %d", id), err)
}

func announceSpace(ctx context.Context, tx bun.Tx, sp Space, created bool, actor Actor) error {
	return events.Publish(ctx, tx, events.SpaceChanged{SpaceID: sp.ID, OfficeID: sp.OfficeID, Key: sp.Key, Name: sp.Name,
		Visibility: string(sp.Visibility), Created: created, By: actor.PersonID})
}

// SpaceMember is a member of a space.
type SpaceMember struct {
	PersonID  int64
	Name      string
	Since     time.Time
	Moderator bool
}

// SpaceMembers lists a page of a space's members by name, with how many there are in all. It needs Moderate over the space.
func (s *Service) SpaceMembers(ctx context.Context, actor Actor, spaceID int64, page int) ([]SpaceMember, int, error) {
	if _, err := s.moderates(ctx, s.db, actor, spaceID); err != nil {
		return nil, 0, err
	}
	var list []SpaceMember
	q := s.db.NewSelect().TableExpr("space_member m").Join("join person p on p.id = m.person_id").
		ColumnExpr("p.id as person_id, p.name, m.since").
		ColumnExpr(`exists (select from role_grant g where g.person_id = p.id and g.space_id = m.space_id and g.role = ?
			and g.revoked_at is null) as moderator`, SpaceModerator).
		Where("m.space_id = ?", spaceID).OrderExpr("p.folded_name, p.id")
	n, err := onPage(q, page).ScanAndCount(ctx, &list)
	if err != nil {
		return nil, 0, fmt.Errorf("members of space %d: %w", spaceID, err)
	}
	return list, int(n), nil
}

// InviteToSpace makes the person of an address a member of a space. It needs Moderate over the space and returns Invalids
// (field email) when nobody has that address.
func (s *Service) InviteToSpace(ctx context.Context, actor Actor, spaceID int64, email string) (name string, err error) {
	if _, err := s.moderates(ctx, s.db, actor, spaceID); err != nil {
		return "", err
	}
	address, ok := CanonicalEmail(email)
	if !ok {
		return "", Invalids{{Field: "email", Key: "account.error_email"}}
	}
	p, err := personByEmail(ctx, s.db, address)
	if errors.Is(err, ErrNotFound) {
		return "", Invalids{{Field: "email", Key: "account.error_email_unknown"}}
	}
	if err != nil {
		return "", err
	}
	return p.Name, s.AddSpaceMember(ctx, actor, spaceID, p.ID)
}

// RemoveSpaceMember takes a person out of a space. It needs Moderate over the space and returns ErrNotFound for somebody
// who isn't in it.
func (s *Service) RemoveSpaceMember(ctx context.Context, actor Actor, spaceID, personID int64) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		sp, err := s.moderates(ctx, tx, actor, spaceID)
		if err != nil {
			return err
		}
		found, err := s.exit(ctx, tx, sp, personID, actor.PersonID)
		if err == nil && !found {
			err = fmt.Errorf("member of space %d: %w", spaceID, ErrNotFound)
		}
		return err
	})
}
