// Package eventstest runs the event bus by hand, so that a test can say "everything that follows from this has happened"
// without waiting: a real relay, a real JetStream inside the process, the real consumers.
package eventstest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

const (
	// attempts before an event is a dead letter; few, since the pauses between them are left out here.
	attempts = 3
	// idleRounds is how many rounds may bring nothing while events lack their mark, before Settle gives up.
	idleRounds = 20
)

// Option changes how a Bus delivers.
type Option func(*Bus)

// Twice delivers every event twice.
func Twice() Option { return func(b *Bus) { b.twice = true } }

// Shuffled delivers out of order, the same way for the same seed.
func Shuffled(seed uint64) Option {
	return func(b *Bus) { b.random = rand.New(rand.NewPCG(seed, seed)) }
}

// AllowDead lets events become dead letters. Without it they fail the test.
func AllowDead() Option { return func(b *Bus) { b.allowDead = true } }

// Bus carries events from the outbox to consumers when Settle is called.
type Bus struct {
	t         testing.TB
	db        bun.IDB
	manual    *events.Manual
	consumers []events.Consumer
	twice     bool
	random    *rand.Rand
	allowDead bool
	failures  []string
}

// New prepares a bus on db, which may be a transaction, with a NATS server of its own.
func New(t testing.TB, db bun.IDB, consumers []events.Consumer, options ...Option) *Bus {
	t.Helper()
	b := &Bus{t: t, db: db, consumers: consumers}
	for _, o := range options {
		o(b)
	}
	manual, err := events.NewManual(context.Background(), db, events.Config{
		NATS: Conn(t), Consumers: consumers, Attempts: attempts, Memory: true,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}, b.failed)
	if err != nil {
		t.Fatalf("eventstest: %v", err)
	}
	t.Cleanup(manual.Close)
	b.manual = manual
	return b
}

func (b *Bus) failed(e events.Event, failure error) {
	b.failures = append(b.failures, fmt.Sprintf("%s of %s: %v", e.Type, e.Key, failure))
}

// Settle relays and handles until every event, those that handlers publish included, has been handled by every consumer
// that hears it. It fails the test when an event can't be handled.
func (b *Bus) Settle() {
	b.t.Helper()
	ctx := context.Background()
	for idle := 0; idle < idleRounds; {
		moved, err := b.round(ctx, idle)
		if err != nil {
			b.t.Fatalf("eventstest: %v", err)
		}
		if moved > 0 {
			idle = 0
			continue
		}
		if b.quiet(ctx) {
			b.checkDead(ctx)
			return
		}
		idle++
	}
	b.t.Fatalf("eventstest: the bus doesn't settle; failures:\n%s", strings.Join(b.failures, "\n"))
}

// round relays, then lets every consumer handle what waits for it. After idle rounds it looks for events that got lost
// on the way, and gives those that are on it a moment.
func (b *Bus) round(ctx context.Context, idle int) (moved int, err error) {
	if moved, err = b.manual.Relay(ctx); err != nil {
		return 0, err
	}
	wait := time.Duration(0)
	if idle > 0 {
		wait = 50 * time.Millisecond
		n, err := b.manual.Sweep(ctx)
		if err != nil {
			return 0, err
		}
		moved += n
	}
	for _, c := range b.consumers {
		deliveries, err := b.manual.Fetch(ctx, c.Name, wait)
		if err != nil {
			return 0, err
		}
		b.manual.HandleTogether(ctx, b.arranged(deliveries))
		moved += len(deliveries)
	}
	return moved, nil
}

// arranged doubles and shuffles deliveries as the options say.
func (b *Bus) arranged(deliveries []events.Delivery) []events.Delivery {
	if b.twice {
		deliveries = append(deliveries, deliveries...)
	}
	if b.random != nil {
		b.random.Shuffle(len(deliveries), func(i, j int) { deliveries[i], deliveries[j] = deliveries[j], deliveries[i] })
	}
	return deliveries
}

// quiet tells whether nothing is left to carry or to handle.
func (b *Bus) quiet(ctx context.Context) bool {
	b.t.Helper()
	report, err := events.Status(ctx, b.db)
	if err != nil {
		b.t.Fatalf("eventstest: %v", err)
	}
	left := report.Unpublished
	for _, c := range report.Consumers {
		if slices.ContainsFunc(b.consumers, func(own events.Consumer) bool { return own.Name == c.Name }) {
			left += c.Lag
		}
	}
	return left == 0
}

func (b *Bus) checkDead(ctx context.Context) {
	b.t.Helper()
	if b.allowDead {
		return
	}
	dead, err := events.Dead(ctx, b.db)
	if err != nil {
		b.t.Fatalf("eventstest: %v", err)
	}
	for _, d := range dead {
		b.t.Errorf("eventstest: %s can't handle %s %s: %s", d.Consumer, d.Event.Type, d.Event.Data, d.Error)
	}
	if len(dead) > 0 {
		b.t.FailNow()
	}
}

func port(a net.Addr) int {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.Port
	}
	return 0
}
