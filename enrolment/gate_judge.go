package enrolment

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// judgement is a decision about one person now, with what is needed to keep it.
type judgement struct {
	Decision
	facts    Facts
	evidence []string // ids of the events that announced the facts
}

// judge decides one gate of a seminar for a person, from the facts heard so far. Take it under the seminar's lock: it
// takes the person's, so that a fact that arrives meanwhile is either seen here or sees what is written here.
func (s *Service) judge(ctx context.Context, tx bun.Tx, sem Seminar, use Use, personID int64) (judgement, error) {
	if sem.floor == nil { // else everybody's turn was taken at once
		if err := lockPerson(ctx, tx, personID); err != nil {
			return judgement{}, err
		}
	}
	facts, known, err := sem.floor.evidence(ctx, tx, sem, use, personID)
	return judgement{Decide(sem.Rule(use), facts), facts, known}, err
}

// keepAll stores the decisions that newcomers rest on, in their order.
func (s *Service) keepAll(ctx context.Context, tx bun.Tx, sem Seminar, all []newcomer) error {
	people, evidence, facts := make([]int64, len(all)), make([]string, len(all)), make([]string, len(all))
	for i, n := range all {
		text, err := json.Marshal(n.facts)
		if err != nil {
			return err
		}
		people[i], evidence[i], facts[i] = n.reg.PersonID, "{"+strings.Join(n.evidence, ",")+"}", string(text)
	}
	var ids []int64
	err := tx.NewRaw(`insert into decision (person_id, seminar_id, use, gate_version, evidence, facts, at)
		select person_id, ?, ?, ?, evidence::uuid[], facts, ?
		from unnest(?::bigint[], ?::text[], ?::jsonb[]) with ordinality d (person_id, evidence, facts, n) order by n returning id`,
		sem.ID, ToRegister, sem.RuleVersion(ToRegister), s.now(), pgdialect.Array(people), pgdialect.Array(evidence), pgdialect.Array(facts)).Scan(ctx, &ids)
	if err != nil || len(ids) != len(all) {
		return fmt.Errorf("keep decisions: %d of %d: %w", len(ids), len(all), err)
	}
	slices.Sort(ids) // numbered in the order of insertion
	for i, n := range all {
		n.reg.DecisionID = ids[i]
	}
	return nil
}

// keep stores a favourable decision, for a registration to rest on, and returns its id.
func (s *Service) keep(ctx context.Context, tx bun.Tx, sem Seminar, use Use, personID int64, j judgement) (int64, error) {
	facts, err := jsonOf(j.facts)
	if err != nil {
		return 0, err
	}
	var id int64
	err = tx.NewRaw(`insert into decision (person_id, seminar_id, use, gate_version, evidence, facts, at)
		values (?, ?, ?, ?, ?::uuid[], ?, ?) returning id`,
		personID, sem.ID, use, sem.RuleVersion(use), pgdialect.Array(j.evidence), facts, s.now()).Scan(ctx, &id)
	if err != nil {
		return 0, fmt.Errorf("keep decision: %w", err)
	}
	return id, nil
}
