package events_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"go.uber.org/goleak"

	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

func TestBusHandlesWhatIsPublished(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	startBus(t, db, eventstest.Conn(t), ledger("a", progressed), ledger("b", progressed, completed))
	publish(t, db, 50)
	publishOne(t, db, events.ModuleCompleted{PersonID: 1})
	until(t, "all is heard", func() bool { return heard(t, db, "a") == 50 && heard(t, db, "b") == 51 })
	until(t, "all is marked", func() bool { return count(t, db, `select count(*) from outbox where published_at is null`) == 0 })
}

func TestStopLeavesNothingRunning(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	conn := eventstest.Conn(t)
	stopBus(t, startBus(t, db, conn, ledger("a", progressed))) // what connection and server keep from now on isn't the bus's
	publish(t, db, 20)
	before := goleak.IgnoreCurrent()
	b := startBus(t, db, conn, ledger("a", progressed))
	if err := b.Watch(t.Context(), []string{progressed}, func(events.Event) {}); err != nil {
		t.Fatal(err)
	}
	until(t, "all is heard", func() bool { return heard(t, db, "a") == 20 })
	stopBus(t, b)
	db.SetMaxIdleConns(0) // the pool's goroutines are not the bus's
	goleak.VerifyNone(t, before)
	if err := b.Watch(t.Context(), []string{progressed}, func(events.Event) {}); !errors.Is(err, events.ErrStopped) {
		t.Errorf("watch after stop: %v", err)
	}
}

func TestStopFinishesWhatIsInHand(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	begun, finish := make(chan struct{}), make(chan struct{})
	c := ledger("slow", progressed)
	write := c.Handle
	c.Handle = func(ctx context.Context, tx bun.Tx, e events.Event) error {
		close(begun)
		<-finish
		return write(ctx, tx, e)
	}
	b := startBus(t, db, eventstest.Conn(t), c)
	publish(t, db, 1)
	<-begun
	stopped := make(chan struct{})
	go func() {
		stopBus(t, b)
		close(stopped)
	}()
	close(finish)
	<-stopped
	if n := heard(t, db, "slow"); n != 1 {
		t.Errorf("%d effects, want 1", n)
	}
}

func TestStopGivesUpInTime(t *testing.T) {
	db := testdb.Clone(t)
	begun := make(chan struct{})
	b := startBus(t, db, eventstest.Conn(t), events.Consumer{
		Name: "stuck", Types: []string{progressed},
		Handle: func(ctx context.Context, _ bun.Tx, _ events.Event) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		},
	})
	publish(t, db, 1)
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Stop(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("stop: %v", err)
	}
	if n := count(t, db, `select count(*) from failure`); n != 0 {
		t.Error("being stopped counted as a failure")
	}
}

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

