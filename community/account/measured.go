package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// ErrSuspended is an ErrForbidden: the person may not write there. Suspended wraps it.
var ErrSuspended = fmt.Errorf("may not write: %w", ErrForbidden)

// Suspended refuses what somebody writes, because of a measure.
type Suspended struct{ Measure }

func (e Suspended) Error() string { return fmt.Sprintf("measure %d: %v", e.ID, ErrSuspended) }

// Unwrap makes it an ErrSuspended and an ErrForbidden.
func (e Suspended) Unwrap() error { return ErrSuspended }

// MayWrite refuses a person whom a measure keeps from writing in a space, with the one that lasts longest: a Suspended. One
// about a pseudonym of theirs is one about them. The zero space asks of the platform alone.
func MayWrite(ctx context.Context, db bun.IDB, personID int64, sp Space, now time.Time) error {
	var live []Measure
	err := db.NewRaw(`select id, person_id, act, kind, coalesce(until, 'epoch') as until from measure
		where person_id in (select id from person where id = ?0 or mask_of = ?0) and act <> 'warn' and decision <> 'lifted' and (until is null or until > ?1)
			and (kind = 'platform' or kind = 'office' and office_id = ?2 or kind = 'space' and space_id = ?3)
		order by measure.until desc nulls first, id limit 1`, personID, now, sp.OfficeID, sp.ID).Scan(ctx, &live)
	if err != nil {
		return fmt.Errorf("measures about person %d: %w", personID, err)
	}
	if len(live) == 0 {
		return nil
	}
	if live[0].Act == Ban {
		live[0].Until = time.Time{}
	}
	return Suspended{live[0]}
}

// Banned refuses somebody who signs in although they are banned from the platform. It is an ErrForbidden. Token is the secret
// with which they read why, and may appeal.
type Banned struct {
	MeasureID int64
	Token     string
}

func (e Banned) Error() string { return fmt.Sprintf("banned by measure %d", e.MeasureID) }

// Unwrap makes it an ErrForbidden.
func (e Banned) Unwrap() error { return ErrForbidden }

// banned refuses a session to somebody banned from the platform, and to those whose account was erased meanwhile: ErrTokenExpired.
func banned(ctx context.Context, db bun.IDB, personID int64) error {
	var there []int64 // what is on its way is waited for
	if err := db.NewRaw(`select id from person where id = ? and erased_at is null for share`, personID).Scan(ctx, &there); err != nil {
		return fmt.Errorf("lock person %d: %w", personID, err)
	}
	if len(there) == 0 {
		return fmt.Errorf("person %d: %w", personID, ErrTokenExpired)
	}
	var ids []int64
	err := db.NewRaw(`select id from measure where person_id in (select id from person where id = ?0 or mask_of = ?0) and kind = 'platform' and act = 'ban' and decision <> 'lifted'
		order by id desc limit 1`, personID).Scan(ctx, &ids)
	if err != nil {
		return fmt.Errorf("is person %d banned: %w", personID, err)
	}
	if len(ids) == 0 {
		return nil
	}
	return Banned{MeasureID: ids[0]}
}

// offerAppeal gives somebody who is refused a session the secret to read why. What was refused is rolled back already, so this
// is kept apart from it. Other errors pass.
func (s *Service) offerAppeal(ctx context.Context, err error) error {
	var b Banned
	if !errors.As(err, &b) {
		return err
	}
	token, hash := secret()
	if _, err := s.db.ExecContext(ctx, `update measure set appeal_hash = ? where id = ?`, hash, b.MeasureID); err != nil {
		return fmt.Errorf("offer an appeal: %w", err)
	}
	b.Token = token
	return b
}
