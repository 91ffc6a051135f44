package events_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/uptrace/bun"

	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

// lists is a consumer that notes how long the lists are that it handles together.
func lists(c events.Consumer, lengths *[]int) events.Consumer {
	handle := c.HandleAll
	c.HandleAll = func(ctx context.Context, tx bun.Tx, list []events.Event) error {
		*lengths = append(*lengths, len(list))
		if !slices.IsSortedFunc(list, func(a, b events.Event) int { return int(a.Seq - b.Seq) }) {
			return errors.New("out of order")
		}
		return handle(ctx, tx, list)
	}
	return c
}

func TestWhatWaitsIsHandledTogether(t *testing.T) {
	tx := testdb.Tx(t)
	prepareLedger(t, tx)
	var lengths []int
	c := lists(together(ledger("a", progressed)), &lengths)
	c.Types = append(c.Types, completed) // not together
	b := eventstest.New(t, tx, []events.Consumer{c}, eventstest.Twice())
	publish(t, tx, 30)
	publishOne(t, tx, events.ModuleCompleted{PersonID: 1})
	b.Settle()
	if n := heard(t, tx, "a"); n != 31 || !slices.Equal(lengths, []int{30}) {
		t.Errorf("heard %d events, in lists of %v; want 31, in one of 30", n, lengths)
	}
}

// TestOneFailureHarmsNoOther has one event of many fail for good: the others are handled once each, and it alone is dead.
func TestOneFailureHarmsNoOther(t *testing.T) {
	for name, failure := range map[string]func() error{
		"error": func() error { return errors.New("no luck") },
		"panic": func() error { panic("no luck") },
	} {
		t.Run(name, func(t *testing.T) {
			tx := testdb.Tx(t)
			prepareLedger(t, tx)
			c := ledger("a", progressed)
			write := c.Handle
			c.Handle = func(ctx context.Context, tx bun.Tx, e events.Event) error {
				p, err := events.Decode[events.ModuleProgressed](e)
				if err == nil && p.ModuleID == 13 {
					return failure()
				}
				return errors.Join(err, write(ctx, tx, e))
			}
			b := eventstest.New(t, tx, []events.Consumer{together(c)}, eventstest.AllowDead(), eventstest.Shuffled(1))
			publish(t, tx, 30)
			b.Settle()
			dead := deadLetters(t, tx)
			if len(dead) != 1 || dead[0].Attempts != 3 || dead[0].Event.Key != "person.7" {
				t.Fatalf("dead letters: %+v", dead)
			}
			if n := heard(t, tx, "a"); n != 29 {
				t.Errorf("%d effects, want 29", n)
			}
		})
	}
}

// TestApart has each event handled alone when the consumer asks for that, which is no failure.
func TestApart(t *testing.T) {
	tx := testdb.Tx(t)
	prepareLedger(t, tx)
	c := together(ledger("a", progressed))
	handle := c.HandleAll
	c.HandleAll = func(ctx context.Context, tx bun.Tx, list []events.Event) error {
		if len(list) > 1 {
			return fmt.Errorf("not these: %w", events.ErrApart)
		}
		return handle(ctx, tx, list)
	}
	b := eventstest.New(t, tx, []events.Consumer{c})
	publish(t, tx, 10)
	b.Settle()
	if n := heard(t, tx, "a"); n != 10 || count(t, tx, `select count(*) from failure`) != 0 {
		t.Errorf("heard %d events", n)
	}
}

// TestDrainTogether handles what waits without a bus, together as far as the consumer does.
func TestDrainTogether(t *testing.T) {
	tx := testdb.Tx(t)
	prepareLedger(t, tx)
	var lengths []int
	c := lists(together(ledger("a", progressed)), &lengths)
	c.Types = append(c.Types, completed)
	apart := together(ledger("b", progressed))
	apart.HandleAll = func(ctx context.Context, tx bun.Tx, list []events.Event) error {
		if len(list) > 1 {
			return events.ErrApart
		}
		return apart.Handle(ctx, tx, list[0])
	}
	publish(t, tx, 5)
	publishOne(t, tx, events.ModuleCompleted{PersonID: 1})
	publish(t, tx, 3)
	if err := events.Drain(t.Context(), tx, []events.Consumer{c, apart}); err != nil {
		t.Fatal(err)
	}
	if a, b := heard(t, tx, "a"), heard(t, tx, "b"); a != 9 || b != 8 || !slices.Equal(lengths, []int{5, 3}) {
		t.Errorf("heard %d and %d events, in lists of %v", a, b, lengths)
	}
}
