// Package introduction lets people of the directory get to know each other: one asks with a message, the other accepts or
// declines. Addresses are shown to both once it is accepted, never before, and some weeks later both say how it went.
package introduction

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// State is where an introduction stands.
type State string

// The states. All but Asked are final.
const (
	Asked     State = "asked"
	Accepted  State = "accepted"
	Declined  State = "declined"
	Withdrawn State = "withdrawn" // by who asked
	Lapsed    State = "lapsed"    // nobody answered for Patience
)

// Outcome is what one of the two says came of an accepted introduction; "" while they said nothing.
type Outcome string

// The outcomes.
const (
	Met   Outcome = "met"
	Later Outcome = "later" // not yet
	Never Outcome = "no"
)

// Outcomes lists every outcome, in the order of the form.
var Outcomes = []Outcome{Met, Later, Never}

const (
	// Patience is how long a request waits for its answer before it lapses.
	Patience = 30 * 24 * time.Hour
	// Pause is how long somebody who was declined waits before asking the same person again.
	Pause = 90 * 24 * time.Hour
	// FollowUp is the time after which both are asked how it went.
	FollowUp = 14 * 24 * time.Hour
	// MaxWaiting is how many of a person's requests may wait for an answer at a time.
	MaxWaiting = 5
	// MaxWeekly is how many times a person may ask within seven days.
	MaxWeekly = 10
	// MinMessage is the shortest message, in characters: who is asked must learn why.
	MinMessage = 20
)

// Introduction is one request, as its table holds it.
type Introduction struct {
	bun.BaseModel `bun:"table:introduction,alias:i"`

	ID          int64 `bun:",pk,autoincrement"`
	FromID      int64
	ToID        int64
	Message     string
	State       State
	AskedAt     time.Time
	Answer      string       // a few words of who was asked, or ""
	AnsweredAt  bun.NullTime // when it stopped waiting
	FromOutcome Outcome
	ToOutcome   Outcome
}

// Service holds the use cases.
type Service struct {
	db  bun.IDB
	now func() time.Time
}

// New returns the use cases over db, on the clock now (time.Now when nil).
func New(db bun.IDB, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{db: db, now: now}
}

func (s *Service) inTx(ctx context.Context, what string, do func(context.Context, bun.Tx) error) error {
	if err := s.db.RunInTx(ctx, nil, do); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// own locks one of the actor's introductions. It returns ErrNotFound for one between others.
func own(ctx context.Context, tx bun.Tx, actor account.Actor, id int64) (Introduction, error) {
	if !actor.SignedIn() {
		return Introduction{}, account.ErrSignInRequired
	}
	var i Introduction
	err := tx.NewSelect().Model(&i).Where("id = ? and ? in (from_id, to_id)", id, actor.PersonID).For("update").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return i, account.ErrNotFound
	}
	return i, err
}

// refused is what is wrong with the one field of a form.
func refused(field, key string, args ...any) error {
	var wrong account.Invalids
	wrong.Add(field, key, args...)
	return wrong
}
