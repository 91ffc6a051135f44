package enrolment

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// twinned publishes two seminars at the same time, with so many seats each, as twins.
func (w *world) twinned(seats, others int) (here, there Seminar) {
	w.t.Helper()
	here, there = w.published(seats, Rule{}), w.published(others, Rule{})
	if err := w.Twin(ctx, w.staff, here.ID, there.ID); err != nil {
		w.t.Fatal(err)
	}
	return w.read(here.ID), w.read(there.ID)
}

// at says the state of somebody's registration at a seminar, or "".
func (w *world) at(a account.Actor, sem Seminar) Standing {
	w.t.Helper()
	reg, err := w.active(ctx, w.db, sem, a.PersonID)
	if err != nil {
		w.t.Fatal(err)
	}
	if reg == nil {
		return ""
	}
	return reg.State
}

// A person has one registration among twins, in whatever state, and may have one elsewhere once they gave it back.
func TestOneRegistrationAmongTwins(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	here, there := w.twinned(1, 1)
	first, second := w.person(), w.person()
	reg := w.register(first, here)
	waiting := w.register(second, here)
	for _, a := range []account.Actor{first, second} {
		_, err := w.Register(ctx, a, there.ID)
		var twin Twinned
		if !errors.Is(err, ErrTwin) || !errors.As(err, &twin) || twin.SeminarID != here.ID {
			t.Errorf("registered twice: %v", err)
		}
	}
	v, err := w.Seminar(ctx, first, there.ID)
	if err != nil || len(v.Others) != 1 || v.Taken() == nil || v.Taken().ID != here.ID || len(v.Conflicts) != 0 {
		t.Errorf("the page of the twin: %+v, %v", v.Others, err)
	}
	nour, administrator := w.organisation("association")
	member := w.member(nour)
	w.register(member, here)
	entries, err := w.RegisterGroup(ctx, administrator, there.ID, nour, []int64{member.PersonID}, false)
	if err != nil || len(entries) != 1 || !errors.Is(entries[0].Err, ErrTwin) {
		t.Errorf("a group: %+v, %v", entries, err)
	}
	if err := w.Cancel(ctx, first, reg.ID, ""); err != nil {
		t.Fatal(err)
	}
	if w.register(first, there); w.at(first, there) != Confirmed || w.at(second, here) != Confirmed || waiting.State != Waitlisted {
		t.Errorf("%q there, %q here", w.at(first, there), w.at(second, here))
	}
	w.sound()
}

// Changing to a twin takes the seat there and hands on the one that was left, in one go; without a seat there nobody loses
// theirs, and who only waited may wait there instead, as the last one.
func TestSwitch(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	here, there := w.twinned(1, 1)
	first, second, third := w.person(), w.person(), w.person()
	w.register(first, here)
	w.register(second, here)
	for range 2 { // a double click
		if reg, err := w.Switch(ctx, first, there.ID, Request{}); err != nil || reg.State != Confirmed || reg.SeminarID != there.ID {
			t.Fatalf("%+v, %v", reg, err)
		}
	}
	if w.at(first, here) != "" || w.at(second, here) != Confirmed {
		t.Errorf("here: %q, %q", w.at(first, here), w.at(second, here))
	}
	if _, err := w.Switch(ctx, second, there.ID, Request{}); !errors.Is(err, ErrTwinFull) {
		t.Errorf("to a full twin: %v", err)
	}
	if w.at(second, here) != Confirmed || w.at(second, there) != "" {
		t.Errorf("after a refusal: %q here, %q there", w.at(second, here), w.at(second, there))
	}
	w.register(third, here)
	if reg, err := w.Switch(ctx, third, there.ID, Request{}); err != nil || reg.State != Waitlisted || w.at(third, here) != "" {
		t.Errorf("from one list to the other: %+v, %v", reg, err)
	}
	fourth := w.person()
	if reg, err := w.Switch(ctx, fourth, there.ID, Request{}); err != nil || reg.State != Waitlisted || reg.Place != 2 {
		t.Errorf("who is nowhere yet: %+v, %v", reg, err)
	}
	w.clock = here.StartsAt
	if _, err := w.Switch(ctx, second, there.ID, Request{}); !errors.Is(err, ErrStarted) {
		t.Errorf("once they began: %v", err)
	}
	w.sound()
}

