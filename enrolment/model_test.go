package enrolment

import (
	"errors"
	"flag"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

// TestAnythingMayHappen presses every button in any order and checks every invariant after each press.
func TestAnythingMayHappen(t *testing.T) {
	checks(t, "25")
	w := newWorld(t, testdb.Tx(t))
	start := w.clock
	nour, administrator := w.organisation("association")
	town, _ := w.organisation("public_actor")
	crowd := []account.Actor{w.person(), w.person(), w.woman(), w.woman(), w.member(nour), w.member(nour), w.member(nour),
		w.member(town), w.member(town), w.member(nour, town)}
	rapid.Check(t, func(t *rapid.T) {
		w.clock = start
		m := &model{world: w, t: t, crowd: crowd, nour: nour, administrator: administrator}
		m.open()
		t.Repeat(map[string]func(*rapid.T){
			"register": m.register, "register ": m.register, "cancel": m.cancel, "approve": m.approve, "refuse": m.refuse,
			"accept": m.accept, "wait": m.wait, "edit": m.edit, "complete": m.complete, "group": m.group, "switch": m.change, "other twin": m.turn, "": m.check,
		})
		start = w.clock.Add(day) // what was learnt and due in one run stays behind the next
	})
}

// checks bounds how many runs rapid makes in this test.
func checks(t *testing.T, n string) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	before := f.Value.String()
	if f.Value.String() != f.DefValue {
		return // asked for on the command line
	}
	if err := f.Value.Set(n); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Value.Set(before) }) // it was its value
}

// model drives two seminars that are twins.
type model struct {
	*world
	t             *rapid.T
	crowd         []account.Actor
	nour          int64
	administrator account.Actor
	sem           int64             // the seminar at which things happen
	other         int64             // its twin
	begun         map[int64]bool    // by seminar: it had begun at the last check
	waiting       map[int64][]int64 // by seminar: who waited then
	modules       int64             // of this seminar's gates: one to register, the next to attend
}

func (m *model) open() {
	m.modules = m.id(`select coalesce(max(subject_id), 0) + 1 from gate_subject`)
	m.begun, m.waiting = map[int64]bool{}, map[int64][]int64{}
	for _, id := range []*int64{&m.sem, &m.other} {
		plan := m.plan(rapid.IntRange(1, 4).Draw(m.t, "capacity"), Rule{})
		m.draw(m.t, &plan)
		sem, err := m.Create(ctx, m.staff, plan)
		if err == nil {
			err = m.Publish(ctx, m.staff, sem.ID)
		}
		if err != nil {
			m.t.Fatal(err)
		}
		*id = sem.ID
	}
	if err := m.Twin(ctx, m.staff, m.sem, m.other); err != nil {
		m.t.Fatal(err)
	}
}

// turn has what follows happen at the other twin.
func (m *model) turn(*rapid.T) { m.sem, m.other = m.other, m.sem }

func (m *model) change(t *rapid.T) {
	a := m.someone(t)
	before := m.seatAt(t, a, m.other)
	_, err := m.Switch(ctx, a, m.sem, Request{})
	m.allow(t, err, ErrNotEligible, ErrStarted, ErrTwinFull, ErrTwinAsks)
	if before && !m.seatAt(t, a, m.other) && !m.seatAt(t, a, m.sem) {
		t.Errorf("person %d lost their seat by changing, %v", a.PersonID, err)
	}
}

func (m *model) seatAt(t *rapid.T, a account.Actor, seminarID int64) bool {
	reg, err := m.active(ctx, m.db, m.read(seminarID), a.PersonID)
	if err != nil {
		t.Fatal(err)
	}
	return reg != nil && reg.HoldsSeat()
}

// draw sets how seats are given.
func (m *model) draw(t *rapid.T, s *Seminar) {
	s.Capacity = rapid.IntRange(1, 5).Draw(t, "capacity")
	s.Approval = rapid.SampledFrom([]Approval{FirstCome, FirstCome, ByOffice, ByBoth}).Draw(t, "approval")
	s.OfferHours = rapid.SampledFrom([]int{0, 0, 24}).Draw(t, "offer hours")
	s.PerOrganisation = rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "per organisation")
	s.ReservedUntil, s.AttendBy = time.Time{}, time.Time{}
	if rapid.Bool().Draw(t, "released early") {
		s.ReservedUntil = s.Sessions[0].StartsAt.Add(-100 * time.Hour)
	}
	if rapid.Bool().Draw(t, "deadline") {
		s.AttendBy = s.Sessions[0].StartsAt.Add(-60 * time.Hour)
	}
	s.Quotas = nil
	for _, q := range []Quota{women, public} {
		q.Min = rapid.IntRange(0, min(2, s.Capacity)).Draw(t, "min")
		q.Max = rapid.SampledFrom([]int{0, q.Min, q.Min + 1}).Draw(t, "max")
		if q.Min+q.Max > 0 {
			s.Quotas = append(s.Quotas, q)
		}
	}
	if s.ID == 0 && rapid.Bool().Draw(t, "conditional") {
		s.Attend = completed(m.modules + 1)
	}
	s.Gate = Rule{}
	if rapid.IntRange(0, 3).Draw(t, "gated") == 0 {
		s.Gate = completed(m.modules)
	}
}

