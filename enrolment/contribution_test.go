package enrolment

import (
	"math/rand/v2"
	"testing"
	"time"

	"halqa/events"
	"halqa/migrations/testdb"
)

// What somebody wrote is a fact while it is seen, whatever order the news of it arrives in.
func TestContributionsAreFacts(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	a := w.person()
	post := func(id int64) events.Contributed {
		return events.Contributed{PostID: id, ThreadID: 1, SpaceID: w.space, PersonID: a.PersonID, Kind: "reply"}
	}
	opening := post(1)
	opening.Kind = "thread"
	hidden := events.ContributionHidden{PostID: 2, SpaceID: w.space, PersonID: a.PersonID, Kind: "reply"}
	restored := events.ContributionRestored{PostID: 2, SpaceID: w.space, PersonID: a.PersonID, Kind: "reply"}
	var all []events.Event
	for _, p := range []events.Payload{opening, post(2), hidden, restored, post(3), events.ContributionDeleted{PostID: 3, SpaceID: w.space, PersonID: a.PersonID, Kind: "reply"},
		post(4), events.ContributionHidden{PostID: 4, SpaceID: w.space, PersonID: a.PersonID, Kind: "reply"},
		events.Contributed{PostID: 5, SpaceID: w.space, Kind: "reply"}} { // the last one's author is gone
		w.clock = w.clock.Add(time.Second)
		all = append(all, w.event(p))
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	w.tell(append(all, all...)...)
	seen := func(kind Kind) int64 {
		return w.id(`select count(*) from fact where person_id = ? and space_id = ? and kind = ? and value = 1 and until is null`, a.PersonID, w.space, kind)
	}
	if threads, replies := seen(StartedThread), seen(Replied); threads != 1 || replies != 1 {
		t.Errorf("%d threads and %d replies count, want one of each", threads, replies)
	}
	if n := w.id(`select count(*) from fact`); n != int64(len(all)-1) {
		t.Errorf("%d facts are kept of %d", n, len(all)-1)
	}
	facts, _, err := factsAbout(ctx, w.db, a.PersonID, []Subject{{Kind: StartedThread, ID: w.space}}, time.Time{})
	if err != nil || facts[Subject{Kind: StartedThread, ID: w.space}] != 1 || facts[Subject{Kind: Replied, ID: w.space}] != 1 {
		t.Errorf("gates see %v, %v", facts, err)
	}
}
