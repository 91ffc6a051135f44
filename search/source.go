package search

import (
	"context"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Source is where the documents of a kind come from. Adding a kind to the search is adding its Source in cmd, and its
// name to the pages' texts.
type Source struct {
	Kind Kind
	// Hears are the events after which a document may be another.
	Hears []Hearing
	// Read returns a document as it is now; false when there is none to find, not even for those who may read all.
	Read func(ctx context.Context, db bun.IDB, id int64) (Document, bool, error)
	// IDs lists everything that has a document, for building the index.
	IDs func(ctx context.Context, db bun.IDB) ([]int64, error)
}

// Hearing is an event type with the document it concerns.
type Hearing struct {
	Type string
	id   func(events.Event) (int64, error)
}

// On hears payloads of type P; id tells which document is concerned.
func On[P events.Payload](id func(P) int64) Hearing {
	var zero P
	return Hearing{zero.EventType(), func(e events.Event) (int64, error) {
		p, err := events.Decode[P](e)
		return id(p), err
	}}
}
