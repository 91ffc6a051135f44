package main

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"halqa/community"
	"halqa/community/account"
	"halqa/events"
	"halqa/events/eventstest"
)

// secretive is somebody whose name and number nothing else has, so that a trace of either gives them away.
func (s *site) secretive() account.Actor {
	s.t.Helper()
	_, err := s.p.db.ExecContext(s.ctx, `alter table person alter id restart with 900900901`)
	s.check(err)
	p := s.person("qamarzed")
	_, err = s.p.db.ExecContext(s.ctx, `alter table person alter id restart with 5000`)
	s.check(err)
	return s.actorOf(p)
}

// tells finds what gives the secretive person away.
var tells = regexp.MustCompile(`(?i)qamarzed|900900901`)

// whispered is all that one does under a pseudonym, and what others do about it.
func (s *site) whispered(her, sami account.Actor, bus *eventstest.Bus) (thread community.Thread, mask int64) {
	s.t.Helper()
	forum := s.p.community
	_, err := s.p.db.ExecContext(s.ctx, `update space set pseudonyms = true where id = ?`, s.space.ID)
	s.check(err)
	write := func(n community.NewThread) community.Thread {
		n.SpaceID, n.As = s.space.ID, community.UnderPseudonym
		t, err := forum.StartThread(s.ctx, her, n)
		s.check(err)
		return t
	}
	thread = write(community.NewThread{Kind: community.Question, Title: "Zoubia menace", Body: "Que faire ?"})
	mask, her = thread.AuthorID, s.actorOf(account.Person{ID: her.PersonID})
	write(community.NewThread{Kind: community.Experience, Title: "Zoubia raconte", Sheet: community.Sheet{Context: "a", Action: "b", Result: "c", Lesson: "d"}})
	reply := func(a account.Actor, as community.Naming, body string) community.Post {
		p, err := forum.Reply(s.ctx, a, community.NewReply{ThreadID: thread.ID, Body: body, As: as})
		s.check(err)
		return p
	}
	answer := reply(sami, community.UnderName, "Zoubia : appelez-nous.")
	again := reply(her, community.AsBefore, "Zoubia merci.")
	s.check(forum.Accept(s.ctx, her, answer.ID, true))
	_, err = forum.EditPost(s.ctx, her, again.ID, community.Edit{Body: "Zoubia merci beaucoup."})
	s.check(err)
	gone := reply(her, community.UnderPseudonym, "Zoubia regrette.")
	_, err = forum.DeletePost(s.ctx, her, gone.ID)
	s.check(err)
	s.check(forum.Thank(s.ctx, sami, again.ID, true))
	s.check(forum.SetGuard(s.ctx, s.admin, s.space.ID, community.Guard{Words: "interdit", Suspect: true}))
	held := reply(her, community.UnderPseudonym, "Zoubia interdit.")
	waits := reply(her, community.UnderPseudonym, "Zoubia interdit encore.")
	bus.Settle()
	_, err = forum.DecideHeld(s.ctx, s.admin, held.Held, community.Verdict{Approve: true})
	s.check(err)
	s.check(forum.Report(s.ctx, sami, community.NewReport{PostID: again.ID, Reason: "insult"}))
	s.check(forum.MeasureAuthor(s.ctx, s.admin, again.ID, account.NewMeasure{Kind: account.OverSpace, Act: account.Warn, Cause: "insult", Words: "Zoubia, du calme."}))
	s.check(s.p.account.Appeal(s.ctx, her, 1, "Zoubia conteste."))
	if waits.Held == 0 {
		s.t.Fatal("nothing waits for a moderator")
	}
	bus.Settle()
	return thread, mask
}

// TestNothingLeadsBehindAPseudonym attacks: it reads every page about what was written under a pseudonym as those who may read it,
// the exports, every mail to others and every event, for a trace of who wrote it.
func TestNothingLeadsBehindAPseudonym(t *testing.T) {
	s := openSite(t)
	her, sami := s.secretive(), s.actorOf(s.person("sami"))
	s.holder("animatrice", account.SpaceModerator, account.OverSpace, s.space.ID)
	bus := eventstest.New(t, s.p.db, s.p.consumers())
	thread, mask := s.whispered(her, sami, bus)
	for _, who := range []string{"", "sami", "animatrice", "admin"} {
		v := s.visitor(t, "fr")
		if who != "" {
			v = s.signedIn(t, who)
		}
		v.findsNobody(s, who, thread, mask)
	}
	s.mailsTellNobody(t, her.PersonID)
	s.eventsTellNobody(t)
	if _, err := s.p.account.Acquaintance(s.ctx, sami, mask); err == nil {
		t.Error("the pseudonym has a card")
	}
}

