package enrolment

import (
	"slices"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

// circle tells who of some people is in the circle of a seminar, which all of its ways to ask must agree on.
func (w *world) circle(sem Seminar, people ...account.Actor) (in []bool) {
	w.t.Helper()
	told, err := CirclePeople(ctx, w.db, sem.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, a := range people {
		one, err := InCircle(ctx, w.db, a, sem.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		all, err := CirclesOf(ctx, w.db, a.PersonID)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(a.Grants) == 0 && (slices.Contains(all, sem.ID) != one || slices.Contains(told, a.PersonID) != one && a.SignedIn()) {
			w.t.Errorf("person %d: %v alone, %v of all, %v are told", a.PersonID, one, all, told)
		}
		in = append(in, one)
	}
	return in
}

// Whoever has a seat is in the circle as long as they do, with the trainers and the office; nobody else.
func TestTheCircleFollowsTheSeat(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	trainer, holder, waiting, stranger, visitor := w.person(), w.person(), w.person(), w.person(), account.Actor{}
	w.email(trainer, "formateur@example.org")
	plan := w.plan(1, Rule{})
	plan.Trainers = []Trainer{{Name: "Hédi", Email: "formateur@example.org"}}
	plan.OfferHours = 48
	sem, err := w.Create(ctx, w.staff, plan)
	if err != nil {
		t.Fatal(err)
	}
	all := []account.Actor{trainer, holder, waiting, stranger, visitor, w.staff, w.outsider}
	check := func(when string, want ...bool) {
		t.Helper()
		if in := w.circle(sem, all...); !slices.Equal(in, want) {
			t.Errorf("%s: %v, want %v", when, in, want)
		}
	}
	check("a draft", false, false, false, false, false, false, false)
	if err := w.Publish(ctx, w.staff, sem.ID); err != nil {
		t.Fatal(err)
	}
	check("published", true, false, false, false, false, true, false)
	reg, second := w.register(holder, sem), w.register(waiting, sem)
	check("one has the seat", true, true, false, false, false, true, false)
	if err := w.Cancel(ctx, holder, reg.ID, ""); err != nil {
		t.Fatal(err)
	}
	check("it is offered", true, false, false, false, false, true, false)
	if err := w.AcceptOffer(ctx, waiting, second.ID); err != nil {
		t.Fatal(err)
	}
	check("accepted", true, false, true, false, false, true, false)
	w.register(holder, sem)
	if err := w.Cancel(ctx, waiting, second.ID, ""); err != nil {
		t.Fatal(err)
	}
	again, err := w.active(ctx, w.db, sem, holder.PersonID)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.AcceptOffer(ctx, holder, again.ID); err != nil {
		t.Fatal(err)
	}
	check("regained", true, true, false, false, false, true, false)
	w.clock = sem.EndsAt.Add(time.Hour)
	for _, p := range sem.Sessions {
		if err := w.RecordAttendance(ctx, w.staff, p.ID, map[int64]bool{again.ID: false}); err != nil {
			t.Fatal(err)
		}
	}
	check("who didn't come", true, true, false, false, false, true, false)
}

// When all of it is called off, those who had a seat then stay together; those who had given theirs back, or waited, don't.
func TestTheCircleOutlivesItsSeminar(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	left, holder, waiting := w.person(), w.person(), w.person()
	sem := w.published(1, Rule{})
	reg := w.register(left, sem)
	if err := w.Cancel(ctx, left, reg.ID, ""); err != nil {
		t.Fatal(err)
	}
	w.register(holder, sem)
	w.register(waiting, sem)
	w.clock = w.clock.Add(time.Hour)
	if err := w.CancelSeminar(ctx, w.staff, sem.ID, "Inondations"); err != nil {
		t.Fatal(err)
	}
	if in := w.circle(sem, left, holder, waiting, w.staff); !slices.Equal(in, []bool{false, true, false, true}) {
		t.Errorf("in the circle: %v", in)
	}
	seats, err := w.MySeats(ctx, holder)
	if err != nil || len(seats) != 1 || !seats[0].Circle {
		t.Errorf("my seats: %+v, %v", seats, err)
	}
	if seats, err = w.MySeats(ctx, waiting); err != nil || len(seats) != 1 || seats[0].Circle {
		t.Errorf("seats of who waited: %+v, %v", seats, err)
	}
}

// A seat that depends on something still to be done counts as one.
func TestAConditionalSeatIsInTheCircle(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.open(7)
	plan := w.plan(2, Rule{})
	plan.Attend = Rule{Kind: Completed, ModuleID: 7}
	sem, err := w.Create(ctx, w.staff, plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Publish(ctx, w.staff, sem.ID); err != nil {
		t.Fatal(err)
	}
	holder := w.person()
	if reg := w.register(holder, sem); reg.State != Conditional {
		t.Fatalf("%s", reg.State)
	}
	if v, err := w.Seminar(ctx, holder, sem.ID); err != nil || !v.Circle || !w.circle(sem, holder)[0] {
		t.Errorf("not in the circle, %v", err)
	}
}
