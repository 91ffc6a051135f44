package enrolment

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

func eligible(w *world, a account.Actor, sem Seminar) bool {
	return w.id(`select count(*) from eligibility where eligible and person_id = ? and seminar_id = ?`, a.PersonID, sem.ID) == 1
}

func TestTheLastConditionUnlocksOnce(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.published(5, atLeast(2, completed(1), progressed(2, 60), completed(3)))
	a := w.person()
	w.tell(w.completes(a, 1), w.progresses(a, 2, 55))
	if eligible(w, a, sem) {
		t.Error("eligible at 55 %")
	}
	last := w.progresses(a, 2, 60)
	w.tell(last, last, w.progresses(a, 2, 65), w.completes(a, 3))
	if !eligible(w, a, sem) {
		t.Error("not eligible at 65 %")
	}
	unlocked := announced[events.SeminarUnlocked](w)
	if len(unlocked) != 1 || unlocked[0].PersonID != a.PersonID || unlocked[0].GateVersion != 1 || !unlocked[0].StartsAt.Equal(sem.StartsAt) {
		t.Errorf("announced %+v", unlocked)
	}
}

func TestPublishingTellsThoseWhoAreReady(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	ready, half := w.person(), w.person()
	w.tell(w.completes(ready, 1), w.completes(ready, 2), w.completes(half, 1))
	sem := w.published(5, Rule{Mode: All, Of: []Rule{completed(1), completed(2)}})
	if !eligible(w, ready, sem) || eligible(w, half, sem) {
		t.Error("decided wrongly on publication")
	}
	sem = w.regate(sem, completed(1))
	if !eligible(w, half, sem) || len(announced[events.SeminarUnlocked](w)) != 2 {
		t.Error("an easier gate doesn't open")
	}
	sem = w.regate(sem, completed(3))
	if eligible(w, ready, sem) {
		t.Error("a gate about something else stays open")
	}
	w.tell(w.completes(ready, 3))
	if !eligible(w, ready, sem) || len(announced[events.SeminarUnlocked](w)) != 2 {
		t.Error("opened again, it must not be announced again")
	}
}

func TestNothingIsAnnouncedWhenClosed(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	plan := w.plan(5, completed(1))
	plan.ClosesAt = w.clock.Add(time.Hour)
	sem, err := w.Create(ctx, w.staff, plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Publish(ctx, w.staff, sem.ID); err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(2 * time.Hour)
	a := w.person()
	w.tell(w.completes(a, 1))
	if !eligible(w, a, sem) || len(announced[events.SeminarUnlocked](w)) != 0 {
		t.Error("announced although registration is closed")
	}
	sem = w.read(sem.ID)
	sem.ClosesAt = time.Time{}
	if _, err := w.Edit(ctx, w.staff, sem); err != nil {
		t.Fatal(err)
	}
	if len(announced[events.SeminarUnlocked](w)) != 1 {
		t.Error("reopened, but nobody was told")
	}
}

// The same events in any order, any number of times, give the same facts and the same answer.
func TestOrderDoesNotMatter(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { shuffledFacts(t, seed) })
	}
}

func shuffledFacts(t *testing.T, seed uint64) {
	w := newWorld(t, testdb.Tx(t))
	random := rand.New(rand.NewPCG(seed, 2))
	a := w.person()
	sem := w.published(5, Rule{Mode: All, Of: []Rule{completed(1), progressed(2, 60)}})
	all := []events.Event{w.completes(a, 1)}
	for p := 5; p <= 60; p += 5 {
		all = append(all, w.progresses(a, 2, p))
	}
	for i, state := range []string{"requested", "active", "ended", "active"} {
		e := w.event(events.MembershipChanged{PersonID: a.PersonID, OrganisationID: 7, State: state})
		e.Time = w.clock.Add(time.Duration(i) * time.Minute)
		all = append(all, e)
	}
	all = append(all, all...)
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	w.tell(all...)
	asked := []Subject{{Kind: MemberOf}, {Kind: Progressed, ID: 2}}
	facts, _, err := factsAbout(ctx, w.db, a.PersonID, asked, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if facts[Subject{Kind: MemberOf, ID: 7}] != 1 || facts[Subject{Kind: Progressed, ID: 2}] != 60 {
		t.Errorf("facts = %v", facts)
	}
	if !eligible(w, a, sem) || len(announced[events.SeminarUnlocked](w)) != 1 {
		t.Errorf("not unlocked exactly once")
	}
	then, _, err := factsAbout(ctx, w.db, a.PersonID, asked, w.clock.Add(150*time.Second))
	if err != nil || then[Subject{Kind: MemberOf, ID: 7}] != 0 {
		t.Errorf("a membership that had ended counts: %v, %v", then, err)
	}
}

func TestReplayRebuildsInSilence(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	a := w.person()
	sem := w.published(5, completed(1))
	e := w.completes(a, 1)
	w.tell(e)
	if err := w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return forget(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
	if eligible(w, a, sem) {
		t.Error("not forgotten")
	}
	w.tell(e)
	if !eligible(w, a, sem) || len(announced[events.SeminarUnlocked](w)) != 1 {
		t.Error("not rebuilt in silence")
	}
}

func TestFactsOfTheErasedAndOfNobody(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.tell(w.completes(account.Actor{PersonID: 999999}, 1),
		w.event(events.OrganisationDecided{OrganisationID: 3, Validated: true}))
	if n := w.id(`select count(*) from fact`); n != 1 {
		t.Errorf("%d facts, want the organisation's only", n)
	}
}

func TestTitlesAreTheNewest(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	old := w.event(events.ModulePublished{ModuleID: 1, SpaceID: w.space, Title: events.Text{"fr": "Ancien"}})
	w.clock = w.clock.Add(time.Minute)
	fresh := w.event(events.ModulePublished{ModuleID: 1, SpaceID: w.space, Title: events.Text{"fr": "Nouveau"}})
	w.tell(fresh, old)
	all, err := w.Modules(ctx)
	if err != nil || !slices.ContainsFunc(all, func(m Module) bool { return m.Title.String() == "Nouveau" }) {
		t.Errorf("Modules = %+v, %v", all, err)
	}
}
