package events

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/uptrace/bun"
)

// Manual is a bus that moves only when told to, without goroutines: the same relay and the same consumers, for tests
// that must be exact. Its database may be a transaction.
type Manual struct {
	db       bun.IDB
	js       jetstream.JetStream
	runners  map[string]*runner
	durables map[string]jetstream.Consumer
	sweep    *sweeper
}

// Delivery is a message that a Manual fetched for one consumer.
type Delivery struct {
	Consumer string
	Event    Event
	msg      jetstream.Msg
}

// NewManual registers the consumers and prepares the stream as Start does. Of cfg it heeds NATS, Consumers, Log, Attempts
// and the stream's settings. An event that fails comes again at the next Fetch. observe, which may be nil, hears of every
// failure.
func NewManual(ctx context.Context, db bun.IDB, cfg Config, observe func(e Event, failure error)) (*Manual, error) {
	cfg = cfg.withDefaults()
	if err := checkConsumers(cfg.Consumers); err != nil {
		return nil, fmt.Errorf("prepare a manual bus: %w", err)
	}
	js, err := connect(cfg.NATS)
	if err != nil {
		return nil, fmt.Errorf("prepare a manual bus: %w", err)
	}
	if err := prepare(ctx, db, js, cfg); err != nil {
		return nil, fmt.Errorf("prepare a manual bus: %w", err)
	}
	m := &Manual{
		db: db, js: js, runners: map[string]*runner{}, durables: map[string]jetstream.Consumer{},
		sweep: &sweeper{db: db, js: js, log: cfg.Log},
	}
	for _, c := range cfg.Consumers {
		m.runners[c.Name] = &runner{
			consumer: c, db: db, log: cfg.Log.With("consumer", c.Name), attempts: cfg.Attempts,
			backoff: func(int) time.Duration { return 0 }, observe: observe,
		}
		if m.durables[c.Name], err = js.Consumer(ctx, streamName, c.Name); err != nil {
			return nil, fmt.Errorf("prepare a manual bus: %w", err)
		}
	}
	return m, nil
}

// Relay publishes everything that waits in the outbox and returns how many events that were.
func (m *Manual) Relay(ctx context.Context) (int, error) {
	for sum := 0; ; {
		n, err := carry(ctx, m.db, m.js)
		sum += n
		if err != nil || n == 0 {
			return sum, err
		}
	}
}

// Sweep sends events without mark again, as a relay does when it starts, except to consumers that have messages
// to fetch. It returns how many it sent.
func (m *Manual) Sweep(ctx context.Context) (sent int, err error) {
	if err := m.sweep.begin(ctx, 0); err != nil {
		return 0, err
	}
	for {
		n, more, err := m.sweep.step(ctx)
		sent += n
		if err != nil || !more {
			return sent, err
		}
	}
}

// Fetch returns the messages that wait for a consumer, up to 256. If there are none it waits up to that long for one.
func (m *Manual) Fetch(ctx context.Context, consumer string, wait time.Duration) ([]Delivery, error) {
	durable := m.durables[consumer]
	batch, err := durable.FetchNoWait(batchSize)
	if err != nil {
		return nil, fmt.Errorf("fetch for %s: %w", consumer, err)
	}
	deliveries, err := collect(consumer, batch)
	if err != nil || len(deliveries) > 0 || wait == 0 {
		return deliveries, err
	}
	if batch, err = durable.Fetch(1, jetstream.FetchMaxWait(wait)); err != nil {
		return nil, fmt.Errorf("fetch for %s: %w", consumer, err)
	}
	return collect(consumer, batch)
}

func collect(consumer string, batch jetstream.MessageBatch) ([]Delivery, error) {
	var deliveries []Delivery
	for msg := range batch.Messages() {
		var e Event
		if err := e.UnmarshalJSON(msg.Data()); err != nil {
			return nil, err
		}
		deliveries = append(deliveries, Delivery{Consumer: consumer, Event: e, msg: msg})
	}
	if err := batch.Error(); err != nil {
		return nil, fmt.Errorf("fetch for %s: %w", consumer, err)
	}
	return deliveries, nil
}

// Handle lets the consumer handle a delivery, and acknowledges it or lets it come again. The same delivery may be
// handled several times, as a bus that delivers at least once may.
func (m *Manual) Handle(ctx context.Context, d Delivery) {
	m.runners[d.Consumer].process(ctx, d.msg)
}

// HandleTogether lets a consumer handle its deliveries as if they waited together: those of the types that it handles so in
// one transaction, then the others.
func (m *Manual) HandleTogether(ctx context.Context, list []Delivery) {
	var together []jetstream.Msg
	for _, d := range list {
		if m.runners[d.Consumer].consumer.together(d.Event.Type) {
			together = append(together, d.msg)
		}
	}
	if len(together) > 0 {
		m.runners[list[0].Consumer].processAll(ctx, together)
	}
	for _, d := range list {
		if !m.runners[d.Consumer].consumer.together(d.Event.Type) {
			m.Handle(ctx, d)
		}
	}
}

// Close releases what the bus holds of the NATS connection, which stays open.
func (m *Manual) Close() { m.js.CleanupPublisher() }
