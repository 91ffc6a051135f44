package events_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
	"halqa/events/eventstest"
)

// The benchmarks run on a PostgreSQL that syncs every commit to disk.

// BenchmarkThroughput publishes b.N events from eight goroutines, in a transaction each, and waits until two consumers
// have handled them all, each writing a row: go test -run '^$' -bench Throughput -benchtime 5000x ./events
func BenchmarkThroughput(b *testing.B) {
	db, url := durable(b)
	prepareLedger(b, db)
	var handled atomic.Int64
	done := make(chan struct{})
	counting := func(name string) events.Consumer {
		c := ledger(name, progressed)
		write := c.Handle
		c.Handle = func(ctx context.Context, tx bun.Tx, e events.Event) error {
			err := write(ctx, tx, e)
			if err == nil && handled.Add(1) == 2*int64(b.N) {
				close(done)
			}
			return err
		}
		return c
	}
	startMeasured(b, db, url, counting("a"), counting("b"))
	began := time.Now()
	publishTogether(b, db, b.N, 8)
	published := time.Since(began)
	<-done
	b.ReportMetric(float64(b.N)/published.Seconds(), "published/s")
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "handled/s")
}

// BenchmarkBacklog hands b.N events that wait in the outbox to one consumer.
func BenchmarkBacklog(b *testing.B) {
	db, url := durable(b)
	prepareLedger(b, db)
	_, err := db.ExecContext(b.Context(), `insert into outbox (id, type, key, data) select gen_random_uuid(), ?, 'person.' || n % 200,
		json_build_object('person_id', n % 200, 'percent', 5) from generate_series(1, ?) n`, progressed, b.N)
	if err != nil {
		b.Fatal(err)
	}
	var handled atomic.Int64
	done := make(chan struct{})
	c := ledger("a", progressed)
	write := c.Handle
	c.Handle = func(ctx context.Context, tx bun.Tx, e events.Event) error {
		err := write(ctx, tx, e)
		if err == nil && handled.Add(1) == int64(b.N) {
			close(done)
		}
		return err
	}
	began := time.Now()
	startMeasured(b, db, url, c)
	<-done
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "handled/s")
}

func startMeasured(b *testing.B, db *bun.DB, url string, consumers ...events.Consumer) {
	b.Helper()
	startConfigured(b, events.Config{DB: db, URL: url, NATS: eventstest.Conn(b), Consumers: consumers})
}

func publishTogether(b *testing.B, db *bun.DB, n, publishers int) {
	b.Helper()
	var group sync.WaitGroup
	var next atomic.Int64
	for range publishers {
		group.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				err := db.RunInTx(b.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
					return events.Publish(ctx, tx, events.ModuleProgressed{PersonID: i % 200, ModuleID: i, Percent: 5})
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	group.Wait()
}

// BenchmarkLatency publishes one event at a time and reports how long it takes from before the publishing transaction
// until the handler has it.
func BenchmarkLatency(b *testing.B) {
	db, url := durable(b)
	arrived := make(chan struct{})
	startMeasured(b, db, url, events.Consumer{
		Name: "a", Types: []string{progressed},
		Handle: func(context.Context, bun.Tx, events.Event) error { arrived <- struct{}{}; return nil },
	})
	latencies := make([]time.Duration, 0, b.N)
	for b.Loop() {
		began := time.Now()
		publishOne(b, db, events.ModuleProgressed{PersonID: 1})
		<-arrived
		latencies = append(latencies, time.Since(began))
	}
	slices.Sort(latencies)
	b.ReportMetric(float64(latencies[len(latencies)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(latencies[len(latencies)*95/100].Microseconds())/1000, "p95-ms")
}
