package enrolment

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// later is an event some minutes on.
func (w *world) later(minutes int, p events.Payload) events.Event {
	e := w.event(p)
	e.Time = w.clock.Add(time.Duration(minutes) * time.Minute)
	return e
}

func (w *world) joins(a account.Actor, organisation int64) events.Event {
	return w.event(events.MembershipChanged{PersonID: a.PersonID, OrganisationID: organisation, State: "active"})
}

// Each kind of leaf opens when its fact comes, for everybody it concerns, and closes when the fact ends.
func TestEveryLeafIsHeard(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	other := w.published(5, Rule{})
	a, colleague := w.person(), w.person()
	contributed := events.Contributed{PostID: 5, SpaceID: w.space, PersonID: a.PersonID, Kind: "thread"}
	seminars := map[string]Seminar{}
	for name, rule := range map[string]Rule{
		"quiz": {Kind: QuizScored, LessonID: 3, Percent: 70}, "thread": {Kind: Contributed, SpaceID: w.space, As: Threads, Count: 1},
		"attended": went(other.ID), "never": {Mode: All, Of: []Rule{completed(1), never(other.ID)}},
		"association": {Kind: Belongs, Kinds: []string{"association"}, Governorates: []string{"TN-71"}},
		"colleagues":  {Kind: MembersCompleted, ModuleID: 1, Count: 2},
	} {
		seminars[name] = w.published(5, rule)
	}
	are := func(when string, who account.Actor, want ...string) {
		t.Helper()
		for name, sem := range seminars {
			wanted := false
			for _, n := range want {
				wanted = wanted || n == name
			}
			if eligible(w, who, sem) != wanted {
				t.Errorf("%s: %s is %v", when, name, !wanted)
			}
		}
	}
	w.tell(w.event(events.QuizAnswered{PersonID: a.PersonID, LessonID: 3, Score: 60}))
	are("a poor score", a)
	w.tell(w.later(1, events.QuizAnswered{PersonID: a.PersonID, LessonID: 3, Score: 80}), w.later(1, contributed))
	are("a good score and a thread", a, "quiz", "thread")
	w.tell(w.later(2, events.ContributionHidden{PostID: 5, SpaceID: w.space, PersonID: a.PersonID, Kind: "thread"}))
	are("a hidden thread", a, "quiz")
	w.tell(w.joins(a, 7), w.joins(colleague, 7), w.completes(a, 1))
	are("one of two trained", a, "quiz", "never")
	w.tell(w.completes(colleague, 1))
	are("two trained", a, "quiz", "never", "colleagues")
	are("two trained, for the colleague", colleague, "never", "colleagues")
	w.tell(w.later(3, events.OrganisationDecided{OrganisationID: 7, Validated: true, Kind: "association", Governorate: "TN-71"}))
	are("a validated association", a, "quiz", "never", "colleagues", "association")
	w.tell(w.later(4, events.OrganisationChanged{OrganisationID: 7, Kind: "association", Governorate: "TN-51"}))
	are("moved away", colleague, "never", "colleagues")
	w.tell(w.later(5, events.AttendanceRecorded{SeminarID: other.ID, SessionID: other.Sessions[0].ID, PersonID: a.PersonID, Present: true}))
	are("attended", a, "quiz", "colleagues", "attended")
	w.tell(w.later(6, events.MembershipChanged{PersonID: colleague.PersonID, OrganisationID: 7, State: "ended"}))
	are("the colleague left", a, "quiz", "attended")
	are("the colleague left, for the colleague", colleague, "never")
}

