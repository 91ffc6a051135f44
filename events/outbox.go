package events

import (
	"context"
	"encoding/json"
	"fmt"

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
		`with e as (insert into outbox (id, type, key, data) values (?, ?, ?, ?) returning 1)
		 select pg_notify('outbox', '') from e`,
		id.String(), p.EventType(), p.EventKey(), string(data))
	if err != nil {
		return fmt.Errorf("publish %s: %w", p.EventType(), err)
	}
	return nil
}
