package search

import "context"

// Engine keeps documents and finds them. Its documents' shelves decide what a query can see; no query goes beyond.
type Engine interface {
	// Put adds documents or replaces those with the same Ref.
	Put(ctx context.Context, documents []Document) error
	// Remove takes documents away; those that aren't there don't matter.
	Remove(ctx context.Context, refs []Ref) error
	// Clear takes everything away.
	Clear(ctx context.Context) error
	// Search finds what a query asks for.
	Search(ctx context.Context, q Query) (Results, error)
}

// External is an engine outside the database.
type External interface {
	Engine
	// Prepare makes the engine ready for documents, and tells whether it has some.
	Prepare(ctx context.Context) (filled bool, err error)
}

// Query is what an engine is asked.
type Query struct {
	Text     string
	Shelves  []Shelf // where it may look; nothing is found on none
	Kind     Kind    // only these; "" for all
	Language string  // only texts in this one; "" for all
	Reader   string  // the language in which results are shown when they have it
	Offset   int
	Limit    int
}

// Results are what was found, the best first.
type Results struct {
	Hits   []Hit
	Counts map[Kind]int // of everything found, whatever the Kind of the query
	Total  int          // of the query's Kind
	Near   bool         // nothing has the words; these have similar ones
}

// All is how much was found of every kind.
func (r Results) All() (sum int) {
	for _, n := range r.Counts {
		sum += n
	}
	return sum
}

// Hit is a document that was found, in one of its languages.
type Hit struct {
	Ref
	SpaceID  int64
	Path     string
	Language string // of the texts; "" for a name
	Title    []Span
	Excerpt  []Span // may be empty
}
