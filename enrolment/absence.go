package enrolment

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// AbsencePolicy is how an office answers seats left empty: after that many absences within that many months, its
// approval is needed at its seminars.
type AbsencePolicy struct {
	OfficeID int64
	Absences int // 0: absences change nothing
	Months   int
}

// Absences are those of a person at an office's seminars, against its policy.
type Absences struct {
	Count, Limit int // Limit 0: the office has no policy
	Months       int
}

// Over tells whether the office must approve the person's registrations.
func (a Absences) Over() bool { return a.Limit > 0 && a.Count >= a.Limit }

// absencesOf counts the seminars of an office that a person was absent from without cancelling, as far back as the
// office's policy looks.
func absencesOf(ctx context.Context, db bun.IDB, officeID, personID int64, now time.Time) (Absences, error) {
	p, err := policyOf(ctx, db, officeID)
	if err != nil {
		return Absences{}, err
	}
	return p.absencesOf(ctx, db, personID, now)
}

func (p AbsencePolicy) absencesOf(ctx context.Context, db bun.IDB, personID int64, now time.Time) (Absences, error) {
	if p.Absences == 0 {
		return Absences{}, nil
	}
	a := Absences{Limit: p.Absences, Months: p.Months}
	err := db.NewRaw(`select count(*) from registration join seminar on seminar.id = seminar_id
		where person_id = ? and registration.state = 'absent' and office_id = ? and ends_at > ?`,
		personID, p.OfficeID, now.AddDate(0, -p.Months, 0)).Scan(ctx, &a.Count)
	if err != nil {
		err = fmt.Errorf("absences of person %d: %w", personID, err)
	}
	return a, err
}

func policyOf(ctx context.Context, db bun.IDB, officeID int64) (AbsencePolicy, error) {
	p := AbsencePolicy{OfficeID: officeID}
	err := db.NewRaw(`select absences, months from absence_policy where office_id = ?`, officeID).Scan(ctx, &p.Absences, &p.Months)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return p, fmt.Errorf("absence policy of office %d: %w", officeID, err)
	}
	return p, nil
}

// AbsencePolicies lists the policies of the offices whose seminars the actor runs, one for each office.
func (s *Service) AbsencePolicies(ctx context.Context, actor account.Actor) ([]AbsencePolicy, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	var all, mine []AbsencePolicy
	err := s.db.NewRaw(`select office.id as office_id, coalesce(absences, 0) as absences, coalesce(months, 0) as months
		from office left join absence_policy on office_id = office.id order by office.id`).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("absence policies: %w", err)
	}
	for _, p := range all {
		if actor.Can(account.RunSeminars, account.Scope{OfficeID: p.OfficeID}) {
			mine = append(mine, p)
		}
	}
	return mine, nil
}

// SetAbsencePolicy changes an office's policy; no absences removes it. It returns account.ErrForbidden or account.Invalid.
func (s *Service) SetAbsencePolicy(ctx context.Context, actor account.Actor, p AbsencePolicy) error {
	switch {
	case !actor.Can(account.RunSeminars, account.Scope{OfficeID: p.OfficeID}):
		return account.ErrForbidden
	case p.Absences < 0 || p.Absences > 20:
		return account.Invalid{Field: "absences", Key: "desk.error_absences"}
	case p.Absences > 0 && (p.Months < 1 || p.Months > 60):
		return account.Invalid{Field: "months", Key: "desk.error_months"}
	}
	return s.inTx(ctx, "set absence policy", func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(`delete from absence_policy where office_id = ?`, p.OfficeID).Exec(ctx)
		if err == nil && p.Absences > 0 {
			_, err = tx.NewRaw(`insert into absence_policy (office_id, absences, months, changed_by, changed_at) values (?, ?, ?, ?, ?)`,
				p.OfficeID, p.Absences, p.Months, actor.PersonID, s.now()).Exec(ctx)
		}
		if err != nil {
			return err
		}
		var office struct {
			Name events.Text `bun:"type:jsonb"`
		}
		if err := tx.NewRaw(`select name from office where id = ?`, p.OfficeID).Scan(ctx, &office); err != nil {
			return found(err)
		}
		return events.Publish(ctx, tx, events.AbsencePolicyChanged{OfficeID: p.OfficeID, Name: office.Name, Absences: p.Absences, Months: p.Months, By: actor.PersonID})
	})
}
