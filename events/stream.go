package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// streamName is the JetStream stream that carries every event.
	streamName = "halqa"
	// subjectPrefix precedes an event's type in its subject.
	subjectPrefix = streamName + "."
	// againPrefix precedes the name of the one consumer to whom an event is sent again. No event type begins so.
	againPrefix = streamName + ".again."
	// keyHeader carries the event's key, to choose a worker without reading the event.
	keyHeader = "Halqa-Key"
	// typeHeader carries its type, which the subject of what is sent again doesn't say.
	typeHeader = "Halqa-Type"
	// duplicateWindow is how long JetStream drops a message whose id it has seen: a relay that dies between
	// publishing and marking is back well within it. Beyond it, consumers' marks do the same.
	duplicateWindow = 2 * time.Minute
)

// letter is one message on its way to the stream.
type letter struct {
	event   Event
	subject string
	id      string // Nats-Msg-Id
}

// ensureStream creates the stream or brings its settings up to date.
func ensureStream(ctx context.Context, js jetstream.JetStream, cfg Config) error {
	storage := jetstream.FileStorage
	if cfg.Memory {
		storage = jetstream.MemoryStorage
	}
	_, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name:        streamName,
		Description: "Halqa's events; the outbox in PostgreSQL is the truth",
		Subjects:    []string{subjectPrefix + ">"},
		Retention:   jetstream.LimitsPolicy,
		Discard:     jetstream.DiscardOld,
		MaxAge:      cfg.MaxAge,
		MaxBytes:    cfg.MaxBytes,
		Duplicates:  min(duplicateWindow, cfg.MaxAge),
		Storage:     storage,
		Replicas:    cfg.Replicas,
	})
	if err != nil {
		return fmt.Errorf("prepare stream %s: %w", streamName, err)
	}
	return nil
}

// ensureDurable creates c's durable consumer or brings its settings up to date, the types it hears among them.
// It delivers whatever the stream still holds: what was handled before has its mark.
func ensureDurable(ctx context.Context, js jetstream.JetStream, cfg Config, c Consumer) (jetstream.Consumer, error) {
	durable, err := js.CreateOrUpdateConsumer(ctx, streamName, jetstream.ConsumerConfig{
		Durable:           c.Name,
		FilterSubjects:    c.subjects(),
		DeliverPolicy:     jetstream.DeliverAllPolicy,
		AckPolicy:         jetstream.AckExplicitPolicy,
		AckWait:           cfg.AckWait,
		MaxDeliver:        -1, // attempts are counted in the database
		MaxAckPending:     maxAckPending,
		InactiveThreshold: cfg.MaxAge, // a consumer that no version runs any more goes away
	})
	if err != nil {
		return nil, fmt.Errorf("prepare consumer %s: %w", c.Name, err)
	}
	return durable, nil
}

// subjects are c's filter: the types it hears, and what is sent again to it alone.
func (c Consumer) subjects() []string {
	subjects := []string{againPrefix + c.Name}
	for _, t := range c.Types {
		subjects = append(subjects, subjectPrefix+t)
	}
	return subjects
}

// sentAgain tells whether a message was sent to one consumer once more.
func sentAgain(subject string) bool { return strings.HasPrefix(subject, againPrefix) }

// send publishes letters in order and waits until JetStream has stored them. It returns the seqs of those that arrived,
// also with an error.
func send(ctx context.Context, js jetstream.JetStream, letters []letter) (arrived []int64, err error) {
	futures := make([]jetstream.PubAckFuture, 0, len(letters))
	var failed error
	for _, l := range letters {
		msg, err := l.message()
		if err == nil {
			var f jetstream.PubAckFuture
			if f, err = js.PublishMsgAsync(msg, jetstream.WithMsgID(l.id)); err == nil {
				futures = append(futures, f)
				continue
			}
		}
		failed = fmt.Errorf("publish event %s: %w", l.event.ID, err)
		break
	}
	for i, f := range futures {
		select {
		case <-f.Ok():
			arrived = append(arrived, letters[i].event.Seq)
		case err := <-f.Err():
			failed = errors.Join(failed, fmt.Errorf("publish event %s: %w", letters[i].event.ID, err))
			if len(arrived) == 0 {
				return nil, failed // the bus is away; the others' answers would only repeat it
			}
		case <-ctx.Done():
			return arrived, errors.Join(failed, context.Cause(ctx))
		}
	}
	return arrived, failed
}

func (l letter) message() (*nats.Msg, error) {
	data, err := json.Marshal(l.event)
	if err != nil {
		return nil, err
	}
	return &nats.Msg{
		Subject: l.subject,
		Header:  nats.Header{"Content-Type": {"application/cloudevents+json"}, keyHeader: {l.event.Key}, typeHeader: {l.event.Type}},
		Data:    data,
	}, nil
}

// Discard removes the stream and all it holds, for a database that was replaced by another one. Nothing is lost: the next
// Start makes the stream again and sends what consumers haven't handled.
func Discard(ctx context.Context, conn *nats.Conn) error {
	js, err := jetstream.New(conn)
	if err != nil {
		return fmt.Errorf("discard the stream: %w", err)
	}
	if err := js.DeleteStream(ctx, streamName); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("discard the stream: %w", err)
	}
	return nil
}
