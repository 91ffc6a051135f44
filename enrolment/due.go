package enrolment

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/uptrace/bun"
)

// The kinds of due work. What each does is judged from the seminar as it is when it is done, so work planned for a date
// that was moved since does nothing, and work done late does what is still to do.
const (
	settleWork = "settle" // hand on the seats that a date has freed
	openWork   = "open"   // tell those who meet the gate that registration opens
	remindWork = "remind" // tell those with a conditional seat what is missing
)

const (
	dueEvery   = time.Second         // how often Run looks
	keepDone   = 90 * 24 * time.Hour // how long done work is remembered
	maxDueWait = time.Hour           // between two tries of work that fails
)

// plan has work done at a time, once, by whichever node is up then. Planning the same again changes nothing, nor does
// planning for what has passed: whoever changes a date does what it asks for now.
func (s *Service) plan(ctx context.Context, tx bun.Tx, kind string, seminarID int64, at time.Time) error {
	if !at.After(s.now()) {
		return nil
	}
	_, err := tx.NewRaw(`insert into due_work (key, kind, seminar_id, due_at, next_at) values (?, ?, ?, ?, ?) on conflict (key) do nothing`,
		fmt.Sprintf("%s:%d:%d", kind, seminarID, at.UnixMicro()), kind, seminarID, at, at).Exec(ctx)
	if err != nil {
		return fmt.Errorf("plan %s of seminar %d: %w", kind, seminarID, err)
	}
	return nil
}

// Run does due work as it falls due, until ctx ends. Any number of nodes may run it: each piece is done by one of them.
func (s *Service) Run(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(dueEvery)
	defer tick.Stop()
	for {
		if _, err := s.DoDue(ctx); err != nil && ctx.Err() == nil {
			log.Error("seats: due work", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// DoDue does all work that is due now and returns how much it was. Work that fails is put off, and its errors joined.
func (s *Service) DoDue(ctx context.Context) (done int, err error) {
	for {
		w, doErr := s.doOne(ctx)
		switch {
		case doErr == nil && w.ID == 0:
			_, sweep := s.db.NewRaw(`delete from due_work where done_at < ?`, s.now().Add(-keepDone)).Exec(ctx)
			return done, errors.Join(err, sweep)
		case doErr == nil:
			done++
			continue
		}
		err = errors.Join(err, doErr)
		if w.ID == 0 {
			return done, err
		}
		if putErr := s.putOff(ctx, w); putErr != nil {
			return done, errors.Join(err, putErr)
		}
	}
}

// duty is a row of due_work.
type duty struct {
	ID        int64
	Kind      string
	SeminarID int64
	DueAt     time.Time
	Tries     int
}

// doOne claims the piece of work that has been due for longest and does it, in one transaction. The zero duty says that
// there is none.
func (s *Service) doOne(ctx context.Context) (w duty, err error) {
	err = s.inTx(ctx, "due work", func(ctx context.Context, tx bun.Tx) error {
		err := tx.NewRaw(`select id, kind, seminar_id, due_at, tries from due_work where done_at is null and next_at <= ?
			order by next_at, id limit 1 for update skip locked`, s.now()).Scan(ctx, &w)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.do(ctx, tx, w); err != nil {
			return fmt.Errorf("%s of seminar %d: %w", w.Kind, w.SeminarID, err)
		}
		_, err = tx.NewRaw(`update due_work set done_at = ? where id = ?`, s.now(), w.ID).Exec(ctx)
		return err
	})
	return w, err
}

func (s *Service) do(ctx context.Context, tx bun.Tx, w duty) error {
	sem, err := findSeminar(ctx, tx, w.SeminarID, seminarLock)
	switch {
	case err != nil:
		return err
	case sem.State != Published:
		return nil
	case w.Kind == openWork:
		return s.decideAll(ctx, tx, sem)
	case w.Kind == remindWork:
		return s.remind(ctx, tx, sem, w.DueAt)
	}
	return s.settle(ctx, tx, sem, nobody)
}

// putOff tries failed work again later: after 2, 4, 8… seconds, an hour at most.
func (s *Service) putOff(ctx context.Context, w duty) error {
	wait := min(maxDueWait, time.Second<<min(w.Tries+1, 12))
	_, err := s.db.NewRaw(`update due_work set next_at = ?, tries = tries + 1 where id = ?`, s.now().Add(wait), w.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("put off due work %d: %w", w.ID, err)
	}
	return nil
}
