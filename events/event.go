package events

import (
	"encoding/json"
	"fmt"
	"time"
)

// Payload is one announced fact as plain data: ids, numbers, dates and authored titles; of a person only the id.
type Payload interface {
	// EventType names the fact, such as "courses.module_completed".
	EventType() string
	// EventKey groups the events that concern one subject, usually a person ("person.42") or a seminar ("seminar.7").
	EventKey() string
}

// Event is the envelope of a payload. Its JSON form on the bus is a CloudEvents 1.0 structured-mode object.
type Event struct {
	Seq  int64           // position in the outbox, growing but not gapless
	ID   string          // UUIDv7 (RFC 9562), the same in every redelivery
	Type string          // Payload.EventType
	Key  string          // Payload.EventKey
	Time time.Time       // when the transaction published it
	Data json.RawMessage // the payload
}

// Decode reads the payload of e as a P. It fails when e is of another type or its data doesn't fit.
func Decode[P Payload](e Event) (P, error) {
	var p P
	if want := p.EventType(); want != e.Type {
		return p, fmt.Errorf("decode event %s: type is %s, not %s", e.ID, e.Type, want)
	}
	if err := json.Unmarshal(e.Data, &p); err != nil {
		return p, fmt.Errorf("decode event %s (%s): %w", e.ID, e.Type, err)
	}
	return p, nil
}
