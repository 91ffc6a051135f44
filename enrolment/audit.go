package enrolment

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Breach is an invariant that a seminar breaks.
type Breach struct {
	SeminarID int64
	Rule      string // over_capacity, over_quota, over_organisation, over_reserve, idle_seat, queue_jumped, twice, twinned, undecided, late, unsaid
	Detail    string
}

func (b Breach) String() string {
	return fmt.Sprintf("seminar %d: %s (%s)", b.SeminarID, b.Rule, b.Detail)
}

// grace is for how long work that a date asks for may still be on its way before its absence is a breach.
const grace = time.Minute

// Audit checks every seminar against the invariants of seats, at time now:
// over_capacity: more seats held than exist;
// over_quota, over_organisation: more seats held by a category or an organisation than it may have;
// over_reserve: seats that a quota keeps are held by others;
// idle_seat: somebody waits who could have a free seat, before the start;
// queue_jumped: somebody holds a seat who came after one who still waits and of whom every bound asks the same;
// twice: a person with two registrations that aren't withdrawn;
// twinned: a person with registrations at two twins;
// undecided: a registration that rests on a decision about somebody or something else;
// late: an offer or a conditional seat that goes on after its end;
// unsaid: a registration in another state than the last one announced.
func Audit(ctx context.Context, db bun.IDB, now time.Time) ([]Breach, error) {
	var ids []int64
	if err := db.NewRaw(`select distinct seminar_id from registration order by 1`).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("audit seats: %w", err)
	}
	var all []Breach
	for _, id := range ids {
		some, err := auditSeminar(ctx, db, id, now, grace)
		if err != nil {
			return nil, fmt.Errorf("audit seats: %w", err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// auditSeminar is Audit of one seminar, with the grace that due work is given.
func auditSeminar(ctx context.Context, db bun.IDB, id int64, now time.Time, grace time.Duration) ([]Breach, error) {
	sem, err := findSeminar(ctx, db, id, "")
	if err != nil {
		return nil, err
	}
	var all []Registration
	if err := db.NewSelect().Model(&all).Where("seminar_id = ?", id).Order("queue").Scan(ctx); err != nil {
		return nil, err
	}
	a := auditor{Seminar: sem, now: now, late: now.Add(-grace)}
	for i := range all {
		switch reg := all[i]; {
		case reg.HoldsSeat():
			a.holders = append(a.holders, reg)
		case reg.State == Waitlisted:
			a.queue = append(a.queue, reg)
		}
	}
	if err := a.bounds(ctx, db); err != nil {
		return nil, err
	}
	a.order()
	a.people(all)
	if err := a.twins(ctx, db, all); err != nil {
		return nil, err
	}
	return a.breaches, a.said(ctx, db, all)
}

// auditor collects the breaches of one seminar.
type auditor struct {
	Seminar
	now, late      time.Time // what fell due until late was done
	holders, queue []Registration
	breaches       []Breach
}

func (a *auditor) breach(rule, detail string, args ...any) {
	a.breaches = append(a.breaches, Breach{a.ID, rule, fmt.Sprintf(detail, args...)})
}

// bounds checks the seats held against the plan, and that none which somebody could have is free.
func (a *auditor) bounds(ctx context.Context, db bun.IDB) error {
	var taken []Traits
	for _, h := range a.holders {
		taken = append(taken, h.Traits)
	}
	l := newLedger(a.Plan(a.now), taken)
	if l.held > l.Capacity {
		a.breach("over_capacity", "%d of %d", l.held, l.Capacity)
	}
	for i, q := range a.Quotas {
		if q.Max > 0 && l.inside[i] > q.Max {
			a.breach("over_quota", "%s %s: %d of %d", q.Trait, strings.Join(q.Values, ","), l.inside[i], q.Max)
		}
		if l.Reserved && q.Min > 0 && l.held-l.inside[i] > max(0, a.Capacity-q.Min) {
			a.breach("over_reserve", "%s %s: %d others, %d kept of %d", q.Trait, strings.Join(q.Values, ","), l.held-l.inside[i], q.Min, a.Capacity)
		}
	}
	for id, n := range l.organisations {
		if id != 0 && a.PerOrganisation > 0 && n > a.PerOrganisation {
			a.breach("over_organisation", "organisation %d: %d of %d", id, n, a.PerOrganisation)
		}
	}
	// What a date has just freed is handed on within the grace.
	if a.State != Published || !a.now.Before(a.StartsAt) {
		return nil
	}
	if !a.settled() {
		return nil
	}
	queue := make([]Claim, len(a.queue))
	for i, reg := range a.queue {
		c, err := claimAt(ctx, db, a.Seminar, reg, a.now)
		if err != nil {
			return err
		}
		queue[i] = c
	}
	if given, _ := Allocate(l.Plan, taken, queue); len(given) > 0 {
		a.breach("idle_seat", "%d free, registration %d waits first for one", l.Capacity-l.held, given[0].ID)
	}
	return nil
}

// settled tells whether what the last date that frees seats asks for was done.
func (a *auditor) settled() bool {
	return !slices.ContainsFunc([]time.Time{a.Released(), a.Deadline()}, func(at time.Time) bool {
		return at.After(a.late) && !at.After(a.now)
	})
}

// order checks that nobody who waits came before a holder of whom every bound asks the same. Holders who took their seat
// under other bounds aren't compared, nor those of a seminar that ever barred people from attending.
func (a *auditor) order() {
	if a.AttendVersion > 0 {
		return
	}
	first := map[string]Registration{}
	for _, reg := range a.queue {
		if key := a.class(reg.Traits); first[key].ID == 0 {
			first[key] = reg
		}
	}
	for _, h := range a.holders {
		if w := first[a.class(h.Traits)]; w.ID != 0 && w.Queue < h.Queue && h.BoundsVersion == a.BoundsVersion {
			a.breach("queue_jumped", "registration %d before %d", h.ID, w.ID)
			return
		}
	}
}

// class tells people apart as the bounds of the seminar do.
func (a *auditor) class(t Traits) string {
	key := ""
	for _, q := range a.Quotas {
		key += fmt.Sprint(q.Counts(t), " ")
	}
	if a.PerOrganisation > 0 {
		key += fmt.Sprint(t.Organisation)
	}
	return key
}

// people checks that each has one registration, and the dates of offers.
func (a *auditor) people(all []Registration) {
	seen := map[int64]bool{}
	for _, reg := range all {
		if reg.State == Withdrawn {
			continue
		}
		if seen[reg.PersonID] {
			a.breach("twice", "person %d", reg.PersonID)
		}
		seen[reg.PersonID] = true
		end := reg.OfferUntil
		if reg.State == Conditional {
			end = a.Deadline()
		}
		if !end.IsZero() && a.State == Published && !end.After(a.late) {
			a.breach("late", "registration %d is %s since %s", reg.ID, reg.State, end.UTC().Format(time.RFC3339))
		}
	}
}

// twins checks that nobody registered here is registered at a twin.
func (a *auditor) twins(ctx context.Context, db bun.IDB, all []Registration) error {
	var people []int64
	for _, reg := range all {
		if reg.State != Withdrawn {
			people = append(people, reg.PersonID)
		}
	}
	others, err := away(ctx, db, a.Seminar, people)
	for _, id := range slices.Sorted(maps.Keys(others)) {
		a.breach("twinned", "person %d at seminar %d too", id, others[id])
	}
	return err
}

// said checks registrations against their decisions and against the last that was announced of each.
func (a *auditor) said(ctx context.Context, db bun.IDB, all []Registration) error {
	var rows []struct {
		RegistrationID int64
		State          string
	}
	err := db.NewRaw(`select distinct on (1) (data->>'registration_id')::bigint as registration_id, data->>'state' as state
		from outbox where type = ? and key = ? order by 1, seq desc`,
		events.RegistrationChanged{}.EventType(), events.RegistrationChanged{SeminarID: a.ID}.EventKey()).Scan(ctx, &rows)
	if err != nil {
		return err
	}
	last := map[int64]string{}
	for _, r := range rows {
		last[r.RegistrationID] = r.State
	}
	for _, reg := range all {
		if last[reg.ID] != string(reg.State) {
			a.breach("unsaid", "registration %d is %s, announced %q", reg.ID, reg.State, last[reg.ID])
		}
	}
	var undecided []int64
	err = db.NewRaw(`select r.id from registration r join decision d on d.id = decision_id
		where r.seminar_id = ? and (d.seminar_id, d.person_id) is distinct from (r.seminar_id, r.person_id)`, a.ID).Scan(ctx, &undecided)
	for _, id := range undecided {
		a.breach("undecided", "registration %d", id)
	}
	return err
}
