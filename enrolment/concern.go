package enrolment

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// concern is what a fact may change: gates that speak of some subjects, for some people.
type concern struct {
	subjects []Subject
	people   []int64 // ascending
}

// lockConcerned finds whom the facts of one event concern and takes their turns: decisions about one person wait for one
// another, so that of two facts that arrive together the later sees both. Gates don't change meanwhile: see shareGates.
//
// A fact about an organisation, or one that colleagues are counted by, concerns all its members. Memberships don't change
// meanwhile either: that takes a turn of its own, before the people's.
func lockConcerned(ctx context.Context, tx bun.Tx, told []fact) ([]concern, error) {
	one, person := told[0].Subject, told[0].PersonID
	mine := concern{people: []int64{person}}
	switch one.Kind {
	case Validated, OrganisationKind, OrganisationPlace:
		members, err := lockMembers(ctx, tx, []int64{one.ID})
		if err != nil {
			return nil, err
		}
		all := []concern{{[]Subject{{Kind: MemberOf}}, members}}
		return all, lockPeople(ctx, tx, members)
	case MemberOf:
		return lockMembership(ctx, tx, one.ID, person)
	case Completed:
		return lockCompletion(ctx, tx, one, person)
	case StartedThread, Replied:
		mine.subjects = []Subject{{Kind: one.Kind, ID: told[0].SpaceID}}
	case Attended:
		seminars, err := seminarsOf(ctx, tx, []int64{one.ID})
		if err != nil {
			return nil, err
		}
		mine.subjects = []Subject{{Kind: Attended, ID: seminars[one.ID]}}
	default:
		mine.subjects = []Subject{one}
	}
	return []concern{mine}, lockPeople(ctx, tx, mine.people)
}

// lockSeveral is lockConcerned for the facts of several events, each of which concerns its person alone: one concern for
// each fact. It returns events.ErrApart when one of them concerns others too, whose turns come in an order of their own.
func lockSeveral(ctx context.Context, tx bun.Tx, told []fact) ([]concern, error) {
	var modules, sessions, people []int64
	for _, f := range told {
		switch f.Subject.Kind {
		case Validated, OrganisationKind, OrganisationPlace, MemberOf:
			return nil, events.ErrApart
		case Completed:
			modules = append(modules, f.Subject.ID)
		case Attended:
			sessions = append(sessions, f.Subject.ID)
		}
		people = append(people, f.PersonID)
	}
	var counted bool
	err := tx.NewRaw(`select exists (select from gate_subject where kind = ? and subject_id = any(?::bigint[]))`,
		MembersCompleted, pgdialect.Array(modules)).Scan(ctx, &counted)
	if err == nil && counted {
		err = events.ErrApart
	}
	if err != nil {
		return nil, err
	}
	seminars, err := seminarsOf(ctx, tx, sessions)
	if err != nil {
		return nil, err
	}
	all := make([]concern, len(told))
	for n, f := range told {
		about := f.Subject
		switch about.Kind {
		case StartedThread, Replied:
			about.ID = f.SpaceID
		case Attended:
			about.ID = seminars[about.ID]
		}
		all[n] = concern{[]Subject{about}, []int64{f.PersonID}}
	}
	slices.Sort(people)
	return all, lockPeople(ctx, tx, slices.Compact(people))
}

// seminarsOf are the seminars of sessions, as far as they exist.
func seminarsOf(ctx context.Context, db bun.IDB, sessions []int64) (map[int64]int64, error) {
	of := map[int64]int64{}
	if len(sessions) == 0 {
		return of, nil
	}
	var rows []struct{ ID, SeminarID int64 }
	err := db.NewRaw(`select id, seminar_id from seminar_session where id = any(?::bigint[])`, pgdialect.Array(sessions)).Scan(ctx, &rows)
	for _, r := range rows {
		of[r.ID] = r.SeminarID
	}
	return of, err
}

// shareGates keeps gates as they are until the end of tx, while others decide by them too.
func shareGates(ctx context.Context, tx bun.Tx) error {
	_, err := tx.NewRaw(`select pg_advisory_xact_lock_shared(hashtextextended('enrolment gates', 0))`).Exec(ctx)
	return err
}

