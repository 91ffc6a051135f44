package enrolment

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// concern is what a fact may change: gates that speak of some subjects, for some people.
type concern struct {
	subjects []Subject
	people   []int64 // ascending
}

// lockConcerned finds whom the facts of one event concern and takes their turns: decisions about one person wait for one
// another, so that of two facts that arrive together the later sees both. Gates don't change meanwhile.
//
// A fact about an organisation, or one that colleagues are counted by, concerns all its members. Memberships don't change
// meanwhile either: that takes a turn of its own, before the people's.
func lockConcerned(ctx context.Context, tx bun.Tx, told []fact) ([]concern, error) {
	if _, err := tx.NewRaw(`select pg_advisory_xact_lock_shared(hashtextextended('enrolment gates', 0))`).Exec(ctx); err != nil {
		return nil, err
	}
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
		var seminar int64
		if err := tx.NewRaw(`select coalesce(max(seminar_id), 0) from seminar_session where id = ?`, one.ID).Scan(ctx, &seminar); err != nil {
			return nil, err
		}
		mine.subjects = []Subject{{Kind: Attended, ID: seminar}}
	default:
		mine.subjects = []Subject{one}
	}
	return []concern{mine}, lockPeople(ctx, tx, mine.people)
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
