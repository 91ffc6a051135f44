package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

const (
	sweepBatch = 512
	// sweepWindow is how many seqs one query looks at, so that a long history never holds up the relay.
	sweepWindow = 5000
	// failingFor is how long an event that failed is left to JetStream's own redelivery: more than the longest backoff.
	failingFor = 10 * time.Minute
	// visibleAfter is added to the age of the oldest open transaction before a seq counts as settled for ever.
	visibleAfter = 5 * time.Second
)

// sweeper finds published events that lack a consumer's mark, and sends them again to that consumer under fresh message
// ids. That is how a bus that lost its store is filled again, how a new consumer gets the history, how a replay runs and
// how dead letters come back. Its progress is the marks themselves and consumer.settled, so it may die at any point.
type sweeper struct {
	db     bun.IDB
	js     jetstream.JetStream
	log    *slog.Logger
	passes []*pass
}

// pass is one walk through the events of one consumer.
type pass struct {
	name   string
	types  []string
	cursor int64 // seq up to which this pass has looked
	until  int64 // seq up to which it is to look
	sent   int
	age    time.Duration // only events published longer ago than this
}

// What a pass does next.
type next int

const (
	goOn next = iota // look at the next window
	wait             // until the consumer has caught up
	over
)

// begin starts a pass for every known consumer, over the events published longer than age ago. A pass under way goes on,
// unless everything is asked for anew.
func (s *sweeper) begin(ctx context.Context, age time.Duration) error {
	if len(s.passes) > 0 && age > 0 {
		return nil
	}
	rows, err := s.db.QueryContext(ctx, `select name, types, settled, (select coalesce(max(seq), 0) from outbox)
		from consumer order by name`)
	if err != nil {
		return fmt.Errorf("read the consumers: %w", err)
	}
	defer rows.Close()
	s.passes = nil
	for rows.Next() {
		p := &pass{age: age}
		if err := rows.Scan(&p.name, pgdialect.Array(&p.types), &p.cursor, &p.until); err != nil {
			return fmt.Errorf("read the consumers: %w", err)
		}
		s.passes = append(s.passes, p)
	}
	return rows.Err()
}

// busy tells whether some pass isn't over.
func (s *sweeper) busy() bool { return len(s.passes) > 0 }

// step takes every pass a little further. It returns how many events it sent, and whether some pass has more to do at
// once, rather than when its consumer has caught up.
func (s *sweeper) step(ctx context.Context) (sent int, more bool, err error) {
	var left []*pass
	for _, p := range s.passes {
		before := p.sent
		next, err := s.advance(ctx, p)
		if err != nil {
			return sent, false, fmt.Errorf("sweep for consumer %s: %w", p.name, err)
		}
		sent += p.sent - before
		if next != over {
			left = append(left, p)
		}
		more = more || next == goOn
	}
	s.passes = left
	return sent, more, nil
}

// advance looks through the next window of p, and sends what lacks the mark; at the end it settles. It does nothing while
// the consumer still has messages to fetch: those may be the very ones.
func (s *sweeper) advance(ctx context.Context, p *pass) (next, error) {
	idle, err := s.idle(ctx, p.name)
	switch {
	case errors.Is(err, jetstream.ErrConsumerNotFound):
		return over, nil // no node runs it just now: nobody would hear
	case err != nil || !idle:
		return wait, err
	case p.cursor < p.until:
		return goOn, s.sendUnmarked(ctx, p)
	}
	settled, err := s.settle(ctx, p.name)
	if err != nil || settled {
		return goOn, err
	}
	if p.sent > 0 {
		s.log.Info("events without mark were sent again", "consumer", p.name, "events", p.sent)
	}
	return over, nil
}

// sendUnmarked sends the first events of p's window that lack the mark, and moves on behind what it looked at.
func (s *sweeper) sendUnmarked(ctx context.Context, p *pass) error {
	lost, err := s.unmarked(ctx, p)
	if err != nil {
		return err
	}
	letters := make([]letter, len(lost))
	for i, e := range lost {
		letters[i] = letter{event: e, subject: againPrefix + p.name, id: uuid.NewString()}
	}
	if _, err := send(ctx, s.js, letters); err != nil {
		return err
	}
	p.sent += len(lost)
	p.cursor += sweepWindow
	if len(lost) == sweepBatch { // the window may hold more
		p.cursor = lost[len(lost)-1].Seq
	}
	return nil
}

// idle tells whether everything the stream holds for a consumer was delivered to it.
func (s *sweeper) idle(ctx context.Context, name string) (bool, error) {
	durable, err := s.js.Consumer(ctx, streamName, name)
	if err != nil {
		return false, err
	}
	return durable.CachedInfo().NumPending == 0, nil
}

// unmarked are the events of p's next window that lack the mark and aren't dead letters. A pass over old events leaves
// out those that failed lately too, since JetStream is to deliver them again.
func (s *sweeper) unmarked(ctx context.Context, p *pass) ([]Event, error) {
	return readEvents(ctx, s.db, `select o.seq, o.id, o.type, o.key, o.at, o.data from outbox o
		where o.type = any(?0::text[]) and o.seq > ?1 and o.seq <= ?1 + ?6
			and o.published_at <= clock_timestamp() - ?2 * interval '1 ms'
			and not exists (select from consumed m where m.consumer = ?3 and m.event_id = o.id)
			and not exists (select from failure f where f.consumer = ?3 and f.event_id = o.id and f.attempts > 0
				and (f.dead_at is not null or ?2 > 0 and f.at > clock_timestamp() - ?4 * interval '1 ms'))
		order by o.seq limit ?5`,
		pgdialect.Array(p.types), p.cursor, p.age.Milliseconds(), p.name, failingFor.Milliseconds(), sweepBatch, sweepWindow)
}

// settle remembers up to where every event is handled or a dead letter, so that later passes begin there. An event that
// isn't committed yet may still appear below others, but only below those published after its transaction began: so
// settled never passes one of those, and is the seq of an event that was seen. It moves by one window at most, and
// reports whether it moved.
func (s *sweeper) settle(ctx context.Context, name string) (moved bool, err error) {
	horizon, err := oldestTransaction(ctx, s.db)
	if err != nil {
		return false, err
	}
	result, err := s.db.ExecContext(ctx, `with c as (select name, types, settled from consumer where name = ?0),
		w as (
			select o.id, o.seq, o.type, o.published_at from outbox o
			where o.seq > (select settled from c) order by o.seq limit ?2 -- a join would read the log from its beginning
		), first as (
			select min(w.seq) as seq from c, w where coalesce(w.published_at, 'infinity') >= ?1 or (w.type = any(c.types)
				and not exists (select from consumed m where m.consumer = c.name and m.event_id = w.id)
				and not exists (select from failure f where f.consumer = c.name and f.event_id = w.id
					and f.dead_at is not null))
		), last as (
			select max(w.seq) as seq from w, first where first.seq is null or w.seq < first.seq
		)
		update consumer set settled = last.seq from c, last
		where consumer.name = c.name and consumer.settled = c.settled and last.seq > c.settled`,
		name, horizon.Add(-visibleAfter), sweepWindow)
	if err != nil {
		return false, fmt.Errorf("settle: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