// lockMembership is for somebody who joins or leaves: it changes their own organisations, and the number of colleagues
// of everybody there.
func lockMembership(ctx context.Context, tx bun.Tx, organisation, person int64) ([]concern, error) {
	members, err := lockMembers(ctx, tx, []int64{organisation})
	if err != nil {
		return nil, err
	}
	if !slices.Contains(members, person) {
		members = append(members, person)
		slices.Sort(members)
	}
	counted, err := subjectsOf(ctx, tx, MembersCompleted, 0)
	if err != nil {
		return nil, err
	}
	return []concern{{[]Subject{{Kind: MemberOf}}, []int64{person}}, {counted, members}}, lockPeople(ctx, tx, members)
}

// lockCompletion is for a module completed: colleagues are concerned only when a gate counts them.
func lockCompletion(ctx context.Context, tx bun.Tx, module Subject, person int64) ([]concern, error) {
	mine := concern{[]Subject{module}, []int64{person}}
	counted, err := subjectsOf(ctx, tx, MembersCompleted, module.ID)
	if err != nil || len(counted) == 0 {
		return []concern{mine}, lockPeople(ctx, tx, mine.people)
	}
	if err := lockOrganisations(ctx, tx); err != nil {
		return nil, err
	}
	var organisations []int64
	err = tx.NewRaw(`select subject_id from fact where person_id = ? and kind = 'member' and value = 1 and until is null`, person).Scan(ctx, &organisations)
	if err != nil {
		return nil, err
	}
	members, err := lockMembers(ctx, tx, organisations)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(members, person) {
		members = append(members, person)
		slices.Sort(members)
	}
	return []concern{mine, {counted, members}}, lockPeople(ctx, tx, members)
}

// subjectsOf lists what gates speak of, of a kind and about one thing, or about anything when id is 0.
func subjectsOf(ctx context.Context, tx bun.Tx, kind Kind, id int64) (all []Subject, err error) {
	err = tx.NewRaw(`select distinct kind, subject_id as id from gate_subject where kind = ? and ? in (0, subject_id)`, kind, id).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("what gates speak of: %w", err)
	}
	return all, nil
}

// lockOrganisations keeps memberships, and what organisations are, as they are for the others until the end of tx.
func lockOrganisations(ctx context.Context, tx bun.Tx) error {
	_, err := tx.NewRaw(`select pg_advisory_xact_lock(hashtextextended('enrolment organisations', 0))`).Exec(ctx)
	return err
}

// lockMembers takes the organisations' turn and lists their members, by id.
func lockMembers(ctx context.Context, tx bun.Tx, organisations []int64) (members []int64, err error) {
	if err := lockOrganisations(ctx, tx); err != nil {
		return nil, err
	}
	err = tx.NewRaw(`select distinct person_id from fact where kind = 'member' and subject_id = any(?::bigint[]) and value = 1
		and until is null and person_id is not null order by person_id`, pgdialect.Array(organisations)).Scan(ctx, &members)
	if err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	return members, nil
}

// lockPeople takes the turns of some people, who are in ascending order.
func lockPeople(ctx context.Context, tx bun.Tx, people []int64) error {
	_, err := tx.NewRaw(`select pg_advisory_xact_lock(hashtextextended('enrolment person', id)) from unnest(?::bigint[]) id`,
		pgdialect.Array(people)).Exec(ctx)
	return err
}

// lockPerson takes a person's turn to be judged, once gates stand still.
func lockPerson(ctx context.Context, tx bun.Tx, personID int64) error {
	_, err := tx.NewRaw(`select pg_advisory_xact_lock_shared(hashtextextended('enrolment gates', 0)),
		pg_advisory_xact_lock(hashtextextended('enrolment person', ?))`, personID).Exec(ctx)
	return err
}

// columns are the kinds and ids of subjects, for unnest.
func columns(subjects []Subject) (kinds []string, ids []int64) {
	kinds, ids = []string{}, []int64{}
	for _, s := range subjects {
		kinds, ids = append(kinds, string(s.Kind)), append(ids, s.ID)
	}
	return kinds, ids
}
