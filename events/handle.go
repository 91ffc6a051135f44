package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// lockClass is the first half of the advisory lock that handlers of a consumer share and a replay takes alone.
const lockClass = 0x48616c71

const (
	// handleTimeout bounds one call of a handler with its transaction.
	handleTimeout = 30 * time.Second
	// conflictTries is how often a transaction that lost a deadlock is done again before it counts as an attempt.
	conflictTries = 5
	longestPause  = 5 * time.Second
)

// runner handles the events of one consumer.
type runner struct {
	consumer Consumer
	db       bun.IDB
	log      *slog.Logger
	attempts int                          // after this many failures an event is a dead letter
	backoff  func(int) time.Duration      // pause before the next attempt, after so many
	observe  func(e Event, failure error) // told of every attempt that failed; may be nil
}

// processAll handles messages in one transaction or, when that fails, one by one. It returns early, with all of them
// unsettled, when ctx ends.
func (r *runner) processAll(ctx context.Context, msgs []jetstream.Msg) {
	if len(msgs) == 1 {
		r.process(ctx, msgs[0])
		return
	}
	list, repeated := make([]Event, 0, len(msgs)), false
	for _, msg := range msgs {
		var e Event
		if e.UnmarshalJSON(msg.Data()) != nil {
			continue // told of below
		}
		meta, err := msg.Metadata()
		list, repeated = append(list, e), repeated || sentAgain(msg.Subject()) || err != nil || meta.NumDelivered > 1
	}
	var failure error = ErrApart
	if len(list) == len(msgs) {
		failure = r.patiently(ctx, msgs, func(ctx context.Context) error { return r.untangled(ctx, list, repeated) })
	}
	if failure != nil && ctx.Err() == nil && !errors.Is(failure, ErrApart) {
		r.log.Info("events that failed together are handled one by one", "events", len(msgs), "error", failure)
	}
	for i, msg := range msgs {
		switch {
		case ctx.Err() != nil:
			return
		case failure == nil:
			_ = msg.Ack()
		default:
			keep(msgs[i:])
			r.process(ctx, msg)
		}
	}
}

// keep has the bus wait longer for messages in hand.
func keep(msgs []jetstream.Msg) {
	for _, msg := range msgs {
		_ = msg.InProgress()
	}
}

// process handles one message until that is settled: done, to come again later, or a dead letter. It returns early,
// with the message unsettled, when ctx ends.
func (r *runner) process(ctx context.Context, msg jetstream.Msg) {
	var e Event
	if err := e.UnmarshalJSON(msg.Data()); err != nil {
		r.log.Error("a message on the bus is not an event", "subject", msg.Subject(), "error", err)
		_ = msg.TermWithReason("not an event")
		return
	}
	meta, err := msg.Metadata()
	repeated := sentAgain(msg.Subject()) || err != nil || meta.NumDelivered > 1
	failure := r.patiently(ctx, []jetstream.Msg{msg}, func(ctx context.Context) error { return r.untangled(ctx, []Event{e}, repeated) })
	if ctx.Err() != nil {
		return
	}
	if failure == nil {
		_ = msg.Ack() // a lost ack brings a duplicate, which does nothing
		return
	}
	r.fail(ctx, msg, e, failure)
}

// patiently does work, and again for as long as the database is down, keeping the messages from being redelivered.
func (r *runner) patiently(ctx context.Context, msgs []jetstream.Msg, work func(context.Context) error) error {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, longestPause) {
		err := work(ctx)
		if err == nil || ctx.Err() != nil || !DatabaseDown(err) {
			return err
		}
		r.log.Warn("events wait for the database", "events", len(msgs), "error", err)
		keep(msgs)
		if !sleep(ctx, pause) {
			return ctx.Err()
		}
	}
}

// untangled handles events, and again when their transaction was the victim of a deadlock.
func (r *runner) untangled(ctx context.Context, list []Event, repeated bool) error {
	for try := 1; ; try++ {
		err := r.handle(ctx, list, repeated)
		if !conflicted(err) || try == conflictTries {
			return err
		}
		if !sleep(ctx, time.Duration(rand.IntN(20*try))*time.Millisecond) {
			return err
		}
	}
}

