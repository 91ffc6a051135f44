package notify

import (
	"bytes"
	"context"
	"errors"
	"net/mail"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

func (s *story) choose(a account.Actor, mailed ...Topic) {
	s.t.Helper()
	if err := s.service.Choose(s.ctx, a, mailed); err != nil {
		s.t.Fatal(err)
	}
}

// mailed lists the topics that somebody gets by mail.
func (s *story) mailed(a account.Actor) []Topic {
	s.t.Helper()
	list, err := s.service.Choices(s.ctx, a)
	if err != nil {
		s.t.Fatal(err)
	}
	on := []Topic{}
	for _, c := range list {
		if c.Mailed {
			on = append(on, c.Topic)
		}
	}
	return on
}

func (s *story) rhythm(a account.Actor) Rhythm {
	s.t.Helper()
	l, err := s.service.Attention(s.ctx, a)
	if err != nil {
		s.t.Fatal(err)
	}
	return l.Rhythm
}

func TestEveryKindHasATopicOrAlwaysLeaves(t *testing.T) {
	always := []Kind{MeasureWarn, MeasureSuspend, MeasureBan, MeasureUpheld, MeasureLifted, PseudonymLookedBehind} // they are owed to their reader
	never := []Kind{PostThanked}                                                                                   // isn't mailed, and has a choice of its own
	for _, k := range Kinds {
		if (TopicOf(string(k)) == "") != (slices.Contains(always, k) || slices.Contains(never, k)) {
			t.Errorf("nobody may choose %s", k)
		}
	}
	for _, kind := range []string{"confirm", "magic", "reset", "already_registered"} {
		if TopicOf(kind) != "" {
			t.Errorf("%s may be switched off", kind)
		}
	}
}

func TestChoicesOfMail(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel, sami := s.person("amel", "fr"), s.person("sami", "ar")
	want := []Topic{AboutOpenings, AboutSeats, AboutPromotions, AboutCancellations, AboutNewsletters, AboutContributions, AboutOrganisations, AboutIntroductions}
	if got := s.mailed(amel); !reflect.DeepEqual(got, want) {
		t.Errorf("by default %v, want %v", got, want)
	}
	s.choose(amel, AboutProgress, AboutSeats, "nonsense")
	if got := s.mailed(amel); !reflect.DeepEqual(got, []Topic{AboutSeats, AboutProgress}) {
		t.Errorf("chosen %v", got)
	}
	if got := s.mailed(sami); !reflect.DeepEqual(got, want) {
		t.Errorf("somebody else gets %v", got)
	}
	if _, err := s.service.Choices(s.ctx, account.Actor{}); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("a visitor: %v", err)
	}
	if err := s.service.Choose(s.ctx, account.Actor{}, nil); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("a visitor chooses: %v", err)
	}
	moderator := s.person("moderator", "fr")
	moderator.Grants = []account.Grant{{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: 1}}
	if got := s.mailed(moderator); !slices.Contains(got, AboutModeration) || slices.Contains(got, AboutRequests) {
		t.Errorf("a moderator chooses among %v", got)
	}
	s.choose(moderator, AboutSeats)
	moderator.Grants = nil // what they no longer see stays as it was
	s.choose(moderator)
	moderator.Grants = []account.Grant{{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: 1}}
	if got := s.mailed(moderator); !reflect.DeepEqual(got, []Topic{AboutRequests}) {
		t.Errorf("after a new role they get %v", got)
	}
}

func TestTheChoiceHoldsWhenTheMailIsQueued(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel := s.person("amel", "fr")
	s.choose(amel, AboutProgress)
	unlocked := s.event(events.SeminarUnlocked{PersonID: amel.PersonID, SeminarID: 3, StartsAt: soon})
	completed := s.event(events.ModuleCompleted{PersonID: amel.PersonID, ModuleID: 4, Title: events.Text{"fr": "Budget"}})
	s.hear(unlocked, completed)
	if got := s.queued(amel); !reflect.DeepEqual(got, []string{"module_completed"}) {
		t.Errorf("mailed %v", got)
	}
	if got := s.told(amel); !reflect.DeepEqual(got, []Kind{ModuleCompleted, SeminarUnlocked}) {
		t.Errorf("pages tell %v, whatever is mailed", got)
	}
	s.choose(amel, AboutOpenings)
	s.hear(unlocked, completed, unlocked) // the same events again: what was decided stays
	if got := s.queued(amel); !reflect.DeepEqual(got, []string{"module_completed"}) {
		t.Errorf("the same event again has %v mailed", got)
	}
	s.hear(s.event(events.SeminarUnlocked{PersonID: amel.PersonID, SeminarID: 5, StartsAt: soon}))
	if got := s.queued(amel); !reflect.DeepEqual(got, []string{"module_completed", "unlocked"}) {
		t.Errorf("after the new choice %v", got)
	}
}

