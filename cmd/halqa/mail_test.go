package main

import (
	"bytes"
	"fmt"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-smtp"

	"halqa/community"
	"halqa/community/account"
	"halqa/community/notify"
	"halqa/community/notify/letterbox"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

// TestTheRecordFitsTheKey: what `halqa mail dkim` prints verifies what the platform signs, and the key is made once.
func TestTheRecordFitsTheKey(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	cfg.MailFrom = "Halqa <bonjour@halqa.example>"
	var printed [2]bytes.Buffer
	for i := range printed {
		if err := printDKIM(cfg, &printed[i]); err != nil {
			t.Fatal(err)
		}
	}
	if printed[0].String() != printed[1].String() {
		t.Error("another key each time")
	}
	name, rest, _ := strings.Cut(printed[0].String(), " IN TXT (")
	if name != "halqa._domainkey.halqa.example." {
		t.Errorf("the record is of %s", name)
	}
	var record strings.Builder
	for _, piece := range strings.Split(rest, "\n") {
		if piece = strings.TrimSpace(piece); strings.HasPrefix(piece, `"`) {
			if len(piece) > 257 {
				t.Errorf("%d characters in a piece", len(piece))
			}
			record.WriteString(strings.Trim(piece, `"`))
		}
	}
	d, err := cfg.dkim()
	if err != nil {
		t.Fatal(err)
	}
	var signed bytes.Buffer
	err = dkim.Sign(&signed, strings.NewReader("From: bonjour@halqa.example\r\n\r\nBonjour\r\n"), &dkim.SignOptions{Domain: d.Domain, Selector: d.Selector, Signer: d.Key})
	if err != nil {
		t.Fatal(err)
	}
	found, err := dkim.VerifyWithOptions(&signed, &dkim.VerifyOptions{LookupTXT: func(string) ([]string, error) { return []string{record.String()}, nil }})
	if err != nil || len(found) != 1 || found[0].Err != nil {
		t.Errorf("%+v, error %v", found, err)
	}
	if info, err := os.Stat(filepath.Join(cfg.Data, dkimFile)); err != nil || info.Mode().Perm() != 0o600 || !kept(dkimFile) {
		t.Errorf("the key is kept as %v, error %v", info, err)
	}
}

// correspondence is a world whose mails are answered.
type correspondence struct {
	*world
	bus    *eventstest.Bus
	box    *letterBox
	sender *notify.Sender
	server *letterbox.Server
}

func newCorrespondence(t *testing.T) *correspondence {
	t.Helper()
	cfg := testConfig(t, t.TempDir())
	cfg.InboundAddr, cfg.InboundDomain = "smtp://127.0.0.1:0", "halqa.example"
	w := newWorld(t, testdb.Clone(t), cfg, nil)
	c := &correspondence{world: w, box: &letterBox{t: t, dir: filepath.Join(cfg.Data, "mail")},
		bus: eventstest.New(t, w.p.db, w.p.consumers())}
	var err error
	c.sender, err = w.p.sender(cfg, newLogger(cfg))
	w.check(err)
	c.server, err = letterbox.Listen(letterbox.Options{Address: cfg.InboundAddr, Domain: cfg.InboundDomain, Notify: w.p.notify})
	w.check(err)
	go func() { _ = c.server.Serve() }() // ends with Close
	t.Cleanup(func() { _ = c.server.Close() })
	return c
}

// mails are the headers of the mails that came since.
func (c *correspondence) mails() []mail.Header {
	c.t.Helper()
	c.bus.Settle()
	for n := 1; n > 0; {
		var err error
		n, err = c.sender.Deliver(c.ctx)
		c.check(err)
	}
	headers, _ := c.box.next()
	return headers
}

// send hands a mail over as somebody's server would.
func (c *correspondence) send(from, to, id, parent, text string) {
	c.t.Helper()
	conn, err := net.Dial("tcp", c.server.Addr().String())
	c.check(err)
	defer conn.Close()
	raw := fmt.Sprintf("From: %s\r\nMessage-ID: <%s@example.org>\r\nIn-Reply-To: %s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n", from, id, parent, text)
	c.check(smtp.NewClient(conn).SendMail(from, []string{strings.Trim(to, "<>")}, strings.NewReader(raw)))
}

// TestADiscussionByMail: a mail of a discussion is answered by mail, once, with the rights of the moment.
func TestADiscussionByMail(t *testing.T) {
	c := newCorrespondence(t)
	amel, sami := c.actorOf(c.person("amel")), c.actorOf(c.person("sami"))
	th, err := c.p.community.StartThread(c.ctx, amel, community.NewThread{SpaceID: c.space.ID, Kind: community.Discussion, Title: "Le budget", Body: "Qui a un modèle ?"})
	c.check(err)
	asked, err := c.p.community.Reply(c.ctx, sami, community.NewReply{ThreadID: th.ID, Body: "Voulez-vous **le mien** ?"})
	c.check(err)
	told := c.mails()
	if len(told) != 1 || told[0].Get("Subject") == "" || told[0].Get("Reply-To") == "" {
		t.Fatalf("%v", told)
	}
	to, parent := told[0].Get("Reply-To"), told[0].Get("Message-Id")
	address, err := mail.ParseAddress(told[0].Get("To"))
	c.check(err)
	for range 2 {
		c.send(address.Address, to, "1", parent, "Oui, merci !\r\n\r\nLe 22/11/2026 à 10:12, Halqa a écrit :\r\n> Voulez-vous le mien ?")
	}
	page, err := c.p.community.Thread(c.ctx, amel, th.ID, 0)
	c.check(err)
	if len(page.Lines) != 3 || page.Lines[2].Body != "Oui, merci !" || page.Lines[2].AuthorID != amel.PersonID || page.Lines[2].ReplyTo != asked.ID {
		t.Fatalf("%+v", page.Lines)
	}
	if n := len(c.mails()); n != 1 { // to sami
		t.Errorf("%d mails tell of it", n)
	}
	_, err = c.p.db.ExecContext(c.ctx, "update thread set locked_at = now() where id = ?", th.ID)
	c.check(err)
	for range 2 {
		c.send(address.Address, to, "2", parent, "Trop tard ?")
	}
	refused := c.mails()
	if len(refused) != 1 || refused[0].Get("To") != "<"+address.Address+">" || refused[0].Get("Reply-To") != "" {
		t.Errorf("%v", refused)
	}
	if page, err = c.p.community.Thread(c.ctx, amel, th.ID, 0); err != nil || len(page.Lines) != 3 {
		t.Errorf("%d posts, error %v", len(page.Lines), err)
	}
}

// TestWhoIsSuspendedIsToldByMail: an answer by mail is held to a suspension as one on the page is, and its writer told.
func TestWhoIsSuspendedIsToldByMail(t *testing.T) {
	c := newCorrespondence(t)
	amel, sami := c.actorOf(c.person("amel")), c.actorOf(c.person("sami"))
	th, err := c.p.community.StartThread(c.ctx, amel, community.NewThread{SpaceID: c.space.ID, Kind: community.Discussion, Title: "Le budget", Body: "Qui a un modèle ?"})
	c.check(err)
	_, err = c.p.community.Reply(c.ctx, sami, community.NewReply{ThreadID: th.ID, Body: "Voulez-vous le mien ?"})
	c.check(err)
	told := c.mails()
	if len(told) != 1 {
		t.Fatalf("%v", told)
	}
	_, err = c.p.account.Measure(c.ctx, c.admin, account.NewMeasure{PersonID: amel.PersonID, SpaceID: c.space.ID, Kind: account.OverSpace,
		Act: account.Suspend, Days: 3, Cause: "insult", Words: "Restons courtois."})
	c.check(err)
	c.mails() // of the measure
	address, err := mail.ParseAddress(told[0].Get("To"))
	c.check(err)
	c.send(address.Address, told[0].Get("Reply-To"), "1", told[0].Get("Message-Id"), "Quand même !")
	if refused := c.mails(); len(refused) != 1 || refused[0].Get("To") != "<"+address.Address+">" {
		t.Errorf("told in %v", refused)
	}
	if page, err := c.p.community.Thread(c.ctx, sami, th.ID, 0); err != nil || len(page.Lines) != 2 {
		t.Errorf("%d posts, error %v", len(page.Lines), err)
	}
}