func length(m *sync.Map) (n int) {
	m.Range(func(any, any) bool { n++; return true })
	return n
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

func TestReplayWhileEventsArrive(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	a := ledger("a", progressed)
	startBus(t, db, eventstest.Conn(t), a, ledger("b", progressed))
	publish(t, db, 100)
	until(t, "all is heard", func() bool { return heard(t, db, "a") == 100 })
	var publishing sync.WaitGroup
	publishing.Go(func() { publish(t, db, 100) })
	for range 5 {
		if err := events.RequestReplay(t.Context(), db, a); err != nil {
			t.Fatal(err)
		}
	}
	publishing.Wait()
	until(t, "all is heard again", func() bool { return heard(t, db, "a") == 200 && heard(t, db, "b") == 200 })
}

func TestDeadLetterIsRetriedByTheRunningBus(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	var sound atomic.Bool
	c := ledger("flaky", progressed)
	write := c.Handle
	c.Handle = func(ctx context.Context, tx bun.Tx, e events.Event) error {
		if !sound.Load() {
			return errors.New("no luck")
		}
		return write(ctx, tx, e)
	}
	startConfigured(t, events.Config{
		DB: db, URL: testdb.URL(db), NATS: eventstest.Conn(t), Consumers: []events.Consumer{c},
		Attempts: 3, Backoff: time.Millisecond,
	})
	publish(t, db, 4)
	until(t, "all are dead letters", func() bool { return len(deadLetters(t, db)) == 4 })
	sound.Store(true)
	retry(t, db, 4)
	until(t, "all are heard", func() bool { return heard(t, db, "flaky") == 4 && len(deadLetters(t, db)) == 0 })
}

func TestOneKeyKeepsItsOrder(t *testing.T) {
	db := testdb.Clone(t)
	var mu sync.Mutex
	order := map[string][]int64{}
	var all atomic.Int64
	startBus(t, db, eventstest.Conn(t), events.Consumer{
		Name: "order", Types: []string{progressed},
		Handle: func(_ context.Context, _ bun.Tx, e events.Event) error {
			mu.Lock()
			defer mu.Unlock()
			order[e.Key] = append(order[e.Key], e.Seq)
			all.Add(1)
			return nil
		},
	})
	publish(t, db, 200)
	until(t, "all is heard", func() bool { return all.Load() >= 200 })
	mu.Lock()
	defer mu.Unlock()
	for key, seqs := range order {
		for i := 1; i < len(seqs); i++ {
			if seqs[i] < seqs[i-1] {
				t.Fatalf("%s: %v", key, seqs)
			}
		}
	}
}

func TestReplayWaitsForHandlersInFlight(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	begun, finish := make(chan struct{}), make(chan struct{})
	var calls atomic.Int64
	c := ledger("a", progressed)
	write := c.Handle
	c.Handle = func(ctx context.Context, tx bun.Tx, e events.Event) error {
		if calls.Add(1) == 1 {
			close(begun)
			<-finish
		}
		return write(ctx, tx, e)
	}
	startBus(t, db, eventstest.Conn(t), c)
	publish(t, db, 1)
	<-begun
	replayed := make(chan error)
	go func() { replayed <- events.RequestReplay(context.Background(), db, c) }()
	until(t, "the replay waits", func() bool {
		return count(t, db, `select count(*) from pg_locks where locktype = 'advisory' and not granted
			and database = (select oid from pg_database where datname = current_database())`) == 1
	})
	close(finish)
	if err := <-replayed; err != nil {
		t.Fatal(err)
	}
	until(t, "the event was handled again", func() bool { return heard(t, db, "a") == 1 })
	if n := calls.Load(); n != 2 {
		t.Errorf("handled %d times, want 2", n)
	}
}

func TestWatchSeesOnlyNewEvents(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	a := ledger("a", progressed, completed)
	bus := startBus(t, db, eventstest.Conn(t), a)
	publish(t, db, 3)
	until(t, "all is heard", func() bool { return heard(t, db, "a") == 3 })

	seen := make(chan events.Event, 10)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := bus.Watch(ctx, []string{completed}, func(e events.Event) {
		seen <- e
		if e.Key == "person.1" {
			panic("a watcher's panic is its own")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	publishOne(t, db, events.ModuleCompleted{PersonID: 1})
	publish(t, db, 1) // of a type that isn't watched
	until(t, "all is heard", func() bool { return heard(t, db, "a") == 5 })
	if err := events.RequestReplay(t.Context(), db, a); err != nil {
		t.Fatal(err)
	}
	until(t, "all is heard again", func() bool { return heard(t, db, "a") == 5 })
	publishOne(t, db, events.ModuleCompleted{PersonID: 2})
	for _, want := range []string{"person.1", "person.2"} {
		if e := <-seen; e.Key != want || e.Type != completed {
			t.Errorf("saw %+v, want %s", e, want)
		}
	}
}

func TestTypesChangeBetweenVersions(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	conn := eventstest.Conn(t)
	old := startBus(t, db, conn, ledger("a", progressed))
	publish(t, db, 3)
	publishOne(t, db, events.ModuleCompleted{PersonID: 1})
	until(t, "the first version hears its type", func() bool { return heard(t, db, "a") == 3 })
	stopBus(t, old)
	startBus(t, db, conn, ledger("a", completed))
	until(t, "the second version hears the history of its type", func() bool { return heard(t, db, "a") == 4 })
	publish(t, db, 3)
	publishOne(t, db, events.ModuleCompleted{PersonID: 2})
	until(t, "and what is new", func() bool { return heard(t, db, "a") == 5 })
}