// What the twin asks is asked, and a refusal leaves everything as it was.
func TestSwitchAsksWhatTheTwinAsks(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	here := w.published(2, Rule{})
	w.open(7)
	there := w.published(2, Rule{Kind: Completed, ModuleID: 7})
	if err := w.Twin(ctx, w.staff, there.ID, here.ID); err != nil {
		t.Fatal(err)
	}
	a := w.person()
	w.register(a, here)
	if _, err := w.Switch(ctx, a, there.ID, Request{}); !errors.Is(err, ErrNotEligible) || w.at(a, here) != Confirmed {
		t.Errorf("%v, %q here", err, w.at(a, here))
	}
	if err := w.CancelSeminar(ctx, w.staff, here.ID, "Inondations"); err != nil {
		t.Fatal(err)
	}
	w.tell(w.completes(a, 7))
	if reg, err := w.Switch(ctx, a, there.ID, Request{}); err != nil || reg.State != Confirmed {
		t.Errorf("once the other is called off: %+v, %v", reg, err)
	}
	w.sound()
}

// Who has a seat keeps it when the twin would first ask for an approval; who only waits may ask there.
func TestSwitchToApproval(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	here, there := w.twinned(1, 5)
	there.Approval = ByOffice
	if _, err := w.Edit(ctx, w.staff, there); err != nil {
		t.Fatal(err)
	}
	first, second := w.person(), w.person()
	w.register(first, here)
	w.register(second, here)
	if _, err := w.Switch(ctx, first, there.ID, Request{}); !errors.Is(err, ErrTwinAsks) || w.at(first, here) != Confirmed || w.at(first, there) != "" {
		t.Errorf("%v, %q here, %q there", err, w.at(first, here), w.at(first, there))
	}
	if reg, err := w.Switch(ctx, second, there.ID, Request{}); err != nil || reg.State != Pending || w.at(second, here) != "" {
		t.Errorf("%+v, %v", reg, err)
	}
	w.sound()
}

