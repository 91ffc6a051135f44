package events

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/uptrace/bun"
)

// Config is what a bus needs. The fields after Log have defaults.
type Config struct {
	DB        *bun.DB    // where handlers work
	URL       string     // the same database, for the relay's own connection (not through a pooler of transactions)
	NATS      *nats.Conn // must reconnect for ever (nats.MaxReconnects(-1)); the bus doesn't close it
	Consumers []Consumer
	Log       *slog.Logger

	Replicas int           // copies that a NATS cluster keeps of the stream: 1
	MaxAge   time.Duration // how long the stream keeps events: 7 days
	MaxBytes int64         // how much it keeps: 512 MiB
	Memory   bool          // keep the stream in memory, for tests
	Workers  int           // goroutines per consumer: 4
	Slots    int           // events handled at once by this node, each on a database connection: 8
	Attempts int           // failures after which an event is a dead letter: 8
	Backoff  time.Duration // pause after the first failure, doubled each time up to 5 minutes: 1 s
	AckWait  time.Duration // silence after which JetStream delivers again: 15 seconds
	Poll     time.Duration // how often the outbox is read without being woken: 3 s
	Sweep    time.Duration // how often events that lack a mark are sought: 1 minute
}

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	c.Replicas = cmp.Or(c.Replicas, 1)
	c.MaxAge = cmp.Or(c.MaxAge, 7*24*time.Hour)
	c.MaxBytes = cmp.Or(c.MaxBytes, 512<<20)
	c.Workers = cmp.Or(c.Workers, 4)
	c.Slots = cmp.Or(c.Slots, 8)
	c.Attempts = cmp.Or(c.Attempts, 8)
	c.Backoff = cmp.Or(c.Backoff, time.Second)
	c.AckWait = cmp.Or(c.AckWait, 15*time.Second)
	c.Poll = cmp.Or(c.Poll, 3*time.Second)
	c.Sweep = cmp.Or(c.Sweep, time.Minute)
	return c
}

// Bus is one node's part in carrying and handling events.
type Bus struct {
	cfg     Config
	js      jetstream.JetStream
	slots   chan struct{}
	running context.Context // ends when no new work is to begin
	quit    context.CancelFunc
	working context.Context // ends when work under way is to be given up
	abort   context.CancelFunc
	group   sync.WaitGroup
	mu      sync.Mutex // no goroutine joins group once quit was called
}

// Start records the consumers, prepares the stream and begins to relay and to handle events. ctx bounds only the start;
// database and NATS must answer within it, or within 15 seconds. Afterwards both may go away and come back.
func Start(ctx context.Context, cfg Config) (*Bus, error) {
	cfg = cfg.withDefaults()
	if err := checkConsumers(cfg.Consumers); err != nil {
		return nil, fmt.Errorf("start the event bus: %w", err)
	}
	js, err := connect(cfg.NATS)
	if err != nil {
		return nil, fmt.Errorf("start the event bus: %w", err)
	}
	b := &Bus{cfg: cfg, js: js, slots: make(chan struct{}, cfg.Slots)}
	relay, err := newRelay(b)
	if err != nil {
		return nil, fmt.Errorf("start the event bus: %w", err)
	}
	if err := prepare(ctx, cfg.DB, js, cfg); err != nil {
		return nil, fmt.Errorf("start the event bus: %w", err)
	}
	b.running, b.quit = context.WithCancel(context.Background())
	b.working, b.abort = context.WithCancel(context.Background())
	b.group.Go(relay.run)
	for _, c := range cfg.Consumers {
		b.group.Go(delivery{b, b.newRunner(c)}.run)
	}
	return b, nil
}

func (b *Bus) newRunner(c Consumer) *runner {
	return &runner{
		consumer: c, db: b.cfg.DB, log: b.cfg.Log.With("consumer", c.Name),
		attempts: b.cfg.Attempts, backoff: growing(b.cfg.Backoff),
	}
}

func connect(conn *nats.Conn) (jetstream.JetStream, error) {
	return jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(4*batchSize),
		jetstream.WithPublishAsyncTimeout(publishTimeout), jetstream.WithDefaultTimeout(publishTimeout))
}

// prepare registers the consumers and creates the stream and every durable consumer, so that nothing is published before
// someone hears it. JetStream may need a moment after its server started.
func prepare(ctx context.Context, db bun.IDB, js jetstream.JetStream, cfg Config) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if err := register(ctx, db, cfg.Consumers); err != nil {
		return err
	}
	for {
		err := prepareStream(ctx, js, cfg)
		if err == nil || !sleep(ctx, 100*time.Millisecond) {
			return err
		}
	}
}

func prepareStream(ctx context.Context, js jetstream.JetStream, cfg Config) error {
	if err := ensureStream(ctx, js, cfg); err != nil {
		return err
	}
	for _, c := range cfg.Consumers {
		if _, err := ensureDurable(ctx, js, cfg, c); err != nil {
			return err
		}
	}
	return nil
}

// Stop ends relaying, watching and handling: events in hand are finished, the others given back. When ctx ends first,
// transactions under way are rolled back and Stop returns its error; their events come again at the next start.
func (b *Bus) Stop(ctx context.Context) error {
	b.mu.Lock()
	b.quit()
	b.mu.Unlock()
	finished := make(chan struct{})
	go func() {
		b.group.Wait()
		close(finished)
	}()
	var err error
	select {
	case <-finished:
	case <-ctx.Done():
		err = fmt.Errorf("stop the event bus: %w", ctx.Err())
		b.abort()
		<-finished
	}
	b.abort()
	b.js.CleanupPublisher()
	return err
}

// persist calls work until the bus stops, pausing longer after each failure that follows closely on another.
func (b *Bus) persist(complaint string, log *slog.Logger, work func(ctx context.Context) error) {
	const first, longest = 100 * time.Millisecond, 5 * time.Second
	pause := first
	for b.running.Err() == nil {
		began := time.Now()
		err := work(b.running)
		if b.running.Err() != nil || err == nil {
			continue
		}
		if time.Since(began) > 2*longest {
			pause = first
		}
		log.Warn(complaint, "error", err, "again_in", pause)
		sleep(b.running, pause)
		pause = min(2*pause, longest)
	}
}
