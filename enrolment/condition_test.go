package enrolment

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
	"halqa/migrations/testdb"
)

// settleTold hands what was announced of gates to attend to the consumer of seats.
func (w *world) settleTold() {
	w.t.Helper()
	for _, p := range announced[events.AttendGateMet](w) {
		err := w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return w.hearCondition(ctx, tx, w.event(p)) })
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

func TestConditionalSeats(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.seminar(2, func(s *Seminar) {
		start := w.clock.Add(30 * day)
		s.Sessions = []Session{{StartsAt: start, EndsAt: start.Add(3 * time.Hour)}}
		s.Attend, s.AttendBy = completed(7), start.Add(-5*day)
	})
	does, forgets, waits, ready := w.person(), w.person(), w.person(), w.person()
	w.register(does, sem)
	w.register(forgets, sem)
	w.register(waits, sem)
	w.tell(w.completes(ready, 7))
	w.register(ready, sem)
	w.stands(sem, does, Conditional, forgets, Conditional, waits, Waitlisted, ready, Waitlisted)

	deadline := sem.Deadline()
	w.comes(deadline.Add(-14 * day))
	w.tell(w.completes(does, 7))
	w.settleTold()
	w.stands(sem, does, Confirmed, forgets, Conditional)
	w.comes(deadline.Add(-7*day + time.Minute))
	w.comes(deadline.Add(-2 * day))
	w.comes(deadline.Add(-time.Hour))
	var told []string
	for _, e := range announced[events.SeatReminded](w) {
		told = append(told, time.Duration(e.Days).String()+map[int64]string{does.PersonID: " does", forgets.PersonID: " forgets"}[e.PersonID])
	}
	if want := []string{"14ns does", "14ns forgets", "7ns forgets", "2ns forgets"}; !slices.Equal(told, want) {
		t.Errorf("reminded %q, want %q", told, want)
	}
	// The seat of who forgot goes to the first who may attend, past one who no longer can.
	w.comes(deadline)
	w.stands(sem, does, Confirmed, forgets, Standing("none"), waits, Waitlisted, ready, Confirmed)
	if got := w.mine(waits, sem); got.Wait.Reason != WaitCondition || got.Place != 1 {
		t.Errorf("who waits is told %q at %d", got.Wait.Reason, got.Place)
	}
	if got, want := w.said(forgets), []string{">conditional asked", "conditional>cancelled condition_unmet"}; !slices.Equal(got, want) {
		t.Errorf("announced %q", got)
	}
	if got, want := w.said(does), []string{">conditional asked", "conditional>confirmed condition_met"}; !slices.Equal(got, want) {
		t.Errorf("announced %q", got)
	}
}

func TestARemindersDateThatWasMissed(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.seminar(2, func(s *Seminar) {
		start := w.clock.Add(30 * day)
		s.Sessions = []Session{{StartsAt: start, EndsAt: start.Add(3 * time.Hour)}}
		s.Attend = completed(7)
	})
	w.register(w.person(), sem)
	w.comes(sem.StartsAt.Add(-36 * time.Hour)) // the program was down for weeks
	if told := announced[events.SeatReminded](w); len(told) != 1 || told[0].Days != 2 {
		t.Errorf("reminded %+v, want once, of what is left", told)
	}
	w.sound()
}

// Dates that several nodes see pass at once are acted on once.
func TestDueWorkIsDoneOnceByManyNodes(t *testing.T) {
	w := newWorld(t, testdb.Clone(t))
	for range 3 {
		sem := w.seminar(1, func(s *Seminar) { s.OfferHours = 24 })
		reg := w.register(w.person(), sem)
		for range 3 {
			w.register(w.person(), sem)
		}
		if err := w.Cancel(ctx, w.staff, reg.ID, "Doublon"); err != nil {
			t.Fatal(err)
		}
	}
	w.clock = w.clock.Add(24 * time.Hour)
	var mu sync.Mutex
	done := 0
	atOnce(t, 8, func(int) error {
		n, err := New(w.db, func() time.Time { return w.clock }).DoDue(ctx)
		mu.Lock()
		defer mu.Unlock()
		done += n
		return err
	})
	expired := 0
	for _, e := range announced[events.RegistrationChanged](w) {
		if e.Reason == "offer_expired" {
			expired++
		}
	}
	if done != 3 || expired != 3 {
		t.Errorf("%d done and %d offers ended, want 3 of each", done, expired)
	}
	w.sound()
}

// Work that fails is put off and done later; other work goes on.
func TestDueWorkThatFailsIsTriedAgain(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	bad, good := w.seminar(1, func(s *Seminar) { s.OfferHours = 24 }), w.seminar(1, func(s *Seminar) { s.OfferHours = 24 })
	for _, sem := range []Seminar{bad, good} {
		reg := w.register(w.person(), sem)
		w.register(w.person(), sem)
		if err := w.Cancel(ctx, w.staff, reg.ID, "Doublon"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.db.NewRaw(`update seminar set gate_version = 99 where id = ?`, bad.ID).Exec(ctx); err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(24 * time.Hour)
	if n, err := w.DoDue(ctx); n != 1 || err == nil {
		t.Errorf("%d done, %v; want one, and the error of the other", n, err)
	}
	if _, err := w.db.NewRaw(`update seminar set gate_version = 1 where id = ?`, bad.ID).Exec(ctx); err != nil {
		t.Fatal(err)
	}
	if n, err := w.DoDue(ctx); n != 0 || err != nil {
		t.Errorf("%d done at once, %v", n, err)
	}
	w.clock = w.clock.Add(2 * time.Second)
	if n, err := w.DoDue(ctx); n != 1 || err != nil {
		t.Errorf("%d done later, %v", n, err)
	}
	w.sound()
}
