package enrolment

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

// storm has people, the office and the clock act on one seminar at once, in rounds: in the first everybody registers; in
// the others each does something at random. It returns what the audit finds after each round, and the errors that no use
// case may answer. The counts of people and rounds bound how long it takes.
func storm(t *testing.T, people, rounds int, seed uint64) (breaches []Breach, unexpected []error) {
	t.Helper()
	w := newWorld(t, testdb.Clone(t))
	w.db.(interface{ SetMaxOpenConns(int) }).SetMaxOpenConns(people)
	nour, _ := w.organisation("association")
	sem := w.seminar(3, func(s *Seminar) {
		s.OfferHours, s.PerOrganisation, s.Attend, s.Quotas = 2, 2, completed(7), []Quota{women.min(1).max(2)}
	})
	crowd := make([]account.Actor, people)
	for i := range crowd {
		crowd[i] = []func() account.Actor{w.person, w.woman, func() account.Actor { return w.member(nour) }}[i%3]()
	}
	var mu sync.Mutex
	act := func(round, i int) error {
		var err error
		if round == 0 {
			_, err = w.Register(ctx, crowd[i], sem.ID)
		} else {
			err = w.something(crowd[i], sem.ID, rand.New(rand.NewPCG(seed, uint64(round*people+i))))
		}
		_, invalid := account.InvalidsOf(err)
		if err != nil && !invalid && !errors.Is(err, ErrNoOffer) && !errors.Is(err, ErrStale) {
			mu.Lock()
			defer mu.Unlock()
			unexpected = append(unexpected, fmt.Errorf("round %d, person %d: %w", round, i, err))
		}
		return nil
	}
	for round := range rounds {
		atOnce(t, people, func(i int) error { return act(round, i) })
		w.clock = w.clock.Add(time.Hour)
		atOnce(t, 2, func(int) error { _, err := w.DoDue(ctx); return err }) // two nodes
		found, err := auditSeminar(ctx, w.db, sem.ID, w.clock, 0)
		if err != nil {
			t.Fatal(err)
		}
		breaches = append(breaches, found...)
	}
	return breaches, unexpected
}

// something does one thing at random as a person, or for them.
func (w *world) something(a account.Actor, seminarID int64, random *rand.Rand) error {
	sem, err := findSeminar(ctx, w.db, seminarID, "")
	if err != nil {
		return err
	}
	reg, err := w.active(ctx, w.db, sem, a.PersonID)
	if err != nil {
		return err
	}
	switch dice := random.IntN(10); {
	case dice == 0:
		sem.Capacity = 2 + random.IntN(4)
		_, err = w.Edit(ctx, w.staff, sem)
		return err
	case dice == 1:
		return w.learns(a, 7)
	case reg == nil:
		_, err = w.Register(ctx, a, seminarID)
		return err
	case reg.State == Offered && dice < 8:
		return w.AcceptOffer(ctx, a, reg.ID)
	case dice < 6:
		return w.Cancel(ctx, a, reg.ID, "")
	}
	return w.Cancel(ctx, w.staff, reg.ID, "Doublon")
}
