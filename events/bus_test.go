package events_test

import (
	"context"
	"errors"
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
	startBus(t, db, eventstest.Conn(t), ledger("a", progressed), together(ledger("b", progressed, completed)))
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

func TestReplayWhileEventsArrive(t *testing.T) {
	db := testdb.Clone(t)
	prepareLedger(t, db)
	a := ledger("a", progressed)
	startBus(t, db, eventstest.Conn(t), a, together(ledger("b", progressed)))
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
	if _, err := events.RetryDead(t.Context(), db); err != nil { // a late duplicate may have brought one back already
		t.Fatal(err)
	}
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
