package enrolment

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// tries saves a rule and says how it is refused: "field key", or "".
func (w *world) tries(sem Seminar, rule Rule) string {
	w.t.Helper()
	_, err := w.SaveGate(ctx, w.staff, GateEdit{SeminarID: sem.ID, Use: ToRegister, Rule: rule, Version: w.read(sem.ID).GateVersion})
	if all, ok := account.InvalidsOf(err); ok {
		return all[0].Field + " " + all[0].Key
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return ""
}

func TestGatesThatCannotBe(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.Quizzes = func(context.Context, []int64) (map[int64]events.Text, error) {
		return map[int64]events.Text{7: {"fr": "Quiz"}}, nil
	}
	w.open(1, 2)
	w.clock = w.clock.Add(time.Minute)
	retired := w.event(events.ModuleRetired{ModuleID: 2, SpaceID: w.space})
	err := w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return w.retirements().Hear(ctx, tx, retired) })
	if err != nil {
		t.Fatal(err)
	}
	first, middle, last := w.plan(5, Rule{}), w.plan(5, Rule{}), w.published(5, Rule{})
	for i, plan := range []*Seminar{&first, &middle} {
		for n := range plan.Sessions {
			plan.Sessions[n].StartsAt = plan.Sessions[n].StartsAt.AddDate(0, 0, i-3)
			plan.Sessions[n].EndsAt = plan.Sessions[n].EndsAt.AddDate(0, 0, i-3)
		}
		made, err := w.Create(ctx, w.staff, *plan)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Publish(ctx, w.staff, made.ID); err != nil {
			t.Fatal(err)
		}
		*plan = w.read(made.ID)
	}
	draft, err := w.Create(ctx, w.staff, w.plan(5, Rule{}))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		rule Rule
		want string
	}{
		{"3 of 1", atLeast(3, completed(1)), "gate gates.error_impossible_k"},
		{"a quiz above 100", Rule{Mode: All, Of: []Rule{completed(1), {Kind: QuizScored, LessonID: 7, Percent: 101}}}, "gate_2 gates.error_percent"},
		{"attended and never", Rule{Mode: All, Of: []Rule{went(first.ID), never(first.ID)}}, "gate gates.error_contradiction"},
		{"a module that left", Rule{Mode: Any, Of: []Rule{completed(1), {Mode: All, Of: []Rule{completed(2)}}}}, "gate_2.1 gates.error_module_unpublished"},
		{"a module nobody heard of", completed(99), "gate gates.error_module_unpublished"},
		{"a quiz that isn't open", Rule{Kind: QuizScored, LessonID: 8, Percent: 50}, "gate gates.error_quiz_unpublished"},
		{"no such space", Rule{Kind: Contributed, SpaceID: 999, As: OneOfEach}, "gate gates.error_space"},
		{"no such governorate", Rule{Kind: Belongs, Governorates: []string{"ZZ"}}, "gate gates.error_governorate"},
		{"itself", went(last.ID), "gate gates.error_itself"},
		{"never itself", never(last.ID), "gate gates.error_itself"},
		{"a draft", went(draft.ID), "gate gates.error_seminar"},
		{"fine", Rule{Mode: All, Of: []Rule{completed(1), {Kind: QuizScored, LessonID: 7, Percent: 100}, went(middle.ID)}}, ""},
	}
	for _, tt := range tests {
		if got := w.tries(last, tt.rule); got != tt.want {
			t.Errorf("%s: refused with %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := w.tries(first, went(last.ID)); got != "gate gates.error_later" {
		t.Errorf("a later seminar: %q", got)
	}
	// last wants middle, middle wants first; dates that moved since would let first want last.
	if got := w.tries(middle, went(first.ID)); got != "" {
		t.Fatal(got)
	}
	if _, err := w.db.NewRaw(`update seminar set starts_at = starts_at + interval '9 days', ends_at = ends_at + interval '9 days' where id = ?`, first.ID).Exec(ctx); err != nil {
		t.Fatal(err)
	}
	if got := w.tries(first, Rule{Mode: Any, Of: []Rule{completed(1), went(last.ID)}}); got != "gate_2 gates.error_circular" {
		t.Errorf("round: %q", got)
	}
}

func TestTheEffectOfAGate(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.open(1, 2)
	sem := w.published(1, completed(1))
	one, two, both, seated, waiting := w.person(), w.person(), w.person(), w.person(), w.person()
	for _, a := range []account.Actor{one, both, seated, waiting} {
		w.tell(w.completes(a, 1))
	}
	w.tell(w.completes(two, 2), w.completes(both, 2), w.completes(waiting, 2))
	held := w.register(seated, sem)
	place := w.register(waiting, sem)
	edit := GateEdit{SeminarID: sem.ID, Use: ToRegister, Rule: completed(2), Version: 1}
	effect, err := w.PreviewGate(ctx, w.staff, edit)
	if err != nil {
		t.Fatal(err)
	}
	if effect.Before != 4 || effect.After != 3 || effect.Lose != 2 || effect.Gain != 1 || len(effect.Seats) != 1 || effect.Seats[0].RegistrationID != held.ID {
		t.Errorf("effect = %+v", effect)
	}
	// The staff of Gafsa read about the people of its governorates, and of those registered.
	if len(effect.Losing) != 1 || effect.Losing[0].PersonID != seated.PersonID || len(effect.Gaining) != 0 {
		t.Errorf("named %+v and %+v", effect.Losing, effect.Gaining)
	}
	if v := w.read(sem.ID); v.GateVersion != 1 {
		t.Error("a preview saves")
	}
	if _, err := w.SaveGate(ctx, w.staff, edit); err != nil {
		t.Fatal(err)
	}
	if !eligible(w, two, sem) || eligible(w, one, sem) || w.id(`select count(*) from registration where id = ? and state = 'confirmed'`, held.ID) != 1 {
		t.Error("the seat isn't kept, or the answers aren't the new ones")
	}
	for name, wrong := range map[string]struct {
		who  account.Actor
		edit GateEdit
		want error
	}{
		"stale":          {w.staff, edit, ErrStale},
		"another office": {w.outsider, edit, account.ErrForbidden},
		"nobody":         {account.Actor{}, edit, account.ErrSignInRequired},
		"no such use":    {w.staff, GateEdit{SeminarID: sem.ID, Use: "leave", Version: 2}, account.ErrNotFound},
	} {
		if _, err := w.SaveGate(ctx, wrong.who, wrong.edit); !errors.Is(err, wrong.want) {
			t.Errorf("%s: saved with %v", name, err)
		}
		if _, err := w.PreviewGate(ctx, wrong.who, wrong.edit); !errors.Is(err, wrong.want) {
			t.Errorf("%s: previewed with %v", name, err)
		}
	}
	edit.Version, edit.Release = 2, true
	if _, ok := account.InvalidsOf(second(w.SaveGate(ctx, w.staff, edit))); !ok {
		t.Error("seats are taken back without a reason")
	}
	edit.Reason = "Le module 2 est devenu nécessaire."
	if _, err := w.SaveGate(ctx, w.staff, edit); err != nil {
		t.Fatal(err)
	}
	if w.read(sem.ID).GateVersion != 2 {
		t.Error("the same rule is another version")
	}
	if w.id(`select count(*) from registration where (id, state) in ((?, 'cancelled'), (?, 'confirmed'))`, held.ID, place.ID) != 2 {
		t.Error("the seat doesn't go to who waits")
	}
	changes := announced[events.RegistrationChanged](w)
	if c := changes[len(changes)-2]; c.PersonID != seated.PersonID || c.Reason != "by_office" {
		t.Errorf("who lost the seat is told %+v", c)
	}
	w.sound()
	d, err := w.GateDesk(ctx, w.staff, sem.ID, ToRegister)
	if err != nil || len(d.Versions) != 2 || d.Versions[0].Version != 2 || d.Versions[0].By != w.staff.Name || d.Said.Modules[2] == nil {
		t.Errorf("desk = %+v, %v", d.Versions, err)
	}
	if changed := announced[events.GateChanged](w); len(changed) != 2 || changed[0].Lost != 2 || changed[0].Gained != 1 || changed[1].Released != 1 {
		t.Errorf("announced %+v", changed)
	}
}

func second[T any](_ T, err error) error { return err }

// A gate may be written before the seminar is published, and closes with it.
func TestWhenGatesAreEdited(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.open(1)
	sem, err := w.Create(ctx, w.staff, w.plan(2, Rule{}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.SaveGate(ctx, w.staff, GateEdit{SeminarID: sem.ID, Use: ToAttend, Rule: completed(1)}); err != nil {
		t.Fatal(err)
	}
	if v := w.read(sem.ID); v.AttendVersion != 1 || v.Attend.ModuleID != 1 || len(announced[events.SeminarChanged](w)) != 0 {
		t.Errorf("draft = %+v", v)
	}
	if err := w.Publish(ctx, w.staff, sem.ID); err != nil {
		t.Fatal(err)
	}
	w.clock = sem.StartsAt
	if _, err := w.SaveGate(ctx, w.staff, GateEdit{SeminarID: sem.ID, Use: ToRegister, Rule: completed(1), Version: 1}); !errors.Is(err, ErrStarted) {
		t.Errorf("after the start: %v", err)
	}
}
