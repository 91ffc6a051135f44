package enrolment

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// alive is the SQL condition, with its arguments, that a row of fact counts: now, or as it was at a time. Now doesn't
// compare clocks: a fact counts from its arrival.
func alive(alias string, at time.Time) (string, []any) {
	if at.IsZero() {
		return alias + ".until is null", nil
	}
	return fmt.Sprintf("(%[1]s.since <= ? and (%[1]s.until is null or %[1]s.until > ?))", alias), []any{at, at}
}

// maxEvidence bounds the events kept of what is counted; the count itself is kept whole.
const maxEvidence = 20

// known is a fact of a person with events that announced it.
type known struct {
	PersonID  int64
	Kind      Kind
	SubjectID int64
	Word      string
	Value     int
	Events    []string `bun:",array"`
}

// evidence is what is known of one person, with the ids of the events that say so.
type evidence struct {
	Facts
	Events []string
}

// reading collects what is known of some people.
type reading struct {
	db     bun.IDB
	people []int64
	at     time.Time // zero: now
	of     map[int64]*evidence
}

// evidenceOf reads what is known of some people about the subjects, now or as it was at a time. Each of them has an entry.
// Colleagues are counted without naming their events.
func evidenceOf(ctx context.Context, db bun.IDB, people []int64, subjects []Subject, at time.Time) (map[int64]*evidence, error) {
	r := &reading{db: db, people: people, at: at, of: make(map[int64]*evidence, len(people))}
	for _, id := range people {
		r.of[id] = &evidence{Facts{}, []string{}}
	}
	by := map[Kind][]int64{}
	for _, s := range subjects {
		by[s.Kind] = append(by[s.Kind], s.ID)
	}
	for _, read := range []func(context.Context, map[Kind][]int64) error{r.values, r.posts, r.seminars, r.organisations, r.colleagues} {
		if err := read(ctx, by); err != nil {
			return nil, fmt.Errorf("facts of people %v: %w", people, err)
		}
	}
	return r.of, nil
}

// factsAbout is evidenceOf of one person; of nobody, nothing is known.
func factsAbout(ctx context.Context, db bun.IDB, personID int64, subjects []Subject, at time.Time) (Facts, []string, error) {
	if personID == 0 {
		return Facts{}, []string{}, nil
	}
	of, err := evidenceOf(ctx, db, []int64{personID}, subjects, at)
	if err != nil {
		return nil, nil, err
	}
	return of[personID].Facts, of[personID].Events, nil
}

func (r *reading) take(ctx context.Context, query string, args ...any) error {
	var rows []known
	if err := r.db.NewRaw(query, args...).Scan(ctx, &rows); err != nil {
		return err
	}
	for _, k := range rows {
		e := r.of[k.PersonID]
		e.add(Subject{k.Kind, k.SubjectID, k.Word}, k.Value)
		e.Events = append(e.Events, k.Events...)
	}
	return nil
}

