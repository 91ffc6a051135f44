package enrolment

import (
	"context"
	"fmt"

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
	if err := lockPerson(ctx, tx, personID); err != nil {
		return judgement{}, err
	}
	facts, known, err := evidenceFor(ctx, tx, personID, sem.Rule(use))
	return judgement{Decide(sem.Rule(use), facts), facts, known}, err
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

// admit judges a person and keeps the decision; it returns its id, or NotEligible with what is missing.
func (s *Service) admit(ctx context.Context, tx bun.Tx, sem Seminar, use Use, personID int64) (int64, error) {
	j, err := s.judge(ctx, tx, sem, use, personID)
	if err != nil {
		return 0, err
	}
	if !j.Eligible {
		return 0, NotEligible{j.Decision}
	}
	return s.keep(ctx, tx, sem, use, personID, j)
}
