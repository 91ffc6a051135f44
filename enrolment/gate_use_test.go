package enrolment

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"halqa/events"
	"halqa/migrations/testdb"
)

// Each gate of a seminar is decided by itself; only registered people's answers to the second are announced.
func TestTwoGates(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	plan := w.plan(5, completed(1))
	plan.Attend = Rule{Mode: All, Of: []Rule{completed(1), completed(2)}}
	sem, err := w.Create(ctx, w.staff, plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Publish(ctx, w.staff, sem.ID); err != nil {
		t.Fatal(err)
	}
	sem = w.read(sem.ID)
	if sem.GateVersion != 1 || sem.AttendVersion != 1 || len(sem.Rule(ToAttend).Of) != 2 {
		t.Fatalf("gates read back as %+v and %+v", sem.Gate, sem.Attend)
	}
	a, stranger := w.person(), w.person()
	w.tell(w.completes(a, 1), w.completes(stranger, 1))
	w.register(a, sem)
	card, err := w.Service.Seminar(ctx, a, sem.ID)
	if err != nil || !card.Decision.Eligible || card.ToAttend.Eligible || card.ToAttend.Root.Have != 1 {
		t.Errorf("card says %+v and %+v, %v", card.Decision, card.ToAttend, err)
	}
	err = w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		j, err := w.judge(ctx, tx, sem, ToAttend, a.PersonID)
		if err == nil && j.Eligible {
			t.Error("admitted to attend")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	w.tell(w.completes(a, 2), w.completes(stranger, 2), w.progresses(a, 2, 100))
	met := announced[events.AttendGateMet](w)
	if len(met) != 1 || met[0] != (events.AttendGateMet{PersonID: a.PersonID, SeminarID: sem.ID, GateVersion: 1}) {
		t.Errorf("announced %+v", met)
	}
	if n := len(announced[events.SeminarUnlocked](w)); n != 2 {
		t.Errorf("%d unlocks, want one each", n)
	}
}
