package eventstest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/uptrace/bun"

	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

// chain publishes a completion for each progress, so that Settle has to go round more than once.
func chain(handled *[]int64) []events.Consumer {
	return []events.Consumer{
		{
			Name: "first", Types: []string{events.ModuleProgressed{}.EventType()},
			Handle: func(ctx context.Context, tx bun.Tx, e events.Event) error {
				p, err := events.Decode[events.ModuleProgressed](e)
				if err != nil {
					return err
				}
				return events.Publish(ctx, tx, events.ModuleCompleted{PersonID: p.PersonID, ModuleID: p.ModuleID})
			},
		},
		{
			Name: "second", Types: []string{events.ModuleCompleted{}.EventType()},
			Handle: func(ctx context.Context, tx bun.Tx, e events.Event) error {
				p, err := events.Decode[events.ModuleCompleted](e)
				*handled = append(*handled, p.PersonID)
				return err
			},
		},
	}
}

func TestSettle(t *testing.T) {
	for name, options := range map[string][]eventstest.Option{
		"in order": nil, "twice": {eventstest.Twice()}, "shuffled": {eventstest.Shuffled(1)},
		"twice and shuffled": {eventstest.Twice(), eventstest.Shuffled(2)},
	} {
		t.Run(name, func(t *testing.T) {
			tx := testdb.Tx(t)
			var handled []int64
			b := eventstest.New(t, tx, chain(&handled), options...)
			for i := range int64(20) {
				if err := events.Publish(t.Context(), tx, events.ModuleProgressed{PersonID: i, ModuleID: 1}); err != nil {
					t.Fatal(err)
				}
			}
			b.Settle()
			seen := map[int64]bool{}
			for _, id := range handled {
				seen[id] = true
			}
			if len(handled) != 20 || len(seen) != 20 {
				t.Errorf("handled %v, want each of 20 once", handled)
			}
		})
	}
}

// reporter stands for the test of a user of the package, which is expected to fail.
type reporter struct {
	testing.TB
	errors []string
}

type stopped struct{}

func (r *reporter) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}
func (r *reporter) FailNow() { panic(stopped{}) }

func TestDeadLettersFailTheTest(t *testing.T) {
	tx := testdb.Tx(t)
	r := &reporter{TB: t}
	b := eventstest.New(r, tx, []events.Consumer{{
		Name: "broken", Types: []string{events.PersonConfirmed{}.EventType()},
		Handle: func(context.Context, bun.Tx, events.Event) error { return errors.New("no luck") },
	}})
	if err := events.Publish(t.Context(), tx, events.PersonConfirmed{PersonID: 1}); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if p := recover(); p != nil && p != (stopped{}) {
				panic(p)
			}
		}()
		b.Settle()
	}()
	if len(r.errors) != 1 {
		t.Errorf("complaints: %q, want one", r.errors)
	}
}
