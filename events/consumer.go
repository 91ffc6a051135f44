package events

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// Consumer is one part of Halqa that hears events. Each event of its types reaches Handle, or HandleAll, until one call
// succeeded, and what that call wrote in its transaction is there exactly once.
type Consumer struct {
	// Name identifies the consumer for ever, such as "enrolment_facts": lower-case letters, digits and underscores.
	Name string
	// Types are the event types it hears. It may gain and lose some from one version to the next.
	Types []string
	// Handle does the work in tx, and nothing outside it. It may be called from several goroutines, for events in any
	// order; an error or a panic undoes tx and the event comes again later.
	Handle func(ctx context.Context, tx bun.Tx, e Event) error
	// Together are those of its types that come by the hundred. HandleAll, instead of Handle, does the work of all events
	// of these types that wait, in one transaction. Nothing waits for more to come, so a list may hold one event; those of
	// one key keep their order. When it fails each event is handled alone, so that one which can't be handled harms no
	// other; ErrApart asks for that.
	Together  []string
	HandleAll func(ctx context.Context, tx bun.Tx, list []Event) error
	// Reset empties everything that Handle wrote, so that all events can be handled anew. Nil says that the effects
	// must never be repeated, as with mails.
	Reset func(ctx context.Context, tx bun.Tx) error
}

// ErrApart is what HandleAll returns to have each event of a list in a transaction of its own.
var ErrApart = errors.New("each event must be handled alone")

// together tells whether events of a type are handled together.
func (c Consumer) together(eventType string) bool { return slices.Contains(c.Together, eventType) }

// Hear does the consumer's work for some events in tx, as the bus has it done.
func (c Consumer) Hear(ctx context.Context, tx bun.Tx, list ...Event) error {
	for len(list) > 0 {
		n := 0
		for n < len(list) && c.together(list[n].Type) {
			n++
		}
		var err error
		if n > 0 {
			err = c.HandleAll(ctx, tx, list[:n])
		} else {
			n, err = 1, c.Handle(ctx, tx, list[0])
		}
		if err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

var (
	consumerName = regexp.MustCompile(`^[a-z0-9_]{1,64}$`)
	typeName     = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)+$`)
)

func checkConsumers(consumers []Consumer) error {
	seen := map[string]bool{}
	for _, c := range consumers {
		switch {
		case !consumerName.MatchString(c.Name):
			return fmt.Errorf("consumer %q: bad name", c.Name)
		case seen[c.Name]:
			return fmt.Errorf("consumer %s: declared twice", c.Name)
		case len(c.Types) == 0:
			return fmt.Errorf("consumer %s: hears no type", c.Name)
		case c.Handle == nil || (c.HandleAll == nil) != (len(c.Together) == 0):
			return fmt.Errorf("consumer %s: no handler", c.Name)
		}
		for i, t := range c.Types {
			if err := checkType(t); err != nil {
				return fmt.Errorf("consumer %s: %w", c.Name, err)
			}
			if slices.Contains(c.Types[:i], t) {
				return fmt.Errorf("consumer %s: type %s named twice", c.Name, t)
			}
		}
		for _, t := range c.Together {
			if !slices.Contains(c.Types, t) {
				return fmt.Errorf("consumer %s: it doesn't hear %s", c.Name, t)
			}
		}
		seen[c.Name] = true
	}
	return nil
}

// checkType refuses types that can't be a subject of the bus.
func checkType(t string) error {
	if !typeName.MatchString(t) || strings.HasPrefix(subjectPrefix+t, againPrefix) {
		return fmt.Errorf("bad event type %q", t)
	}
	return nil
}

// register records the consumers of this version of the program and what they hear.
func register(ctx context.Context, db bun.IDB, consumers []Consumer) error {
	sorted := slices.SortedFunc(slices.Values(consumers), func(a, b Consumer) int { return strings.Compare(a.Name, b.Name) })
	return db.RunInTx(ctx, nil, func(_ context.Context, tx bun.Tx) error {
		for _, c := range sorted { // always in this order, so that two nodes starting at once don't deadlock
			if err := registerOne(ctx, tx, c); err != nil {
				return fmt.Errorf("register consumer %s: %w", c.Name, err)
			}
		}
		return nil
	})
}

func registerOne(ctx context.Context, tx bun.Tx, c Consumer) error {
	types := slices.Sorted(slices.Values(c.Types))
	var known []string
	err := tx.QueryRowContext(ctx, `select types from consumer where name = ? for update`, c.Name).
		Scan(pgdialect.Array(&known))
	if errors.Is(err, sql.ErrNoRows) {
		_, err = tx.ExecContext(ctx, `insert into consumer (name, types, replayable) values (?, ?, ?)
			on conflict (name) do nothing`, c.Name, pgdialect.Array(types), c.Reset != nil)
		return err // settled is 0: all the history is still to be heard
	}
	if err != nil {
		return err
	}
	added := slices.DeleteFunc(slices.Clone(types), func(t string) bool { return slices.Contains(known, t) })
	if len(added) > 0 {
		if err := hearAlso(ctx, tx, c, added); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `update consumer set types = ?, replayable = ?, seen_at = clock_timestamp() where name = ?`,
		pgdialect.Array(types), c.Reset != nil, c.Name)
	return err
}

// hearAlso gives a consumer the history of the types it newly hears, or, if its effects must never be repeated, marks
// that history as heard: nobody wants a mail about last year.
func hearAlso(ctx context.Context, tx bun.Tx, c Consumer, added []string) error {
	if c.Reset != nil {
		_, err := tx.ExecContext(ctx, `update consumer set settled = 0 where name = ?`, c.Name)
		return err
	}
	_, err := tx.ExecContext(ctx, `insert into consumed (consumer, event_id)
		select ?, id from outbox where type = any(?::text[]) on conflict do nothing`, c.Name, pgdialect.Array(added))
	return err
}
