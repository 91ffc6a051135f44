package events

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/uptrace/bun"
)

// carry publishes the first unpublished events of the outbox, in order, and marks those that JetStream stored. It returns
// how many those are, also with an error. Dying anywhere in it costs at most a second publication under the same id.
func carry(ctx context.Context, db bun.IDB, js jetstream.JetStream) (int, error) {
	waiting, err := readEvents(ctx, db, `select seq, id, type, key, at, data from outbox
		where published_at is null order by seq limit ?`, batchSize)
	if err != nil {
		return 0, fmt.Errorf("read the outbox: %w", err)
	}
	if len(waiting) == 0 {
		return 0, nil
	}
	letters := make([]letter, len(waiting))
	for i, e := range waiting {
		letters[i] = letter{event: e, subject: subjectPrefix + e.Type, id: e.ID}
	}
	arrived, sending := send(ctx, js, letters)
	if err := markPublished(ctx, db, arrived); err != nil {
		return 0, err
	}
	return len(arrived), sending
}

func markPublished(ctx context.Context, db bun.IDB, seqs []int64) error {
	if len(seqs) == 0 {
		return nil
	}
	err := ExecPrepared(ctx, db, `update outbox set published_at = clock_timestamp() where seq = any($1::bigint[])`, seqs)
	if err != nil {
		return fmt.Errorf("mark events as published: %w", err)
	}
	return nil
}
