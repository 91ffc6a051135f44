package notify

import (
	"bytes"
	"context"
	"net/mail"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// TestASpaceAsAMailingList: every post of it leaves at once, whatever the day's budget and what waits to be read, but one's own,
// those of a muted thread, and all once no mail is wanted; its link ends the list alone.
func TestASpaceAsAMailingList(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	s.service.talk = func(context.Context, bun.Tx, int64, int64) (string, bool, error) { return "Le puits", true, nil }
	amel, sami := s.person("amel", "ar"), s.person("sami", "fr")
	s.exec(`insert into space (id, key, name) overriding system value values (7, 'eau', '{"fr": "Eau", "ar": "الماء"}')`)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.service.Follow(s.ctx, amel, Followed{OfSpace, 7, Listed}))
	must(s.service.Attend(s.ctx, amel, Attention{Rhythm: Weekly, Budget: 1}))
	post := func(id, thread int64, by account.Actor) events.Event {
		p := events.Contributed{PostID: id, ThreadID: thread, SpaceID: 7, PersonID: by.PersonID, Kind: "reply", ThreadAuthorID: sami.PersonID}
		if id == thread {
			p.Kind = "thread"
		}
		return s.event(p)
	}
	s.hear(post(1, 1, sami), post(2, 1, sami), post(3, 1, amel), post(4, 1, sami))
	if got, want := s.queued(amel), []string{ListOpened, ListReplied, ListReplied}; !reflect.DeepEqual(got, want) {
		t.Fatalf("mails %v, want %v", got, want)
	}
	if load, err := s.service.Attention(s.ctx, amel); err != nil || load.Spent != 0 || load.Waiting != 0 {
		t.Errorf("of the day %+v, error %v", load, err)
	}
	must(s.service.Follow(s.ctx, amel, Followed{OfThread, 1, Mute}))
	s.hear(post(5, 1, sami))
	must(s.service.Follow(s.ctx, amel, Followed{OfThread, 1, Watch}))
	must(s.service.Attend(s.ctx, amel, Attention{Rhythm: Never, Budget: 1}))
	s.hear(post(6, 1, sami))
	must(s.service.Attend(s.ctx, amel, Attention{Rhythm: AtOnce, Budget: 1}))
	if n := len(s.queued(amel)); n != 3 {
		t.Errorf("%d mails", n)
	}
	secret, _ := secretOfTests()
	token := unsubscribeToken(secret, amel.PersonID, listTopic(7))
	u, err := s.service.Unsubscription(s.ctx, token)
	if err != nil || !u.Mailed || u.Space["fr"] != "Eau" {
		t.Errorf("%+v, error %v", u, err)
	}
	for range 2 {
		_, err = s.service.Unsubscribe(s.ctx, token)
		must(err)
	}
	if level, err := s.service.Following(s.ctx, amel, OfSpace, 7); err != nil || level != Track {
		t.Errorf("still %s, error %v", level, err)
	}
	must(s.service.Follow(s.ctx, amel, Followed{OfSpace, 7, Mute}))
	if u, err = s.service.Unsubscribe(s.ctx, token); err != nil || u.Mailed {
		t.Errorf("%+v, error %v", u, err)
	}
	if level, _ := s.service.Following(s.ctx, amel, OfSpace, 7); level != Mute {
		t.Errorf("a link of old makes it %s", level)
	}
	if err := s.service.Follow(s.ctx, amel, Followed{OfThread, 1, Listed}); err == nil {
		t.Error("a thread is a mailing list")
	}
	for _, topic := range []Topic{"list-", "list-0", "list-07", "list-x", "list--1", "list"} {
		if topic.known() {
			t.Errorf("%s is a topic", topic)
		}
	}
}

