package enrolment

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// A retired module enters no gate; a gate that asked for it before keeps it, and can be edited. What comes back may be
// asked for again, in whatever order the news arrive.
func TestRetiredModules(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	hear := func(after time.Duration, p events.Payload) {
		t.Helper()
		e := w.event(p)
		e.Time = w.clock.Add(after)
		for range 2 {
			if err := w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return w.retirements().Hear(ctx, tx, e) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	before := w.published(5, completed(1))
	hear(2*time.Hour, events.ModuleRetired{ModuleID: 1})
	hear(time.Hour, events.ModulePublished{ModuleID: 1})
	hear(time.Hour, events.ModulePublished{ModuleID: 2})
	refused := func(err error) bool {
		wrong, ok := account.InvalidsOf(err)
		return ok && strings.HasPrefix(wrong[0].Field, "gate") && wrong[0].Key == "gates.error_module_unpublished"
	}
	if _, err := w.Create(ctx, w.staff, w.plan(5, atLeast(1, completed(1), completed(2)))); !refused(err) {
		t.Errorf("a new gate: %v", err)
	}
	both := atLeast(1, completed(1), completed(2))
	w.tell(w.event(events.ModulePublished{ModuleID: 1, SpaceID: w.space, Title: events.Text{"fr": "Un"}}),
		w.event(events.ModulePublished{ModuleID: 2, SpaceID: w.space, Title: events.Text{"fr": "Deux"}}))
	save := func(sem Seminar) error {
		_, err := w.SaveGate(ctx, w.staff, GateEdit{SeminarID: sem.ID, Use: ToRegister, Rule: both, Version: 1})
		return err
	}
	if err := save(before); err != nil {
		t.Errorf("a gate that asked for it: %v", err)
	}
	other := w.published(5, completed(2))
	if err := save(other); !refused(err) {
		t.Errorf("a gate that didn't ask for it: %v", err)
	}
	if gone, err := w.Retired(ctx, both.Modules()); err != nil || !slices.Equal(gone, []int64{1}) {
		t.Errorf("retired: %v %v", gone, err)
	}
	hear(3*time.Hour, events.ModulePublished{ModuleID: 1})
	if err := save(other); err != nil {
		t.Errorf("once it is back: %v", err)
	}
}
