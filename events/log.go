package events

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// LogFilter says which part of the permanent log is wanted.
type LogFilter struct {
	Types    []string
	From, To time.Time // To excluded; zero for no bound
	PersonID int64     // who acted or whom it concerns; 0 for everybody
	Offices  []int64   // of these alone; nil for all, and for what has no office
	Limit    int
	Offset   int
}

// Log reads announced events, the latest first. An event belongs to the office its payload names or, when it concerns a
// seminar, to the seminar's.
func Log(ctx context.Context, db bun.IDB, f LogFilter) ([]Event, error) {
	all, err := readEvents(ctx, db, `select o.seq, o.id, o.type, o.key, o.at, o.data from outbox o
		where o.type = any(?0) and (?1::timestamptz is null or o.at >= ?1) and (?2::timestamptz is null or o.at < ?2)
		and (?3 = 0 or (o.data->>'by')::bigint = ?3 or (o.data->>'person_id')::bigint = ?3)
		and (?4 or (o.data->>'office_id')::bigint = any(?5::bigint[]) or o.data->>'office_id' is null and exists (
			select from outbox s where s.key = o.key and s.type = 'enrolment.seminar_changed'
			and (s.data->>'office_id')::bigint = any(?5::bigint[])))
		order by o.at desc, o.seq desc limit ?6 offset ?7`,
		pgdialect.Array(f.Types), bun.NullTime{Time: f.From}, bun.NullTime{Time: f.To}, f.PersonID,
		f.Offices == nil, pgdialect.Array(append([]int64{}, f.Offices...)), f.Limit, f.Offset)
	if err != nil {
		return nil, fmt.Errorf("read the log of events: %w", err)
	}
	return all, nil
}
