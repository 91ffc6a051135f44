package enrolment

import (
	"errors"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

func TestSeatsGoInOrder(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.published(1, Rule{})
	a, b, c := w.person(), w.person(), w.person()
	first := w.register(a, sem)
	if again := w.register(a, sem); again.ID != first.ID || first.State != Confirmed {
		t.Errorf("pressed twice: %+v then %+v", first, again)
	}
	if r := w.register(b, sem); r.State != Waitlisted || r.Place != 1 {
		t.Errorf("second = %s at %d", r.State, r.Place)
	}
	if r := w.register(c, sem); r.State != Waitlisted || r.Place != 2 {
		t.Errorf("third = %s at %d", r.State, r.Place)
	}
	for range 2 {
		if err := w.Cancel(ctx, a, first.ID, ""); err != nil {
			t.Fatal(err)
		}
	}
	if r := w.register(b, sem); r.State != Confirmed {
		t.Errorf("the first who waited is %s", r.State)
	}
	if r := w.register(c, sem); r.State != Waitlisted || r.Place != 1 {
		t.Errorf("the next is %s at %d, want first on the list", r.State, r.Place)
	}
	if back := w.register(a, sem); back.State != Waitlisted || back.Place != 2 || back.ID == first.ID {
		t.Errorf("who comes back is %s at %d, want last on the list", back.State, back.Place)
	}
	var got []string
	for _, e := range announced[events.RegistrationChanged](w) {
		got = append(got, e.From+">"+e.State+" "+e.Reason)
	}
	want := []string{">confirmed asked", ">waitlisted asked", ">waitlisted asked", "confirmed>cancelled by_person",
		"waitlisted>confirmed promoted", ">waitlisted asked"}
	if len(got) != len(want) {
		t.Fatalf("announced %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("announced %q, want %q", got[i], want[i])
		}
	}
	w.sound()
}

func TestRegisterRefuses(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	draft, err := w.Create(ctx, w.staff, w.plan(5, Rule{}))
	if err != nil {
		t.Fatal(err)
	}
	plan := w.plan(5, Rule{})
	plan.ClosesAt = w.clock.Add(time.Hour)
	closing, err := w.Create(ctx, w.staff, plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Publish(ctx, w.staff, closing.ID); err != nil {
		t.Fatal(err)
	}
	open, gated := w.published(5, Rule{}), w.published(5, completed(1))
	secret := w.published(5, Rule{})
	hidden := w.id(`insert into space (key, name, visibility) values ('cercle', '{}', 'invitation') returning id`)
	if _, err := w.db.NewRaw(`update seminar set space_id = ? where id = ?`, hidden, secret.ID).Exec(ctx); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		who   account.Actor
		id    int64
		after time.Duration
		want  error
	}{
		{"visitor", account.Actor{}, open.ID, 0, account.ErrSignInRequired},
		{"unknown", w.person(), 999999, 0, account.ErrNotFound},
		{"draft", w.person(), draft.ID, 0, account.ErrNotFound},
		{"hidden space", w.person(), secret.ID, 0, account.ErrNotFound},
		{"gate", w.person(), gated.ID, 0, ErrNotEligible},
		{"closed", w.person(), closing.ID, time.Hour, ErrClosed},
		{"started", w.person(), open.ID, 240 * time.Hour, ErrStarted},
	}
	start := w.clock
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.clock = start.Add(tt.after)
			if _, err := w.Register(ctx, tt.who, tt.id); !errors.Is(err, tt.want) {
				t.Errorf("Register = %v, want %v", err, tt.want)
			}
		})
	}
	w.clock = start
	var missing NotEligible
	if _, err := w.Register(ctx, w.person(), gated.ID); !errors.As(err, &missing) || len(missing.Decision.Leaves()) != 1 {
		t.Errorf("the refusal doesn't say what is missing: %v", err)
	}
}

func TestNobodyIsPromotedAfterTheStart(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.published(1, Rule{})
	reg := w.register(w.person(), sem)
	w.register(w.person(), sem)
	w.clock = sem.StartsAt
	if err := w.Cancel(ctx, w.staff, reg.ID, "absent"); !errors.Is(err, ErrStarted) {
		t.Errorf("Cancel = %v", err)
	}
	sem.Capacity = 5
	if _, err := w.Edit(ctx, w.staff, sem); err != nil {
		t.Fatal(err)
	}
	if held, waiting, _ := seats(ctx, w.db, sem.ID); held != 1 || waiting != 1 {
		t.Errorf("%d held, %d waiting", held, waiting)
	}
	w.sound()
}

func TestWhoMayCancelARegistration(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.published(1, Rule{})
	reg := w.register(w.person(), sem)
	for _, a := range []account.Actor{w.person(), w.outsider} {
		if err := w.Cancel(ctx, a, reg.ID, "jalousie"); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("cancelled by %s: %v", a.Name, err)
		}
	}
	if _, ok := account.InvalidsOf(w.Cancel(ctx, w.staff, reg.ID, "")); !ok {
		t.Error("the office cancels without a reason")
	}
	if err := w.Cancel(ctx, w.staff, reg.ID, "Doublon"); err != nil {
		t.Fatal(err)
	}
	changes := announced[events.RegistrationChanged](w)
	if last := changes[len(changes)-1]; last.Reason != "by_office" || last.By != w.staff.PersonID {
		t.Errorf("announced %+v", last)
	}
}

func TestASeatIsKeptWhenTheGateChanges(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.published(5, completed(1))
	a := w.person()
	w.tell(w.completes(a, 1))
	reg := w.register(a, sem)
	sem = w.regate(sem, completed(2))
	v, err := w.Seminar(ctx, a, sem.ID)
	if err != nil || v.Mine == nil || v.Mine.State != Confirmed || v.Decision.Eligible {
		t.Errorf("view = %+v, %v", v.Mine, err)
	}
	// The decision that admitted them can be taken again, whatever was edited since.
	past, err := w.Why(ctx, w.staff, reg.ID)
	if err != nil || !past.Decision.Eligible || past.Version.Version != 1 || past.Decision.Root.ModuleID != 1 {
		t.Errorf("Why = %+v, %v", past, err)
	}
	if _, err := w.Why(ctx, w.outsider, reg.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("Why for another office: %v", err)
	}
}

func TestPastDecisions(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	a := w.person()
	sem := w.published(5, completed(1))
	day := func(n int) time.Time { return sem.CreatedAt.Add(time.Duration(n) * 24 * time.Hour) }
	w.clock = day(2)
	w.tell(w.completes(a, 1))
	w.clock = day(4)
	w.regate(sem, completed(2))
	w.clock = day(6)
	w.tell(w.completes(a, 2))
	for d, want := range map[int]struct {
		version  int
		eligible bool
	}{1: {1, false}, 3: {1, true}, 5: {2, false}, 7: {2, true}} {
		past, err := w.decideAt(ctx, sem, ToRegister, a.PersonID, day(d))
		if err != nil || past.Version.Version != want.version || past.Decision.Eligible != want.eligible {
			t.Errorf("day %d: version %d, %v, %v; want %+v", d, past.Version.Version, past.Decision.Eligible, err, want)
		}
	}
}
