package events

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Publish writes p into the outbox in the caller's transaction: it is announced if and only if tx commits, and the
// commit wakes the relay.
func Publish(ctx context.Context, tx bun.Tx, p Payload) error {
	data, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("publish %s: %w", p.EventType(), err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("publish %s: %w", p.EventType(), err)
	}
	// PostgreSQL delivers equal notifications of one transaction once, at commit.
	_, err = tx.ExecContext(ctx,
		`with e as (insert into outbox (id, type, key, data, at) values (?, ?, ?, ?, coalesce(?, clock_timestamp())) returning 1)
		 select pg_notify('outbox', '') from e`,
		id.String(), p.EventType(), p.EventKey(), string(data), datedAt(ctx))
	if err != nil {
		return fmt.Errorf("publish %s: %w", p.EventType(), err)
	}
	return nil
}

type dateKey struct{}

// Dated returns a context under which Publish stamps events with t instead of the database's clock:
// for imports and demonstrations, which tell of the past.
func Dated(ctx context.Context, t time.Time) context.Context {
	return context.WithValue(ctx, dateKey{}, t)
}

func datedAt(ctx context.Context) *time.Time {
	if t, ok := ctx.Value(dateKey{}).(time.Time); ok {
		return &t
	}
	return nil
}
