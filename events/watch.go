package events

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// ErrStopped says that the bus was stopped.
var ErrStopped = errors.New("the event bus was stopped")

// errGap says that messages were lost on the way to a watcher, which then asks for them again.
var errGap = errors.New("a gap in the sequence")

// Watch calls fn for every new event of the given types, on every node that watches, in the order of the bus, one at a
// time. It returns at once; watching ends with ctx or with the bus. Nothing is marked: while the bus is away nothing
// arrives, what it still holds of that time arrives afterwards, and an event relayed twice may arrive twice. fn must be
// quick. What is sent again to a consumer isn't new and isn't seen.
func (b *Bus) Watch(ctx context.Context, types []string, fn func(Event)) error {
	if len(types) == 0 {
		return errors.New("watch events: no types")
	}
	w := &watcher{bus: b, fn: fn}
	for _, t := range types {
		if err := checkType(t); err != nil {
			return fmt.Errorf("watch events: %w", err)
		}
		w.subjects = append(w.subjects, subjectPrefix+t)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running.Err() != nil {
		return fmt.Errorf("watch events: %w", ErrStopped)
	}
	if err := w.open(ctx); err != nil {
		b.cfg.Log.Warn("watching events waits for the bus", "error", err)
	}
	b.group.Go(func() { w.run(ctx) })
	return nil
}

// watcher follows the stream with an ephemeral consumer, which it replaces whenever something was missed.
type watcher struct {
	bus      *Bus
	subjects []string
	fn       func(Event)
	messages jetstream.MessagesContext // nil when there is none
	name     string                    // of the ephemeral consumer
	seen     uint64                    // stream sequence of the last event
	handed   uint64                    // how many this consumer handed out
}

// run watches until ctx or the bus ends.
func (w *watcher) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(w.bus.running, cancel)()
	defer w.close()
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, longestPause) {
		err := w.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		if w.handed > 0 {
			pause = 100 * time.Millisecond
		}
		w.bus.cfg.Log.Warn("watching events starts over", "error", err, "again_in", pause)
		w.close()
		if !sleep(ctx, pause) {
			return
		}
	}
}

// follow hands out events until something breaks.
func (w *watcher) follow(ctx context.Context) error {
	if w.messages == nil {
		if err := w.open(ctx); err != nil {
			return err
		}
	}
	for {
		msg, err := w.messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return err
		}
		if err := w.hand(msg); err != nil {
			return err
		}
	}
}

func (w *watcher) hand(msg jetstream.Msg) error {
	meta, err := msg.Metadata()
	if err != nil {
		return err
	}
	if meta.Sequence.Consumer != w.handed+1 {
		return errGap
	}
	w.handed, w.seen = meta.Sequence.Consumer, meta.Sequence.Stream
	var e Event
	if err := e.UnmarshalJSON(msg.Data()); err != nil {
		w.bus.cfg.Log.Error("a message on the bus is not an event", "subject", msg.Subject(), "error", err)
		return nil
	}
	w.show(e)
	return nil
}

// show keeps a panic of fn from ending the program.
func (w *watcher) show(e Event) {
	defer func() {
		if p := recover(); p != nil {
			w.bus.cfg.Log.Error("a watcher panicked", "event", e.ID, "type", e.Type, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	w.fn(e)
}

// open makes an ephemeral consumer that begins after the last event seen, or, at first or in a stream that was made
// anew, with the next one.
func (w *watcher) open(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	stream, err := w.bus.js.Stream(ctx, streamName)
	if err != nil {
		return fmt.Errorf("watch events: %w", err)
	}
	cfg := jetstream.ConsumerConfig{
		FilterSubjects: w.subjects, DeliverPolicy: jetstream.DeliverNewPolicy, AckPolicy: jetstream.AckNonePolicy,
		InactiveThreshold: 5 * time.Minute, MemoryStorage: true, Replicas: 1,
	}
	if last := stream.CachedInfo().State.LastSeq; w.seen > 0 && last >= w.seen {
		cfg.DeliverPolicy, cfg.OptStartSeq = jetstream.DeliverByStartSequencePolicy, w.seen+1
	}
	ephemeral, err := stream.CreateConsumer(ctx, cfg)
	if err != nil {
		return fmt.Errorf("watch events: %w", err)
	}
	messages, err := ephemeral.Messages(jetstream.PullMaxMessages(prefetch), jetstream.PullHeartbeat(heartbeat))
	if err != nil {
		return fmt.Errorf("watch events: %w", err)
	}
	w.messages, w.name, w.handed = messages, ephemeral.CachedInfo().Name, 0
	return nil
}

// close gives the ephemeral consumer up; one that can't be deleted now goes away by itself.
func (w *watcher) close() {
	if w.messages == nil {
		return
	}
	w.messages.Stop()
	w.messages = nil
	if !w.bus.cfg.NATS.IsConnected() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = w.bus.js.DeleteConsumer(ctx, streamName, w.name)
}
