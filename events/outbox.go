package events

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// maxData bounds the JSON of a payload: a message of the bus holds 1 MiB, and an event that can't be carried would stop
// all that follow it.
const maxData = 256 << 10

// Publish writes p into the outbox in the caller's transaction: it is announced if and only if tx commits, and the
// commit wakes the relay. It refuses payloads of more than 256 KiB and malformed types, which are mistakes of the program.
func Publish(ctx context.Context, tx bun.Tx, p Payload) error {
	data, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("publish %s: %w", p.EventType(), err)
	}
	if err := checkType(p.EventType()); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	if len(data) > maxData {
		return fmt.Errorf("publish %s: the payload has %d bytes, more than %d", p.EventType(), len(data), maxData)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("publish %s: %w", p.EventType(), err)
	}
	// PostgreSQL delivers equal notifications of one transaction once, at commit.
	_, err = tx.ExecContext(ctx,
		`with e as (insert into outbox (id, type, key, data, at) values (?, ?, ?, ?, coalesce(?, clock_timestamp())) returning 1)
		 select pg_notify(?, '') from e`,
		id.String(), p.EventType(), p.EventKey(), string(data), datedAt(ctx), channel)
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
