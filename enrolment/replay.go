package enrolment

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Past is a decision that a registration rests on, taken again.
type Past struct {
	At          time.Time
	Use         Use
	GateVersion int
	Rule        Rule
	Decision    Decision
	Titles      map[int64]events.Text // of the rule's modules, as they are called now
}

// Why takes the decision that admitted a registration again, with the version of the gate and the facts of that moment,
// whatever was edited or learnt since. It is for the person and for the office.
func (s *Service) Why(ctx context.Context, actor account.Actor, registrationID int64) (Past, error) {
	var row struct {
		ID          int64
		SeminarID   int64
		PersonID    int64
		Use         Use
		GateVersion int
		Evidence    []string `bun:",array"`
		At          time.Time
	}
	err := s.db.NewRaw(`select d.id, d.seminar_id, d.person_id, d.use, d.gate_version, d.evidence::text[] as evidence, d.at from decision d
		join registration r on r.decision_id = d.id where r.id = ?`, registrationID).Scan(ctx, &row)
	if err != nil {
		return Past{}, fmt.Errorf("decision of registration %d: %w", registrationID, found(err))
	}
	sem, err := findSeminar(ctx, s.db, row.SeminarID, "")
	if err != nil {
		return Past{}, err
	}
	if actor.PersonID != row.PersonID && !actor.Can(account.RunSeminars, sem.Scope()) || !actor.SignedIn() {
		return Past{}, account.ErrNotFound
	}
	rule, err := ruleOf(ctx, s.db, row.SeminarID, row.Use, row.GateVersion)
	if err != nil {
		return Past{}, err
	}
	facts, err := factsByEvents(ctx, s.db, row.Evidence)
	if err != nil {
		return Past{}, err
	}
	titles, err := titlesOf(ctx, s.db, rule.Modules())
	return Past{row.At, row.Use, row.GateVersion, rule, Decide(rule, facts), titles}, err
}

// DecideAt judges a person by the gate that a seminar had for a use at time t and by what was true then.
func DecideAt(ctx context.Context, db bun.IDB, seminarID int64, use Use, personID int64, t time.Time) (Past, error) {
	var version int
	err := db.NewRaw(`select version from gate_version where seminar_id = ? and use = ? and created_at <= ?
		order by version desc limit 1`, seminarID, use, t).Scan(ctx, &version)
	if err != nil {
		return Past{}, fmt.Errorf("gate of seminar %d at %s: %w", seminarID, t, found(err))
	}
	rule, err := ruleOf(ctx, db, seminarID, use, version)
	if err != nil {
		return Past{}, err
	}
	facts, err := factsAt(ctx, db, personID, t)
	if err != nil {
		return Past{}, err
	}
	titles, err := titlesOf(ctx, db, rule.Modules())
	return Past{t, use, version, rule, Decide(rule, facts), titles}, err
}
