package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/jpeg"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-smtp"
	"github.com/uptrace/bun"

	"halqa/community"
	"halqa/community/account"
	"halqa/community/notify"
	"halqa/community/notify/letterbox"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
	"halqa/web"
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
func (c *correspondence) send(from, to, id, parent, text string, files ...[]byte) {
	c.t.Helper()
	conn, err := net.Dial("tcp", c.server.Addr().String())
	c.check(err)
	defer conn.Close()
	raw := fmt.Sprintf("From: %s\r\nMessage-ID: <%s@example.org>\r\nIn-Reply-To: %s\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"+
		"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n", from, id, parent, text)
	for i, f := range files {
		raw += fmt.Sprintf("--x\r\nContent-Disposition: attachment; filename=\"%d.jpg\"\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n", i)
		for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(f)), 76) {
			raw += string(line) + "\r\n"
		}
	}
	raw += "--x--\r\n"
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

// photo is a picture that says where it was taken.
func photo(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 700, 500)), nil); err != nil {
		t.Fatal(err)
	}
	place := "Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00GPS 34.4250 8.7842 Gafsa"
	return slices.Concat([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(place) + 2)}, []byte(place), b.Bytes()[2:])
}

// TestFilesComeByMail: the files of an answer by mail are held to the rules of the page, its sender is told once of those that
// aren't kept, and once that the answer waits for a moderator, whose yes publishes it with them.
func TestFilesComeByMail(t *testing.T) {
	c := newCorrespondence(t)
	amel, sami := c.actorOf(c.person("amel")), c.actorOf(c.person("sami"))
	th, err := c.p.community.StartThread(c.ctx, amel, community.NewThread{SpaceID: c.space.ID, Kind: community.Discussion, Title: "Le jardin", Body: "Qui a un plan ?"})
	c.check(err)
	_, err = c.p.community.Reply(c.ctx, sami, community.NewReply{ThreadID: th.ID, Body: "Envoyez le vôtre."})
	c.check(err)
	told := c.mails()
	address, err := mail.ParseAddress(told[0].Get("To"))
	c.check(err)
	answer := func(id, text string, files ...[]byte) {
		for range 2 { // delivered again
			c.send(address.Address, told[0].Get("Reply-To"), id, told[0].Get("Message-Id"), text, files...)
		}
	}
	answer("1", "Le voici.", photo(t), []byte("MZ\x00\x01"))
	page, err := c.p.community.Thread(c.ctx, amel, th.ID, 0)
	c.check(err)
	if len(page.Lines) != 3 || len(page.Lines[2].Files) != 1 || page.Lines[2].Files[0].Width != 700 {
		t.Fatalf("%+v", page.Lines)
	}
	_, path, _, err := c.p.community.OpenAttachment(c.ctx, sami, page.Lines[2].Files[0].ID, false)
	c.check(err)
	if raw, err := os.ReadFile(path); err != nil || bytes.Contains(raw, []byte("Gafsa")) {
		t.Errorf("the picture tells where it was taken, or error %v", err)
	}
	toAmel := func() (n int) {
		for _, h := range c.mails() {
			if h.Get("To") == told[0].Get("To") {
				n++
			}
		}
		return n
	}
	if n := toAmel(); n != 1 || c.count("attachment") != 2 {
		t.Errorf("%d mails tell of the program, %d files were brought", n, c.count("attachment"))
	}
	_, err = c.p.community.Reply(c.ctx, sami, community.NewReply{ThreadID: th.ID, Body: "Et de près ?"})
	c.check(err)
	c.mails()
	answer("3", "> Et de près ?", photo(t))
	answer("4", "> Et de près ?", []byte("MZ\x00\x01"))
	page, err = c.p.community.Thread(c.ctx, amel, th.ID, 0)
	c.check(err)
	if len(page.Lines) != 5 || page.Lines[4].Body != "" || len(page.Lines[4].Files) != 1 {
		t.Fatalf("%+v", page.Lines)
	}
	if n := toAmel(); n != 1 {
		t.Errorf("%d mails tell of an answer without words or files", n)
	}
	text, html, err := posts(c.p.db, web.Letters(time.UTC))(c.ctx, sami.PersonID, page.Lines[4].ID)
	if want := fmt.Sprint("/attachments/", page.Lines[4].Files[0].ID); !strings.HasPrefix(text, "- [Image\u00a0: 0.jpg]("+want+")") || !strings.Contains(html, `href="`+want+`"`) || err != nil {
		t.Errorf("a picture is mailed as %q and %s, error %v", text, html, err)
	}
	c.check(c.p.community.SetGuard(c.ctx, c.admin, c.space.ID, community.Guard{Words: "casino"}))
	answer("2", "Et le casino.", photo(t))
	if n := toAmel(); n != 1 {
		t.Errorf("%d mails tell that it waits", n)
	}
	waits, err := c.p.community.MyHeld(c.ctx, amel, c.space.ID, th.ID)
	c.check(err)
	if len(waits) != 1 || len(waits[0].Files) != 1 {
		t.Errorf("%+v waits", waits)
	}
}

