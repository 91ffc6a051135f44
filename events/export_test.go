package events

import (
	"context"

	"github.com/nats-io/nats.go"
	"github.com/uptrace/bun"
)

// Names that the tests outside the package need.
var (
	StreamName = streamName
	RelayLock  = int64(relayLock)
	Growing    = growing
)

// PublishUnmarked publishes what waits in the outbox and dies before marking it.
func PublishUnmarked(ctx context.Context, db bun.IDB, conn *nats.Conn) (int, error) {
	js, err := connect(conn)
	if err != nil {
		return 0, err
	}
	waiting, err := readEvents(ctx, db, `select seq, id, type, key, at, data from outbox where published_at is null order by seq`)
	if err != nil {
		return 0, err
	}
	letters := make([]letter, len(waiting))
	for i, e := range waiting {
		letters[i] = letter{event: e, subject: subjectPrefix + e.Type, id: e.ID}
	}
	arrived, err := send(ctx, js, letters)
	return len(arrived), err
}
