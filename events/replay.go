package events

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

var (
	// ErrNotReplayable says that a consumer's effects must never be repeated.
	ErrNotReplayable = errors.New("this consumer can't be replayed")
	// ErrUnknownConsumer says that no consumer of that name ever ran.
	ErrUnknownConsumer = errors.New("unknown consumer")
)

// RequestReplay empties c's projection and takes its marks away, in one transaction; the running relay then sends it all
// its events again, in order. Handlers of c wait meanwhile, so that none writes between the two. It needs only the
// database. It fails with ErrNotReplayable when c has no Reset.
func RequestReplay(ctx context.Context, db bun.IDB, c Consumer) error {
	if c.Reset == nil {
		return fmt.Errorf("replay %s: %w", c.Name, ErrNotReplayable)
	}
	if err := checkConsumers([]Consumer{c}); err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	err := db.RunInTx(ctx, nil, func(_ context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(?, hashtext(?))`, lockClass, c.Name); err != nil {
			return err
		}
		if err := registerOne(ctx, tx, c); err != nil {
			return err
		}
		if err := c.Reset(ctx, tx); err != nil {
			return fmt.Errorf("reset: %w", err)
		}
		if err := forgetMarks(ctx, tx, c.Name); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `update consumer set settled = 0, replay_asked_at = clock_timestamp(),
			replay_until = (select coalesce(max(seq), 0) from outbox where type = any(types)) where name = ?`, c.Name)
		if err != nil {
			return err
		}
		return askForSweep(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("replay %s: %w", c.Name, err)
	}
	return nil
}

// RetryDead lets dead letters, or all of them when no id is given, be handled again with all their attempts. It returns
// how many there were. It needs only the database; the running relay sends them.
func RetryDead(ctx context.Context, db bun.IDB, ids ...int64) (int, error) {
	var n int
	err := db.RunInTx(ctx, nil, func(_ context.Context, tx bun.Tx) error {
		err := tx.QueryRowContext(ctx, `with again as (
				update failure set attempts = 0, dead_at = null, replayed_at = clock_timestamp()
				where dead_at is not null and (?0 or id = any(?1::bigint[])) returning consumer, event_id
			), first as (
				select a.consumer, min(o.seq) as seq from again a join outbox o on o.id = a.event_id group by a.consumer
			), reopened as (
				update consumer c set settled = least(c.settled, f.seq - 1) from first f where f.consumer = c.name
			) select count(*) from again`, len(ids) == 0, pgdialect.Array(ids)).Scan(&n)
		if err != nil || n == 0 {
			return err
		}
		return askForSweep(ctx, tx)
	})
	if err != nil {
		return 0, fmt.Errorf("retry dead letters: %w", err)
	}
	return n, nil
}

// Forget removes all trace of a consumer that no version of the program runs any more: its marks, failures and place in
// Status. It fails with ErrUnknownConsumer. A consumer that still runs would get all its history again.
func Forget(ctx context.Context, db bun.IDB, name string) error {
	return db.RunInTx(ctx, nil, func(_ context.Context, tx bun.Tx) error {
		result, err := tx.ExecContext(ctx, `delete from consumer where name = ?`, name)
		if err != nil {
			return fmt.Errorf("forget %s: %w", name, err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("forget %s: %w", name, errors.Join(err, ErrUnknownConsumer))
		}
		return forgetMarks(ctx, tx, name)
	})
}

func forgetMarks(ctx context.Context, tx bun.Tx, name string) error {
	for _, query := range []string{`delete from consumed where consumer = ?`, `delete from failure where consumer = ?`} {
		if _, err := tx.ExecContext(ctx, query, name); err != nil {
			return fmt.Errorf("take the marks of %s away: %w", name, err)
		}
	}
	return nil
}

// askForSweep wakes the relay when tx commits. A relay that isn't running sweeps when it starts.
func askForSweep(ctx context.Context, tx bun.Tx) error {
	_, err := tx.ExecContext(ctx, `select pg_notify(?, ?)`, channel, againNotice)
	return err
}
