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

// Spaces lists the spaces the actor may know of.
func (s *Service) Spaces(ctx context.Context, actor Actor) ([]Space, error) {
	var all []Space
	if err := s.db.NewSelect().Model(&all).Order("position", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("spaces: %w", err)
	}
	return slices.DeleteFunc(all, func(sp Space) bool { return !sp.ListedFor(actor) }), nil
}

// Space returns a space by key. The caller asks Space.ReadableBy before showing what is in it. It returns ErrNotFound
// for a space the actor mustn't know of.
func (s *Service) Space(ctx context.Context, actor Actor, key string) (Space, error) {
	var sp Space
	err := s.db.NewSelect().Model(&sp).Where("key = ?", key).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !sp.ListedFor(actor) {
		return Space{}, fmt.Errorf("space %q: %w", key, ErrNotFound)
	}
	if err != nil {
		return Space{}, fmt.Errorf("space %q: %w", key, err)
	}
	return sp, nil
}

// JoinSpace makes the actor a member of an open space, or asks to enter one by request; joined tells which. Doing it
// twice is doing it once. It returns ErrNotFound for a space by invitation.
func (s *Service) JoinSpace(ctx context.Context, actor Actor, key string) (joined bool, err error) {
	if !actor.SignedIn() {
		return false, ErrSignInRequired
	}
	sp, err := s.Space(ctx, actor, key)
	if err != nil || sp.HasMember(actor) {
		return err == nil, err
	}
	switch {
	case sp.Visibility == Open || actor.Can(Moderate, sp.Scope()):
		return true, s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			return s.enter(ctx, tx, sp, actor.PersonID, actor.PersonID)
		})
	case sp.Visibility == ByRequest:
		_, err = s.db.ExecContext(ctx, `insert into space_request (space_id, person_id, at) values (?, ?, ?)
			on conflict do nothing`, sp.ID, actor.PersonID, s.now())
		if err != nil {
			return false, fmt.Errorf("ask to enter space %q: %w", key, err)
		}
		return false, nil
	}
	return false, fmt.Errorf("space %q: %w", key, ErrForbidden)
}

// enter makes a person a member of a space, settles their request and announces it, once.
func (s *Service) enter(ctx context.Context, tx bun.Tx, sp Space, personID, by int64) error {
	res, err := tx.ExecContext(ctx, `insert into space_member (space_id, person_id, since) values (?, ?, ?)
		on conflict do nothing`, sp.ID, personID, s.now())
	if err != nil {
		return fmt.Errorf("enter space %d: %w", sp.ID, err)
	}
	if _, err := deleteRequest(ctx, tx, sp.ID, personID); err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return events.Publish(ctx, tx, events.SpaceJoined{PersonID: personID, SpaceID: sp.ID, OfficeID: sp.OfficeID, By: by})
}

func deleteRequest(ctx context.Context, tx bun.Tx, spaceID, personID int64) (found bool, err error) {
	res, err := tx.ExecContext(ctx, `delete from space_request where space_id = ? and person_id = ?`, spaceID, personID)
	if err != nil {
		return false, fmt.Errorf("settle request for space %d: %w", spaceID, err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// LeaveSpace ends the actor's membership of a space, or takes back their request.
func (s *Service) LeaveSpace(ctx context.Context, actor Actor, spaceID int64) error {
	if !actor.SignedIn() {
		return ErrSignInRequired
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := deleteRequest(ctx, tx, spaceID, actor.PersonID); err != nil {
			return err
		}
		sp, err := FindSpace(ctx, tx, spaceID)
		if err != nil {
			return err
		}
		_, err = s.exit(ctx, tx, sp, actor.PersonID, actor.PersonID)
		return err
	})
}

// exit ends a person's membership of a space and announces it; found is false when they weren't in it.
func (s *Service) exit(ctx context.Context, tx bun.Tx, sp Space, personID, by int64) (found bool, err error) {
	res, err := tx.ExecContext(ctx, `delete from space_member where space_id = ? and person_id = ?`, sp.ID, personID)
	if err != nil {
		return false, fmt.Errorf("leave space %d: %w", sp.ID, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	return true, events.Publish(ctx, tx, events.SpaceLeft{PersonID: personID, SpaceID: sp.ID, OfficeID: sp.OfficeID, By: by})
}

// SpaceRequest is a person who asks to enter a space.
type SpaceRequest struct {
	PersonID int64
	Name     string
	At       time.Time
}

// SpaceRequests lists who asks to enter a space, the oldest first. It needs Moderate over it.
func (s *Service) SpaceRequests(ctx context.Context, actor Actor, spaceID int64) ([]SpaceRequest, error) {
	if _, err := s.moderates(ctx, s.db, actor, spaceID); err != nil {
		return nil, err
	}
	var all []SpaceRequest
	err := s.db.NewRaw(`select p.id as person_id, p.name, r.at from space_request r join person p on p.id = r.person_id
		where r.space_id = ? order by r.at, p.id`, spaceID).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("requests for space %d: %w", spaceID, err)
	}
	return all, nil
}

// HasAskedToEnter tells whether the actor waits to enter a space.
func (s *Service) HasAskedToEnter(ctx context.Context, actor Actor, spaceID int64) (bool, error) {
	asked, err := s.db.NewSelect().Table("space_request").
		Where("space_id = ? and person_id = ?", spaceID, actor.PersonID).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("request for space %d: %w", spaceID, err)
	}
	return asked, nil
}

// DecideSpaceRequest lets a person who asked into a space, or not. It needs Moderate over the space, and returns
// ErrConflict when nobody waits any more.
func (s *Service) DecideSpaceRequest(ctx context.Context, actor Actor, spaceID, personID int64, accept bool) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		sp, err := s.moderates(ctx, tx, actor, spaceID)
		if err != nil {
			return err
		}
		found, err := deleteRequest(ctx, tx, spaceID, personID)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("request for space %d: %w", spaceID, ErrConflict)
		}
		if !accept {
			return nil
		}
		return s.enter(ctx, tx, sp, personID, actor.PersonID)
	})
}

// AddSpaceMember makes a person a member of a space, as one does in a space by invitation. It needs Moderate over it.
func (s *Service) AddSpaceMember(ctx context.Context, actor Actor, spaceID, personID int64) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		sp, err := s.moderates(ctx, tx, actor, spaceID)
		if err != nil {
			return err
		}
		if _, err := lockPerson(ctx, tx, personID); err != nil {
			return err
		}
		return s.enter(ctx, tx, sp, personID, actor.PersonID)
	})
}

func (s *Service) moderates(ctx context.Context, db bun.IDB, actor Actor, spaceID int64) (Space, error) {
	sp, err := FindSpace(ctx, db, spaceID)
	if err != nil {
		return Space{}, err
	}
	return sp, permit(actor, Moderate, sp.Scope())
}
