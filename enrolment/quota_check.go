package enrolment

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// Bounds of quotas, so that a page can show them all.
const (
	maxQuotas     = 12
	maxOfferHours = 720
)

// tidySeats checks how seats are given, as far as needs no database.
func (s *Seminar) tidySeats(wrong *account.Invalids) {
	if s.Approval == "" {
		s.Approval = FirstCome
	}
	switch {
	case !slices.Contains([]Approval{FirstCome, ByOffice, ByBoth}, s.Approval):
		wrong.Add("approval", "desk.error_approval")
	case s.OfferHours < 0 || s.OfferHours > maxOfferHours:
		wrong.Add("offer_hours", "desk.error_offer_hours", "Max", maxOfferHours)
	case s.PerOrganisation < 0 || s.PerOrganisation > maxCapacity:
		wrong.Add("per_organisation", "desk.error_per_organisation")
	}
	if len(s.Sessions) > 0 {
		if !s.OpensAt.IsZero() && !s.OpensAt.Before(s.Closes()) {
			wrong.Add("opens", "desk.error_opens")
		}
		if s.ReservedUntil.After(s.StartsAt) {
			wrong.Add("reserved", "desk.error_reserved")
		}
		if s.AttendBy.After(s.StartsAt) {
			wrong.Add("attend_by", "desk.error_attend_by")
		}
	}
	s.tidyQuotas(wrong)
}

// tidyQuotas numbers the quotas and checks what needs no database: each names a category and can be met.
func (s *Seminar) tidyQuotas(wrong *account.Invalids) {
	if len(s.Quotas) > maxQuotas {
		wrong.Add("quotas", "desk.error_quotas", "Max", maxQuotas)
		return
	}
	for i := range s.Quotas {
		q := &s.Quotas[i]
		q.Position = i + 1
		if what := q.fault(s.Capacity); what != "" {
			wrong.Add("quotas", "desk.error_quota_"+what, "Number", i+1)
			return
		}
	}
}

var (
	genders = []string{"female", "male"}
	kinds   = []string{"association", "network", "public_actor", "social_enterprise", "media", "donor", "other"}
)

// fault says what is wrong in a quota: category, bounds, empty, or "".
func (q Quota) fault(capacity int) string {
	among := func(known []string) bool {
		return len(q.Values) > 0 && !slices.ContainsFunc(q.Values, func(v string) bool { return !slices.Contains(known, v) })
	}
	from, to := q.ages()
	switch {
	case q.Trait == ByGender && !among(genders), q.Trait == ByOrganisation && !among(kinds),
		q.Trait == ByGovernorate && len(q.Values) == 0, q.Trait == ByAge && (from < 0 || to > 120 || from > to):
		return "category"
	case !slices.Contains([]Trait{ByGender, ByOrganisation, ByGovernorate, ByAge}, q.Trait):
		return "category"
	case q.Min == 0 && q.Max == 0:
		return "empty"
	case q.Min < 0 || q.Max < 0 || q.Min > capacity || q.Max > 0 && q.Max < q.Min:
		return "bounds"
	}
	return ""
}

// saveQuotas makes the rows of the seminar's quotas equal to sem.Quotas.
func saveQuotas(ctx context.Context, tx bun.Tx, sem *Seminar) error {
	if _, err := tx.NewRaw(`delete from seminar_quota where seminar_id = ?`, sem.ID).Exec(ctx); err != nil || len(sem.Quotas) == 0 {
		return err
	}
	for i := range sem.Quotas {
		sem.Quotas[i].ID, sem.Quotas[i].SeminarID = 0, sem.ID
	}
	_, err := tx.NewInsert().Model(&sem.Quotas).ExcludeColumn("id").Returning("id").Exec(ctx)
	return err
}

// checkHeld refuses a capacity or a quota that the seats held would break, with account.Invalids that say by how much.
func (s *Service) checkHeld(ctx context.Context, tx bun.Tx, sem Seminar) error {
	taken, err := holders(ctx, tx, sem.ID)
	if err != nil {
		return err
	}
	var wrong account.Invalids
	l := newLedger(sem.Plan(s.now()), taken)
	if over := l.held - sem.Capacity; over > 0 {
		names, err := lastHolders(ctx, tx, sem.ID, over)
		if err != nil {
			return err
		}
		wrong.Add("capacity", "desk.error_capacity_held", "Count", l.held, "Names", strings.Join(names, " · "))
	}
	for i, q := range sem.Quotas {
		switch {
		case q.Max > 0 && l.inside[i] > q.Max:
			wrong.Add("quotas", "desk.error_quota_max_held", "Number", i+1, "Held", l.inside[i])
		case l.Reserved && q.Min > 0 && l.held-l.inside[i] > sem.Capacity-q.Min:
			wrong.Add("quotas", "desk.error_quota_min_held", "Number", i+1, "Most", max(0, sem.Capacity-l.held+l.inside[i]))
		}
	}
	for id, n := range l.organisations {
		if id != 0 && sem.PerOrganisation > 0 && n > sem.PerOrganisation {
			wrong.Add("per_organisation", "desk.error_per_organisation_held", "Held", n)
			break
		}
	}
	return wrong.Err()
}

// lastHolders names the last n people to take a seat, a few of them at most.
func lastHolders(ctx context.Context, tx bun.Tx, seminarID int64, n int) ([]string, error) {
	var names []string
	err := tx.NewRaw(`select name from registration join person on person.id = person_id
		where seminar_id = ? and state in `+heldStates+` order by queue desc limit ?`, seminarID, min(n, 5)).Scan(ctx, &names)
	if err != nil {
		return nil, fmt.Errorf("last to take a seat at seminar %d: %w", seminarID, err)
	}
	for i, name := range names {
		names[i] = "\u2068" + name + "\u2069" // apart from the direction of the sentence
	}
	return names, nil
}
