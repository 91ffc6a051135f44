package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// drainBatch is how many events one transaction of Drain holds.
const drainBatch = 256

// Drain lets the consumers handle every event that lacks their mark, in order and without a bus, until none is left, with
// what their work announces in turn. It is for demonstrations and imports that are loaded before the bus runs: the bus
// need not carry them. Many events share a transaction, and nothing else may publish or handle any meanwhile. It stops at
// the first event that fails, which takes those before it in its transaction along.
func Drain(ctx context.Context, db bun.IDB, consumers []Consumer) error {
	after := make([]int64, len(consumers)) // each has handled everything up to there
	for {
		handled := 0
		for i, c := range consumers {
			n, err := drainConsumer(ctx, db, c, &after[i])
			if err != nil {
				return err
			}
			handled += n
		}
		if handled == 0 {
			return settled(ctx, db)
		}
	}
}

func drainConsumer(ctx context.Context, db bun.IDB, c Consumer, after *int64) (handled int, err error) {
	r := &runner{consumer: c, log: slog.Default()}
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		waiting, err := readEvents(ctx, tx, `select o.seq, o.id, o.type, o.key, o.at, o.data from outbox o
			where o.type = any(?::text[]) and o.published_at is null and o.seq > ?
				and not exists (select from consumed m where m.consumer = ? and m.event_id = o.id)
			order by o.seq limit ?`, pgdialect.Array(c.Types), *after, c.Name, drainBatch)
		if err != nil {
			return fmt.Errorf("drain for consumer %s: %w", c.Name, err)
		}
		if err := markAll(ctx, tx, c.Name, waiting); err != nil {
			return fmt.Errorf("drain for consumer %s: %w", c.Name, err)
		}
		if err := drainAll(ctx, tx, r, waiting); err != nil {
			return err
		}
		if handled = len(waiting); handled > 0 {
			*after = waiting[handled-1].Seq
		}
		return nil
	})
	return handled, err
}

// drainAll handles events together as far as the consumer does, else one after another.
func drainAll(ctx context.Context, tx bun.Tx, r *runner, list []Event) error {
	for len(list) > 0 {
		n := 1
		for r.consumer.together(list[0].Type) && n < len(list) && r.consumer.together(list[n].Type) {
			n++
		}
		err := r.call(ctx, tx, list[:n])
		if n > 1 && errors.Is(err, ErrApart) {
			n, err = 1, r.call(ctx, tx, list[:1])
		}
		if err != nil {
			return fmt.Errorf("drain event %s (%s) for consumer %s: %w", list[0].ID, list[0].Type, r.consumer.Name, err)
		}
		list = list[n:]
	}
	return nil
}

func markAll(ctx context.Context, tx bun.Tx, consumer string, list []Event) error {
	_, err := tx.ExecContext(ctx, `insert into consumed (consumer, event_id) select ?, unnest(?::uuid[])`, consumer, pgdialect.Array(idsOf(list)))
	return err
}

// PassBy marks the events that still wait for some consumers as heard by them, without their work: what an import tells
// of the past is no news to notify of, and a projection that is rebuilt afterwards needs none of it.
func PassBy(ctx context.Context, db bun.IDB, consumers ...Consumer) error {
	for _, c := range consumers {
		_, err := db.ExecContext(ctx, `insert into consumed (consumer, event_id)
			select ?, id from outbox where type = any(?::text[]) and published_at is null on conflict do nothing`,
			c.Name, pgdialect.Array(c.Types))
		if err != nil {
			return fmt.Errorf("pass consumer %s by: %w", c.Name, err)
		}
	}
	return nil
}

// settled notes that the bus need not carry what was drained. A consumer that wasn't there hears it nevertheless, when it
// is registered.
func settled(ctx context.Context, db bun.IDB) error {
	if _, err := db.ExecContext(ctx, `update outbox set published_at = at where published_at is null`); err != nil {
		return fmt.Errorf("settle what was drained: %w", err)
	}
	return nil
}
