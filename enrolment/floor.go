package enrolment

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// floor is what a transaction that lets a crowd in knows, without asking again for each: it holds the seminar's lock, so
// that nobody else changes who holds a seat and who waits. The nil floor knows nothing and holds nobody back.
type floor struct {
	people map[askedTraits]answeredTraits
	there  map[int64]bool  // those whose account isn't erased: it won't be until the transaction is over
	policy AbsencePolicy   // of the office
	asked  []Question      // of those who register
	away   map[int64]int64 // of those who register, the twin at which they are registered already
	known  map[Use]map[int64]*evidence

	counted bool
	taken   []Traits // of those who hold a seat
	waiting int
	late    []newcomer // counted, not yet written
}

// openFloor reads what is asked of each.
func (s *Service) openFloor(ctx context.Context, tx bun.Tx, sem Seminar, batch []*asking) (*floor, error) {
	asked := make([]askedTraits, len(batch))
	for i, a := range batch {
		asked[i] = askedTraits{a.actor.PersonID, a.OrganisationID}
	}
	f := &floor{there: map[int64]bool{}}
	var ids []int64
	err := tx.NewRaw(`select id from person where id = any(?) and erased_at is null order by id for key share`, pgdialect.Array(peopleOf(batch))).Scan(ctx, &ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		f.there[id] = true
	}
	if f.people, err = readTraits(ctx, tx, asked, sem); err != nil {
		return nil, err
	}
	if f.asked, err = questionsOf(ctx, tx, sem.ID, false); err != nil {
		return nil, err
	}
	f.policy, err = policyOf(ctx, tx, sem.OfficeID)
	return f, err
}

func peopleOf(batch []*asking) []int64 {
	people := make([]int64, len(batch))
	for n, a := range batch {
		people[n] = a.actor.PersonID
	}
	return people
}

// gone tells whether somebody erased their account since they asked.
func (f *floor) gone(personID int64) bool { return f != nil && !f.there[personID] }

// learn reads what the gates ask of those who register, whose turns the caller has.
func (f *floor) learn(ctx context.Context, db bun.IDB, sem Seminar, people []int64) (err error) {
	f.known = map[Use]map[int64]*evidence{}
	for _, use := range Uses {
		if f.known[use], err = evidenceOf(ctx, db, people, sem.Rule(use).Subjects(), time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// evidence is what is known of a person that a gate asks, as factsAbout.
func (f *floor) evidence(ctx context.Context, db bun.IDB, sem Seminar, use Use, personID int64) (Facts, []string, error) {
	if f != nil && f.known[use][personID] != nil {
		e := f.known[use][personID]
		return e.Facts, e.Events, nil
	}
	return factsAbout(ctx, db, personID, sem.Rule(use).Subjects(), time.Time{})
}

// answers checks what somebody who registers says. Who is registered by others, without a floor, answers afterwards.
func (f *floor) answers(given Answers) (Answers, error) {
	if f == nil || len(f.asked) == 0 {
		return nil, nil
	}
	return given.check(f.asked)
}

// traits are what quotas ask of a person, as traitsOf.
func (f *floor) traits(ctx context.Context, db bun.IDB, personID, organisationID int64, sem Seminar) (Traits, error) {
	asked := askedTraits{personID, organisationID}
	if f != nil {
		return f.people[asked].traits(asked)
	}
	return traitsOf(ctx, db, personID, organisationID, sem)
}

func (f *floor) absencePolicy(ctx context.Context, db bun.IDB, officeID int64) (AbsencePolicy, error) {
	if f != nil {
		return f.policy, nil
	}
	return policyOf(ctx, db, officeID)
}

// count reads who holds a seat, and how many wait, unless that is known.
func (f *floor) count(ctx context.Context, db bun.IDB, seminarID int64) (taken []Traits, waiting int, err error) {
	if f != nil && f.counted {
		return f.taken, f.waiting, nil
	}
	if taken, err = holders(ctx, db, seminarID); err != nil {
		return nil, 0, err
	}
	if _, waiting, err = seats(ctx, db, seminarID); err != nil {
		return nil, 0, err
	}
	if f != nil {
		f.counted, f.taken, f.waiting = true, taken, waiting
	}
	return taken, waiting, nil
}

// enter holds a newcomer back and counts them.
func (f *floor) enter(n newcomer) {
	f.late = append(f.late, n)
	switch {
	case !f.counted:
	case n.reg.HoldsSeat():
		f.taken = append(f.taken, n.reg.Traits)
	case n.reg.State == Waitlisted:
		f.waiting++
	}
}

// twin is the twin at which a person is registered, or 0. The caller has the person's turn.
func (f *floor) twin(ctx context.Context, db bun.IDB, sem Seminar, personID int64) (int64, error) {
	if f != nil && f.away != nil {
		return f.away[personID], nil
	}
	all, err := away(ctx, db, sem, []int64{personID})
	return all[personID], err
}

// forget is for when somebody moves; whoever moves them had all newcomers written before.
func (f *floor) forget() {
	if f != nil {
		f.counted = false
	}
}
