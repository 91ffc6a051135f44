package notify

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/notify/incoming"
	"halqa/migrations/testdb"
)

// correspondence is a platform to which people answer by mail.
type correspondence struct {
	*story
	amel    account.Actor
	back    Back
	posted  map[string]Answered // by nonce
	verdict Refused
	outcome Outcome
	broken  error
}

func newCorrespondence(t *testing.T) *correspondence {
	c := &correspondence{story: newStory(t, testdb.Tx(t)), posted: map[string]Answered{}}
	c.service.inbound = Inbound{Domain: "in.halqa.example"}
	c.service.answer = func(ctx context.Context, a Answered, tell Tell) (Refusal, error) {
		if c.verdict != "" || c.broken != nil {
			return Refusal{Why: c.verdict, Unkept: c.outcome.Unkept}, c.broken
		}
		c.posted[a.Nonce] = a
		return Refusal{}, c.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return tell(ctx, tx, c.outcome) })
	}
	c.amel = c.person("amel", "ar")
	secret, _ := secretOfTests()
	var err error
	if c.back, err = c.service.Returns(c.service.inbound.signedBy(secret).answers(c.amel.PersonID, 5)); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *correspondence) receive(lines ...string) error {
	return c.service.Receive(c.ctx, c.back, "amel@example.org", []byte(strings.Join(lines, "\r\n")))
}

// refusals are why mails told the person no.
func (c *correspondence) refusals() []Refused {
	c.t.Helper()
	list := []Refused{}
	for _, m := range c.mails() {
		if m.Kind != AnswerRefused || m.Address != "amel@example.org" {
			c.t.Errorf("%+v", m)
		}
		list = append(list, m.Data.Refused)
	}
	return list
}

