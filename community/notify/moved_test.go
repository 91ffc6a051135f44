package notify

import (
	"context"
	"reflect"
	"testing"

	"github.com/uptrace/bun"

	"halqa/events"
	"halqa/migrations/testdb"
)

// What is followed goes with posts that are merged into another thread, or split off into a new one.
func TestFollowingGoesWithThePosts(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	s.service.talk = func(context.Context, bun.Tx, int64, int64) (string, bool, error) { return "Titre", true, nil }
	amel, sami, mona, hush := s.person("amel", "fr"), s.person("sami", "fr"), s.person("mona", "fr"), s.person("hush", "fr")
	say := func(post, thread, by int64) {
		t.Helper()
		e := s.event(events.Contributed{PostID: post, ThreadID: thread, SpaceID: 1, PersonID: by, Kind: "reply"})
		s.hear(e, e)
	}
	say(10, 1, amel.PersonID)
	say(11, 2, sami.PersonID)
	for _, f := range []Followed{{OfThread, 2, Mute}, {OfThread, 1, Watch}} {
		if err := s.service.Follow(s.ctx, hush, f); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.service.Follow(s.ctx, mona, Followed{OfThread, 2, Watch}); err != nil {
		t.Fatal(err)
	}
	say(12, 2, amel.PersonID) // sami and mona hear of it
	merged := s.event(events.ThreadMoved{ThreadID: 2, SpaceID: 1, ToThread: 1, ToSpace: 1, State: "merged"})
	s.hear(merged, merged)
	say(13, 1, amel.PersonID)
	count := func(person int64) int64 { return s.id("select count(*) from notification where person_id = ?", person) }
	if a, b, c := count(sami.PersonID), count(mona.PersonID), count(hush.PersonID); a != 2 || b != 2 || c != 1 {
		t.Errorf("after a merge they heard %d, %d and %d times", a, b, c)
	}
	if n := s.id("select count(*) from notification where thread_id = 2"); n != 0 {
		t.Errorf("%d notifications are of a thread that isn't", n)
	}
	if n := s.id("select count(*) from follow where subject = 'thread' and subject_id = 2"); n != 0 {
		t.Errorf("%d follow a thread that isn't", n)
	}
	split := s.event(events.ThreadMoved{ThreadID: 1, SpaceID: 1, ToThread: 3, ToSpace: 1, Posts: []int64{11, 12}, Authors: []int64{sami.PersonID}, State: "split"})
	s.hear(split, split)
	say(14, 3, mona.PersonID)
	if got := s.told(sami); !reflect.DeepEqual(got, []Kind{PostFollowed, PostFollowed, PostFollowed}) {
		t.Errorf("who wrote what was split off is told %v", got)
	}
	if n := count(hush.PersonID); n != 2 {
		t.Errorf("who watched the old thread heard %d times", n)
	}
	if n := count(amel.PersonID); n != 0 {
		t.Errorf("who wrote nothing of the new thread heard %d times", n)
	}
	if n := s.id("select count(*) from notification where thread_id = 3 and post_id = 12"); n != 2 {
		t.Errorf("%d notifications went with their post", n)
	}
}
