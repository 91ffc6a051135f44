package events_test

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

// TestSettledAdvances shows that what was handled long ago isn't looked at again, while what may still be missing is.
func TestSettledAdvances(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	a := ledger("a", progressed)
	b := eventstest.New(t, db, []events.Consumer{a})
	settled := `select settled from consumer where name = 'a'`
	last := `select max(seq) from outbox`

	publish(t, db, 10)
	b.Settle()
	sweep(t, db, a)
	if n := count(t, db, settled); n != 0 {
		t.Errorf("settled up to %d just after the events were published: a transaction may still bring earlier ones", n)
	}

	if _, err := db.ExecContext(t.Context(), `update outbox set published_at = published_at - interval '1 hour'`); err != nil {
		t.Fatal(err)
	}
	publishOne(t, db, events.ModuleCompleted{PersonID: 1}) // which a doesn't hear
	sweep(t, db, a)
	if got, want := count(t, db, settled), count(t, db, last)-1; got != want {
		t.Errorf("settled up to %d, want %d: everything before the event that isn't published", got, want)
	}
	publish(t, db, 1)
	b.Settle()
	if n := heard(t, db, "a"); n != 11 {
		t.Errorf("heard %d events, want 11", n)
	}
}

// TestOpenTransactionHoldsSettledBack publishes in a transaction that commits long after events with a higher seq.
func TestOpenTransactionHoldsSettledBack(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	a := ledger("a", progressed)
	b := eventstest.New(t, db, []events.Consumer{a})
	late := make(chan struct{})
	inside := make(chan struct{})
	committed := make(chan error)
	go func() {
		committed <- db.RunInTx(context.Background(), nil, func(ctx context.Context, tx bun.Tx) error {
			err := events.Publish(ctx, tx, events.ModuleProgressed{PersonID: 1})
			close(inside)
			<-late
			return err
		})
	}()
	<-inside
	publish(t, db, 5)
	b.Settle()
	sweep(t, db, a)
	if n := count(t, db, `select settled from consumer where name = 'a'`); n != 0 {
		t.Errorf("settled up to %d over an event that isn't visible yet", n)
	}
	close(late)
	if err := <-committed; err != nil {
		t.Fatal(err)
	}
	b.Settle()
	if n := heard(t, db, "a"); n != 6 {
		t.Errorf("heard %d events, want 6", n)
	}
}

// sweep lets a bus with an empty stream look for what lacks a mark.
func sweep(t *testing.T, db bun.IDB, c events.Consumer) {
	t.Helper()
	m, err := events.NewManual(t.Context(), db, events.Config{NATS: eventstest.Conn(t), Consumers: []events.Consumer{c}, Memory: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := m.Sweep(t.Context()); n != 0 || err != nil {
		t.Fatalf("the sweep sent %d, %v", n, err)
	}
}
