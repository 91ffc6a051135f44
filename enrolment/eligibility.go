package enrolment

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// Consumers are what enrolment hears on the bus.
func (s *Service) Consumers() []events.Consumer {
	return []events.Consumer{{
		Name: "enrolment_facts",
		Types: []string{
			events.ModulePublished{}.EventType(), events.ModuleCompleted{}.EventType(), events.ModuleProgressed{}.EventType(),
			events.QuizAnswered{}.EventType(), events.MembershipChanged{}.EventType(), events.OrganisationDecided{}.EventType(),
			events.OrganisationChanged{}.EventType(), events.AttendanceRecorded{}.EventType(),
			events.Contributed{}.EventType(), events.ContributionHidden{}.EventType(), events.ContributionRestored{}.EventType(),
			events.ContributionDeleted{}.EventType(),
		},
		Handle: func(ctx context.Context, tx bun.Tx, e events.Event) error { return s.hear(ctx, tx, []events.Event{e}) },
		Together: []string{
			events.ModuleCompleted{}.EventType(), events.ModuleProgressed{}.EventType(), events.QuizAnswered{}.EventType(),
			events.AttendanceRecorded{}.EventType(), events.Contributed{}.EventType(),
		},
		HandleAll: s.hear,
		Reset:     forget,
	}, {
		// It has no Reset: who was given a seat keeps it.
		Name:   "enrolment_seats",
		Types:  []string{events.AttendGateMet{}.EventType()},
		Handle: s.hearCondition,
	}, s.retirements()}
}

// forget empties what hear builds. Unlocks stay: what people were told isn't untold, nor told twice. So do decisions.
func forget(ctx context.Context, tx bun.Tx) error {
	if err := lockGates(ctx, tx); err != nil {
		return err
	}
	for _, table := range []string{"fact", "eligibility", "module_title"} {
		if _, err := tx.NewRaw("delete from ?", bun.Ident(table)).Exec(ctx); err != nil {
			return fmt.Errorf("forget %s: %w", table, err)
		}
	}
	return nil
}

// hear keeps the facts of some events and decides the gates that speak of them, for the people they concern.
func (s *Service) hear(ctx context.Context, tx bun.Tx, list []events.Event) error {
	if err := hearTitles(ctx, tx, list); err != nil {
		return err
	}
	var told []fact
	for _, e := range list {
		more, err := factsIn(e)
		if err != nil {
			return err
		}
		told = append(told, more...)
	}
	if len(told) == 0 {
		return nil
	}
	if err := shareGates(ctx, tx); err != nil {
		return err
	}
	if len(list) == 1 {
		return s.hearOne(ctx, tx, told)
	}
	concerned, err := lockSeveral(ctx, tx, told)
	if err != nil {
		return err
	}
	fresh, err := saveAll(ctx, tx, told)
	if err != nil {
		return err
	}
	var news []concern
	for n, c := range concerned {
		if fresh[n] {
			news = append(news, c)
		}
	}
	return s.decideFor(ctx, tx, news)
}

// hearOne is hear for the facts of one event.
func (s *Service) hearOne(ctx context.Context, tx bun.Tx, told []fact) error {
	concerned, err := lockConcerned(ctx, tx, told)
	if err != nil {
		return err
	}
	fresh, err := saveAll(ctx, tx, told)
	if err != nil || !slices.Contains(fresh, true) {
		return err
	}
	return s.decideFor(ctx, tx, concerned)
}

// lockGates keeps every decision of the fact consumer out until the end of tx, so that a new gate and a new fact always
// see one another. Take it after a seminar's row and before a person.
func lockGates(ctx context.Context, tx bun.Tx) error {
	_, err := tx.NewRaw(`select pg_advisory_xact_lock(hashtextextended('enrolment gates', 0))`).Exec(ctx)
	return err
}

// verdict is the answer of a gate for one person.
type verdict struct {
	PersonID int64
	Eligible bool
}

// decideFor decides the gates of coming seminars that speak of what has changed, for the people it concerns.
func (s *Service) decideFor(ctx context.Context, tx bun.Tx, all []concern) error {
	about := map[Subject][]int64{} // whom a change of a subject concerns
	for _, c := range all {
		for _, one := range c.subjects {
			about[one] = append(about[one], c.people...)
		}
	}
	gates, err := s.gatesAbout(ctx, tx, slices.Collect(maps.Keys(about)))
	if err != nil || len(gates) == 0 {
		return err
	}
	judged, err := judgeAll(ctx, tx, gates, func(g gate) []int64 {
		var people []int64
		for _, one := range g.Rule.Subjects() {
			people = append(people, about[one]...)
		}
		slices.Sort(people)
		return slices.Compact(people)
	})
	if err != nil {
		return err
	}
	return s.record(ctx, tx, judged)
}

