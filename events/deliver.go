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
	// prefetch is how many messages of a consumer a node asks for at once.
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
// go to one worker, so they keep their order as long as none fails. Those that are handled together all go to one more.
func (d delivery) pump(messages jetstream.MessagesContext) error {
	var group sync.WaitGroup
	workers := make([]chan jetstream.Msg, d.bus.cfg.Workers+1)
	for i := range workers {
		workers[i] = make(chan jetstream.Msg, prefetch/d.bus.cfg.Workers)
		group.Go(func() { d.work(workers[i], i == d.bus.cfg.Workers) })
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
		workers[d.place(msg)] <- msg
	}
}

// work handles messages one after another, or all that wait together. Once the bus is stopping it gives them back instead,
// for whoever is next.
func (d delivery) work(messages <-chan jetstream.Msg, together bool) {
	for msg := range messages {
		if d.bus.running.Err() != nil {
			_ = msg.Nak()
			continue
		}
		d.bus.slots <- struct{}{}
		list := []jetstream.Msg{msg}
		if together {
			list = andWaiting(list, messages)
		}
		d.runner.processAll(d.bus.working, list)
		<-d.bus.slots
	}
}

// andWaiting adds the messages that wait now to a list.
func andWaiting(list []jetstream.Msg, messages <-chan jetstream.Msg) []jetstream.Msg {
	for {
		select {
		case msg, open := <-messages:
			if !open {
				return list
			}
			list = append(list, msg)
		default:
			return list
		}
	}
}

// place chooses a worker: by the event's key, or the last for those that are handled together.
func (d delivery) place(msg jetstream.Msg) int {
	if d.runner.consumer.together(msg.Headers().Get(typeHeader)) {
		return d.bus.cfg.Workers
	}
	h := fnv.New32a()
	h.Write([]byte(msg.Headers().Get(keyHeader)))
	return int(h.Sum32() % uint32(d.bus.cfg.Workers))
}
