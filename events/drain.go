package events

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// Drain lets the consumers handle every event that lacks their mark, in order and without a bus, until none is left, with
// what their work announces in turn. It is for demonstrations and imports that are loaded before the bus runs: the bus
// then finds the marks. It stops at the first event that fails.
func Drain(ctx context.Context, db bun.IDB, consumers []Consumer) error {
	for {
		handled := 0
		for _, c := range consumers {
			n, err := drainConsumer(ctx, db, c)
			if err != nil {
				return err
			}
			handled += n
		}
		if handled == 0 {
			return nil
		}
	}
}

func drainConsumer(ctx context.Context, db bun.IDB, c Consumer) (int, error) {
	waiting, err := readEvents(ctx, db, `select o.seq, o.id, o.type, o.key, o.at, o.data from outbox o
		where o.type = any(?::text[]) and o.published_at is null
			and not exists (select from consumed m where m.consumer = ? and m.event_id = o.id)
		order by o.seq limit ?`, pgdialect.Array(c.Types), c.Name, sweepBatch)
	if err != nil {
		return 0, fmt.Errorf("drain for consumer %s: %w", c.Name, err)
	}
	r := &runner{consumer: c, db: db, log: slog.Default()}
	for _, e := range waiting {
		if err := r.handle(ctx, e, false); err != nil {
			return 0, fmt.Errorf("drain event %s (%s) for consumer %s: %w", e.ID, e.Type, c.Name, err)
		}
	}
	return len(waiting), nil
}