func TestAnAnswerByMailIsOnePost(t *testing.T) {
	c := newCorrespondence(t)
	for range 3 { // delivered again and again
		if err := c.receive("From: Amel <AMEL@example.org>", "Message-ID: <1@example.org>", "In-Reply-To: <post.34.7@halqa.example>",
			"References: <thread.5.7@halqa.example>", "", "Merci !", "", "> Question", ""); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.posted) != 1 || len(c.mails()) != 0 {
		t.Fatalf("%d posts, %d mails", len(c.posted), len(c.mails()))
	}
	for nonce, got := range c.posted {
		if want := (Answered{PersonID: c.amel.PersonID, ThreadID: 5, ReplyTo: 34, Body: "Merci !", Nonce: nonce}); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	for _, id := range []string{"Message-ID: <2@example.org>", "X: no name", "X: nor this"} {
		if err := c.receive("From: amel@example.org", id, "", "Encore"); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.posted) != 4 {
		t.Errorf("%d posts of 4 mails", len(c.posted))
	}
}

// withFiles is an answer with two files.
var withFiles = []string{"From: amel@example.org", "Message-ID: <f@example.org>", "Content-Type: multipart/mixed; boundary=x", "", "--x",
	"Content-Type: text/plain", "", "Voici", "--x", "Content-Type: application/pdf; name=budget.pdf", "", "%PDF", "--x",
	`Content-Disposition: attachment; filename="liste.ods"`, "", "PK", "--x--"}

func TestFilesOfAnAnswerComeWithIt(t *testing.T) {
	c := newCorrespondence(t)
	if err := c.receive(withFiles...); err != nil {
		t.Fatal(err)
	}
	want := []incoming.File{{Name: "budget.pdf", Data: []byte("%PDF")}, {Name: "liste.ods", Data: []byte("PK")}}
	for _, got := range c.posted {
		if got.Body != "Voici" || !reflect.DeepEqual(got.Files, want) {
			t.Errorf("%q with %q", got.Body, got.Files)
		}
	}
	if len(c.posted) != 1 || len(c.mails()) != 0 {
		t.Errorf("%d posts, %d mails", len(c.posted), len(c.mails()))
	}
}

// TestWhatBecameOfAnAnswerIsToldOnce: that it waits for a moderator, and which of its files aren't kept, in one mail.
func TestWhatBecameOfAnAnswerIsToldOnce(t *testing.T) {
	all := Outcome{}
	for _, why := range Unfits {
		all.Unkept = append(all.Unkept, Unkept{Name: string(why) + ".pdf", Why: why, Most: 7})
	}
	for want, o := range map[string]Outcome{AnswerHeld: {Held: true}, AnswerPartly: all, AnswerHeld + " and": {Held: true, Unkept: []Unkept{{Why: UnfitType}}}} {
		t.Run(want, func(t *testing.T) {
			c := newCorrespondence(t)
			c.outcome = o
			for range 2 {
				if err := c.receive(withFiles...); err != nil {
					t.Fatal(err)
				}
			}
			mails := c.mails()
			if len(mails) != 1 || mails[0].Address != "amel@example.org" || !strings.HasPrefix(want, mails[0].Kind) {
				t.Fatalf("%+v", mails)
			}
			letter := composer{render: say}.compose(mails[0].mail())
			if strings.Contains(letter.Text(), ".files_unkept") != (want == AnswerHeld+" and") || !strings.HasSuffix(letter.URL, "/threads/5") || letter.FewerURL != "" {
				t.Errorf("%s", letter.Text())
			}
			for _, f := range o.Unkept {
				if !strings.Contains(letter.Text(), ".file_"+string(f.Why)) || !strings.Contains(letter.Text(), f.Name) {
					t.Errorf("%s isn't told of in %s", f.Why, letter.Text())
				}
			}
		})
	}
}

func TestARefusalIsToldOnceAndSaysWhy(t *testing.T) {
	for want, lines := range map[Refused][]string{
		RefusedLocked: {"From: amel@example.org", "", "Merci"}, RefusedBarred: {"From: amel@example.org", "", "Merci"},
		RefusedLong: {"From: amel@example.org", "", "Merci"}, RefusedEmpty: {"From: amel@example.org", "", "> Question"},
		RefusedUnreadable: {"From: amel@example.org", "Content-Type: text/plain; charset=utf-7", "", "+AGE-"},
		RefusedForged:     {"From: evil@example.org", "", "Merci"},
		RefusedWordless:   {"From: amel@example.org", "Content-Type: application/pdf; name=a.pdf", "", "%PDF"}, // and the verdict says so
	} {
		t.Run(string(want), func(t *testing.T) {
			c := newCorrespondence(t)
			c.verdict = want
			for range 2 {
				if err := c.receive(lines...); err != nil {
					t.Fatal(err)
				}
			}
			if got := c.refusals(); !reflect.DeepEqual(got, []Refused{want}) || len(c.posted) != 0 {
				t.Errorf("refused %v, %d posts", got, len(c.posted))
			}
			letter := composer{render: say}.compose(c.mails()[0].mail())
			if !strings.Contains(letter.Text(), "refused_"+string(want)) || !strings.HasSuffix(letter.URL, "/threads/5") {
				t.Errorf("%s", letter.Text())
			}
		})
	}
}

func TestMachinesAreNeverAnswered(t *testing.T) {
	c := newCorrespondence(t)
	for _, header := range []string{"Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <x.example>", "Return-Path: <>"} {
		if err := c.receive("From: amel@example.org", header, "", "Absente"); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.service.Receive(c.ctx, c.back, "", []byte("From: amel@example.org\r\n\r\nAbsente")); err != nil {
		t.Fatal(err)
	}
	if len(c.posted) != 0 || len(c.mails()) != 0 {
		t.Errorf("%d posts, %d mails", len(c.posted), len(c.mails()))
	}
	c.back.PersonID = -1 // gone
	if err := c.receive("From: amel@example.org", "", "Merci"); err != nil || len(c.mails()) != 0 {
		t.Errorf("error %v, %d mails", err, len(c.mails()))
	}
}

func TestWhatMayComeAgainIsGivenBack(t *testing.T) {
	c := newCorrespondence(t)
	c.broken = errors.New("the database is away")
	if err := c.receive("From: amel@example.org", "", "Merci"); !errors.Is(err, c.broken) || len(c.mails()) != 0 {
		t.Errorf("error %v", err)
	}
	for _, address := range []string{"nobody@in.halqa.example", "", "@", "r-@in.halqa.example", "b-aaaa@in.halqa.example"} {
		if _, err := c.service.Returns(address); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestAReportStopsMails(t *testing.T) {
	c := newCorrespondence(t)
	report := func(action, status string) []byte {
		return []byte(strings.Join([]string{"From: mailer-daemon@mx.example", "Content-Type: multipart/report; boundary=x", "", "--x",
			"Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example", "", "Action: " + action, "Status: " + status,
			"Diagnostic-Code: smtp; 550 no such user", "", "--x--", ""}, "\r\n"))
	}
	for i, r := range []struct {
		raw  []byte
		want string
	}{{report("delayed", "4.4.1"), ""}, {[]byte("From: amel@example.org\r\n\r\nAbsente"), ""}, {report("failed", "5.1.1"), "unknown"}} {
		back := Back{MailID: c.sent(c.amel, fmt.Sprint(i), now)}
		if err := c.service.Receive(c.ctx, back, "", r.raw); err != nil || c.stopped(c.amel) != r.want {
			t.Errorf("%d: stopped %q, want %q, error %v", i, c.stopped(c.amel), r.want, err)
		}
	}
}
