package community

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// TestPollsEndOnce: a poll whose last day is over is announced once with its result, however many nodes look; one that is closed by
// hand at once, and not again when its day comes; one that is deleted never.
func TestPollsEndOnce(t *testing.T) {
	w := newWorld(t, testdb.Clone(t))
	later := w.clock.Add(48 * time.Hour)
	dated := w.poll(w.amel, w.open, NewPoll{Choices: 2, ClosesAt: later})
	byHand := w.poll(w.amel, w.open, NewPoll{ClosesAt: later})
	deleted := w.poll(w.amel, w.open, NewPoll{ClosesAt: later})
	w.poll(w.amel, w.open, NewPoll{})
	p, options := w.asked(w.amel, dated)
	w.must(w.Vote(ctx, w.sami, p.PostID, options[:2]))
	w.must(w.Vote(ctx, w.animator, p.PostID, options[:1]))
	hand, _ := w.asked(w.amel, byHand)
	w.must(w.ClosePoll(ctx, w.animator, hand.PostID))
	gone, _ := w.asked(w.amel, deleted)
	_, err := w.DeletePost(ctx, w.amel, gone.PostID)
	w.must(err)
	if n, err := w.EndPolls(ctx); n != 0 || err != nil {
		t.Errorf("%d end before their day, error %v", n, err)
	}
	w.clock = later
	var nodes sync.WaitGroup
	for range 4 {
		nodes.Go(func() {
			if _, err := w.EndPolls(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	nodes.Wait()
	said := announced[events.PollClosed](w)
	want := []events.PollClosed{{PostID: hand.PostID, ThreadID: byHand.ID, SpaceID: w.open.ID, By: w.animator.PersonID},
		{PostID: p.PostID, ThreadID: dated.ID, SpaceID: w.open.ID, Result: events.PollResult{Options: []string{"Lundi"}, Votes: 2, Voters: 2}}}
	if !reflect.DeepEqual(said, want) {
		t.Errorf("announced %+v", said)
	}
	people, err := PollPeople(ctx, w.db, p.PostID)
	w.must(err)
	slices.Sort(people)
	if !slices.Equal(people, []int64{w.amel.PersonID, w.sami.PersonID, w.animator.PersonID}) {
		t.Errorf("told to %v", people)
	}
	_, err = w.StartThread(ctx, w.amel, NewThread{SpaceID: w.open.ID, Kind: Voting, Title: " ", Poll: NewPoll{Options: []string{"Oui", "Non"}, Choices: 1, Shown: ShownAlways}})
	if wrong, _ := account.InvalidsOf(err); len(wrong) != 1 || wrong[0].Key != "poll.error_question" {
		t.Errorf("a poll without a question: %v", err)
	}
}

func TestANewsletterTellsPolls(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.Saying(saying)
	w.clock = w.clock.Add(-20 * 24 * time.Hour)
	for _, n := range []NewPoll{{Text: "old, open"}, {Text: "old, ends now", ClosesAt: w.clock.Add(15 * 24 * time.Hour)}, {Text: "old, ended", ClosesAt: w.clock.Add(time.Hour)}} {
		th, err := w.StartThread(ctx, w.amel, NewThread{SpaceID: w.open.ID, Kind: Voting, Title: "Q " + n.Text,
			Poll: NewPoll{Options: []string{"Oui", "Non"}, Choices: 1, Shown: ShownClosed, ClosesAt: n.ClosesAt}})
		w.must(err)
		p, options := w.asked(w.amel, th)
		for i, who := range []account.Actor{w.amel, w.sami} {
			w.must(w.Vote(ctx, who, p.PostID, options[i:i+1]))
		}
		w.later()
	}
	w.clock = w.clock.Add(18 * 24 * time.Hour)
	w.poll(w.amel, w.open, NewPoll{ClosesAt: w.clock.Add(9 * 24 * time.Hour)})
	w.poll(w.amel, w.request, NewPoll{})
	w.clock = w.clock.Add(24 * time.Hour)
	w.compose(3)
	body := w.letters(w.animator).Draft.Body["fr"]
	for _, want := range []string{"# fr polls", "[Q old, ends now](/posts/", ")fr ended fr poll.result tied", "Oui", "Non", "[Quel jour ?](/posts/", ")fr until 20"} {
		if !strings.Contains(body, want) {
			t.Errorf("it doesn't say %q:\n%s", want, body)
		}
	}
	if strings.Contains(body, "old, open") || strings.Contains(body, "old, ended") {
		t.Errorf("it tells what is no news:\n%s", body)
	}
}
