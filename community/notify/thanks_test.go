package notify

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

func newThanks(t testing.TB, db bun.IDB) (s *story, author account.Actor) {
	s = newStory(t, db)
	s.service.talk = func(context.Context, bun.Tx, int64, int64) (string, bool, error) { return "Qui vient ?", true, nil }
	clock := now
	var mu sync.Mutex
	s.service.now = func() time.Time { // two things never happen at once
		mu.Lock()
		defer mu.Unlock()
		clock = clock.Add(time.Second)
		return clock
	}
	return s, s.person("author", "fr")
}

// line is what one line of the page says of thanks.
func thanksLine(n Notification) string {
	return fmt.Sprintf("%d %s<%s %d unread=%v", n.Data.PostID, n.Person, n.Before, n.Together, n.ReadAt.IsZero())
}

func (s *story) lines(a account.Actor) (said []string, list []Notification) {
	s.t.Helper()
	list, _, err := s.service.Notifications(s.ctx, a, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, n := range list {
		said = append(said, thanksLine(n))
	}
	return said, list
}

func TestThanksAreGathered(t *testing.T) {
	s, author := newThanks(t, testdb.Tx(t))
	leila, sami, mona := s.person("leila", "fr"), s.person("sami", "ar"), s.person("mona", "en")
	thank := func(post int64, by account.Actor, thanks bool) events.Event {
		return s.event(events.PostThanked{PostID: post, ThreadID: 3, SpaceID: 1, AuthorID: author.PersonID, PersonID: by.PersonID, Thanks: thanks})
	}
	wants := func(what string, want ...string) []Notification {
		t.Helper()
		got, list := s.lines(author)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
		return list
	}
	first, own := thank(5, leila, true), thank(5, author, true)
	s.hear(first, first, thank(5, sami, true), own, thank(6, sami, true), thank(5, mona, true))
	list := wants("gathered by post", "5 mona<sami 3 unread=true", "6 sami< 1 unread=true")
	if n, err := s.service.Unread(s.ctx, author); n != 2 || err != nil {
		t.Errorf("%d lines are unread, %v", n, err)
	}
	taken := thank(5, mona, false)
	s.hear(taken, taken)
	wants("one took it back", "6 sami< 1 unread=true", "5 sami<leila 2 unread=true")
	if _, err := s.service.Read(s.ctx, author, list[0].ID); err == nil {
		t.Error("what was taken back can be opened")
	}
	list = wants("", "6 sami< 1 unread=true", "5 sami<leila 2 unread=true")
	if n, err := s.service.Read(s.ctx, author, list[1].ID); err != nil || n.Path() != "/posts/5" {
		t.Errorf("it leads to %s, %v", n.Path(), err)
	}
	s.hear(thank(5, leila, false), thank(5, leila, true), thank(5, mona, true)) // who was read of is no news
	wants("once read the next begins anew", "5 mona< 1 unread=true", "6 sami< 1 unread=true", "5 sami<leila 2 unread=false")
	if got := s.queued(author); len(got) != 0 {
		t.Errorf("thanks are mailed: %v", got)
	}
	// Thanks that aren't read keep no mail from leaving.
	s.hear(s.event(events.ContributionHidden{PostID: 5, ThreadID: 3, PersonID: author.PersonID, Kind: "reply", By: mona.PersonID}))
	if got := s.queued(author); !slices.Equal(got, []string{string(PostHidden)}) {
		t.Errorf("mails: %v", got)
	}
}

func TestWhoWantsNoThanksIsToldNone(t *testing.T) {
	s, author := newThanks(t, testdb.Tx(t))
	leila := s.person("leila", "fr")
	s.service.talk = func(_ context.Context, _ bun.Tx, _, post int64) (string, bool, error) {
		return "Qui vient ?", post != 9, nil
	}
	thank := func(post int64) {
		s.hear(s.event(events.PostThanked{PostID: post, ThreadID: 3, AuthorID: author.PersonID, PersonID: leila.PersonID, Thanks: true}))
	}
	choose := func(none bool) {
		t.Helper()
		if err := s.service.Attend(s.ctx, author, Attention{Rhythm: Daily, Budget: 3, Unthanked: none}); err != nil {
			t.Fatal(err)
		}
		if l, err := s.service.Attention(s.ctx, author); err != nil || l.Unthanked != none {
			t.Errorf("kept: %+v, %v", l, err)
		}
	}
	choose(true)
	if err := s.service.choose(s.ctx, author.PersonID, AboutReplies, false); err != nil { // as the link under a mail does
		t.Fatal(err)
	}
	thank(5)
	if got := s.told(author); len(got) != 0 {
		t.Errorf("told %v", got)
	}
	choose(false)
	thank(6)
	thank(9) // which they can't read any more
	if got := s.told(author); !slices.Equal(got, []Kind{PostThanked}) {
		t.Errorf("told %v", got)
	}
}

// thanksModel is what the author of some posts should see: of each post and person the last event heard, and whether it is told.
type thanksModel struct {
	last map[[2]int64]int64
	told map[[2]int64]*toldThanks
}

type toldThanks struct {
	at   time.Time
	id   int
	read int // the reading that it was in, from 1; 0 while it is unread
}

// TestThanksReachTheirAuthorOnce hears thanks given and taken back, each any number of times and in any order, while their author
// reads now and then: the lines are those of the model.
func TestThanksReachTheirAuthorOnce(t *testing.T) {
	db := testdb.Tx(t)
	few(t, "rapid.checks", "25")
	few(t, "rapid.steps", "40")
	rapid.Check(t, func(rt *rapid.T) {
		s, author := newThanks(t, db)
		defer s.exec("delete from thanked")
		defer s.exec("delete from person")
		var people []account.Actor
		for i := range 4 {
			people = append(people, s.person(fmt.Sprint("p", i), "fr"))
		}
		m := thanksModel{map[[2]int64]int64{}, map[[2]int64]*toldThanks{}}
		thanks, heard, reads := map[[2]int64]bool{}, 0, 0
		var all []events.Event
		rt.Repeat(map[string]func(*rapid.T){
			"thank": func(rt *rapid.T) {
				key := [2]int64{rapid.Int64Range(1, 2).Draw(rt, "post"), people[rapid.IntRange(0, 3).Draw(rt, "by")].PersonID}
				thanks[key] = !thanks[key]
				all = append(all, s.event(events.PostThanked{PostID: key[0], AuthorID: author.PersonID, PersonID: key[1], Thanks: thanks[key]}))
			},
			"hear": func(rt *rapid.T) {
				if len(all) == 0 {
					return
				}
				e := all[rapid.IntRange(0, len(all)-1).Draw(rt, "event")]
				err := s.db.RunInTx(s.ctx, nil, func(ctx context.Context, tx bun.Tx) error { return s.service.hear(ctx, tx, e) }) // without the mark of what was heard
				if err != nil {
					rt.Fatal(err)
				}
				heard++
				m.hear(e, heard)
			},
			"read": func(rt *rapid.T) {
				_, list := s.lines(author)
				if len(list) == 0 {
					return
				}
				reads++
				n := list[rapid.IntRange(0, len(list)-1).Draw(rt, "line")]
				if _, err := s.service.Read(s.ctx, author, n.ID); err != nil {
					rt.Fatal(err)
				}
				m.read(n, reads)
			},
			"": func(rt *rapid.T) {
				got, _ := s.lines(author)
				slices.Sort(got)
				if want := m.lines(people); !slices.Equal(got, want) {
					rt.Fatalf("lines %q, want %q", got, want)
				}
			},
		})
	})
}

func (m thanksModel) hear(e events.Event, n int) {
	p, _ := events.Decode[events.PostThanked](e)
	key := [2]int64{p.PostID, p.PersonID}
	if e.Seq <= m.last[key] {
		return
	}
	m.last[key] = e.Seq
	switch known := m.told[key]; {
	case p.Thanks && known == nil:
		m.told[key] = &toldThanks{at: e.Time, id: n}
	case !p.Thanks && known != nil && known.read == 0:
		delete(m.told, key)
	}
}

func (m thanksModel) read(n Notification, reading int) {
	if !n.ReadAt.IsZero() {
		return
	}
	for key, one := range m.told {
		if key[0] == n.Data.PostID && one.read == 0 {
			one.read = reading
		}
	}
}

// lines are those of the model, in the order of their words.
func (m thanksModel) lines(people []account.Actor) (said []string) {
	names := map[int64]string{}
	for _, p := range people {
		names[p.PersonID] = p.Name
	}
	groups := map[[2]int64][][2]int64{}
	for key, one := range m.told {
		group := [2]int64{key[0], int64(one.read)}
		groups[group] = append(groups[group], key)
	}
	for group, keys := range groups {
		slices.SortFunc(keys, func(a, b [2]int64) int { return m.told[b].at.Compare(m.told[a].at) })
		n := Notification{Data: Data{PostID: group[0]}, Person: names[keys[0][1]], Together: len(keys)}
		if len(keys) > 1 {
			n.Before = names[keys[1][1]]
		}
		if group[1] != 0 {
			n.ReadAt = now
		}
		said = append(said, thanksLine(n))
	}
	slices.Sort(said)
	return said
}

// TestThanksAtOnce has every thank heard by two nodes at the same moment.
func TestThanksAtOnce(t *testing.T) {
	s, author := newThanks(t, testdb.Clone(t))
	var all []events.Event
	for i := range 6 {
		all = append(all, s.event(events.PostThanked{PostID: 5, AuthorID: author.PersonID, PersonID: s.person(fmt.Sprint("p", i), "fr").PersonID, Thanks: true}))
	}
	var nodes sync.WaitGroup
	for range 2 {
		for _, e := range all {
			nodes.Go(func() {
				err := s.db.RunInTx(s.ctx, nil, func(ctx context.Context, tx bun.Tx) error { return s.service.Consumers()[0].Hear(ctx, tx, e) })
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
	nodes.Wait()
	if got, _ := s.lines(author); !slices.Equal(got, []string{"5 p5<p4 6 unread=true"}) {
		t.Errorf("lines: %q", got)
	}
}
