package events

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// Report is how the bus does, as far as the database tells.
type Report struct {
	Events      int64         // ever announced
	Unpublished int64         // committed but not yet carried to the bus
	Oldest      time.Duration // how long ago the first of those was published
	Consumers   []ConsumerStatus
}

// ConsumerStatus is how one consumer does.
type ConsumerStatus struct {
	Name          string
	Types         []string
	Replayable    bool
	SeenAt        time.Time // when a node last started it
	Lag           int64     // events of its types that it has not handled, dead letters aside
	Failing       int64     // of those, events that failed and will be tried again
	Dead          int64     // dead letters
	Replaying     bool      // a replay is under way; Lag says how much is left
	ReplayAskedAt time.Time // zero when it was never replayed
}

// DeadLetter is an event that a consumer gave up on.
type DeadLetter struct {
	ID         int64 // for RetryDead
	Consumer   string
	Event      Event
	Error      string // of the last attempt; for administrators only
	Attempts   int
	At         time.Time // of the last attempt
	ReplayedAt time.Time // when it was last sent again; zero if never
}

// Status reads the state of outbox and consumers. It costs as much as there are events not settled yet, and a little for
// the whole outbox, which it counts.
func Status(ctx context.Context, db bun.IDB) (Report, error) {
	var s Report
	var oldest uuid.NullUUID
	err := db.QueryRowContext(ctx, `select (select count(*) from outbox),
		(select count(*) from outbox where published_at is null),
		(select id from outbox where published_at is null order by seq limit 1)`).
		Scan(&s.Events, &s.Unpublished, &oldest)
	if err != nil {
		return Report{}, fmt.Errorf("status of the event bus: %w", err)
	}
	if oldest.Valid { // an import may have dated it otherwise, but its id tells when it was published
		s.Oldest = time.Since(time.Unix(oldest.UUID.Time().UnixTime()))
	}
	rows, err := db.QueryContext(ctx, `select c.name, c.types, c.replayable, c.seen_at, c.replay_asked_at,
			c.replay_until > c.settled,
			(select count(*) from outbox o where o.type = any(c.types) and o.seq > c.settled
				and not exists (select from consumed m where m.consumer = c.name and m.event_id = o.id)
				and not exists (select from failure f where f.consumer = c.name and f.event_id = o.id
					and f.dead_at is not null)),
			coalesce(f.failing, 0), coalesce(f.dead, 0)
		from consumer c left join (
			select consumer, count(*) filter (where dead_at is null) as failing, count(dead_at) as dead
			from failure group by consumer) f on f.consumer = c.name
		order by c.name`)
	if err != nil {
		return Report{}, fmt.Errorf("status of the consumers: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c ConsumerStatus
		asked := bun.NullTime{}
		if err := rows.Scan(&c.Name, pgdialect.Array(&c.Types), &c.Replayable, &c.SeenAt, &asked, &c.Replaying,
			&c.Lag, &c.Failing, &c.Dead); err != nil {
			return Report{}, fmt.Errorf("status of the consumers: %w", err)
		}
		c.ReplayAskedAt = asked.Time
		c.Replaying = c.Replaying && c.Lag > 0
		s.Consumers = append(s.Consumers, c)
	}
	return s, rows.Err()
}

// Dead lists the dead letters, the latest first, at most 1,000.
func Dead(ctx context.Context, db bun.IDB) ([]DeadLetter, error) {
	rows, err := db.QueryContext(ctx, `select f.id, f.consumer, f.error, f.attempts, f.at, f.replayed_at,
			o.seq, o.id, o.type, o.key, o.at, o.data
		from failure f join outbox o on o.id = f.event_id where f.dead_at is not null order by f.id desc limit 1000`)
	if err != nil {
		return nil, fmt.Errorf("list dead letters: %w", err)
	}
	defer rows.Close()
	var letters []DeadLetter
	for rows.Next() {
		var d DeadLetter
		replayed := bun.NullTime{}
		var data []byte
		if err := rows.Scan(&d.ID, &d.Consumer, &d.Error, &d.Attempts, &d.At, &replayed,
			&d.Event.Seq, &d.Event.ID, &d.Event.Type, &d.Event.Key, &d.Event.Time, &data); err != nil {
			return nil, fmt.Errorf("list dead letters: %w", err)
		}
		d.ReplayedAt, d.Event.Data = replayed.Time, json.RawMessage(data)
		letters = append(letters, d)
	}
	return letters, rows.Err()
}
