package events_test

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/uptrace/bun"

	"halqa/events"
	"halqa/migrations/testdb"
)

var (
	progressed = events.ModuleProgressed{}.EventType()
	completed  = events.ModuleCompleted{}.EventType()
)

// prepareLedger makes a table that shows every effect of every consumer: an effect that happened twice is two rows.
func prepareLedger(t testing.TB, db bun.IDB) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), `create table if not exists ledger (
		consumer text not null, event_id uuid not null, type text not null, seq bigint not null)`)
	if err != nil {
		t.Fatal(err)
	}
}

// ledger is a consumer that writes what it hears, and can forget it.
func ledger(name string, types ...string) events.Consumer {
	return events.Consumer{
		Name: name, Types: types,
		Handle: func(ctx context.Context, tx bun.Tx, e events.Event) error {
			_, err := tx.ExecContext(ctx, `insert into ledger values (?, ?, ?, ?)`, name, e.ID, e.Type, e.Seq)
			return err
		},
		Reset: func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, `delete from ledger where consumer = ?`, name)
			return err
		},
	}
}

// together is a consumer that handles what waits in one transaction, if it has to with its own Handle.
func together(c events.Consumer) events.Consumer {
	c.Together = c.Types
	c.HandleAll = func(ctx context.Context, tx bun.Tx, list []events.Event) error {
		for _, e := range list {
			if err := c.Handle(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	}
	return c
}

// publish announces progress n times, in one transaction each on a database and in the given one else.
func publish(t testing.TB, db bun.IDB, n int) {
	t.Helper()
	for i := range n {
		publishOne(t, db, events.ModuleProgressed{PersonID: int64(i%7 + 1), ModuleID: int64(i), Percent: 5})
	}
}

func publishOne(t testing.TB, db bun.IDB, p events.Payload) {
	t.Helper()
	err := db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return events.Publish(ctx, tx, p) })
	if err != nil {
		t.Fatal(err)
	}
}

// heard counts the effects of a consumer, and fails when one of them happened more than once.
func heard(t testing.TB, db bun.IDB, consumer string) int {
	t.Helper()
	var all, distinct int
	err := db.QueryRowContext(t.Context(), `select count(*), count(distinct event_id) from ledger where consumer = ?`, consumer).
		Scan(&all, &distinct)
	if err != nil {
		t.Fatal(err)
	}
	if all != distinct {
		t.Fatalf("%s has %d effects of %d events", consumer, all, distinct)
	}
	return all
}

func count(t testing.TB, db bun.IDB, query string, args ...any) int {
	t.Helper()
	var n int
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// until returns when a condition holds, and fails when it doesn't within half a minute.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(30 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-timeout:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// startBus runs a bus until the test ends.
func startBus(t testing.TB, db *bun.DB, conn *nats.Conn, consumers ...events.Consumer) *events.Bus {
	t.Helper()
	return startConfigured(t, events.Config{DB: db, URL: testdb.URL(db), NATS: conn, Consumers: consumers})
}

func startConfigured(t testing.TB, cfg events.Config) *events.Bus {
	t.Helper()
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	b, err := events.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopBus(t, b) })
	return b
}

func stopBus(t testing.TB, b *events.Bus) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := b.Stop(ctx); err != nil {
		t.Error(err)
	}
}
