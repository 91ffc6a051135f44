package enrolment

import (
	"context"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// saveFirstGates stores the gates of a new seminar. A gate to attend that asks for nothing has no version.
func (s *Service) saveFirstGates(ctx context.Context, tx bun.Tx, sem *Seminar, actor account.Actor) error {
	if err := s.saveGate(ctx, tx, *sem, ToRegister, actor); err != nil || sem.Attend.Open() {
		return err
	}
	sem.AttendVersion = 1
	if _, err := tx.NewUpdate().Model(sem).Column("attend_version").WherePK().Exec(ctx); err != nil {
		return err
	}
	return s.saveGate(ctx, tx, *sem, ToAttend, actor)
}

// saveGate adds the version of one of the seminar's gates and indexes what it speaks of. Nobody else decides meanwhile.
func (s *Service) saveGate(ctx context.Context, tx bun.Tx, sem Seminar, use Use, actor account.Actor) error {
	if err := lockGates(ctx, tx); err != nil {
		return err
	}
	rule, err := jsonOf(sem.Rule(use))
	if err != nil {
		return err
	}
	_, err = tx.NewRaw(`insert into gate_version (seminar_id, use, version, rule, created_by, created_at)
		values (?, ?, ?, ?, ?, ?)`, sem.ID, use, sem.RuleVersion(use), rule, actor.PersonID, s.now()).Exec(ctx)
	if err != nil {
		return err
	}
	if _, err := tx.NewRaw(`delete from gate_subject where seminar_id = ? and use = ?`, sem.ID, use).Exec(ctx); err != nil {
		return err
	}
	for _, sub := range sem.Rule(use).Subjects() {
		_, err := tx.NewRaw(`insert into gate_subject (kind, subject_id, seminar_id, use) values (?, ?, ?, ?)`,
			sub.Kind, sub.ID, sem.ID, use).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}
