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
	sent   int
	age    time.Duration // only events published longer ago than this
}

// begin starts a pass for every known consumer, over the events published longer than age ago. A pass under way goes on,
// unless everything is asked for anew.
func (s *sweeper) begin(ctx context.Context, age time.Duration) error {
	if len(s.passes) > 0 && age > 0 {
		return nil
	}
	rows, err := s.db.QueryContext(ctx, `select name, types, settled from consumer order by name`)
	if err != nil {
		return fmt.Errorf("read the consumers: %w", err)
	}
	defer rows.Close()
	s.passes = nil
	for rows.Next() {
		p := &pass{age: age}
		if err := rows.Scan(&p.name, pgdialect.Array(&p.types), &p.cursor); err != nil {
			return fmt.Errorf("read the consumers: %w", err)
		}
		s.passes = append(s.passes, p)
	}
	return rows.Err()
}

// busy tells whether some pass isn't over.
func (s *sweeper) busy() bool { return len(s.passes) > 0 }

// step sends each consumer that has nothing waiting its next batch. It returns how many events it sent.
func (s *sweeper) step(ctx context.Context) (sent int, err error) {
	var left []*pass
	for _, p := range s.passes {
		n, over, err := s.advance(ctx, p)
		if err != nil {
			return sent, fmt.Errorf("sweep for consumer %s: %w", p.name, err)
		}
		sent += n
		if !over {
			left = append(left, p)
		}
	}
	s.passes = left
	return sent, nil
}

// advance takes p one batch further, unless its consumer still has messages to fetch: those may be the very ones that
// lack the mark.
func (s *sweeper) advance(ctx context.Context, p *pass) (sent int, over bool, err error) {
	idle, err := s.idle(ctx, p.name)
	if err != nil || !idle {
		return 0, errors.Is(err, jetstream.ErrConsumerNotFound), ignoreMissing(err)
	}
	lost, err := s.unmarked(ctx, p)
	if err != nil {
		return 0, false, err
	}
	if len(lost) == 0 {
		if p.sent > 0 {
			s.log.Info("events without mark were sent again", "consumer", p.name, "events", p.sent)
		}
		return 0, true, s.settle(ctx, p)
	}
	letters := make([]letter, len(lost))
	for i, e := range lost {
		letters[i] = letter{event: e, subject: againPrefix + p.name, id: uuid.NewString()}
	}
	if _, err := send(ctx, s.js, letters); err != nil {
		return 0, false, err
	}
	p.cursor = lost[len(lost)-1].Seq
	p.sent += len(lost)
	return len(lost), false, nil
}

// idle tells whether everything the stream holds for a consumer was delivered to it.
func (s *sweeper) idle(ctx context.Context, name string) (bool, error) {
	durable, err := s.js.Consumer(ctx, streamName, name)
	if err != nil {
		return false, err
	}
	return durable.CachedInfo().NumPending == 0, nil
}

// ignoreMissing forgives a consumer that the bus doesn't know: no node runs it just now, so nobody would hear.
func ignoreMissing(err error) error {
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return nil
	}
	return err
}

// unmarked are the next events after p's cursor that lack the mark and aren't dead letters. A pass over old events leaves
// out those that failed lately too, since JetStream is to deliver them again.
func (s *sweeper) unmarked(ctx context.Context, p *pass) ([]Event, error) {
	return readEvents(ctx, s.db, `select o.seq, o.id, o.type, o.key, o.at, o.data from outbox o
		where o.type = any(?0::text[]) and o.seq > ?1
			and o.published_at <= clock_timestamp() - ?2 * interval '1 ms'
			and not exists (select from consumed m where m.consumer = ?3 and m.event_id = o.id)
			and not exists (select from failure f where f.consumer = ?3 and f.event_id = o.id and f.attempts > 0
				and (f.dead_at is not null or ?2 > 0 and f.at > clock_timestamp() - ?4 * interval '1 ms'))
		order by o.seq limit ?5`,
		pgdialect.Array(p.types), p.cursor, p.age.Milliseconds(), p.name, failingFor.Milliseconds(), sweepBatch)
}

// settle remembers up to where every event is handled or a dead letter, so that later passes begin there. An event that
// isn't committed yet may still appear below others, but only below those published after its transaction began.
func (s *sweeper) settle(ctx context.Context, p *pass) error {
	horizon, err := oldestTransaction(ctx, s.db)
	if err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, `update consumer c set settled = least(
			(select o.seq - 1 from outbox o where o.type = any(c.types) and o.seq > c.settled
				and not exists (select from consumed m where m.consumer = c.name and m.event_id = o.id)
				and not exists (select from failure f where f.consumer = c.name and f.event_id = o.id
					and f.dead_at is not null)
				order by o.seq limit 1),
			(select o.seq - 1 from outbox o where o.seq > c.settled
				and coalesce(o.published_at, 'infinity') >= ?1 order by o.seq limit 1),
			(select greatest(c.settled, max(o.seq)) from outbox o))
		where c.name = ?0 and c.settled < (select max(seq) from outbox)`, p.name, horizon.Add(-visibleAfter))
	if err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	return nil
}