// values reads the facts that are a value each: the greatest.
func (r *reading) values(ctx context.Context, by map[Kind][]int64) error {
	var kinds []string
	var ids []int64
	for _, kind := range []Kind{Completed, Progressed, QuizScored} {
		for _, id := range by[kind] {
			kinds, ids = append(kinds, string(kind)), append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	now, args := alive("fact", r.at)
	args = append([]any{pgdialect.Array(r.people)}, append(args, pgdialect.Array(kinds), pgdialect.Array(ids))...)
	return r.take(ctx, `select distinct on (person_id, kind, subject_id) person_id, kind, subject_id, value, array[event_id::text] as events from fact
		where person_id = any(?::bigint[]) and `+now+` and (kind, subject_id) in (select * from unnest(?::text[], ?::bigint[]))
		order by person_id, kind, subject_id, value desc, since, event_id`, args...)
}

// posts counts what the people wrote in the spaces.
func (r *reading) posts(ctx context.Context, by map[Kind][]int64) error {
	spaces := append(append([]int64{}, by[StartedThread]...), by[Replied]...)
	if len(spaces) == 0 {
		return nil
	}
	now, args := alive("fact", r.at)
	args = append([]any{maxEvidence, pgdialect.Array(r.people), pgdialect.Array(spaces)}, args...)
	return r.take(ctx, `select person_id, kind, space_id as subject_id, count(*) as value,
			(array_agg(event_id::text order by since, event_id))[1:?] as events
		from fact where person_id = any(?::bigint[]) and space_id = any(?::bigint[]) and value = 1 and `+now+`
		group by person_id, kind, space_id order by person_id, kind, space_id`, args...)
}

// seminars tells which were attended, by one of their sessions.
func (r *reading) seminars(ctx context.Context, by map[Kind][]int64) error {
	if len(by[Attended]) == 0 {
		return nil
	}
	now, args := alive("fact", r.at)
	args = append([]any{pgdialect.Array(r.people), pgdialect.Array(by[Attended])}, args...)
	return r.take(ctx, `select fact.person_id, fact.kind, p.seminar_id as subject_id, 1 as value, array_agg(event_id::text order by since, event_id) as events
		from fact join seminar_session p on p.id = fact.subject_id
		where person_id = any(?::bigint[]) and fact.kind = 'attended' and value = 1 and p.seminar_id = any(?::bigint[]) and `+now+`
		group by fact.person_id, fact.kind, p.seminar_id order by fact.person_id, p.seminar_id`, args...)
}

// organisations reads the people's memberships and what those organisations are.
func (r *reading) organisations(ctx context.Context, by map[Kind][]int64) error {
	if len(by[MemberOf]) == 0 {
		return nil
	}
	mine, mineArgs := alive("fact", r.at)
	theirs, theirArgs := alive("f", r.at)
	args := append([]any{pgdialect.Array(r.people)}, mineArgs...)
	return r.take(ctx, `with mine as (
			select person_id, kind, subject_id, word, value, event_id from fact
			where person_id = any(?::bigint[]) and kind = 'member' and value = 1 and `+mine+`)
		select person_id, kind, subject_id, word, value, array[event_id::text] as events from (
			select * from mine union all
			select mine.person_id, f.kind, f.subject_id, f.word, f.value, f.event_id from fact f join mine using (subject_id)
				where f.person_id is null and f.kind in ('validated', 'organisation_kind', 'organisation_place') and f.value = 1 and `+theirs+`) all_of_it
		order by person_id, kind, subject_id, word, event_id`, append(args, theirArgs...)...)
}

// colleagues counts who completed the modules in each of a person's organisations, and keeps the greatest.
func (r *reading) colleagues(ctx context.Context, by map[Kind][]int64) error {
	if len(by[MembersCompleted]) == 0 {
		return nil
	}
	var parts [3]string
	args := []any{pgdialect.Array(r.people)}
	for i, alias := range []string{"mine", "member", "done"} {
		var more []any
		parts[i], more = alive(alias, r.at)
		args = append(args, more...)
	}
	args = append(args, pgdialect.Array(by[MembersCompleted]))
	return r.take(ctx, `select person_id, 'members_completed' as kind, module as subject_id, max(n) as value from (
			select mine.person_id, member.subject_id, done.subject_id as module, count(distinct done.person_id) as n
			from fact mine
			join fact member on member.kind = 'member' and member.subject_id = mine.subject_id and member.value = 1
			join fact done on done.kind = 'completed' and done.person_id = member.person_id
			where mine.person_id = any(?::bigint[]) and mine.kind = 'member' and mine.value = 1
				and `+parts[0]+` and `+parts[1]+` and `+parts[2]+` and done.subject_id = any(?::bigint[])
			group by mine.person_id, member.subject_id, done.subject_id) each
		group by person_id, module order by person_id, module`, args...)
}

// factsByEvents returns the facts that given events announced, as if nothing else were known: for decisions kept without
// their facts.
func factsByEvents(ctx context.Context, db bun.IDB, ids []string) (Facts, error) {
	var rows []known
	err := db.NewRaw(`select kind, subject_id, word, value from fact where event_id = any(?::uuid[])`, pgdialect.Array(ids)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("facts by events: %w", err)
	}
	facts := Facts{}
	for _, k := range rows {
		facts.add(Subject{k.Kind, k.SubjectID, k.Word}, k.Value)
	}
	return facts, nil
}