func (m *model) someone(t *rapid.T) account.Actor { return rapid.SampledFrom(m.crowd).Draw(t, "who") }

// allow fails on any error but the refusals that a use case may answer.
func (m *model) allow(t *rapid.T, err error, refusals ...error) {
	if _, invalid := account.InvalidsOf(err); err == nil || invalid {
		return
	}
	if !slices.ContainsFunc(refusals, func(r error) bool { return errors.Is(err, r) }) {
		t.Fatalf("unexpected: %v", err)
	}
}

func (m *model) register(t *rapid.T) {
	_, err := m.Register(ctx, m.someone(t), m.sem)
	m.allow(t, err, ErrNotEligible, ErrStarted, ErrTwin)
}

// one draws a registration in one of the states.
func (m *model) one(t *rapid.T, states ...Standing) (Registration, bool) {
	var all []Registration
	if err := m.db.NewSelect().Model(&all).Where("seminar_id = ?", m.sem).Order("id").Scan(ctx); err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(r Registration) bool { return !slices.Contains(states, r.State) })
	if len(all) == 0 {
		return Registration{}, false
	}
	return rapid.SampledFrom(all).Draw(t, "registration"), true
}

func (m *model) cancel(t *rapid.T) {
	reg, ok := m.one(t, Requested, Pending, Confirmed, Conditional, Offered, Waitlisted)
	if !ok {
		t.Skip("nobody")
	}
	by := m.staff
	if rapid.Bool().Draw(t, "by oneself") {
		by = account.Actor{PersonID: reg.PersonID}
	}
	m.allow(t, m.Cancel(ctx, by, reg.ID, "Empêchement"), ErrStarted)
}

func (m *model) approve(t *rapid.T) {
	reg, ok := m.one(t, Requested, Pending)
	if !ok {
		t.Skip("nobody")
	}
	by := m.staff
	if reg.State == Requested && reg.OrganisationID == m.nour && rapid.Bool().Draw(t, "by the organisation") {
		by = m.administrator
	}
	_, err := m.Approve(ctx, by, reg.ID)
	m.allow(t, err, ErrStarted)
}

func (m *model) refuse(t *rapid.T) {
	reg, ok := m.one(t, Requested, Pending)
	if !ok {
		t.Skip("nobody")
	}
	m.allow(t, m.Refuse(ctx, m.staff, reg.ID, "Hors public"), ErrStarted)
}

func (m *model) accept(t *rapid.T) {
	reg, ok := m.one(t, Offered)
	if !ok {
		t.Skip("no offer")
	}
	m.allow(t, m.AcceptOffer(ctx, account.Actor{PersonID: reg.PersonID}, reg.ID), ErrNoOffer)
}

func (m *model) wait(t *rapid.T) {
	m.clock = m.clock.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "hours")) * time.Hour)
	if _, err := m.DoDue(ctx); err != nil {
		t.Fatal(err)
	}
}

func (m *model) edit(t *rapid.T) {
	sem := m.read(m.sem)
	m.draw(t, &sem)
	_, err := m.Edit(ctx, m.staff, sem)
	m.allow(t, err)
}

func (m *model) complete(t *rapid.T) {
	a := m.someone(t)
	m.tell(m.completes(a, m.modules+int64(rapid.IntRange(0, 1).Draw(t, "module"))))
	m.settleTold()
}

func (m *model) group(t *rapid.T) {
	var people []int64
	for range rapid.IntRange(1, 3).Draw(t, "size") {
		people = append(people, m.someone(t).PersonID)
	}
	_, err := m.RegisterGroup(ctx, m.administrator, m.sem, m.nour, people, rapid.Bool().Draw(t, "whole"))
	m.allow(t, err, ErrNotAll, ErrStarted)
}

// check audits both seminars with no grace, and judges their holders by the words of the bounds.
func (m *model) check(t *rapid.T) {
	m.checkOne(t, m.sem)
	m.checkOne(t, m.other)
}

func (m *model) checkOne(t *rapid.T, id int64) {
	breaches, err := auditSeminar(ctx, m.db, id, m.clock, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range breaches {
		t.Error(b)
	}
	sem := m.read(id)
	taken, err := holders(ctx, m.db, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := mayHold(sem.Plan(m.clock), taken); err != nil {
		t.Error(err)
	}
	m.nobodyLate(t, sem)
}

// nobodyLate checks that nobody who waited took a seat since the seminar began.
func (m *model) nobodyLate(t *rapid.T, sem Seminar) {
	list, err := waitlist(ctx, m.db, sem.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !m.clock.Before(sem.StartsAt) && m.begun[sem.ID] {
		for _, id := range m.waiting[sem.ID] {
			var held bool
			if err := m.db.NewRaw(`select state in `+heldStates+` from registration where id = ?`, id).Scan(ctx, &held); err != nil || held {
				t.Errorf("registration %d took a seat after the start, %v", id, err)
			}
		}
	}
	m.begun[sem.ID], m.waiting[sem.ID] = !m.clock.Before(sem.StartsAt), nil
	for _, reg := range list {
		m.waiting[sem.ID] = append(m.waiting[sem.ID], reg.ID)
	}
}