// Who may make twins of what.
func TestWhatMayBeTwins(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	here, there := w.published(2, Rule{}), w.published(2, Rule{})
	plan := w.plan(2, Rule{})
	for i := range plan.Sessions {
		plan.Sessions[i].StartsAt = plan.Sessions[i].StartsAt.Add(100 * time.Hour)
		plan.Sessions[i].EndsAt = plan.Sessions[i].EndsAt.Add(100 * time.Hour)
	}
	later, err := w.Create(ctx, w.staff, plan)
	if err != nil {
		t.Fatal(err)
	}
	a := w.person()
	w.register(a, here)
	w.register(a, there)
	refused := func(what string, err error) {
		t.Helper()
		if all, ok := account.InvalidsOf(err); !ok || all[0].Field != "other" {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("itself", w.Twin(ctx, w.staff, here.ID, here.ID))
	refused("at another time", w.Twin(ctx, w.staff, here.ID, later.ID))
	refused("with somebody at both", w.Twin(ctx, w.staff, here.ID, there.ID))
	if err := w.Twin(ctx, w.outsider, here.ID, there.ID); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("by another office: %v", err)
	}
	if err := w.Twin(ctx, w.staff, here.ID, 999999); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("with nothing: %v", err)
	}
	reg, err := w.active(ctx, w.db, there, a.PersonID)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Cancel(ctx, a, reg.ID, ""); err != nil {
		t.Fatal(err)
	}
	before := len(announced[events.SeminarChanged](w))
	for range 2 {
		if err := w.Twin(ctx, w.staff, there.ID, here.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(announced[events.SeminarChanged](w)) - before; n != 2 {
		t.Errorf("announced %d times", n)
	}
	third := w.published(2, Rule{})
	if err := w.Twin(ctx, w.staff, third.ID, here.ID); err != nil {
		t.Fatal(err)
	}
	sem := w.read(there.ID)
	sem.Venue = "Ailleurs"
	if sem, err = w.Edit(ctx, w.staff, sem); err != nil || w.read(sem.ID).Twins != w.read(third.ID).Twins {
		t.Errorf("an edit parts twins: %v", err)
	}
	if err := w.Untwin(ctx, w.staff, here.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Register(ctx, a, third.ID); err != nil {
		t.Errorf("at what was a twin: %v", err)
	}
	for range 2 {
		if err := w.Untwin(ctx, w.staff, third.ID); err != nil {
			t.Fatal(err)
		}
	}
	if w.read(there.ID).Twins != 0 {
		t.Error("a twin alone")
	}
	w.sound()
}

// Copies may be twins of their original; copies at another time may not.
func TestDuplicateAsTwins(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.published(2, Rule{})
	made, err := w.Duplicate(ctx, w.staff, sem.ID, []Copy{{OfficeID: w.gafsa, Venue: "Redeyef", StartsAt: sem.StartsAt.Add(time.Hour), Twin: true},
		{OfficeID: w.gafsa, Venue: "Métlaoui", StartsAt: sem.StartsAt, Twin: true}})
	if err != nil || len(made) != 2 {
		t.Fatalf("%d, %v", len(made), err)
	}
	v, err := w.Seminar(ctx, w.staff, made[1].ID)
	if err != nil || len(v.Others) != 2 || v.State != Draft {
		t.Errorf("%+v, %v", v.Others, err)
	}
	if v, err = w.Seminar(ctx, w.person(), sem.ID); err != nil || len(v.Others) != 0 {
		t.Errorf("drafts seen by all: %+v, %v", v.Others, err)
	}
	_, err = w.Duplicate(ctx, w.staff, sem.ID, []Copy{{OfficeID: w.gafsa, Venue: "Redeyef", StartsAt: sem.StartsAt.Add(900 * time.Hour), Twin: true}})
	if all, ok := account.InvalidsOf(err); !ok || all[0].Field != "twin_0" {
		t.Errorf("at another time: %v", err)
	}
}

// The audit names a person at two twins.
func TestAuditOfTwins(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	here, there := w.published(2, Rule{}), w.published(2, Rule{})
	a := w.person()
	w.register(a, here)
	w.register(a, there)
	if _, err := w.db.ExecContext(ctx, `update seminar set twins = ? where id in (?, ?)`, here.ID, here.ID, there.ID); err != nil {
		t.Fatal(err)
	}
	breaches, err := Audit(ctx, w.db, w.clock)
	if err != nil || len(breaches) != 2 || slices.ContainsFunc(breaches, func(b Breach) bool { return b.Rule != "twinned" }) {
		t.Errorf("%v, %v", breaches, err)
	}
}

// People who press everything at once, at both twins, never have two seats nor block each other for ever.
func TestTwinsAtOnce(t *testing.T) {
	const people = 16
	w := newWorld(t, testdb.Clone(t))
	w.db.(interface{ SetMaxOpenConns(int) }).SetMaxOpenConns(2 * people)
	here, there := w.twinned(3, 3)
	crowd := make([]account.Actor, people)
	for i := range crowd {
		crowd[i] = w.person()
	}
	var mu sync.Mutex
	var unexpected []error
	for range 3 {
		atOnce(t, 2*people, func(i int) error {
			a, to := crowd[i/2], []Seminar{here, there}[i%2]
			_, err := w.Register(ctx, a, to.ID)
			if errors.Is(err, ErrTwin) {
				_, err = w.Switch(ctx, a, to.ID, Request{})
			}
			if err != nil && !errors.Is(err, ErrTwinFull) && !errors.Is(err, ErrTwin) {
				mu.Lock()
				defer mu.Unlock()
				unexpected = append(unexpected, err)
			}
			return nil
		})
		w.sound()
	}
	for _, err := range unexpected {
		t.Error(err)
	}
	for _, sem := range []Seminar{here, there} {
		if held, _, err := seats(ctx, w.db, sem.ID); err != nil || held != 3 {
			t.Errorf("%d seats held at seminar %d, %v", held, sem.ID, err)
		}
	}
}
