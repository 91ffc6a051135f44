package enrolment

import (
	"context"
	"fmt"
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
		Handle: s.hear,
		Reset:  forget,
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

func (s *Service) hear(ctx context.Context, tx bun.Tx, e events.Event) error {
	if err := hearTitle(ctx, tx, e); err != nil {
		return err
	}
	told, err := factsIn(e)
	if err != nil || len(told) == 0 {
		return err
	}
	concerned, err := lockConcerned(ctx, tx, told)
	if err != nil {
		return err
	}
	news := false
	for _, f := range told {
		fresh, err := f.save(ctx, tx)
		if err != nil {
			return err
		}
		news = news || fresh
	}
	if !news {
		return nil
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
	for _, c := range all {
		if len(c.people) == 0 {
			continue
		}
		gates, err := s.gatesAbout(ctx, tx, c.subjects)
		if err != nil {
			return err
		}
		for _, g := range gates {
			verdicts, err := verdictsOf(ctx, tx, g.Rule, c.people)
			if err != nil {
				return err
			}
			if err := s.record(ctx, tx, g.Seminar, g.Use, verdicts); err != nil {
				return err
			}
		}
	}
	return nil
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

// few is up to how many people are judged one by one; sets serve more.
const few = 3

// verdictsOf judges some people by a rule: in memory a few, in sets many. Both ways give the same answer.
func verdictsOf(ctx context.Context, tx bun.Tx, rule Rule, people []int64) (all []verdict, err error) {
	if len(people) > few {
		return setVerdicts(ctx, tx, rule, "person.id = any(?::bigint[])", pgdialect.Array(people))
	}
	for _, id := range people {
		facts, _, err := evidenceFor(ctx, tx, id, rule)
		if err != nil {
			return nil, err
		}
		all = append(all, verdict{id, Decide(rule, facts).Eligible})
	}
	return all, nil
}

// setVerdicts judges the people for whom a condition holds, which may speak of verdict, in one query.
func setVerdicts(ctx context.Context, db bun.IDB, rule Rule, where string, args ...any) (all []verdict, err error) {
	c := compile(time.Time{})
	met := c.condition(rule)
	err = db.NewRaw(`select person.id as person_id, verdict.eligible from person`+c.joins.String()+`
		cross join lateral (select `+met+` as eligible) verdict where `+where+` order by person.id`, append(c.args, args...)...).Scan(ctx, &all)
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
		if err := s.record(ctx, tx, sem, use, batch); err != nil {
			return err
		}
	}
	return nil
}

// record stores verdicts of one gate. It tells those whom the gate to register lets in for the first time, while
// registration is open, and announces those registered who have just met the gate to attend.
func (s *Service) record(ctx context.Context, tx bun.Tx, sem Seminar, use Use, verdicts []verdict) error {
	var people, eligible []int64
	var answers []bool
	for _, v := range verdicts {
		people, answers = append(people, v.PersonID), append(answers, v.Eligible)
		if v.Eligible {
			eligible = append(eligible, v.PersonID)
		}
	}
	if use == ToAttend && len(eligible) > 0 {
		if err := announceAttend(ctx, tx, sem, eligible); err != nil {
			return err
		}
	}
	_, err := tx.NewRaw(`insert into eligibility (person_id, seminar_id, use, eligible, gate_version, decided_at)
		select person_id, ?, ?, answer, ?, ? from unnest(?::bigint[], ?::boolean[]) as v (person_id, answer)
		on conflict (person_id, seminar_id, use) do update
		set eligible = excluded.eligible, gate_version = excluded.gate_version, decided_at = excluded.decided_at`,
		sem.ID, use, sem.RuleVersion(use), s.now(), pgdialect.Array(people), pgdialect.Array(answers)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("record eligibility for seminar %d: %w", sem.ID, err)
	}
	if use != ToRegister || len(eligible) == 0 || sem.Refusal(s.now()) != nil {
		return nil
	}
	return s.unlock(ctx, tx, sem, eligible)
}

// announceAttend publishes that registered people met the gate to attend, unless that was known. Who takes a seat at the
// same moment is judged in that transaction, which waits for this one or is waited for: see judge.
func announceAttend(ctx context.Context, tx bun.Tx, sem Seminar, eligible []int64) error {
	var fresh []int64
	err := tx.NewRaw(`select person_id from registration where seminar_id = ? and state <> 'cancelled' and person_id = any(?::bigint[])
		and not exists (select from eligibility e where e.person_id = registration.person_id and e.seminar_id = registration.seminar_id
			and use = 'attend' and eligible)
		order by person_id`, sem.ID, pgdialect.Array(eligible)).Scan(ctx, &fresh)
	if err != nil {
		return fmt.Errorf("who met the gate to attend of seminar %d: %w", sem.ID, err)
	}
	for _, id := range fresh {
		err := events.Publish(ctx, tx, events.AttendGateMet{PersonID: id, SeminarID: sem.ID, GateVersion: sem.AttendVersion})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) unlock(ctx context.Context, tx bun.Tx, sem Seminar, eligible []int64) error {
	var fresh []int64
	err := tx.NewRaw(`insert into unlock (person_id, seminar_id, gate_version, at)
		select person_id, ?, ?, ? from unnest(?::bigint[]) as p (person_id)
		on conflict do nothing returning person_id`,
		sem.ID, sem.GateVersion, s.now(), pgdialect.Array(eligible)).Scan(ctx, &fresh)
	if err != nil {
		return fmt.Errorf("unlock seminar %d: %w", sem.ID, err)
	}
	for _, id := range fresh {
		err := events.Publish(ctx, tx, events.SeminarUnlocked{
			PersonID: id, SeminarID: sem.ID, Title: sem.Title, GateVersion: sem.GateVersion, StartsAt: sem.StartsAt,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