// handle marks events and does the consumer's work in one transaction. Those that already have their mark do nothing.
func (r *runner) handle(ctx context.Context, list []Event, repeated bool) error {
	ctx, cancel := context.WithTimeout(ctx, handleTimeout)
	defer cancel()
	return r.db.RunInTx(ctx, nil, func(_ context.Context, tx bun.Tx) error {
		fresh, err := r.mark(ctx, tx, list)
		if err != nil {
			return err
		}
		if repeated {
			if _, err := tx.ExecContext(ctx, `delete from failure where consumer = ? and event_id = any(?::uuid[])`,
				r.consumer.Name, pgdialect.Array(idsOf(list))); err != nil {
				return err
			}
		}
		if len(fresh) == 0 {
			return nil
		}
		return r.call(ctx, tx, fresh)
	})
}

func idsOf(list []Event) []string {
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = e.ID
	}
	return ids
}

// mark leaves the consumer's mark on events and returns those that lacked it, each once. What the outbox doesn't know (the
// database was restored to an earlier day, say) is left out: what did not happen is not handled. A replay, which takes the
// marks away, waits for the transactions that are marking and keeps the next ones waiting. Marks are left in the order of
// ids, so that two nodes with the same events wait for one another instead of deadlocking.
func (r *runner) mark(ctx context.Context, tx bun.Tx, list []Event) (fresh []Event, err error) {
	marked, err := Prepared(ctx, tx, func(id *string) []any { return []any{id} },
		`with l as materialized (select pg_advisory_xact_lock_shared($1::int, hashtext($2::text)))
		insert into consumed (consumer, event_id)
		select $2::text, o.id from l, outbox o where o.id = any($3::uuid[]) order by o.id
		on conflict do nothing returning event_id::text`, lockClass, r.consumer.Name, idsOf(list))
	if err != nil {
		return nil, err
	}
	lacking := map[string]bool{}
	for _, id := range marked {
		lacking[id] = true
	}
	for _, e := range list {
		if lacking[e.ID] {
			fresh = append(fresh, e)
		}
		delete(lacking, e.ID)
	}
	return fresh, nil
}

// call turns a panic of the handler into an error.
func (r *runner) call(ctx context.Context, tx bun.Tx, list []Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("a handler panicked", "events", idsOf(list), "type", list[0].Type, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return r.consumer.Hear(ctx, tx, list...)
}

// fail counts a failed attempt, then lets the event come again after a pause or lays it among the dead letters.
func (r *runner) fail(ctx context.Context, msg jetstream.Msg, e Event, failure error) {
	if r.observe != nil {
		r.observe(e, failure)
	}
	var attempts int
	err := r.patiently(ctx, []jetstream.Msg{msg}, func(ctx context.Context) (err error) {
		attempts, err = r.count(ctx, e, failure)
		return err
	})
	switch {
	case ctx.Err() != nil:
	case err != nil: // not even the failure can be written down: nothing was counted
		r.log.Error("a failure could not be recorded", "event", e.ID, "type", e.Type, "failure", failure, "error", err)
		_ = msg.NakWithDelay(longestPause)
	case attempts < r.attempts:
		r.log.Warn("an event failed and will come again", "event", e.ID, "type", e.Type, "attempts", attempts, "error", failure)
		_ = msg.NakWithDelay(r.backoff(attempts))
	default:
		r.log.Error("an event became a dead letter", "event", e.ID, "type", e.Type, "attempts", attempts, "error", failure)
		_ = msg.Ack()
	}
}

// count records one more failed attempt at e and returns how many there are now.
func (r *runner) count(ctx context.Context, e Event, failure error) (attempts int, err error) {
	ctx, cancel := context.WithTimeout(ctx, handleTimeout)
	defer cancel()
	err = r.db.QueryRowContext(ctx, `insert into failure as f (consumer, event_id, attempts, error, dead_at)
		values (?0, ?1, 1, ?2, case when ?3 <= 1 then clock_timestamp() end)
		on conflict (consumer, event_id) do update set attempts = f.attempts + 1, error = excluded.error,
			at = excluded.at, dead_at = case when f.attempts + 1 >= ?3 then clock_timestamp() end
		returning attempts`, r.consumer.Name, e.ID, failure.Error(), r.attempts).Scan(&attempts)
	return attempts, err
}

// growing is a backoff that doubles from first up to five minutes, with jitter.
func growing(first time.Duration) func(int) time.Duration {
	return func(attempts int) time.Duration {
		pause := 5 * time.Minute
		if attempts < 20 {
			pause = min(pause, first<<(attempts-1))
		}
		return pause/2 + rand.N(pause/2+1)
	}
}

// sleep pauses for d and reports false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
