package events

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// prefetch is how many messages of a consumer a node holds at once, besides one per worker.
	prefetch = 128
	// maxAckPending bounds the unsettled messages of a consumer, those that wait for another attempt included.
	maxAckPending = 4096
	// heartbeat is how often JetStream must show that a consumer lives; two missed ones make us look.
	heartbeat = 2 * time.Second
)

// delivery feeds one consumer's messages to its workers.
type delivery struct {
	bus    *Bus
	runner *runner
}

// run delivers until the bus stops, and starts over whenever the bus, the stream or the consumer was lost.
func (d delivery) run() {
	d.bus.persist("delivery of events stopped", d.runner.log, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if err := ensureStream(ctx, d.bus.js, d.bus.cfg); err != nil {
			return err
		}
		durable, err := ensureDurable(ctx, d.bus.js, d.bus.cfg, d.runner.consumer)
		if err != nil {
			return err
		}
		messages, err := durable.Messages(jetstream.PullMaxMessages(prefetch), jetstream.PullHeartbeat(heartbeat))
		if err != nil {
			return fmt.Errorf("pull for consumer %s: %w", d.runner.consumer.Name, err)
		}
		return d.pump(messages)
	})
}

// pump hands messages to the workers until the bus stops, with nil, or the messages end with an error. Events of one key
// go to one worker, so they keep their order as long as none fails.
func (d delivery) pump(messages jetstream.MessagesContext) error {
	var group sync.WaitGroup
	workers := make([]chan jetstream.Msg, d.bus.cfg.Workers)
	for i := range workers {
		workers[i] = make(chan jetstream.Msg, prefetch/len(workers))
		group.Go(func() { d.work(workers[i]) })
	}
	undo := context.AfterFunc(d.bus.running, messages.Drain)
	defer undo()
	defer messages.Stop()
	defer group.Wait()
	defer func() {
		for _, w := range workers {
			close(w)
		}
	}()
	for {
		msg, err := messages.Next()
		if err != nil {
			if errors.Is(err, jetstream.ErrMsgIteratorClosed) && d.bus.running.Err() != nil {
				return nil
			}
			return fmt.Errorf("pull for consumer %s: %w", d.runner.consumer.Name, err)
		}
		workers[place(msg, len(workers))] <- msg
	}
}

// work handles messages one after another. Once the bus is stopping it gives them back instead, for whoever is next.
func (d delivery) work(messages <-chan jetstream.Msg) {
	for msg := range messages {
		if d.bus.running.Err() != nil {
			_ = msg.Nak()
			continue
		}
		d.bus.slots <- struct{}{}
		d.runner.process(d.bus.working, msg)
		<-d.bus.slots
	}
}

// place chooses a worker by the event's key.
func place(msg jetstream.Msg, workers int) int {
	h := fnv.New32a()
	h.Write([]byte(msg.Headers().Get(keyHeader)))
	return int(h.Sum32() % uint32(workers))
}