// gate is one gate of a seminar, with the version that counts.
type gate struct {
	Seminar `bun:",extend"`
	Use     Use
	Rule    Rule `bun:"type:jsonb"`
}

// gatesAbout finds the gates of coming published seminars that speak of any of the subjects.
func (s *Service) gatesAbout(ctx context.Context, tx bun.Tx, subjects []Subject) (gates []gate, err error) {
	kinds, ids := columns(subjects)
	err = tx.NewRaw(`select seminar.*, gate_version.use, gate_version.rule from seminar
		join gate_version on gate_version.seminar_id = seminar.id
			and gate_version.version = case gate_version.use when 'register' then seminar.gate_version else seminar.attend_version end
		where state = 'published' and starts_at > ? and exists (select from gate_subject g
			where (g.kind, g.subject_id) in (select * from unnest(?::text[], ?::bigint[])) and g.seminar_id = seminar.id and g.use = gate_version.use)
		order by seminar.id, gate_version.use desc`,
		s.now(), pgdialect.Array(kinds), pgdialect.Array(ids)).Scan(ctx, &gates)
	if err != nil {
		return nil, fmt.Errorf("gates about %v: %w", subjects, err)
	}
	return gates, nil
}

// few is up to how many people are judged in memory; sets serve more.
const few = 256

// decided is what one gate says of some people.
type decided struct {
	gate
	verdicts []verdict
}

// judgeAll judges the people whom each gate concerns: in memory a few, of whom all that the gates speak of is read at once;
// in sets many. Both ways give the same answer.
func judgeAll(ctx context.Context, tx bun.Tx, gates []gate, concerned func(gate) []int64) ([]decided, error) {
	var everybody []int64
	var subjects []Subject
	people := make([][]int64, len(gates))
	for n, g := range gates {
		people[n] = concerned(g)
		everybody, subjects = append(everybody, people[n]...), append(subjects, g.Rule.Subjects()...)
	}
	slices.Sort(everybody)
	everybody = slices.Compact(everybody)
	if len(everybody) > few {
		return judgeSets(ctx, tx, gates, people)
	}
	of, err := evidenceOf(ctx, tx, everybody, subjects, time.Time{})
	all := make([]decided, len(gates))
	for n, g := range gates {
		all[n].gate = g
		for _, id := range people[n] {
			if err == nil {
				all[n].verdicts = append(all[n].verdicts, verdict{id, Decide(g.Rule, of[id].Facts).Eligible})
			}
		}
	}
	return all, err
}

// judgeSets is judgeAll in the database.
func judgeSets(ctx context.Context, tx bun.Tx, gates []gate, people [][]int64) ([]decided, error) {
	all := make([]decided, len(gates))
	for n, g := range gates {
		verdicts, err := setVerdicts(ctx, tx, g.Rule, "person.id = any(?::bigint[])", pgdialect.Array(people[n]))
		if err != nil {
			return nil, err
		}
		all[n] = decided{g, verdicts}
	}
	return all, nil
}

// setVerdicts judges the people for whom a condition holds, which may speak of verdict, in one query.
func setVerdicts(ctx context.Context, db bun.IDB, rule Rule, where string, args ...any) (all []verdict, err error) {
	c := compile(time.Time{})
	met := c.condition(rule)
	err = db.NewRaw(`select person.id as person_id, verdict.eligible from person`+c.joins.String()+`
		cross join lateral (select `+met+` as eligible) verdict where person.mask_of is null and (`+where+`) order by person.id`, append(c.args, args...)...).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("judge in sets: %w", err)
	}
	return all, nil
}

// decideAll decides both gates of a published seminar for everybody.
func (s *Service) decideAll(ctx context.Context, tx bun.Tx, sem Seminar) error {
	if err := lockGates(ctx, tx); err != nil {
		return err
	}
	for _, use := range Uses {
		if err := s.decideUse(ctx, tx, sem, use); err != nil {
			return err
		}
	}
	return nil
}

// decideUse records the answer for those whose answer differs from that for somebody of whom nothing is known, and for
// those who were answered before. The others needn't be told: the gate was open, or closed, to them from the start.
func (s *Service) decideUse(ctx context.Context, tx bun.Tx, sem Seminar, use Use) error {
	rule := sem.Rule(use)
	verdicts, err := setVerdicts(ctx, tx, rule, `verdict.eligible <> ? or exists (select from eligibility e
		where e.person_id = person.id and e.seminar_id = ? and e.use = ?)`, Decide(rule, nil).Eligible, sem.ID, use)
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(verdicts, 1000) {
		if err := s.record(ctx, tx, []decided{{gate{sem, use, rule}, batch}}); err != nil {
			return err
		}
	}
	return nil
}
