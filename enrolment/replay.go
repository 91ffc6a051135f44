package enrolment

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// Past is a decision taken again.
type Past struct {
	At       time.Time
	Use      Use
	Version  GateVersion // the gate that counted then
	Decision Decision
	Names    Names // of what the rule speaks of, as it is called now
}

// Why takes the decision that admitted a registration again, with the version of the gate and the facts of that moment,
// whatever was edited or learnt since. It is for the person and for the office.
func (s *Service) Why(ctx context.Context, actor account.Actor, registrationID int64) (Past, error) {
	var row struct {
		SeminarID int64
		PersonID  int64
		Use       Use
		Version   int
		Evidence  []string `bun:",array"`
		Facts     Facts    `bun:"type:jsonb"`
		At        time.Time
	}
	err := s.db.NewRaw(`select d.seminar_id, d.person_id, d.use, d.gate_version as version, d.evidence::text[] as evidence, d.facts, d.at
		from decision d join registration r on r.decision_id = d.id where r.id = ?`, registrationID).Scan(ctx, &row)
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
	if row.Facts == nil {
		if row.Facts, err = factsByEvents(ctx, s.db, row.Evidence); err != nil {
			return Past{}, err
		}
	}
	return s.past(ctx, row.SeminarID, row.Use, row.Version, row.Facts, row.At)
}

// WhyAt judges the person of a registration by the gate that the seminar had for a use at time t and by what was true
// then, as known today. It is for the office. It returns account.ErrNotFound for a time before the seminar was written.
func (s *Service) WhyAt(ctx context.Context, actor account.Actor, registrationID int64, use Use, t time.Time) (Past, error) {
	var reg Registration
	if err := s.db.NewSelect().Model(&reg).Where("id = ?", registrationID).Scan(ctx); err != nil {
		return Past{}, fmt.Errorf("registration %d: %w", registrationID, found(err))
	}
	sem, err := findSeminar(ctx, s.db, reg.SeminarID, "")
	if err != nil {
		return Past{}, err
	}
	if !actor.Can(account.RunSeminars, sem.Scope()) {
		return Past{}, account.ErrNotFound
	}
	return s.decideAt(ctx, sem, use, reg.PersonID, t)
}

func (s *Service) decideAt(ctx context.Context, sem Seminar, use Use, personID int64, t time.Time) (Past, error) {
	if t.Before(sem.CreatedAt) {
		return Past{}, fmt.Errorf("gate of seminar %d at %s: %w", sem.ID, t, account.ErrNotFound)
	}
	var version int
	err := s.db.NewRaw(`select coalesce(max(version), 0) from gate_version where seminar_id = ? and use = ? and created_at <= ?`,
		sem.ID, use, t).Scan(ctx, &version)
	if err != nil {
		return Past{}, fmt.Errorf("gate of seminar %d at %s: %w", sem.ID, t, err)
	}
	rule, err := ruleOf(ctx, s.db, sem.ID, use, version)
	if err != nil {
		return Past{}, err
	}
	facts, _, err := factsAbout(ctx, s.db, personID, rule.Subjects(), t)
	if err != nil {
		return Past{}, err
	}
	return s.past(ctx, sem.ID, use, version, facts, t)
}

func (s *Service) past(ctx context.Context, seminarID int64, use Use, version int, facts Facts, at time.Time) (Past, error) {
	p := Past{At: at, Use: use}
	if version > 0 {
		all, err := gateVersions(ctx, s.db, seminarID, use, version)
		if err != nil {
			return p, err
		}
		if len(all) == 0 {
			return p, fmt.Errorf("gate to %s %d of seminar %d: %w", use, version, seminarID, account.ErrNotFound)
		}
		p.Version = all[0]
	}
	p.Decision = Decide(p.Version.Rule, facts)
	var err error
	p.Names, err = namesIn(ctx, s.db, p.Version.Rule)
	return p, err
}

// GateVersion is a rule that a seminar had.
type GateVersion struct {
	Version int    // 0: none was ever set
	Rule    Rule   `bun:"type:jsonb"`
	By      string // who saved it; "" when their account is gone
	At      time.Time
}

// gateVersions lists the versions of a gate, the latest first; only one of them when only isn't 0.
func gateVersions(ctx context.Context, db bun.IDB, seminarID int64, use Use, only int) (all []GateVersion, err error) {
	err = db.NewRaw(`select version, rule, coalesce(person.name, '') as by, gate_version.created_at as at
		from gate_version left join person on person.id = created_by
		where seminar_id = ? and use = ? and ? in (0, version) order by version desc`, seminarID, use, only).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("gate versions of seminar %d: %w", seminarID, err)
	}
	return all, nil
}

// said is a fact as it is stored with a decision.
type said struct {
	Kind  Kind   `json:"kind"`
	ID    int64  `json:"id"`
	Word  string `json:"word,omitempty"`
	Value int    `json:"value"`
}

// MarshalJSON writes the facts as a list in a fixed order.
func (f Facts) MarshalJSON() ([]byte, error) {
	all := []said{}
	for s, value := range f {
		all = append(all, said{s.Kind, s.ID, s.Word, value})
	}
	slices.SortFunc(all, func(a, b said) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Word, b.Word))
	})
	return json.Marshal(all)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Facts) UnmarshalJSON(data []byte) error {
	var all []said
	if err := json.Unmarshal(data, &all); err != nil || all == nil {
		return err
	}
	*f = Facts{}
	for _, s := range all {
		(*f)[Subject{s.Kind, s.ID, s.Word}] = s.Value
	}
	return nil
}
