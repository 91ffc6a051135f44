package enrolment

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// What the use cases answer when they refuse, besides account's errors.
var (
	ErrNotEligible = errors.New("gate not met")           // wrapped by NotEligible
	ErrClosed      = errors.New("registration is closed") // the closing date has passed
	ErrNotOpen     = errors.New("registration opens later")
	ErrNoOffer     = errors.New("offer is over") // it expired, or the seat was given up
	ErrStarted     = errors.New("seminar has started")
	ErrCancelled   = errors.New("seminar is cancelled")
	ErrStale       = account.ErrStale                      // read it again, then edit
	ErrTooEarly    = errors.New("session is not near yet") // attendance before the doors open
)

// NotEligible refuses a registration and says what is missing. It is an ErrNotEligible.
type NotEligible struct{ Decision Decision }

func (e NotEligible) Error() string { return ErrNotEligible.Error() }

// Is makes errors.Is(err, ErrNotEligible) hold.
func (e NotEligible) Is(target error) bool { return target == ErrNotEligible }

// Service holds the use cases.
type Service struct {
	Quizzes Quizzes // nil: no quiz is known, and no gate can ask for one
	Files   Files   // of papers; without them papers are only links

	db    bun.IDB
	now   func() time.Time
	turns chan struct{} // see abreast

	mu     sync.Mutex
	crowds map[int64]*account.Gatherer[*asking] // by seminar
}

// New returns the use cases over db, with the clock now (time.Now when nil).
func New(db bun.IDB, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{db: db, now: now, turns: make(chan struct{}, abreast), crowds: map[int64]*account.Gatherer[*asking]{}}
}

// Now is the clock that the use cases go by: pages ask it what has begun or closed.
func (s *Service) Now() time.Time { return s.now() }

// inTx runs f in a transaction and says what failed.
func (s *Service) inTx(ctx context.Context, what string, f func(ctx context.Context, tx bun.Tx) error) error {
	if err := s.db.RunInTx(ctx, nil, f); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// found turns "no rows" into account.ErrNotFound.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return account.ErrNotFound
	}
	return err
}
