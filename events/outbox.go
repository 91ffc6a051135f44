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
	return PublishAll(ctx, tx, []Payload{p})
}

// PublishAll writes many payloads at once, in their order, as Publish does with one.
func PublishAll(ctx context.Context, tx bun.Tx, payloads []Payload) error {
	ids, types, keys, texts := []string{}, []string{}, []string{}, []string{}
	for _, p := range payloads {
		data, err := encode(p)
		if err != nil {
			return fmt.Errorf("publish %s: %w", p.EventType(), err)
		}
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("publish %s: %w", p.EventType(), err)
		}
		ids, types, keys, texts = append(ids, id.String()), append(types, p.EventType()), append(keys, p.EventKey()), append(texts, data)
	}
	if len(ids) == 0 {
		return nil
	}
	// PostgreSQL delivers equal notifications of one transaction once, at commit.
	err := ExecPrepared(ctx, tx, `with e as (insert into outbox (id, type, key, data, at)
			select id, type, key, data::jsonb, coalesce($1::timestamptz, clock_timestamp())
			from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) with ordinality p (id, type, key, data, n) order by n returning 1)
		select pg_notify($6, '') from e limit 1`, datedAt(ctx), ids, types, keys, texts, channel)
	if err != nil {
		return fmt.Errorf("publish %s: %w", types[0], err)
	}
	return nil
}

// encode is a payload as JSON, if it can be carried.
func encode(p Payload) (string, error) {
	if err := checkType(p.EventType()); err != nil {
		return "", err
	}
	data, err := json.Marshal(p)
	if err == nil && len(data) > maxData {
		err = fmt.Errorf("the payload has %d bytes, more than %d", len(data), maxData)
	}
	return string(data), err
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
