//go:build nolock

package enrolment

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

// TestOversell is the control of TestRaceForSeats: without the lock, people who all counted before any of them wrote are
// all given the last seat. If this ever fails, the race test proves nothing.
func TestOversell(t *testing.T) {
	const people, capacity = 8, 2
	db := testdb.Clone(t)
	db.SetMaxOpenConns(people)
	w := newWorld(t, db)
	sem := w.published(capacity, Rule{})
	actors := make([]account.Actor, people)
	for i := range actors {
		actors[i] = w.person()
	}
	var counted sync.WaitGroup
	counted.Add(people)
	barrier = func(context.Context) {
		counted.Done()
		counted.Wait()
	}
	t.Cleanup(func() { barrier = nil })
	atOnce(t, people, func(i int) error { _, err := w.Register(ctx, actors[i], sem.ID); return err })
	held, _, err := seats(ctx, db, sem.ID)
	if err != nil || held != people {
		t.Errorf("%d seats held, %v; want all %d oversold", held, err, people)
	}
	breaches, err := Audit(ctx, db, w.clock)
	if err != nil || len(breaches) != 1 || breaches[0].Rule != "over_capacity" {
		t.Errorf("Audit = %v, %v; want over_capacity", breaches, err)
	}
}

// TestOversellInAStorm is the control of TestStormForSeats: the same storm must break an invariant without the lock.
func TestOversellInAStorm(t *testing.T) {
	const people = 15
	var counted sync.WaitGroup
	counted.Add(people)
	var arrived atomic.Int64
	barrier = func(context.Context) {
		if arrived.Add(1) > people {
			return
		}
		counted.Done()
		counted.Wait()
	}
	t.Cleanup(func() { barrier = nil })
	breaches, _ := storm(t, people, 1, 20260505)
	if !slices.ContainsFunc(breaches, func(b Breach) bool { return b.Rule == "over_capacity" }) {
		t.Errorf("Audit = %v; want over_capacity", breaches)
	}
}
