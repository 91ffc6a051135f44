package enrolment

import (
	"strings"
	"testing"
	"time"

	"halqa/migrations/testdb"
)

// Each invariant, broken by hand, is named.
func TestAuditNamesWhatIsWrong(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	nour, _ := w.organisation("association")
	plan := func(s *Seminar) {
		s.OfferHours, s.PerOrganisation, s.Quotas = 24, 1, []Quota{women.min(1).max(1)}
	}
	first := w.seminar(2, plan) // one seat kept for a woman
	holder := w.register(w.member(nour), first)
	waiter := w.register(w.member(nour), first)
	w.sound()
	tests := []struct{ rule, breaks string }{
		{"over_capacity", `update seminar set capacity = 1 where id = ?0; update registration set state = 'confirmed', bounds_version = 1 where id = ?2`},
		{"over_organisation", `update registration set state = 'confirmed', bounds_version = 1 where id = ?2`},
		{"over_quota", `update registration set state = 'confirmed' where id = ?2; update registration set traits = '{"gender": "female"}' where seminar_id = ?0`},
		{"over_reserve", `update registration set state = 'confirmed', traits = '{"gender": "male"}' where id = ?2`},
		{"idle_seat", `update registration set traits = '{"gender": "female"}' where id = ?2`},
		{"queue_jumped", `update registration set queue = -1 where id = ?2`},
		{"late", `update registration set state = 'offered', offer_until = '2026-05-01' where id = ?1`},
		{"unsaid", `update registration set state = 'conditional' where id = ?1`},
		{"undecided", `update decision set person_id = ?3 where id = (select decision_id from registration where id = ?1)`},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			tx, err := w.db.BeginTx(ctx, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback() }() // it undoes what was broken
			for _, query := range strings.Split(tt.breaks, ";") {
				if _, err := tx.NewRaw(query, first.ID, holder.ID, waiter.ID, w.staff.PersonID).Exec(ctx); err != nil {
					t.Fatal(err)
				}
			}
			breaches, err := Audit(ctx, tx, w.clock)
			if err != nil {
				t.Fatal(err)
			}
			named := false
			for _, b := range breaches {
				named = named || b.Rule == tt.rule && b.SeminarID == first.ID && strings.Contains(b.String(), tt.rule)
			}
			if !named {
				t.Errorf("Audit = %v, want %s", breaches, tt.rule)
			}
		})
	}
	w.sound()
}

// A seat that a date has just freed isn't idle while its work is on its way, and is when that is overdue.
func TestAuditGivesDueWorkAMoment(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.seminar(1, func(s *Seminar) { s.Quotas, s.ReservedUntil = []Quota{women.min(1)}, w.clock.Add(time.Hour) })
	w.register(w.person(), sem)
	w.sound()
	w.clock = w.clock.Add(time.Hour)
	w.sound()
	w.clock = w.clock.Add(2 * grace)
	if breaches, err := Audit(ctx, w.db, w.clock); err != nil || len(breaches) != 1 || breaches[0].Rule != "idle_seat" {
		t.Errorf("Audit = %v, %v; want an idle seat", breaches, err)
	}
	w.comes(w.clock)
	w.sound()
}