// TestTheMailsOfAListSayWhereTheyComeFrom checks what mail programs sort, answer and unsubscribe by.
func TestTheMailsOfAListSayWhereTheyComeFrom(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel := s.person("amel", "fr")
	dir := t.TempDir()
	sender := newSender(t, s.db, later(), SenderOptions{Folder: dir, PublicURL: "https://halqa.example", Secret: secretOfTests,
		Inbound: Inbound{Domain: "in.halqa.example"}})
	s.enqueue(Mail{Key: "a", To: "amel@example.org", PersonID: amel.PersonID, Language: "fr", Kind: ListReplied,
		Data: Data{Thread: "Le puits", Title: events.Text{"fr": "Eau"}, SpaceKey: "eau", SpaceID: 7, ThreadID: 5, PostID: 34, ReplyToID: 33}})
	if n, err := sender.Deliver(s.ctx); n != 1 || err != nil {
		t.Fatalf("%d mails, error %v", n, err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.eml"))
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"List-Id": "<space-7.halqa.example>", "List-Archive": "<https://halqa.example/spaces/eau/forum>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "List-Help": "<https://halqa.example/notifications/choices>"} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	secret, _ := secretOfTests()
	back, ok := Inbound{Domain: "in.halqa.example"}.signedBy(secret).Read(strings.TrimSuffix(strings.TrimPrefix(m.Header.Get("List-Post"), "<mailto:"), ">"))
	if !ok || back != (Back{PersonID: amel.PersonID, SpaceID: 7}) {
		t.Errorf("List-Post: %s stands for %+v", m.Header.Get("List-Post"), back)
	}
	token := strings.TrimSuffix(strings.TrimPrefix(m.Header.Get("List-Unsubscribe"), "<https://halqa.example"+UnsubscribePath), ">")
	if person, topic, ok := readToken(secret, token); !ok || person != amel.PersonID || topic != listTopic(7) {
		t.Errorf("it unsubscribes from %s", topic)
	}
	if !strings.HasPrefix(m.Header.Get("In-Reply-To"), "<post.33.") || !strings.HasPrefix(m.Header.Get("References"), "<thread.5.") {
		t.Errorf("it answers %s, of %s", m.Header.Get("In-Reply-To"), m.Header.Get("References"))
	}
}

// TestAThreadBegunByMail: what comes to the address of a space is a thread, once, titled by its subject.
func TestAThreadBegunByMail(t *testing.T) {
	c := newCorrespondence(t)
	c.exec(`insert into space (id, key, name) overriding system value values (7, 'eau', '{"fr": "Eau"}')`)
	secret, _ := secretOfTests()
	address := c.service.inbound.signedBy(secret).opens(c.amel.PersonID, 7)
	var err error
	if c.back, err = c.service.Returns(address); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.receive("From: amel@example.org", "Message-ID: <1@example.org>", "Subject: =?utf-8?q?Re=3A_=5BEau=5D_R=C3=A9f_=3A_Le_puits?=", "", "Qui connaît ?"); err != nil {
			t.Fatal(err)
		}
	}
	for _, got := range c.posted {
		if got.SpaceID != 7 || got.ThreadID != 0 || got.Title != "Le puits" || got.Body != "Qui connaît ?" {
			t.Errorf("%+v", got)
		}
	}
	if len(c.posted) != 1 {
		t.Errorf("%d threads", len(c.posted))
	}
	if err := c.receive("From: amel@example.org", "Message-ID: <2@example.org>", "Subject: Re: [Eau]", "", "Qui connaît ?"); err != nil {
		t.Fatal(err)
	}
	if got := c.refusals(); !reflect.DeepEqual(got, []Refused{RefusedTitle}) {
		t.Errorf("refused %v", got)
	}
	if path := c.mails()[0].Data.Path; path != "/spaces/eau/forum" {
		t.Errorf("the refusal leads to %s", path)
	}
	for _, other := range []string{strings.Replace(address, "s-", "r-", 1), strings.Replace(address, "s-", "b-", 1)} {
		if _, err := c.service.Returns(other); err == nil {
			t.Errorf("%s stands for something", other)
		}
	}
}
