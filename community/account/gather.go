package account

import (
	"context"
	"sync"
)

// Gatherer does together what is asked for at the same time: while one batch is under way the next one gathers, as
// PostgreSQL itself commits. Whoever comes while nothing is under way waits for nothing.
type Gatherer[T any] struct {
	most int
	work func(ctx context.Context, batch []T)

	mu      sync.Mutex
	waiting []waiter[T]
	busy    bool
}

type waiter[T any] struct {
	item T
	wake chan bool // true: it is done; false: do the next batch
}

// NewGatherer has work called with up to most items at a time, never with none, and one call at a time. The caller of one
// of them lends its context's values; since others wait for the batch as well, its end doesn't stop work, which bounds its
// own time and writes results into the items.
func NewGatherer[T any](most int, work func(ctx context.Context, batch []T)) *Gatherer[T] {
	return &Gatherer[T]{most: most, work: work}
}

// Do returns when work was done with a batch that held item.
func (g *Gatherer[T]) Do(ctx context.Context, item T) {
	w := waiter[T]{item, make(chan bool, 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, w)
	free := !g.busy
	g.busy = true
	g.mu.Unlock()
	if !free && <-w.wake {
		return
	}
	batch := g.take()
	defer g.pass(batch) // whatever happens in work, nobody waits for ever
	items := make([]T, len(batch))
	for n, w := range batch {
		items[n] = w.item
	}
	g.work(context.WithoutCancel(ctx), items)
}

func (g *Gatherer[T]) take() []waiter[T] {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), g.most)
	batch := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	return batch
}

// pass tells those of a batch that it is done, and has the first of those who came meanwhile do the next one.
func (g *Gatherer[T]) pass(batch []waiter[T]) {
	for _, w := range batch[1:] { // the first one is who did it
		w.wake <- true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.busy = len(g.waiting) > 0; g.busy {
		g.waiting[0].wake <- false
	}
}
