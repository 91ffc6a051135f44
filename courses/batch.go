package courses

import (
	"context"
	"errors"
	"sync"
)

// Reports come by the hundred and each must be durable before it is answered. They are written together: while one batch
// is on its way to the disk the next one gathers, as PostgreSQL itself commits.

const largestBatch = 256 // reports

var errUnwritten = errors.New("the batch wasn't written")

// pending is a report on its way.
type pending struct {
	asked
	out  Outcome
	err  error
	wake chan bool // true: it is done; false: lead the next batch
}

// batcher lets whoever comes while nobody writes write for all who wait.
type batcher struct {
	write func(ctx context.Context, batch []*pending)

	mu      sync.Mutex
	waiting []*pending
	leading bool
}

// do returns when a batch with p was written, or refused. Others may be waiting for the batch that ctx leads, so its end
// doesn't stop it: write bounds its own time.
func (b *batcher) do(ctx context.Context, p *pending) {
	p.wake, p.err = make(chan bool, 1), errUnwritten
	b.mu.Lock()
	b.waiting = append(b.waiting, p)
	lead := !b.leading
	b.leading = true
	b.mu.Unlock()
	if !lead && <-p.wake {
		return
	}
	batch := b.take()
	defer b.pass(batch) // whatever happens in write, nobody waits for ever
	b.write(context.WithoutCancel(ctx), batch)
}

func (b *batcher) take() []*pending {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := min(len(b.waiting), largestBatch)
	batch := b.waiting[:n:n]
	b.waiting = b.waiting[n:]
	return batch
}

// pass tells the followers of a batch that it is done, and has the first of those who came meanwhile lead.
func (b *batcher) pass(batch []*pending) {
	for _, p := range batch[1:] {
		p.wake <- true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.leading = len(b.waiting) > 0; b.leading {
		b.waiting[0].wake <- false
	}
}
