package events_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

func TestRelayDiesBetweenPublishingAndMarking(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	conn := eventstest.Conn(t)
	stopBus(t, startBus(t, db, conn, ledger("a", progressed))) // prepares the stream
	publish(t, db, 30)
	if n, err := events.PublishUnmarked(t.Context(), db, conn); n != 30 || err != nil {
		t.Fatalf("published %d, %v", n, err)
	}
	startBus(t, db, conn, ledger("a", progressed))
	publishOne(t, db, events.ModuleProgressed{PersonID: 99})
	until(t, "all is heard", func() bool { return heard(t, db, "a") == 31 })
	until(t, "all is marked", func() bool { return count(t, db, `select count(*) from outbox where published_at is null`) == 0 })
}

func TestOneRelayAmongNodes(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	conn := eventstest.Conn(t)
	for range 2 {
		startBus(t, db, conn, ledger("a", progressed))
	}
	holders := `select count(*) from pg_locks where locktype = 'advisory' and granted
		and database = (select oid from pg_database where datname = current_database())
		and ((classid::bigint << 32) | objid::bigint) = ?`
	until(t, "a relay is elected", func() bool { return count(t, db, holders, events.RelayLock) == 1 })
	publish(t, db, 20)
	until(t, "all is heard", func() bool { return heard(t, db, "a") == 20 })

	for round := range 3 {
		killed := count(t, db, strings.Replace(holders, "count(*)", "pid", 1), events.RelayLock)
		if _, err := db.ExecContext(t.Context(), `select pg_terminate_backend(?)`, killed); err != nil {
			t.Fatal(err)
		}
		publish(t, db, 20)
		until(t, "all is heard after the relay was cut", func() bool { return heard(t, db, "a") == 40+20*round })
		until(t, "another is elected", func() bool {
			return count(t, db, holders+` and pid <> ?`, events.RelayLock, killed) == 1
		})
	}
}

func TestBusAway(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	dir := t.TempDir()
	server := eventstest.NewTCPServer(t, dir)
	b := startConfigured(t, events.Config{
		DB: db, URL: testdb.URL(db), NATS: server.Connect(), Sweep: 50 * time.Millisecond, AckWait: time.Second,
		Consumers: []events.Consumer{ledger("a", progressed)},
	})
	var seen sync.Map
	if err := b.Watch(t.Context(), []string{progressed}, func(e events.Event) { seen.Store(e.ID, true) }); err != nil {
		t.Fatal(err)
	}
	publish(t, db, 20)
	until(t, "all is heard", func() bool { return heard(t, db, "a") == 20 })

	server.Stop()
	publish(t, db, 20)
	server.Start(dir)
	until(t, "what was published meanwhile is heard", func() bool { return heard(t, db, "a") == 40 })
	until(t, "it is seen, too", func() bool { return length(&seen) == 40 })

	server.Stop()
	publish(t, db, 20)
	server.Start(t.TempDir()) // the store is lost
	until(t, "a new stream carries on", func() bool { return heard(t, db, "a") == 60 })
	until(t, "watchers follow it", func() bool {
		publishOne(t, db, events.ModuleProgressed{PersonID: 1})
		return length(&seen) > 60
	})
}

func TestLostStoreIsFilledAgain(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	a, b := ledger("a", progressed), ledger("b", progressed)
	conn := eventstest.Conn(t)
	bus := startBus(t, db, conn, a)
	publish(t, db, 30)
	until(t, "all is heard", func() bool { return heard(t, db, "a") == 30 })
	stopBus(t, bus)
	publish(t, db, 600)
	if n, err := events.PublishUnmarked(t.Context(), db, conn); n != 600 || err != nil {
		t.Fatalf("published %d, %v", n, err)
	}
	if _, err := db.ExecContext(t.Context(), `update outbox set published_at = now() where published_at is null`); err != nil {
		t.Fatal(err)
	}

	startBus(t, db, eventstest.Conn(t), a, b) // an empty store, which nothing announced
	until(t, "a has the lost ones and b the history", func() bool { return heard(t, db, "a") == 630 && heard(t, db, "b") == 630 })
}

func length(m *sync.Map) (n int) {
	m.Range(func(any, any) bool { n++; return true })
	return n
}
