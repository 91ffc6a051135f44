package notify

import (
	"context"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// TestHowAPollEndedIsTold: those who asked or voted, and those who follow, are told once, each in the way of what they follow: at
// once, with a digest, on their devices, in the pages alone; not whoever closed it, nor who muted the thread or may not read it.
func TestHowAPollEndedIsTold(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	names := []string{"author", "voter", "watcher", "weekly", "never", "closer", "muted", "barred", "tracker", "silent"}
	people := map[string]account.Actor{}
	var voters []int64
	for _, name := range names {
		people[name] = s.person(name, "fr")
		if name != "watcher" {
			voters = append(voters, people[name].PersonID)
		}
	}
	who := func(name string) account.Actor { return people[name] }
	s.service.voters = func(context.Context, bun.IDB, int64) ([]int64, error) { return voters, nil }
	s.service.talk = func(_ context.Context, _ bun.Tx, person, _ int64) (string, bool, error) {
		return "Quel jour ?", person != 0 && person != who("barred").PersonID, nil
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s.exec(`insert into space (id, key, name) overriding system value values (1, 'one', '{"fr": "Eau"}') on conflict do nothing`)
	must(s.service.Follow(s.ctx, who("watcher"), Followed{OfSpace, 1, Watch}))
	must(s.service.Follow(s.ctx, who("muted"), Followed{OfThread, 5, Mute}))
	must(s.service.Follow(s.ctx, who("tracker"), Followed{OfThread, 5, Track}))
	must(s.service.Follow(s.ctx, who("silent"), Followed{OfSpace, 1, Mute}))
	must(s.service.Attend(s.ctx, who("weekly"), Attention{Rhythm: Weekly, Budget: 5}))
	must(s.service.Attend(s.ctx, who("never"), Attention{Rhythm: Never, Budget: 5}))
	closed := s.event(events.PollClosed{PostID: 9, ThreadID: 5, SpaceID: 1, By: who("closer").PersonID, Result: events.PollResult{Options: []string{"Lundi"}, Votes: 3, Voters: 4}})
	s.hear(closed, closed)
	for name, want := range map[string]string{"author": byMail, "voter": byMail, "watcher": byMail, "weekly": waiting, "never": onPage, "closer": "", "muted": "", "barred": "", "tracker": byMail, "silent": byMail} {
		var ways []string
		must(s.db.NewRaw("select delivery from notification where person_id = ? and kind = 'poll_ended'", who(name).PersonID).Scan(s.ctx, &ways))
		if strings.Join(ways, " ") != want {
			t.Errorf("%s is told by %v, not %q", name, ways, want)
		}
	}
	var mails []row
	must(s.db.NewRaw("select id, key, address, person_id, language, kind, data from mail where person_id = ?", who("voter").PersonID).Scan(s.ctx, &mails))
	if len(mails) != 1 || mails[0].Data.Path != "/posts/9" {
		t.Fatalf("%+v", mails)
	}
	if text := (composer{render: say}).compose(mails[0].mail()).Text(); !strings.Contains(text, "poll_ended_text") || !strings.Contains(text, "result_won Option=Lundi Votes=3 Voters=4") {
		t.Errorf("%s", text)
	}
	list, _, err := s.service.Notifications(s.ctx, who("never"), 0)
	must(err)
	if len(list) != 1 || list[0].Path() != "/posts/9" || list[0].Data.Result.Voters != 4 {
		t.Errorf("%+v", list)
	}
	// What is said after it doesn't hide it, nor is it what is read first of that.
	for post := range int64(2) {
		s.hear(s.event(events.Contributed{PostID: 10 + post, ThreadID: 5, SpaceID: 1, PersonID: who("voter").PersonID, Kind: "reply"}))
	}
	list, _, err = s.service.Notifications(s.ctx, who("watcher"), 0)
	must(err)
	if len(list) != 2 || list[0].Fresh != 2 || list[1].Kind != PollEnded {
		t.Fatalf("%+v", list)
	}
	n, err := s.service.Read(s.ctx, who("watcher"), list[0].ID)
	must(err)
	if unread, err := s.service.Unread(s.ctx, who("watcher")); n.Path() != "/posts/10" || unread != 1 || err != nil {
		t.Errorf("leads to %s, %d unread, error %v", n.Path(), unread, err)
	}
}

func TestADigestTellsPolls(t *testing.T) {
	won, said := events.PollResult{Options: []string{"Lundi", "Mardi"}, Votes: 1, Voters: 2}, events.Text{"fr": "Eau"}
	items := []item{
		{Kind: ThreadOpened, Data: Data{PostID: 1, ThreadID: 1, SpaceID: 1, Thread: "Quel jour ?", Asks: true}},
		{Kind: PollEnded, Data: Data{PostID: 2, ThreadID: 2, SpaceID: 1, Thread: "Où ?", Result: &won}},
		{Kind: PostFollowed, Data: Data{PostID: 4, ThreadID: 3, SpaceID: 1, Thread: "Qui ?"}},
		{Kind: PollEnded, Data: Data{PostID: 3, ThreadID: 3, SpaceID: 1, Thread: "Qui ?", Result: &events.PollResult{}}},
	}
	d := digestOf(items, map[int64]events.Text{1: said})
	l := composer{render: say, public: "https://halqa.example"}.compose(Mail{Kind: DigestMail, Language: "fr", Data: d})
	for _, want := range []string{"fr.digest_asked Count=1", "digest_ended Result=fr.poll.result_tied Options=\u2068Lundi\u2069 · \u2068Mardi\u2069 Votes=1 Voters=2", "/posts/2",
		"fr.digest_posts Count=1 · fr.digest_ended Result=fr.poll.result_nobody", "/posts/4"} {
		if !strings.Contains(l.Text(), want) {
			t.Errorf("no %q in %s", want, l.Text())
		}
	}
	l = composer{render: say}.compose(Mail{Kind: DigestMail, Language: "fr", Data: digestOf(items[1:2], nil)})
	if l.Subject != "fr.digest_polls Count=1" {
		t.Errorf("a digest of polls alone is called %q", l.Subject)
	}
}
