package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Visibility says who may enter a space.
type Visibility string

// The visibilities. An open space is readable by everybody; one by request is listed but readable by its members only;
// one by invitation is seen by its members only.
const (
	Open         Visibility = "open"
	ByRequest    Visibility = "request"
	ByInvitation Visibility = "invitation"
)

// Space is a learning space, as a scope: what it contains belongs to other packages.
type Space struct {
	bun.BaseModel `bun:"table:space,alias:space"`

	ID          int64       `bun:",pk,autoincrement"`
	Key         string      // in addresses, such as "gestion-de-projet"
	OfficeID    int64       `bun:",nullzero"` // 0 for a national space
	Axis        string      `bun:",nullzero"` // key of an Axis, or ""
	Name        events.Text `bun:"type:jsonb"`
	Description events.Text `bun:"type:jsonb"`
	Visibility  Visibility
	Hue         int  // of its colour and mark, 0–359
	Position    int  // in lists
	Pseudonyms  bool // people may write in its forum under a Pseudonym
	Version     int  `bun:",nullzero,default:1"` // counts edits
}

// Scope is where the space and everything in it sits.
func (s Space) Scope() Scope { return Scope{OfficeID: s.OfficeID, SpaceID: s.ID} }

// ReadableBy tells whether a may read what is in the space: anybody if it is open, else its members and those who hold
// a role over it.
func (s Space) ReadableBy(a Actor) bool {
	return s.Visibility == Open || s.HasMember(a) ||
		slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.covers(s.Scope()) })
}

// Refusal says why a may not read what is in the space: ErrNotFound when they mustn't know of it, else ErrSignInRequired
// for a visitor and Closed, an ErrForbidden, for a person, who may ask to join. It is nil for those who may.
func (s Space) Refusal(a Actor) error {
	switch {
	case s.ReadableBy(a):
		return nil
	case !s.ListedFor(a):
		return fmt.Errorf("space %d: %w", s.ID, ErrNotFound)
	}
	if !a.SignedIn() {
		return fmt.Errorf("space %d: %w", s.ID, ErrSignInRequired)
	}
	return Closed{Space: s}
}

// Closed is the ErrForbidden of those who know of a space but may not read what is in it: they may ask to join.
type Closed struct{ Space Space }

// Error is for logs.
func (c Closed) Error() string { return fmt.Sprintf("space %d is closed", c.Space.ID) }

// Unwrap makes it an ErrForbidden.
func (c Closed) Unwrap() error { return ErrForbidden }

// HasMember tells whether a joined the space.
func (s Space) HasMember(a Actor) bool { return slices.Contains(a.Spaces, s.ID) }

// ListedFor tells whether a may know that the space exists.
func (s Space) ListedFor(a Actor) bool { return s.Visibility != ByInvitation || s.ReadableBy(a) }

// SpaceByID returns a space to callers that have settled what the person may know of it; unknown ones are ErrNotFound.
func (s *Service) SpaceByID(ctx context.Context, id int64) (Space, error) {
	return FindSpace(ctx, s.db, id)
}

// FindSpace returns a space by id, whoever asks, for packages that then ask Space.ReadableBy or Actor.Can.
// It returns ErrNotFound when there is none.
func FindSpace(ctx context.Context, db bun.IDB, id int64) (Space, error) {
	var s Space
	err := db.NewSelect().Model(&s).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Space{}, fmt.Errorf("space %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return Space{}, fmt.Errorf("space %d: %w", id, err)
	}
	return s, nil
}