func TestMailsOfAccountHeedTheChoiceToo(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel := s.person("amel", "fr")
	s.choose(amel)
	for _, kind := range []string{"reset", "membership_decided", "organisation_decided", "magic"} {
		err := s.db.RunInTx(s.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			return EnqueueAccount(ctx, tx, account.Mail{To: "amel@example.org", PersonID: amel.PersonID, Language: "fr", Kind: kind,
				Data: map[string]string{"state": map[string]string{"membership_decided": "ended", "organisation_decided": "validated"}[kind]}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := s.queued(amel); !reflect.DeepEqual(got, []string{"reset", "magic"}) {
		t.Errorf("mailed %v", got)
	}
}

func TestARefusalToJoinIsToldInThePages(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel := s.person("amel", "fr")
	s.hear(s.event(events.MembershipChanged{PersonID: amel.PersonID, OrganisationID: 1, State: "ended", By: amel.PersonID}))
	s.hear(s.event(events.MembershipChanged{PersonID: amel.PersonID, OrganisationID: 1, State: "ended", By: amel.PersonID + 1}))
	if got := s.told(amel); !reflect.DeepEqual(got, []Kind{MembershipRefused}) {
		t.Errorf("told %v", got)
	}
	if got := s.queued(amel); len(got) != 0 {
		t.Errorf("mailed %v, which account does", got)
	}
}

func TestUnsubscribing(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel, sami := s.person("amel", "ar"), s.person("sami", "fr")
	secret, _ := secretOfTests()
	token := unsubscribeToken(secret, amel.PersonID, AboutReplies)
	u, err := s.service.Unsubscription(s.ctx, token)
	if err != nil || u.Topic != AboutReplies || u.Language != "ar" || u.Address != "a…@example.org" || !u.Mailed {
		t.Fatalf("%+v, error %v", u, err)
	}
	if s.rhythm(amel) != AtOnce {
		t.Error("looking at the link switches mails off")
	}
	for range 2 {
		if u, err = s.service.Unsubscribe(s.ctx, token); err != nil || u.Mailed {
			t.Fatalf("%+v, error %v", u, err)
		}
	}
	if got := s.mailed(amel); s.rhythm(amel) != Never || !slices.Contains(got, AboutSeats) {
		t.Errorf("she still gets %v", got)
	}
	if s.rhythm(sami) != AtOnce {
		t.Error("somebody else is unsubscribed")
	}
	s.exec("delete from person where id = ?", amel.PersonID)
	if _, err := s.service.Unsubscribe(s.ctx, token); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("somebody who is gone: %v", err)
	}
}

func TestHostileTokens(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	amel, sami := s.person("amel", "fr"), s.person("sami", "fr")
	secret, _ := secretOfTests()
	mine := unsubscribeToken(secret, amel.PersonID, AboutReplies)
	theirs := unsubscribeToken(secret, sami.PersonID, AboutReplies)
	mineHead, mineTail, _ := strings.Cut(mine, ".")
	theirHead, _, _ := strings.Cut(theirs, ".")
	otherTopic, _, _ := strings.Cut(unsubscribeToken(secret, amel.PersonID, AboutSeats), ".")
	for name, token := range map[string]string{
		"nothing": "", "a point": ".", "no signature": mineHead, "an empty signature": mineHead + ".", "only a signature": "." + mineTail,
		"of another person": theirHead + "." + mineTail, "of another topic": otherTopic + "." + mineTail, "cut": mine[:len(mine)-1],
		"longer": mine + "A", "endless": mine + strings.Repeat("A", 10000), "padded": mine + "=", "with a line": mine + "\n",
		"of another secret": unsubscribeToken([]byte("another"), amel.PersonID, AboutReplies), "of no topic": unsubscribeToken(secret, amel.PersonID, "all"),
		"of no secret": unsubscribeToken(nil, amel.PersonID, AboutReplies), "of nobody": unsubscribeToken(secret, 0, AboutReplies),
	} {
		if _, err := s.service.Unsubscribe(s.ctx, token); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := s.id("select count(*) from mail_choice"); n != 0 {
		t.Errorf("%d choices were made", n)
	}
	if n := s.id("select count(*) from attention"); n != 0 {
		t.Errorf("%d people were silenced", n)
	}
	without := New(s.db, Options{})
	if _, err := without.Unsubscribe(s.ctx, unsubscribeToken(nil, amel.PersonID, AboutReplies)); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("without a secret: %v", err)
	}
}

// TestTokensAreTheirOwn changes one character of a token: it is refused, whichever it is.
func TestTokensAreTheirOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "secret")
		id, topic := rapid.Int64Min(1).Draw(t, "person"), rapid.SampledFrom(topics).Draw(t, "topic").topic
		token := unsubscribeToken(secret, id, topic)
		if gotID, gotTopic, ok := readToken(secret, token); !ok || gotID != id || gotTopic != topic {
			t.Fatalf("%s reads as %d %s %v", token, gotID, gotTopic, ok)
		}
		i := rapid.IntRange(0, len(token)-1).Draw(t, "at")
		c := rapid.SampledFrom([]byte("ABab01-_.=")).Draw(t, "character")
		if spoilt := token[:i] + string(c) + token[i+1:]; spoilt != token {
			if _, _, ok := readToken(secret, spoilt); ok {
				t.Fatalf("%s is taken for %s", spoilt, token)
			}
		}
	})
}