func (c *correspondence) count(table string) (n int) {
	c.t.Helper()
	c.check(c.p.db.NewRaw("select count(*) from ?", bun.Ident(table)).Scan(c.ctx, &n))
	return n
}

// TestASpaceLivesByMail: who has a space as a mailing list gets each post of others, and begins a thread at its address.
func TestASpaceLivesByMail(t *testing.T) {
	c := newCorrespondence(t)
	amel, sami := c.actorOf(c.person("amel")), c.actorOf(c.person("sami"))
	c.check(c.p.notify.Follow(c.ctx, amel, notify.Followed{Subject: notify.OfSpace, ID: c.space.ID, Level: notify.Listed}))
	th, err := c.p.community.StartThread(c.ctx, sami, community.NewThread{SpaceID: c.space.ID, Kind: community.Discussion, Title: "Le puits", Body: "Qui creuse ?"})
	c.check(err)
	_, err = c.p.community.Reply(c.ctx, sami, community.NewReply{ThreadID: th.ID, Body: "Moi."})
	c.check(err)
	told := c.mails()
	if len(told) != 2 || told[1].Get("In-Reply-To") == "" {
		t.Fatalf("%v", told)
	}
	from, err := mail.ParseAddress(told[0].Get("To"))
	c.check(err)
	to := strings.TrimPrefix(strings.Trim(told[0].Get("List-Post"), "<>"), "mailto:")
	for range 2 {
		c.send(from.Address, to, "1", "<nothing@example.org>\r\nSubject: Le jardin", "Qui plante ?", photo(t))
	}
	list, err := c.p.community.Threads(c.ctx, sami, c.space.ID, community.Filter{})
	c.check(err)
	if len(list.Rows) != 2 || list.Rows[0].Title != "Le jardin" || list.Rows[0].AuthorID != amel.PersonID {
		t.Errorf("%+v", list.Rows)
	}
	if n := c.count("attachment"); n != 1 || len(c.mails()) != 0 { // her own isn't mailed back
		t.Errorf("%d files, or a mail", n)
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

// TestTheKeysOfDevicesAreMadeOnce: with others no device hears of the platform any more.
func TestTheKeysOfDevicesAreMadeOnce(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	first, err := cfg.pushKeys()
	if err != nil || first.Public == "" {
		t.Fatalf("%+v, error %v", first, err)
	}
	if again, err := cfg.pushKeys(); err != nil || again != first || !kept(pushFile) {
		t.Errorf("%+v, then %+v, error %v", first, again, err)
	}
	if info, err := os.Stat(filepath.Join(cfg.Data, pushFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("they are kept as %v, error %v", info, err)
	}
	if err := os.WriteFile(filepath.Join(cfg.Data, pushFile), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cfg.pushKeys(); err == nil {
		t.Error("a damaged file is taken")
	}
}
