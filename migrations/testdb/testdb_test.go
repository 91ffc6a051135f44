package testdb_test

import (
	"context"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/migrations"
	"halqa/migrations/testdb"
)

const insert = `insert into outbox (id, type, key, data) values (gen_random_uuid(), 't', 'k', '{}')`

func TestTxStartsEmpty(t *testing.T) {
	for range 2 {
		t.Run("", func(t *testing.T) {
			tx := testdb.Tx(t)
			if n := count(t, tx); n != 0 {
				t.Fatalf("%d rows at the start, want 0", n)
			}
			if _, err := tx.ExecContext(t.Context(), insert); err != nil {
				t.Fatal(err)
			}
			if n := count(t, tx); n != 1 {
				t.Fatalf("%d rows, want 1", n)
			}
		})
	}
}

func TestClonesAreApart(t *testing.T) {
	a, b := testdb.Clone(t), testdb.Clone(t)
	if _, err := a.ExecContext(t.Context(), insert); err != nil {
		t.Fatal(err)
	}
	if n := count(t, b); n != 0 {
		t.Errorf("%d rows in the other clone, want 0", n)
	}
	again, err := migrations.Open(t.Context(), testdb.URL(a))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if n := count(t, again); n != 1 {
		t.Errorf("%d rows through the clone's address, want 1", n)
	}
}

func TestUpTwiceAtOnce(t *testing.T) {
	db := testdb.Clone(t)
	done := make(chan error)
	for range 2 {
		go func() { done <- migrations.Up(context.Background(), db) }()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if pending, err := migrations.Pending(t.Context(), db); err != nil || pending {
		t.Errorf("Pending() = %v, %v; want false", pending, err)
	}
}

// A query whose context ends must not run on in the server.
func TestCancelledQueryEndsInServer(t *testing.T) {
	db := testdb.Clone(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := db.ExecContext(ctx, `select pg_sleep(60)`); err == nil {
		t.Fatal("the query was not cancelled")
	}
	for deadline := time.Now().Add(5 * time.Second); ; {
		var running int
		err := db.NewRaw(`select count(*) from pg_stat_activity where query like '%pg_sleep(60)' and state = 'active'`).Scan(t.Context(), &running)
		if err != nil {
			t.Fatal(err)
		}
		if running == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the query still runs in the server")
		}
	}
}

func count(t *testing.T, db bun.IDB) int {
	t.Helper()
	var n int
	if err := db.NewRaw(`select count(*) from outbox`).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}
