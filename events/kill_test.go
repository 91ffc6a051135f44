package events_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/uptrace/bun"

	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations"
	"halqa/migrations/cluster"
	"halqa/migrations/testdb"
)

// TestDatabaseKilled kills PostgreSQL with -9 twice while events are published and handled.
func TestDatabaseKilled(t *testing.T) {
	db, url := durable(t)
	prepareLedger(t, db)
	startConfigured(t, events.Config{DB: db, URL: url, NATS: eventstest.Conn(t), Attempts: 1,
		Consumers: []events.Consumer{ledger("a", progressed), together(ledger("b", progressed))}})
	acknowledged := 0
	for range 2 {
		publish(t, db, 100)
		killPostgres(t, db)
		acknowledged += 100 + publishAsLongAsPossible(t, db, 50)
	}
	until(t, "all that was committed is heard", func() bool {
		_, err := db.ExecContext(t.Context(), `select 1`)
		return err == nil && heard(t, db, "a") >= acknowledged && heard(t, db, "b") >= acknowledged
	})
	if dead := deadLetters(t, db); len(dead) > 0 {
		t.Errorf("with one attempt each, %d events died with the database: %s", len(dead), dead[0].Error)
	}
}

// durable is a migrated database in a PostgreSQL of the test's own, which syncs to disk and is restarted when it dies.
func durable(t testing.TB) (db *bun.DB, url string) {
	t.Helper()
	private, err := cluster.Start(t.Context(), cluster.Options{Dir: testdb.Folder(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := private.Stop(); err != nil {
			t.Error(err)
		}
	})
	db, err = migrations.Open(t.Context(), private.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := migrations.Up(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db, private.URL()
}

func killPostgres(t *testing.T, db *bun.DB) {
	t.Helper()
	var folder string
	if err := db.QueryRowContext(t.Context(), `show data_directory`).Scan(&folder); err != nil {
		t.Fatal(err)
	}
	lines, err := os.ReadFile(filepath.Join(folder, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(lines), "\n", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// publishAsLongAsPossible publishes until n transactions have committed, however often the database refuses meanwhile.
// A commit whose answer got lost may have succeeded, so the outbox may hold more.
func publishAsLongAsPossible(t *testing.T, db *bun.DB, n int) int {
	t.Helper()
	done := 0
	until(t, fmt.Sprintf("%d events could be published", n), func() bool {
		err := db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			return events.Publish(ctx, tx, events.ModuleProgressed{PersonID: int64(done), ModuleID: 7})
		})
		if err == nil {
			done++
		}
		return done == n
	})
	return done
}
