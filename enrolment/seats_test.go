package enrolment

import (
	"errors"
	"slices"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// organisation adds a validated organisation of a kind, with an administrator.
func (w *world) organisation(kind string) (id int64, administrator account.Actor) {
	w.t.Helper()
	w.id(`insert into governorate (code, office_id, name) values ('TN-71', ?, '{}') on conflict (code) do update set position = 0 returning position`, w.gafsa)
	id = w.id(`insert into organisation (name, kind, governorate, office_id, state) values ('Nour', ?, 'TN-71', ?, 'validated') returning id`, kind, w.gafsa)
	administrator = w.member(id)
	w.id(`insert into role_grant (person_id, role, kind, organisation_id) values (?, 'organisation_administrator', 'organisation', ?) returning id`,
		administrator.PersonID, id)
	administrator.Grants = []account.Grant{{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: id}}
	return id, administrator
}

// member adds a person to organisations.
func (w *world) member(organisations ...int64) account.Actor {
	w.t.Helper()
	a := w.person()
	for _, id := range organisations {
		w.id(`insert into membership (person_id, organisation_id, state) values (?, ?, 'active') returning person_id`, a.PersonID, id)
	}
	return a
}

// woman adds a person whose gender is known.
func (w *world) woman() account.Actor {
	w.t.Helper()
	a := w.person()
	w.id(`update person set gender = 'female' where id = ? returning id`, a.PersonID)
	return a
}

// seminar publishes what change makes of a plan.
func (w *world) seminar(capacity int, change func(*Seminar)) Seminar {
	w.t.Helper()
	plan := w.plan(capacity, Rule{})
	change(&plan)
	sem, err := w.Create(ctx, w.staff, plan)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.Publish(ctx, w.staff, sem.ID); err != nil {
		w.t.Fatal(err)
	}
	return w.read(sem.ID)
}

// comes moves the clock to a moment and does what is due.
func (w *world) comes(to time.Time) {
	w.t.Helper()
	w.clock = to
	if _, err := w.DoDue(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// mine is a person's registration as their page shows it.
func (w *world) mine(a account.Actor, sem Seminar) Registration {
	w.t.Helper()
	v, err := w.Service.Seminar(ctx, a, sem.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	if v.Mine == nil {
		return Registration{State: "none"}
	}
	return *v.Mine
}

// stands fails the test unless people have the given states, in pairs.
func (w *world) stands(sem Seminar, pairs ...any) {
	w.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		a, want := pairs[i].(account.Actor), pairs[i+1].(Standing)
		if got := w.mine(a, sem).State; got != want {
			w.t.Errorf("%s is %s, want %s", a.Name, got, want)
		}
	}
	w.sound()
}

// said lists the changes of registrations announced for a person: "from>to why".
func (w *world) said(a account.Actor) []string {
	w.t.Helper()
	var all []string
	for _, e := range announced[events.RegistrationChanged](w) {
		if e.PersonID == a.PersonID {
			all = append(all, e.From+">"+e.State+" "+e.Reason)
		}
	}
	return all
}

func TestSeatsKeptForWomenUntilTheirDate(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.seminar(2, func(s *Seminar) {
		s.Quotas = []Quota{women.min(1)}
		s.ReservedUntil = w.clock.Add(100 * time.Hour)
	})
	a, b, c := w.person(), w.person(), w.woman()
	w.register(a, sem)
	if r := w.register(b, sem); r.State != Waitlisted || r.Wait.Reason != WaitReserved {
		t.Errorf("second man = %s because %s", r.State, r.Wait.Reason)
	}
	if got := w.mine(b, sem); got.Place != 1 || got.Wait.Reason != WaitReserved || len(got.Wait.Quotas) != 1 {
		t.Errorf("his page says %+v", got)
	}
	desk, err := w.DeskSeminar(ctx, w.staff, sem.ID)
	if err != nil || len(desk.Shares) != 1 || desk.Shares[0].Held != 0 || desk.Shares[0].Kept != 1 {
		t.Errorf("shares = %+v, %v", desk.Shares, err)
	}
	reg := w.register(c, sem)
	w.stands(sem, a, Confirmed, b, Waitlisted, c, Confirmed)
	if err := w.Cancel(ctx, c, reg.ID, ""); err != nil {
		t.Fatal(err)
	}
	w.stands(sem, b, Waitlisted)
	w.comes(w.clock.Add(99 * time.Hour))
	w.stands(sem, b, Waitlisted)
	w.comes(w.clock.Add(time.Hour))
	w.stands(sem, a, Confirmed, b, Confirmed)
	if n, err := w.DoDue(ctx); n != 0 || err != nil {
		t.Errorf("%d done again, %v", n, err)
	}
}

func TestQuotasFollowSeats(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.published(3, Rule{})
	w.register(w.woman(), sem)
	w.register(w.person(), sem)
	w.register(w.person(), sem)
	tests := []struct {
		name   string
		change func(*Seminar)
		field  string
	}{
		{"kept seats that others hold", func(s *Seminar) { s.Quotas = []Quota{women.min(2)} }, "quotas"},
		{"fewer than hold one", func(s *Seminar) {
			s.Quotas = []Quota{{Trait: ByGender, Values: []string{"female", "male"}, Max: 1}}
		}, ""},
		{"an unknown category", func(s *Seminar) { s.Quotas = []Quota{{Trait: "shoe", Min: 1}} }, "quotas"},
		{"more kept than there are", func(s *Seminar) { s.Quotas = []Quota{women.min(4)} }, "quotas"},
		{"nothing bounded", func(s *Seminar) { s.Quotas = []Quota{women} }, "quotas"},
		{"capacity", func(s *Seminar) { s.Capacity = 2 }, "capacity"},
		{"what they fit", func(s *Seminar) { s.Quotas = []Quota{women.min(1).max(1)} }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			edited := w.read(sem.ID)
			tt.change(&edited)
			_, err := w.Edit(ctx, w.staff, edited)
			wrong, _ := account.InvalidsOf(err)
			switch {
			case tt.field == "" && err != nil, tt.field != "" && (len(wrong) != 1 || wrong[0].Field != tt.field):
				t.Errorf("Edit = %v, want an error on %q", err, tt.field)
			}
		})
	}
	w.sound()
}

func TestOneOrganisationDoesNotTakeAll(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	nour, _ := w.organisation("association")
	other, _ := w.organisation("public_actor")
	sem := w.seminar(3, func(s *Seminar) { s.PerOrganisation = 1 })
	a, b, c, alone := w.member(nour), w.member(nour), w.member(nour, other), w.person()
	reg := w.register(a, sem)
	if r := w.register(b, sem); r.State != Waitlisted || r.Wait.Reason != WaitOrganisation {
		t.Errorf("second of Nour = %s because %s", r.State, r.Wait.Reason)
	}
	if _, err := w.RegisterFor(ctx, alone, sem.ID, Request{OrganisationID: nour}); !errors.As(err, &account.Invalid{}) {
		t.Errorf("for an organisation that isn't theirs: %v", err)
	}
	if _, err := w.RegisterFor(ctx, c, sem.ID, Request{OrganisationID: other}); err != nil {
		t.Fatal(err)
	}
	w.register(alone, sem)
	w.stands(sem, a, Confirmed, b, Waitlisted, c, Confirmed, alone, Confirmed)
	if err := w.Cancel(ctx, a, reg.ID, ""); err != nil {
		t.Fatal(err)
	}
	w.stands(sem, b, Confirmed)
}

func TestOffersExpire(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.seminar(1, func(s *Seminar) { s.OfferHours = 24 })
	a, b, c := w.person(), w.person(), w.person()
	first := w.register(a, sem)
	w.register(b, sem)
	third := w.register(c, sem)
	if err := w.Cancel(ctx, a, first.ID, ""); err != nil {
		t.Fatal(err)
	}
	w.stands(sem, b, Offered, c, Waitlisted)
	if err := w.AcceptOffer(ctx, c, third.ID); !errors.Is(err, ErrNoOffer) {
		t.Errorf("accepted without an offer: %v", err)
	}
	if err := w.AcceptOffer(ctx, c, w.mine(b, sem).ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("accepted somebody else's: %v", err)
	}
	w.comes(w.clock.Add(23 * time.Hour))
	w.stands(sem, b, Offered)
	w.comes(w.clock.Add(time.Hour))
	w.stands(sem, b, Standing("none"), c, Offered)
	for range 2 {
		if err := w.AcceptOffer(ctx, c, third.ID); err != nil {
			t.Fatal(err)
		}
	}
	w.comes(sem.StartsAt)
	w.stands(sem, c, Confirmed)
	if got, want := w.said(b), []string{">waitlisted asked", "waitlisted>offered promoted", "offered>cancelled offer_expired"}; !slices.Equal(got, want) {
		t.Errorf("announced %q", got)
	}
	if got, want := w.said(c), []string{">waitlisted asked", "waitlisted>offered promoted", "offered>confirmed accepted"}; !slices.Equal(got, want) {
		t.Errorf("announced %q", got)
	}
}

func TestAnOfferEndsAtTheStart(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.seminar(1, func(s *Seminar) { s.OfferHours = 48 })
	reg, b := w.register(w.person(), sem), w.person()
	w.register(b, sem)
	w.clock = sem.StartsAt.Add(-time.Hour)
	if err := w.Cancel(ctx, w.staff, reg.ID, "Doublon"); err != nil {
		t.Fatal(err)
	}
	if got := w.mine(b, sem); got.State != Offered || !got.OfferUntil.Equal(sem.StartsAt) {
		t.Errorf("%s until %s", got.State, got.OfferUntil)
	}
	w.register(w.person(), sem)
	w.comes(sem.StartsAt)
	w.stands(sem, b, Standing("none"))
	if held, waiting, _ := seats(ctx, w.db, sem.ID); held != 0 || waiting != 1 {
		t.Errorf("%d held, %d waiting", held, waiting)
	}
}

func TestApproval(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	nour, administrator := w.organisation("association")
	sem := w.seminar(1, func(s *Seminar) { s.Approval = ByBoth })
	a, b := w.member(nour), w.person()
	ra, rb := w.register(a, sem), w.register(b, sem)
	w.stands(sem, a, Requested, b, Pending)
	if _, err := w.Approve(ctx, w.outsider, ra.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("another office approves: %v", err)
	}
	if _, err := w.Approve(ctx, a, ra.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("the person approves: %v", err)
	}
	if list, err := w.OrganisationSeats(ctx, administrator, nour); err != nil || len(list) != 1 || list[0].State != Requested {
		t.Errorf("to approve: %+v, %v", list, err)
	}
	for who, want := range map[*account.Actor][2]int{&administrator: {0, 1}, &w.staff: {1, 0}, &w.outsider: {}, &a: {}} {
		got, err := w.Waiting(ctx, *who)
		if err != nil || len(got.Seminars) != want[0] || len(got.Organisations) != want[1] {
			t.Errorf("waiting for %d: %+v, %v", who.PersonID, got, err)
		}
	}
	for range 2 { // once more does nothing
		if _, err := w.Approve(ctx, administrator, ra.ID); err != nil {
			t.Fatal(err)
		}
	}
	w.stands(sem, a, Pending)
	for _, id := range []int64{rb.ID, ra.ID} { // seats go in the order of approval
		if _, err := w.Approve(ctx, w.staff, id); err != nil {
			t.Fatal(err)
		}
	}
	w.stands(sem, b, Confirmed, a, Waitlisted)
	c := w.register(w.person(), sem)
	if _, ok := account.InvalidsOf(w.Refuse(ctx, w.staff, c.ID, " ")); !ok {
		t.Error("refused without a reason")
	}
	if err := w.Refuse(ctx, w.staff, c.ID, "Hors public"); err != nil {
		t.Fatal(err)
	}
	if got, want := w.said(a), []string{">requested asked", "requested>pending endorsed", "pending>waitlisted approved"}; !slices.Equal(got, want) {
		t.Errorf("announced %q", got)
	}
	w.sound()
}

func TestAbsencesAskForApproval(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	if err := w.SetAbsencePolicy(ctx, w.outsider, AbsencePolicy{w.gafsa, 1, 12}); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("another office sets it: %v", err)
	}
	if err := w.SetAbsencePolicy(ctx, w.staff, AbsencePolicy{w.gafsa, 1, 12}); err != nil {
		t.Fatal(err)
	}
	a := w.person()
	missed := w.published(3, Rule{})
	reg := w.register(a, missed)
	w.clock = missed.EndsAt
	for _, p := range missed.Sessions {
		if err := w.RecordAttendance(ctx, w.staff, p.ID, map[int64]bool{reg.ID: false}); err != nil {
			t.Fatal(err)
		}
	}
	next := w.published(3, Rule{})
	if v, err := w.Service.Seminar(ctx, a, next.ID); err != nil || !v.Absences.Over() || v.Absences.Count != 1 {
		t.Errorf("her page says %+v, %v", v.Absences, err)
	}
	w.register(a, next)
	w.register(w.person(), next)
	w.stands(next, a, Pending)
	w.clock = w.clock.AddDate(1, 0, 1)
	if v, err := w.Service.Seminar(ctx, a, w.published(3, Rule{}).ID); err != nil || v.Absences.Over() {
		t.Errorf("a year later: %+v, %v", v.Absences, err)
	}
	w.sound()
}

func TestRegistrationOpensAtItsDate(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	plan := w.plan(3, completed(1))
	plan.OpensAt = w.clock.Add(24 * time.Hour)
	sem, err := w.Create(ctx, w.staff, plan)
	if err != nil {
		t.Fatal(err)
	}
	a := w.person()
	w.tell(w.completes(a, 1))
	if err := w.Publish(ctx, w.staff, sem.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Register(ctx, a, sem.ID); !errors.Is(err, ErrNotOpen) {
		t.Errorf("Register = %v", err)
	}
	if n := len(announced[events.SeminarUnlocked](w)); n != 0 {
		t.Errorf("%d told before it opens", n)
	}
	w.comes(plan.OpensAt)
	if n := len(announced[events.SeminarUnlocked](w)); n != 1 {
		t.Errorf("%d told when it opens", n)
	}
	w.register(a, sem)
	w.sound()
}

func TestTwoSeatsAtTheSameTime(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	one, two := w.published(3, Rule{}), w.published(3, Rule{})
	a := w.person()
	w.register(a, one)
	v, err := w.Service.Seminar(ctx, a, two.ID)
	if err != nil || len(v.Conflicts) != 1 || v.Conflicts[0].SeminarID != one.ID || v.Conflicts[0].State != Confirmed {
		t.Errorf("conflicts = %+v, %v", v.Conflicts, err)
	}
	if v, err := w.Service.Seminar(ctx, w.person(), two.ID); err != nil || len(v.Conflicts) != 0 {
		t.Errorf("somebody free: %+v, %v", v.Conflicts, err)
	}
}

func TestAnOrganisationSendsItsPeople(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	nour, administrator := w.organisation("association")
	plan := w.plan(2, completed(1))
	sem, err := w.Create(ctx, w.staff, plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Publish(ctx, w.staff, sem.ID); err != nil {
		t.Fatal(err)
	}
	a, b, c, late, stranger := w.member(nour), w.member(nour), w.member(nour), w.member(nour), w.person()
	w.tell(w.completes(a, 1), w.completes(b, 1), w.completes(c, 1), w.completes(stranger, 1))
	people := func(all ...account.Actor) (ids []int64) {
		for _, p := range all {
			ids = append(ids, p.PersonID)
		}
		return ids
	}
	if _, err := w.RegisterGroup(ctx, a, sem.ID, nour, people(b), false); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("a member sends another: %v", err)
	}
	for _, group := range [][]int64{people(a, late), people(a, stranger), people(a, b, c)} {
		if _, err := w.RegisterGroup(ctx, administrator, sem.ID, nour, group, true); !errors.Is(err, ErrNotAll) {
			t.Errorf("all of %v: %v", group, err)
		}
	}
	if held, _, _ := seats(ctx, w.db, sem.ID); held != 0 {
		t.Errorf("%d seats held after refusals", held)
	}
	entries, err := w.RegisterGroup(ctx, administrator, sem.ID, nour, people(a, late, stranger, b, c, a), false)
	if err != nil || len(entries) != 5 {
		t.Fatalf("%+v, %v", entries, err)
	}
	if !errors.Is(entries[1].Err, ErrNotEligible) || !errors.As(entries[2].Err, &account.Invalid{}) || entries[4].In() {
		t.Errorf("entries = %+v", entries)
	}
	w.stands(sem, a, Confirmed, b, Confirmed, c, Waitlisted)
	if err := w.Cancel(ctx, administrator, entries[0].Registration.ID, "Empêchée"); err != nil {
		t.Fatal(err)
	}
	w.stands(sem, a, Standing("none"), c, Confirmed)
}
