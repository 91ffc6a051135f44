package enrolment

import (
	"context"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// GateEdit is another rule for one of a seminar's gates.
type GateEdit struct {
	SeminarID int64
	Use       Use
	Rule      Rule
	Version   int    // the version that was read: see SaveGate
	Release   bool   // take back the seats, and places on the list, of those who don't meet the new rule
	Reason    string // said to those whose seat is taken back
}

// SaveGate saves another version of a gate and decides it again for everybody. Whoever holds a seat, or waits, keeps it
// unless Release is set: then those who don't meet the rule are withdrawn with the reason, and the seats go to those who
// wait. Saving the same rule changes nothing, save that Release is done.
//
// It returns account.Invalids about "gate", or about "gate_2.1" for the first branch of the second; ErrStale when another
// version was saved since Version; ErrCancelled and ErrStarted when nobody is admitted any more.
func (s *Service) SaveGate(ctx context.Context, actor account.Actor, e GateEdit) (GateEffect, error) {
	var effect GateEffect
	err := s.inTx(ctx, "save gate", func(ctx context.Context, tx bun.Tx) error {
		sem, err := s.lockForOffice(ctx, tx, actor, e.SeminarID)
		if err != nil {
			return err
		}
		if err := lockGates(ctx, tx); err != nil {
			return err
		}
		if err := s.checkGate(ctx, tx, sem, e); err != nil {
			return err
		}
		if effect, err = s.effect(ctx, tx, actor, sem, e); err != nil {
			return err
		}
		return s.replaceGate(ctx, tx, actor, sem, e, effect)
	})
	return effect, err
}

// PreviewGate tells what SaveGate would do, and refuses what it would refuse.
func (s *Service) PreviewGate(ctx context.Context, actor account.Actor, e GateEdit) (GateEffect, error) {
	var effect GateEffect
	err := s.inTx(ctx, "preview gate", func(ctx context.Context, tx bun.Tx) error {
		sem, err := findSeminar(ctx, tx, e.SeminarID, "")
		switch {
		case err != nil:
			return err
		case !actor.SignedIn():
			return account.ErrSignInRequired
		case !actor.Can(account.RunSeminars, sem.Scope()):
			return refusal(ctx, tx, actor, sem)
		}
		e.Release = false // its reason may still be unwritten
		if err := s.checkGate(ctx, tx, sem, e); err != nil {
			return err
		}
		effect, err = s.effect(ctx, tx, actor, sem, e)
		return err
	})
	return effect, err
}

// replaceGate writes the new version and what follows from it. The caller holds the seminar and the gates.
func (s *Service) replaceGate(ctx context.Context, tx bun.Tx, actor account.Actor, sem Seminar, e GateEdit, effect GateEffect) error {
	changed := !effect.Same
	if changed {
		sem.setRule(e.Use, e.Rule)
		if _, err := tx.NewUpdate().Model(&sem).Column("gate_version", "attend_version").WherePK().Exec(ctx); err != nil {
			return err
		}
		if err := s.saveGate(ctx, tx, sem, e.Use, actor); err != nil {
			return err
		}
	}
	released := 0
	if e.Release {
		for _, a := range effect.Seats {
			if err := s.release(ctx, tx, sem, a.RegistrationID, clean(e.Reason), actor); err != nil {
				return err
			}
			released++
		}
	}
	if sem.State != Published || !changed && released == 0 {
		return nil
	}
	if err := s.decideAll(ctx, tx, sem); err != nil {
		return err
	}
	if err := s.settle(ctx, tx, sem, actor); err != nil {
		return err
	}
	if err := events.Publish(ctx, tx, sem.changed(actor)); err != nil {
		return err
	}
	return events.Publish(ctx, tx, events.GateChanged{
		SeminarID: sem.ID, OfficeID: sem.OfficeID, SpaceID: sem.SpaceID, Title: sem.Title, Use: string(e.Use), Version: sem.RuleVersion(e.Use),
		Lost: effect.Lose, Gained: effect.Gain, Released: released, By: actor.PersonID,
	})
}

// release takes one registration back, as the office does.
func (s *Service) release(ctx context.Context, tx bun.Tx, sem Seminar, id int64, reason string, actor account.Actor) error {
	var reg Registration
	if err := tx.NewSelect().Model(&reg).Where("id = ?", id).Scan(ctx); err != nil {
		return err
	}
	reg.CancelledBy, reg.CancelReason = actor.PersonID, reason
	return s.move(ctx, tx, sem, &reg, Withdrawn, "by_office", actor)
}

func (s *Seminar) setRule(use Use, r Rule) {
	if use == ToAttend {
		s.Attend, s.AttendVersion = r, s.AttendVersion+1
	} else {
		s.Gate, s.GateVersion = r, s.GateVersion+1
	}
}

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