// findsNobody opens every page that says something of the thread.
func (v visitor) findsNobody(s *site, who string, thread community.Thread, mask int64) {
	v.t.Helper()
	found := 0
	paths := []string{"/", "/spaces/funding", "/spaces/funding/forum", "/spaces/funding/experiences", fmt.Sprintf("/threads/%d", thread.ID), "/search?q=zoubia"}
	if who != "" {
		paths = append(paths, "/home", "/notifications", fmt.Sprintf("/people/%d", mask), "/threads/"+fmt.Sprint(thread.ID)+"/unread", "/drafts", "/spaces/funding/forum?show=unread")
	}
	if who == "animatrice" || who == "admin" {
		paths = append(paths, "/moderation", "/moderation?show=decided", "/moderation/held", "/moderation/measures", "/moderation/measures?show=appeals",
			"/moderation/figures", "/spaces/funding/animate", "/admin/audit?kind=forum", "/admin/audit?kind=measures", "/admin/audit.csv?kind=forum", "/desk")
	}
	if who == "admin" {
		paths = append(paths, fmt.Sprintf("/pseudonyms/%d", mask), fmt.Sprintf("/admin/people/%d", mask), "/admin/people?q=zoubia", "/indicators")
	}
	posts := []int64{}
	s.check(s.p.db.NewRaw(`select id from post where thread_id = ? order by id`, thread.ID).Scan(s.ctx, &posts))
	for _, id := range posts {
		paths = append(paths, fmt.Sprintf("/posts/%d", id), fmt.Sprintf("/posts/%d/history", id), fmt.Sprintf("/threads/%d?quote=%d", thread.ID, id), fmt.Sprintf("/posts/%d/report", id))
	}
	for _, path := range paths {
		page, err := v.Get(path)
		s.check(err)
		if m := tells.FindString(string(page.Body)); m != "" && page.Status < http.StatusBadRequest {
			v.t.Errorf("%s reads %s at %s", who, m, path)
		}
		if strings.Contains(strings.ToLower(string(page.Body)), "zoubia") {
			found++
		}
	}
	if least := map[string]int{"": 5, "sami": 8, "animatrice": 12, "admin": 12}[who]; found < least {
		v.t.Errorf("%s finds what was written on %d pages only: the test looks at the wrong ones", who, found)
	}
}

// mailsTellNobody reads the mails to everybody else.
func (s *site) mailsTellNobody(t *testing.T, her int64) {
	t.Helper()
	var mails []string
	s.check(s.p.db.NewRaw(`select row_to_json(m)::text from mail m where coalesce(person_id, 0) <> ?`, her).Scan(s.ctx, &mails))
	var news []string
	s.check(s.p.db.NewRaw(`select row_to_json(n)::text from notification n where person_id <> ?`, her).Scan(s.ctx, &news))
	if len(mails) == 0 || len(news) == 0 {
		t.Error("nobody else is told anything")
	}
	for _, text := range slices.Concat(mails, news) {
		if tells.MatchString(text) {
			t.Errorf("somebody else is told %s", text)
		}
	}
}

// eventsTellNobody reads the stream: besides that she is there, that she is told things, and that her sessions begin, no event speaks of her.
func (s *site) eventsTellNobody(t *testing.T) {
	t.Helper()
	own := []string{events.PersonConfirmed{}.EventType(), events.NotificationAdded{}.EventType(), events.NotificationWithdrawn{}.EventType(), events.SpaceJoined{}.EventType()}
	var all []struct{ Type, Data string }
	s.check(s.p.db.NewRaw(`select type, data::text as data from outbox`).Scan(s.ctx, &all))
	spoken := map[string]bool{}
	for _, e := range all {
		spoken[e.Type] = true
		if tells.MatchString(e.Data) && !slices.Contains(own, e.Type) {
			t.Errorf("%s says %s", e.Type, e.Data)
		}
	}
	for _, p := range []events.Payload{events.ThreadStarted{}, events.Contributed{}, events.ContributionEdited{}, events.ContributionDeleted{}, events.PostHeld{},
		events.HeldDecided{}, events.PostReported{}, events.PostThanked{}, events.AnswerAccepted{}, events.MeasureTaken{}, events.MeasureAppealed{}} {
		if !spoken[p.EventType()] {
			t.Errorf("%s never happened", p.EventType())
		}
	}
}

// What is written under a pseudonym counts for nobody: a gate that it opened would say whose it is.
func TestPseudonymOpensNoGate(t *testing.T) {
	s := openSite(t)
	her, sami := s.secretive(), s.actorOf(s.person("sami"))
	bus := eventstest.New(t, s.p.db, s.p.consumers())
	_, mask := s.whispered(her, sami, bus)
	for _, table := range []string{"fact", "contribution", "eligibility"} {
		var n int
		s.check(s.p.db.NewRaw(`select count(*) from `+table+` where person_id in (?, ?)`, mask, her.PersonID).Scan(s.ctx, &n))
		if n != 0 {
			t.Errorf("%d rows of %s speak of who wrote under a pseudonym", n, table)
		}
	}
	var n int
	s.check(s.p.db.NewRaw(`select count(*) from fact where person_id = ?`, sami.PersonID).Scan(s.ctx, &n))
	if n == 0 {
		t.Error("who answered under their name did nothing either")
	}
}
