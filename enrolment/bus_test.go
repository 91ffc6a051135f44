package enrolment

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

// Whatever the bus does to the order and number of deliveries, everybody who met the gate is told once, and nobody else.
func TestTheBusMayRepeatAndShuffle(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t, testdb.Clone(t))
			bus := eventstest.New(t, w.db, w.Consumers(), eventstest.Twice(), eventstest.Shuffled(seed))
			random := rand.New(rand.NewPCG(seed, 7))
			gate := atLeast(2, completed(1), completed(2), progressed(3, 50))
			early := w.published(5, gate)
			ready := map[int64]bool{}
			var people []account.Actor
			for range 12 {
				people = append(people, w.person())
			}
			for _, a := range people {
				met := 0
				for module := int64(1); module <= 3; module++ {
					if random.IntN(2) == 0 {
						continue
					}
					met++
					w.announce(events.ModuleProgressed{PersonID: a.PersonID, ModuleID: module, SpaceID: w.space, Percent: 50 + 5*random.IntN(10)})
					if module < 3 {
						w.announce(events.ModuleCompleted{PersonID: a.PersonID, ModuleID: module, SpaceID: w.space, Title: events.Text{"fr": "M"}})
					}
				}
				ready[a.PersonID] = met >= 2
			}
			bus.Settle()
			late := w.published(5, gate)
			bus.Settle()
			for _, sem := range []Seminar{early, late} {
				told := map[int64]int{}
				for _, e := range announced[events.SeminarUnlocked](w) {
					if e.SeminarID == sem.ID {
						told[e.PersonID]++
					}
				}
				for _, a := range people {
					if want := oneIf(ready[a.PersonID]); told[a.PersonID] != want || eligible(w, a, sem) != ready[a.PersonID] {
						t.Errorf("person %d told %d times of seminar %d, want %d", a.PersonID, told[a.PersonID], sem.ID, want)
					}
				}
			}
		})
	}
}

func (w *world) announce(p events.Payload) {
	w.t.Helper()
	err := w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return events.Publish(ctx, tx, p) })
	if err != nil {
		w.t.Fatal(err)
	}
}

// BenchmarkPublishForMany publishes a seminar whose gate 5,000 of 10,000 people meet, and tells them.
func BenchmarkPublishForMany(b *testing.B) {
	w := newWorld(b, testdb.Clone(b))
	w.id(`with p as (insert into person (name, email) select 'P', 'p' || n || '@example.org' from generate_series(1, 10000) n returning id),
		f as (insert into fact (event_id, person_id, kind, subject_id, value, since)
			select gen_random_uuid(), p.id, 'completed', m, 1, now() from p, generate_series(1, 2) m where m = 1 or p.id % 2 = 0 returning 1)
		select count(*) from f`)
	for b.Loop() {
		sem, err := w.Create(ctx, w.staff, w.plan(10, Rule{Mode: All, Of: []Rule{completed(1), completed(2)}}))
		if err != nil {
			b.Fatal(err)
		}
		if err := w.Publish(ctx, w.staff, sem.ID); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHear is one completion that a gate waits for, from the consumer's side.
func BenchmarkHear(b *testing.B) {
	w := newWorld(b, testdb.Clone(b))
	w.published(10, atLeast(2, completed(1), completed(2)))
	a := w.person()
	for b.Loop() {
		w.tell(w.completes(a, 1))
	}
}

// BenchmarkRegister is one person who takes a seat at a seminar with a gate.
func BenchmarkRegister(b *testing.B) {
	w := newWorld(b, testdb.Clone(b))
	sem := w.published(10000, completed(1))
	for b.Loop() {
		b.StopTimer()
		a := w.person()
		w.tell(w.completes(a, 1))
		b.StartTimer()
		w.register(a, sem)
	}
}

// BenchmarkCrowd is two hundred people let in together at a seminar with both gates; b.N counts crowds.
func BenchmarkCrowd(b *testing.B) {
	w := newWorld(b, testdb.Clone(b))
	sem := w.seminar(1000, func(s *Seminar) { s.Gate, s.Attend = atLeast(1, completed(1), progressed(2, 50)), completed(3) })
	for b.Loop() {
		b.StopTimer()
		var batch []*asking
		for range 200 {
			a := w.person()
			w.tell(w.completes(a, 1))
			batch = append(batch, &asking{ctx: ctx, actor: a})
		}
		b.StartTimer()
		w.letIn(ctx, sem.ID, batch)
		if err := batch[0].err; err != nil {
			b.Fatal(err)
		}
	}
}
