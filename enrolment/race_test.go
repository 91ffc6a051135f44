package enrolment

import (
	"math/rand/v2"
	"sync"
	"testing"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

// rush has many people press the button at once, then half of those who hold a seat give it back at once.
func rush(t *testing.T, people, capacity int, seed uint64) {
	t.Helper()
	w := newWorld(t, testdb.Clone(t))
	sem := w.published(capacity, Rule{})
	random := rand.New(rand.NewPCG(seed, 1))
	actors := make([]account.Actor, people)
	for i := range actors {
		actors[i] = w.person()
	}
	random.Shuffle(people, func(i, j int) { actors[i], actors[j] = actors[j], actors[i] })
	atOnce(t, people, func(i int) error { _, err := w.Register(ctx, actors[i], sem.ID); return err })
	w.expect(sem, capacity, people-capacity)

	desk, err := w.DeskSeminar(ctx, w.staff, sem.ID)
	if err != nil {
		t.Fatal(err)
	}
	leaving := desk.Holders[:capacity/2]
	byID := map[int64]account.Actor{}
	for _, a := range actors {
		byID[a.PersonID] = a
	}
	// Each presses twice, while some newcomers register.
	newcomers := []account.Actor{w.person(), w.person(), w.person()}
	atOnce(t, 2*len(leaving)+len(newcomers), func(i int) error {
		if i >= 2*len(leaving) {
			_, err := w.Register(ctx, newcomers[i-2*len(leaving)], sem.ID)
			return err
		}
		reg := leaving[i/2]
		return w.Cancel(ctx, byID[reg.PersonID], reg.ID, "")
	})
	w.expect(sem, capacity, people-capacity-len(leaving)+len(newcomers))
}

// expect checks the numbers, the invariants, and that the places on the list are 1, 2, 3…
func (w *world) expect(sem Seminar, held, waiting int) {
	w.t.Helper()
	desk, err := w.DeskSeminar(ctx, w.staff, sem.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(desk.Holders) != held || len(desk.Queue) != waiting {
		w.t.Errorf("%d seats held and %d waiting, want %d and %d", len(desk.Holders), len(desk.Queue), held, waiting)
	}
	seen := map[int]bool{}
	for _, g := range desk.Queue {
		reg, err := w.active(ctx, w.db, sem, g.PersonID)
		if err != nil {
			w.t.Fatal(err)
		}
		seen[reg.Place] = true
	}
	for place := 1; place <= waiting; place++ {
		if !seen[place] {
			w.t.Errorf("nobody has place %d of %d", place, waiting)
		}
	}
	w.sound()
}

// atOnce runs f(0) … f(n-1) together, released by one signal.
func atOnce(t *testing.T, n int, f func(i int) error) {
	t.Helper()
	var wait sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wait.Go(func() {
			<-start
			if err := f(i); err != nil {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	close(start)
	wait.Wait()
}
