package enrolment

import (
	"context"
	"fmt"
	"slices"

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
			events.AttendanceRecorded{}.EventType(),
			events.Contributed{}.EventType(), events.ContributionHidden{}.EventType(), events.ContributionRestored{}.EventType(),
			events.ContributionDeleted{}.EventType(),
		},
		Handle: s.hear,
		Reset:  forget,
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
	f, ok, err := factOf(e)
	if err != nil || !ok {
		return err
	}
	if err := lockPerson(ctx, tx, f.PersonID); err != nil {
		return err
	}
	fresh, err := f.save(ctx, tx)
	if err != nil || !fresh || f.PersonID == 0 {
		return err
	}
	return s.decideFor(ctx, tx, f.PersonID, f.Subject)
}

// hearTitle keeps the newest title of each module.
func hearTitle(ctx context.Context, tx bun.Tx, e events.Event) error {
	var p events.ModulePublished
	var err error
	switch e.Type {
	case p.EventType():
		p, err = events.Decode[events.ModulePublished](e)
	case events.ModuleCompleted{}.EventType():
		var c events.ModuleCompleted
		c, err = events.Decode[events.ModuleCompleted](e)
		p = events.ModulePublished{ModuleID: c.ModuleID, SpaceID: c.SpaceID, Title: c.Title}
	default:
		return nil
	}
	if err != nil || p.Title.String() == "" {
		return err
	}
	title, err := jsonOf(p.Title)
	if err != nil {
		return err
	}
	// The condition spares a write, and its lock, to the thousands of completions that repeat a known title.
	_, err = tx.NewRaw(`insert into module_title (module_id, space_id, title, at) values (?, ?, ?, ?)
		on conflict (module_id) do update set space_id = excluded.space_id, title = excluded.title, at = excluded.at
		where module_title.at < excluded.at and (module_title.title, module_title.space_id) is distinct from (excluded.title, excluded.space_id)`,
		p.ModuleID, p.SpaceID, title, e.Time).Exec(ctx)
	if err != nil {
		return fmt.Errorf("title of module %d: %w", p.ModuleID, err)
	}
	return nil
}

// lockGates keeps every decision of the fact consumer out until the end of tx, so that a new gate and a new fact always
// see one another. Take it after a seminar's row and before a person.
func lockGates(ctx context.Context, tx bun.Tx) error {
	_, err := tx.NewRaw(`select pg_advisory_xact_lock(hashtextextended('enrolment gates', 0))`).Exec(ctx)
	return err
}

// lockPerson makes the decisions about one person wait for one another, so that two facts that arrive together are both
// seen by the later one. Gates don't change meanwhile.
func lockPerson(ctx context.Context, tx bun.Tx, personID int64) error {
	_, err := tx.NewRaw(`select pg_advisory_xact_lock_shared(hashtextextended('enrolment gates', 0)),
		pg_advisory_xact_lock(hashtextextended('enrolment person', ?))`, personID).Exec(ctx)
	return err
}

// decideFor decides the gates of coming seminars that speak of sub, for one person.
func (s *Service) decideFor(ctx context.Context, tx bun.Tx, personID int64, sub Subject) error {
	var gates []struct {
		Seminar `bun:",extend"`
		Use     Use
		Version int
		Rule    Rule `bun:"type:jsonb"`
	}
	err := tx.NewRaw(`select seminar.*, gate_version.use, gate_version.rule from gate_subject
		join seminar on seminar.id = gate_subject.seminar_id
		join gate_version on gate_version.seminar_id = seminar.id and gate_version.use = gate_subject.use
			and gate_version.version = case gate_subject.use when 'register' then seminar.gate_version else seminar.attend_version end
		where kind = ? and subject_id = ? and state = 'published' and starts_at > ? order by seminar.id, gate_version.use desc`,
		sub.Kind, sub.ID, s.now()).Scan(ctx, &gates)
	if err != nil {
		return fmt.Errorf("gates about %s %d: %w", sub.Kind, sub.ID, err)
	}
	if len(gates) == 0 {
		return nil
	}
	facts, err := factsOf(ctx, tx, personID)
	if err != nil {
		return err
	}
	for _, gate := range gates {
		v := verdict{personID, Decide(gate.Rule, facts).Eligible}
		if err := s.record(ctx, tx, gate.Seminar, gate.Use, []verdict{v}); err != nil {
			return err
		}
	}
	return nil
}

// verdict is the answer of a gate for one person.
type verdict struct {
	PersonID int64
	Eligible bool
}

// decideAll decides both gates of a published seminar for everybody of whom something relevant is known. An open gate
// has nobody to tell: it was open from the start.
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

func (s *Service) decideUse(ctx context.Context, tx bun.Tx, sem Seminar, use Use) error {
	verdicts, err := verdictsOf(ctx, tx, sem, use)
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(verdicts, 1000) {
		if err := s.record(ctx, tx, sem, use, batch); err != nil {
			return err
		}
	}
	// Those of whom nothing that the new gate asks is known.
	_, err = tx.NewRaw(`update eligibility set eligible = ?, gate_version = ?, decided_at = ?
		where seminar_id = ? and use = ? and gate_version <> ?`,
		sem.Rule(use).Open(), sem.RuleVersion(use), s.now(), sem.ID, use, sem.RuleVersion(use)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("decide gate of seminar %d: %w", sem.ID, err)
	}
	return nil
}

func verdictsOf(ctx context.Context, tx bun.Tx, sem Seminar, use Use) ([]verdict, error) {
	rows, err := tx.QueryContext(ctx, `select person_id, fact.kind, fact.subject_id, max(value) from fact
		join gate_subject using (kind, subject_id)
		where seminar_id = ? and use = ? and until is null and person_id is not null
		group by person_id, fact.kind, fact.subject_id order by person_id`, sem.ID, use)
	if err != nil {
		return nil, fmt.Errorf("facts for seminar %d: %w", sem.ID, err)
	}
	defer rows.Close()
	var all []verdict
	facts, person := Facts{}, int64(0)
	flush := func() {
		if person != 0 {
			all = append(all, verdict{person, Decide(sem.Rule(use), facts).Eligible})
		}
		clear(facts)
	}
	for rows.Next() {
		var e evidence
		var id int64
		if err := rows.Scan(&id, &e.Kind, &e.SubjectID, &e.Value); err != nil {
			return nil, err
		}
		if id != person {
			flush()
			person = id
		}
		facts.add(e.Kind, e.SubjectID, e.Value)
	}
	flush()
	return all, rows.Err()
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
