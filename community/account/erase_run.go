package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

const (
	eraseEvery   = 2 * time.Second // how often RunErasures looks
	eraseLease   = time.Minute     // after which another node goes on with what one left in the middle
	maxEraseWait = time.Hour       // between two tries of what fails
)

// Erased is somebody whose account is erased, as those see them who remove what hung on it.
type Erased struct {
	IDs   []int64  // their row of person, and those of their pseudonyms
	Names []string // their name as it was, and their pseudonyms
	Email string   // as it was
	At    time.Time
	Texts bool // what they wrote in forums goes too
}

// EraseStep removes what a package keeps about somebody. Doing it again does nothing, as it is done again when it or one after it fails,
// or when the process dies.
type EraseStep func(ctx context.Context, e Erased) error

// RunErasures does what erased accounts leave to do, until ctx ends. Any number of nodes may run it.
func (s *Service) RunErasures(ctx context.Context, log *slog.Logger, steps []EraseStep) {
	tick := time.NewTicker(eraseEvery)
	defer tick.Stop()
	for {
		if _, err := s.DoErasures(ctx, steps); err != nil && ctx.Err() == nil {
			log.Error("erase accounts", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// DoErasures does all that is due: the steps in their order, then the person's row goes with what hangs on it. It returns how many accounts
// are wholly erased. What fails is put off, and its errors joined.
func (s *Service) DoErasures(ctx context.Context, steps []EraseStep) (done int, err error) {
	for {
		e, claimErr := s.claimErasure(ctx)
		if claimErr != nil || e.PersonID == 0 {
			return done, errors.Join(err, claimErr)
		}
		if stepErr := s.finishErasure(ctx, e, steps); stepErr != nil {
			err = errors.Join(err, fmt.Errorf("erase person %d: %w", e.PersonID, stepErr), s.putOffErasure(ctx, e))
			if ctx.Err() != nil {
				return done, err
			}
			continue
		}
		done++
	}
}

// claimErasure keeps other nodes from an erasure for as long as the lease; its PersonID is 0 when none is due.
func (s *Service) claimErasure(ctx context.Context) (e erasure, err error) {
	now := s.now()
	err = s.db.NewRaw(`update erasure set next_at = ?, tries = tries + 1 where person_id = (select person_id from erasure
			where done_at is null and next_at <= ? order by next_at, person_id limit 1 for update skip locked)
		returning person_id, texts, was, asked_at, next_at, tries`, now.Add(eraseLease), now).Scan(ctx, &e)
	if errors.Is(err, sql.ErrNoRows) {
		return erasure{}, nil
	}
	if err != nil {
		return erasure{}, fmt.Errorf("claim an erasure: %w", err)
	}
	return e, nil
}

func (s *Service) finishErasure(ctx context.Context, e erasure, steps []EraseStep) error {
	gone := Erased{IDs: []int64{e.PersonID}, Names: []string{e.Was.Name}, Email: e.Was.Email, At: e.AskedAt, Texts: e.Texts}
	masks, err := pseudonyms(ctx, s.db, `p.mask_of = ?`, e.PersonID)
	if err != nil {
		return err
	}
	for _, m := range masks {
		gone.IDs, gone.Names = append(gone.IDs, m.ID), append(gone.Names, m.Name)
	}
	for _, step := range steps {
		if err := step(ctx, gone); err != nil {
			return err
		}
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for _, q := range []struct {
			sql  string
			args []any
		}{
			{`delete from person where id = any(?)`, []any{pgdialect.Array(gone.IDs)}},
			{`update erasure set done_at = ?, was = null where person_id = ?`, []any{s.now(), e.PersonID}},
		} {
			if _, err := tx.ExecContext(ctx, q.sql, q.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// putOffErasure tries again later what failed: after 2, 4, 8… seconds, an hour at most.
func (s *Service) putOffErasure(ctx context.Context, e erasure) error {
	wait := min(maxEraseWait, time.Second<<min(e.Tries, 12))
	_, err := s.db.ExecContext(context.WithoutCancel(ctx), `update erasure set next_at = ? where person_id = ? and done_at is null`, s.now().Add(wait), e.PersonID)
	if err != nil {
		return fmt.Errorf("put off erasing person %d: %w", e.PersonID, err)
	}
	return nil
}
