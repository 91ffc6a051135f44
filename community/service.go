package community

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/attachment"
)

// What the use cases answer when they refuse, besides account's errors.
var (
	ErrLocked = errors.New("thread is locked") // no reply and no edit until a moderator unlocks it
	ErrHidden = errors.New("post is hidden")   // its author can't edit it, nobody can answer it
)

// Service holds the use cases.
type Service struct {
	// Files keeps what people add to their posts; without it nothing can be added.
	Files   *attachment.Folder
	Circles Circles

	db   bun.IDB
	now  func() time.Time
	say  Say    // nil: no newsletter is composed
	host string // whose addresses are no links elsewhere
}

// New returns the use cases over db, with the clock now (time.Now when nil).
func New(db bun.IDB, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{db: db, now: now}
}

// At tells under which host people reach the platform: its addresses are no links elsewhere.
func (s *Service) At(host string) *Service {
	s.host = host
	return s
}

// In is the same forum within a transaction of the caller's.
func (s *Service) In(tx bun.Tx) *Service {
	in := *s
	in.db = tx
	return &in
}

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

// unlessBarred drops the errors that say that somebody may not read something, or not any more.
func unlessBarred(err error) error {
	if errors.Is(err, account.ErrNotFound) || errors.Is(err, account.ErrForbidden) || errors.Is(err, account.ErrSignInRequired) {
		return nil
	}
	return err
}

// readable returns a space whose threads the actor may read. A space by invitation doesn't exist for those outside it.
func readable(ctx context.Context, db bun.IDB, actor account.Actor, spaceID int64) (account.Space, error) {
	sp, err := account.FindSpace(ctx, db, spaceID)
	if err != nil {
		return sp, err
	}
	return sp, sp.Refusal(actor)
}

// moderates refuses those who don't moderate a place.
func moderates(actor account.Actor, over account.Scope) error {
	switch {
	case !actor.SignedIn():
		return account.ErrSignInRequired
	case !actor.Can(account.Moderate, over):
		return account.ErrForbidden
	}
	return nil
}

// spacesWhere returns the ids of the spaces that a rule lets through.
func spacesWhere(ctx context.Context, db bun.IDB, rule func(account.Space) bool) ([]int64, error) {
	var all []account.Space
	if err := db.NewSelect().Model(&all).Scan(ctx); err != nil {
		return nil, fmt.Errorf("spaces: %w", err)
	}
	ids := []int64{}
	for _, sp := range all {
		if rule(sp) {
			ids = append(ids, sp.ID)
		}
	}
	return ids, nil
}