// Whatever the order, however often: the same facts, the same answers; and a replay gives them again.
func TestEveryFactInAnyOrder(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	other := w.published(5, Rule{})
	sem := w.published(5, Rule{Mode: All, Of: []Rule{{Kind: QuizScored, LessonID: 3, Percent: 70}, {Kind: Contributed, SpaceID: w.space, As: Posts, Count: 1},
		went(other.ID), {Kind: Belongs, Kinds: []string{"network"}}, {Kind: MembersCompleted, ModuleID: 1, Count: 2}}})
	a, colleague := w.person(), w.person()
	all := []events.Event{w.joins(a, 7), w.joins(colleague, 7), w.completes(a, 1), w.completes(colleague, 1),
		w.event(events.QuizAnswered{PersonID: a.PersonID, LessonID: 3, Score: 80}),
		w.event(events.Contributed{PostID: 5, SpaceID: w.space, PersonID: a.PersonID, Kind: "reply"}),
		w.later(1, events.ContributionHidden{PostID: 5, SpaceID: w.space, PersonID: a.PersonID, Kind: "reply"}),
		w.later(2, events.ContributionRestored{PostID: 5, SpaceID: w.space, PersonID: a.PersonID, Kind: "reply"}),
		w.event(events.OrganisationDecided{OrganisationID: 7, Validated: true, Kind: "association", Governorate: "TN-71"}),
		w.later(1, events.OrganisationChanged{OrganisationID: 7, Kind: "network", Governorate: "TN-71"}),
		w.event(events.AttendanceRecorded{SeminarID: other.ID, SessionID: other.Sessions[0].ID, PersonID: a.PersonID, Present: false}),
		w.later(1, events.AttendanceRecorded{SeminarID: other.ID, SessionID: other.Sessions[0].ID, PersonID: a.PersonID, Present: true})}
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 5))
		shuffled := append(append([]events.Event{}, all...), all...)
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		err := w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return forget(ctx, tx) })
		if err != nil {
			t.Fatal(err)
		}
		w.tell(shuffled...)
		if !eligible(w, a, sem) || eligible(w, colleague, sem) {
			t.Errorf("seed %d: %v and %v", seed, eligible(w, a, sem), eligible(w, colleague, sem))
		}
	}
	if n := len(announced[events.SeminarUnlocked](w)); n != 1 {
		t.Errorf("told %d times", n)
	}
}

// A decision is taken again from what was known then, even when those who made it true have gone.
func TestADecisionOutlivesItsWitnesses(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.published(5, Rule{Mode: All, Of: []Rule{{Kind: MembersCompleted, ModuleID: 1, Count: 2}, never(999)}})
	a, colleague := w.person(), w.person()
	w.tell(w.joins(a, 7), w.joins(colleague, 7), w.completes(a, 1), w.completes(colleague, 1))
	reg := w.register(a, sem)
	if _, err := w.db.NewRaw(`delete from person where id = ?`, colleague.PersonID).Exec(ctx); err != nil {
		t.Fatal(err)
	}
	past, err := w.Why(ctx, a, reg.ID)
	if err != nil || !past.Decision.Eligible || past.Decision.Leaves()[0].Have != 2 {
		t.Errorf("Why = %+v, %v", past, err)
	}
	if past, err = w.WhyAt(ctx, w.staff, reg.ID, ToRegister, w.clock); err != nil || past.Decision.Eligible {
		t.Errorf("as known today = %+v, %v", past.Decision, err)
	}
	if _, err := w.WhyAt(ctx, a, reg.ID, ToRegister, w.clock); err == nil {
		t.Error("the person asks about any day")
	}
}

// Colleagues who join and finish at the same moment are all counted, whoever's turn comes first.
func TestColleaguesAtOnce(t *testing.T) {
	w := newWorld(t, testdb.Clone(t))
	const n = 6
	sem := w.published(5, Rule{Mode: All, Of: []Rule{completed(2), {Kind: MembersCompleted, ModuleID: 1, Count: n}}})
	var people []account.Actor
	var all []events.Event
	for range n {
		a := w.person()
		people = append(people, a)
		all = append(all, w.joins(a, 7), w.completes(a, 1), w.completes(a, 2))
	}
	errs := make(chan error)
	for _, e := range all {
		go func() {
			errs <- w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return w.hear(ctx, tx, []events.Event{e}) })
		}()
	}
	for range all {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	for _, a := range people {
		if !eligible(w, a, sem) {
			t.Errorf("person %d isn't eligible", a.PersonID)
		}
	}
	if told := len(announced[events.SeminarUnlocked](w)); told != n {
		t.Errorf("%d are told, want %d", told, n)
	}
}