func TestMailsCarryTheirLinkAndFiles(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	sender := newSender(t, s.db, later(), SenderOptions{Folder: t.TempDir()})
	header := func(kind string, files ...Attachment) mail.Header {
		t.Helper()
		m, err := sender.write.message(context.Background(), row{ID: 12, Address: "amel@example.org", PersonID: 5, Language: "fr", Kind: kind, CreatedAt: now}, files)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.Write(m.raw); err != nil {
			t.Fatal(err)
		}
		read, err := mail.ReadMessage(&b)
		if err != nil {
			t.Fatal(err)
		}
		return read.Header
	}
	h := header("thread_replied")
	link := strings.Trim(h.Get("List-Unsubscribe"), "<>")
	token, ok := strings.CutPrefix(link, "https://halqa.example/unsubscribe/")
	secret, _ := secretOfTests()
	if id, topic, fits := readToken(secret, token); !ok || !fits || id != 5 || topic != AboutReplies {
		t.Errorf("List-Unsubscribe: %s", link)
	}
	if got := h.Get("List-Unsubscribe-Post"); got != "List-Unsubscribe=One-Click" {
		t.Errorf("List-Unsubscribe-Post: %s", got)
	}
	if h := header("reset"); h.Get("List-Unsubscribe") != "" || h.Get("List-Unsubscribe-Post") != "" {
		t.Error("a mail that always leaves offers to stop")
	}
	sender.write.public = "http://halqa.example"
	if h := header("confirmed"); h.Get("List-Unsubscribe") == "" || h.Get("List-Unsubscribe-Post") != "" {
		t.Error("one click is offered without https")
	}
	if got := header("confirmed", Attachment{"a.ics", "text/calendar; method=REQUEST", []byte("x")}).Get("Content-Type"); !strings.HasPrefix(got, "multipart/mixed") {
		t.Errorf("with a file it is %s", got)
	}
}

func TestAFileThatIsNotReadyIsWaitedFor(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	s.enqueue(Mail{Key: "k", To: "amel@example.org", Language: "fr", Kind: "confirmed"})
	cause := errors.New("no database")
	c := later()
	sender := newSender(t, s.db, c, SenderOptions{Folder: t.TempDir(), Attach: func(context.Context, Mail) ([]Attachment, error) {
		return nil, cause
	}})
	deliver(t, sender, 1)
	if got := s.mails()[0]; got.State != MailQueued || !strings.Contains(got.Error, "no database") {
		t.Errorf("%+v", got)
	}
	cause = nil
	c.at = c.at.Add(backoff(1))
	deliver(t, sender, 1)
	if got := s.mails()[0]; got.State != MailWritten {
		t.Errorf("%+v", got)
	}
}
