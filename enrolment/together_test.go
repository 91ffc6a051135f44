package enrolment

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// heardBy is what somebody's facts led to: who is eligible for what, and who was told of what.
type heardBy struct {
	Eligible map[string]bool
	Told     []string
}

func (w *world) outcome(people []account.Actor, seminars []Seminar) heardBy {
	h := heardBy{Eligible: map[string]bool{}}
	for i, a := range people {
		for j, sem := range seminars {
			h.Eligible[fmt.Sprint(i, " ", j)] = eligible(w, a, sem)
		}
	}
	for _, u := range announced[events.SeminarUnlocked](w) {
		i := slices.IndexFunc(people, func(a account.Actor) bool { return a.PersonID == u.PersonID })
		for _, o := range u.All() {
			j := slices.IndexFunc(seminars, func(s Seminar) bool { return s.ID == o.SeminarID })
			h.Told = append(h.Told, fmt.Sprint(i, " ", j, o.Title, o.GateVersion, o.StartsAt))
		}
	}
	slices.Sort(h.Told)
	return h
}

// crowdOfFacts is a world in which people did something at random, and the events of it, some of them twice.
func crowdOfFacts(t *testing.T, seed uint64) (*world, []account.Actor, []Seminar, []events.Event) {
	w := newWorld(t, testdb.Tx(t))
	random := rand.New(rand.NewPCG(seed, 3))
	seminars := []Seminar{
		w.published(5, completed(1)), w.published(5, atLeast(2, completed(1), progressed(2, 50), completed(3))),
		w.published(5, Rule{Mode: Any, Of: []Rule{{Kind: QuizScored, LessonID: 3, Percent: 70}, {Kind: Contributed, SpaceID: w.space, As: Posts, Count: 2}}}),
	}
	seminars = append(seminars, w.published(5, Rule{Mode: All, Of: []Rule{completed(2), went(seminars[0].ID)}}))
	var people []account.Actor
	var all []events.Event
	for range 8 {
		people = append(people, w.person())
	}
	for i := range 60 {
		a := people[random.IntN(len(people))]
		module := 1 + random.Int64N(3)
		all = append(all, w.later(i, []events.Payload{
			events.ModuleCompleted{PersonID: a.PersonID, ModuleID: module, SpaceID: w.space, Title: events.Text{"fr": "M"}},
			events.ModuleProgressed{PersonID: a.PersonID, ModuleID: module, SpaceID: w.space, Percent: 40 + 5*random.IntN(8)},
			events.QuizAnswered{PersonID: a.PersonID, LessonID: 3, Score: 50 + random.IntN(50)},
			events.Contributed{PostID: random.Int64N(40) + 1, SpaceID: w.space, PersonID: a.PersonID, Kind: "thread"},
			events.AttendanceRecorded{SeminarID: seminars[0].ID, SessionID: seminars[0].Sessions[0].ID, PersonID: a.PersonID, Present: true}, // what is true for a moment only is told one by one alone
		}[random.IntN(5)]))
	}
	return w, people, seminars, append(all, all[:10]...)
}

// What is heard together leads to what it leads to one by one, and each person hears at once of all that opens to them.
func TestTogetherAsOneByOne(t *testing.T) {
	for seed := range uint64(4) {
		var came [2]heardBy
		for n, atOnce := range []int{1, 25} {
			t.Run(fmt.Sprint(seed, " ", atOnce), func(t *testing.T) { // each has a transaction of its own
				w, people, seminars, all := crowdOfFacts(t, seed)
				for list := range slices.Chunk(all, atOnce) {
					if err := w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return w.hear(ctx, tx, list) }); err != nil {
						t.Fatal(err)
					}
				}
				came[n] = w.outcome(people, seminars)
			})
		}
		if !reflect.DeepEqual(came[0], came[1]) {
			t.Errorf("seed %d: one by one %+v, together %+v", seed, came[0], came[1])
		}
	}
}

func TestOneDeedOpensSeveralSeminars(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	first := w.published(5, completed(1))
	second := w.published(5, completed(1))
	a, b := w.person(), w.person()
	list := []events.Event{w.completes(a, 1), w.completes(b, 1)}
	if err := w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return w.hear(ctx, tx, list) }); err != nil {
		t.Fatal(err)
	}
	told := announced[events.SeminarUnlocked](w)
	if len(told) != 2 || told[0].PersonID != a.PersonID || told[1].PersonID != b.PersonID {
		t.Fatalf("announced %+v", told)
	}
	for _, u := range told {
		if all := u.All(); len(all) != 2 || all[0].SeminarID != first.ID || all[1].SeminarID != second.ID || all[1].GateVersion != 1 {
			t.Errorf("told %+v", all)
		}
	}
}

// Facts that concern colleagues are heard alone: their turns come in an order of their own.
func TestWhatConcernsOthersIsHeardAlone(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.published(5, Rule{Kind: MembersCompleted, ModuleID: 1, Count: 2})
	a := w.person()
	for _, list := range [][]events.Event{{w.completes(a, 1), w.completes(a, 2)}, {w.completes(a, 2), w.joins(a, 7)}} {
		err := w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return w.hear(ctx, tx, list) })
		if !errors.Is(err, events.ErrApart) {
			t.Errorf("heard together: %v", err)
		}
	}
}

// Those who are let in together rest on the same facts as if each had come alone.
func TestACrowdIsJudgedAsOneByOne(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.seminar(20, func(s *Seminar) { s.Gate, s.Attend = atLeast(1, completed(1), progressed(2, 50)), completed(3) })
	var batch []*asking
	for i := range 8 {
		a := w.person()
		for module := range int64(3) {
			if i>>module&1 == 1 {
				w.tell(w.completes(a, module+1), w.progresses(a, module+1, 60))
			}
		}
		batch = append(batch, &asking{ctx: ctx, actor: a})
	}
	w.letIn(ctx, sem.ID, batch)
	for i, a := range batch {
		facts, named, err := factsAbout(ctx, w.db, a.actor.PersonID, sem.Gate.Subjects(), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if !Decide(sem.Gate, facts).Eligible {
			if !errors.Is(a.err, ErrNotEligible) {
				t.Errorf("person %d: %v", i, a.err)
			}
			continue
		}
		attend, err := meets(ctx, w.db, w.read(sem.ID), a.actor.PersonID)
		if want := map[bool]Standing{true: Confirmed, false: Conditional}[attend]; err != nil || a.err != nil || a.reg.State != want {
			t.Errorf("person %d: %q, %v; want %q", i, a.reg.State, a.err, want)
		}
		var kept struct {
			Evidence []string `bun:",array"`
		}
		if err := w.db.NewRaw(`select evidence::text[] from decision where id = ?`, a.reg.DecisionID).Scan(ctx, &kept); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(kept.Evidence, named) {
			t.Errorf("person %d rests on %v, want %v", i, kept.Evidence, named)
		}
	}
}
