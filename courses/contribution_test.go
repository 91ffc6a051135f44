package courses_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/courses"
	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

// contributing is completed by half of the videos and two contributions.
var contributing = courses.Criterion{Mode: courses.All, Items: []courses.Item{
	{Kind: courses.ByPlaying, Percent: 50}, {Kind: courses.ByContribution, Percent: 100, Count: 2}}}

// TestContributionsCountWhateverTheOrderOfEvents: posts are written, hidden, shown again and deleted; events come twice and
// shuffled; the module is completed once two posts can be read, and stays so.
func TestContributionsCountWhateverTheOrderOfEvents(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t, testdb.Tx(t))
			bus := eventstest.New(t, w.db, w.service.Consumers(), eventstest.Twice(), eventstest.Shuffled(seed))
			w.set(t, contributing)
			learner, other := person(t, w.db), person(t, w.db)
			for _, who := range []account.Actor{learner, other} {
				w.play(t, who, w.first.Tracks[0].ID, courses.Interval{From: 0, To: 100_000})
			}
			announce := func(p events.Payload) {
				must(t, w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return events.Publish(ctx, tx, p) }))
			}
			post := func(id int64, who account.Actor, hidden bool) {
				announce(events.Contributed{PostID: id, ThreadID: 1, SpaceID: w.spaceID, PersonID: who.PersonID, Kind: "reply", Hidden: hidden})
			}
			post(1, learner, false)
			post(2, learner, true)
			post(3, other, false)
			post(4, other, false)
			announce(events.ContributionHidden{PostID: 4, SpaceID: w.spaceID, PersonID: other.PersonID, Kind: "reply"})
			announce(events.ContributionDeleted{PostID: 3, SpaceID: w.spaceID, PersonID: other.PersonID, Kind: "reply"})
			bus.Settle()
			if n := one(t, w.db, `select count(*) from contribution where visible`); n != 1 {
				t.Fatalf("%d posts can be read", n)
			}
			announce(events.ContributionRestored{PostID: 2, SpaceID: w.spaceID, PersonID: learner.PersonID, Kind: "reply"})
			bus.Settle()
			announce(events.ContributionHidden{PostID: 1, SpaceID: w.spaceID, PersonID: learner.PersonID, Kind: "reply"})
			bus.Settle()
			if n := one(t, w.db, `select coalesce(max(person_id), 0) from completion`); n != learner.PersonID {
				t.Errorf("completed by %d, want %d alone", n, learner.PersonID)
			}
			o, err := w.service.Module(ctx, other, w.module)
			if err != nil || o.Check.Items[1].Have > 1 || o.Remaining("fr").Contributions < 1 {
				t.Errorf("left for the other: %+v, %v", o.Check, err)
			}
		})
	}
}

func TestEffectIsToldBeforeAnEdit(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	done, half := person(t, w.db), person(t, w.db)
	for _, l := range []courses.Lesson{w.first, w.second} {
		w.play(t, done, l.Tracks[0].ID, courses.Interval{From: 0, To: 100_000})
	}
	w.answer(t, done, uuid.New(), "yes", "yes")
	w.play(t, half, w.first.Tracks[0].ID, courses.Interval{From: 0, To: 100_000})
	played := func(p int) courses.Criterion {
		return courses.Criterion{Mode: courses.All, Items: []courses.Item{{Kind: courses.ByPlaying, Percent: p}}}
	}
	for percent, want := range map[int]courses.Effect{100: {Learners: 2, Keep: 1}, 60: {Learners: 2, Keep: 1, Gain: 1}} {
		got, err := w.service.CriterionEffect(ctx, w.editor, w.module, played(percent))
		if err != nil || got != want {
			t.Errorf("%d %%: %+v, %v", percent, got, err)
		}
	}
	if n := one(t, w.db, `select count(*) from criterion`); n != 1 {
		t.Errorf("telling the effect left %d versions", n)
	}
	if _, err := w.service.CriterionEffect(ctx, half, w.module, played(60)); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("a learner: %v", err)
	}
	_, err := w.service.CriterionEffect(ctx, w.editor, w.module, courses.Criterion{})
	if _, ok := account.InvalidsOf(err); !ok {
		t.Error("an empty criterion has an effect")
	}
}
