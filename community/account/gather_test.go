package account

import (
	"context"
	"slices"
	"sync"
	"testing"
)

// TestGathererTakesTogetherWhoeverWaits holds the first batch until all others wait, so the second one holds them all.
func TestGathererTakesTogetherWhoeverWaits(t *testing.T) {
	first, held := make(chan bool), make(chan bool)
	var sizes []int
	var done []int
	g := NewGatherer(100, func(_ context.Context, batch []*int) {
		if len(sizes) == 0 {
			close(first)
			<-held
		}
		sizes = append(sizes, len(batch))
		for _, n := range batch {
			done = append(done, *n)
		}
	})
	var all sync.WaitGroup
	all.Go(func() { g.Do(context.Background(), new(int)) })
	<-first
	for n := 1; n <= 150; n++ {
		all.Go(func() { g.Do(context.Background(), &n) })
	}
	for waiting := 0; waiting < 150; {
		g.mu.Lock()
		waiting = len(g.waiting)
		g.mu.Unlock()
	}
	close(held)
	all.Wait()
	if !slices.Equal(sizes, []int{1, 100, 50}) {
		t.Errorf("batches of %v", sizes)
	}
	if slices.Sort(done); len(slices.Compact(done)) != 151 {
		t.Errorf("%d of 151 done", len(done))
	}
}

// TestGathererSurvivesAPanic: the others are served by the next one.
func TestGathererSurvivesAPanic(t *testing.T) {
	calls := 0
	g := NewGatherer(1, func(context.Context, []int) {
		if calls++; calls == 1 {
			panic("the first time")
		}
	})
	func() {
		defer func() { _ = recover() }()
		g.Do(context.Background(), 1)
	}()
	if g.Do(context.Background(), 2); calls != 2 {
		t.Errorf("%d calls", calls)
	}
}
