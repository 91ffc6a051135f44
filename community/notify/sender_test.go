package notify

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// clock is a time that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newSender(t testing.TB, db bun.IDB, c *clock, o SenderOptions) *Sender {
	t.Helper()
	o.Secret = secretOfTests
	o.PublicURL, o.Render, o.Now, o.Log = "https://halqa.example/", say, c.now, slog.New(slog.DiscardHandler)
	s, err := NewSender(db, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func deliver(t testing.TB, s *Sender, want int) {
	t.Helper()
	if n, err := s.Deliver(context.Background()); err != nil || n != want {
		t.Fatalf("took %d mails, want %d, error %v", n, want, err)
	}
}

// later is a clock past the moment of queueing, which is the real one.
func later() *clock { return &clock{time.Now().Add(time.Second)} }

func (s *story) mails() []row {
	s.t.Helper()
	var list []row
	err := s.db.NewRaw("select id, key, address, kind, data, state, attempts, error, created_at from mail order by id").Scan(s.ctx, &list)
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func TestMailsAreWrittenAsFiles(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	dir := filepath.Join(t.TempDir(), "mail")
	m := Mail{Key: "k", To: "amel@example.org", Language: "ar", Kind: "magic", Data: Data{Name: "أمل", Path: "/magic/secret"}}
	s.enqueue(m)
	s.enqueue(m) // the same key: nothing
	sender := newSender(t, s.db, later(), SenderOptions{Folder: dir})
	deliver(t, sender, 1)
	deliver(t, sender, 0)
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 || !strings.HasSuffix(files[0], "-magic.eml") {
		t.Fatalf("files %v, error %v", files, err)
	}
	if got := s.mails()[0]; got.State != MailWritten || got.Data.Path != "/magic/secret" {
		t.Errorf("%+v: the mailbox needs its link", got)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	read, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	h := read.Header
	subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if err != nil || !strings.Contains(subject, "ar.mail_magic_subject Name=أمل") {
		t.Errorf("subject %q, error %v", subject, err)
	}
	if h.Get("From") != `"Halqa" <noreply@halqa.example>` || h.Get("To") != "<amel@example.org>" || h.Get("Content-Language") != "ar" ||
		h.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("headers %v", h)
	}
}

func TestAMessageIsStableAndKeepsItsHeaders(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	sender := newSender(t, s.db, later(), SenderOptions{Folder: t.TempDir()})
	r := row{ID: 12, Address: "amel@example.org", Language: "fr", Kind: "confirmed", CreatedAt: now,
		Data: Data{Name: "Amel\r\nBcc: all@example.org", Title: events.Text{"fr": "Budget\r\n\r\nX"}, Path: "/seminars/3"}}
	var copies [2]bytes.Buffer
	for i := range copies {
		m, err := sender.write.message(context.Background(), r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := copies[i].Write(m.raw); err != nil {
			t.Fatal(err)
		}
	}
	if copies[0].String() != copies[1].String() {
		t.Error("written twice, it differs")
	}
	read, err := mail.ReadMessage(&copies[0])
	if err != nil {
		t.Fatal(err)
	}
	if read.Header.Get("Bcc") != "" || !strings.HasSuffix(read.Header.Get("Message-ID"), "@halqa.example>") {
		t.Errorf("headers %v", read.Header)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	if err != nil || strings.ContainsAny(subject, "\r\n") {
		t.Errorf("subject %q, error %v", subject, err)
	}
	body, err := io.ReadAll(read.Body)
	if err != nil || !strings.Contains(string(body), "https://halqa.example/seminars/3") {
		t.Errorf("body %s, error %v", body, err)
	}
	for _, address := range []string{"nobody", "a@b.org\r\nBcc: c@d.org", ""} {
		r.Address = address
		if _, err := sender.write.message(context.Background(), r, nil); err == nil {
			t.Errorf("writes to %q", address)
		}
	}
}

func TestAnAddressThatIsNoneFailsForGood(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	s.enqueue(Mail{Key: "k", To: "nobody", Language: "fr", Kind: "magic"})
	deliver(t, newSender(t, s.db, later(), SenderOptions{Folder: t.TempDir()}), 1)
	if got := s.mails()[0]; got.State != MailFailed || got.Error == "" {
		t.Errorf("%+v", got)
	}
}

// flaky is a carrier that fails as told.
type flaky struct {
	mu       sync.Mutex
	outcomes []error // of each mail in turn; nil after the last
	broken   error   // of the whole, before any mail
	carried  []int64
	during   func() // called while each mail is carried
}

func (*flaky) done() string { return MailSent }

func (f *flaky) carry(ctx context.Context, batch []message, report func(message, error) error) error {
	if f.broken != nil {
		return f.broken
	}
	for _, m := range batch {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if f.during != nil {
			f.during()
		}
		f.mu.Lock()
		var outcome error
		if len(f.outcomes) > 0 {
			outcome, f.outcomes = f.outcomes[0], f.outcomes[1:]
		}
		if outcome == nil {
			f.carried = append(f.carried, m.id)
		}
		f.mu.Unlock()
		if err := report(m, outcome); err != nil {
			return err
		}
	}
	return nil
}

func TestFailuresAreRetriedThenGivenUp(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	s.enqueue(Mail{Key: "k", To: "amel@example.org", Language: "fr", Kind: "magic", Data: Data{Path: "/magic/secret"}})
	c := later()
	sender := newSender(t, s.db, c, SenderOptions{Folder: t.TempDir()})
	f := &flaky{broken: errors.New("no route")}
	sender.carrier = f
	for n := 1; n < maxAttempts; n++ {
		deliver(t, sender, 1)
		deliver(t, sender, 0)
		if got := s.mails()[0]; got.State != MailQueued || got.Attempts != n || !strings.Contains(got.Error, "no route") {
			t.Fatalf("after %d attempts: %+v", n, got)
		}
		c.at = c.at.Add(backoff(n))
	}
	deliver(t, sender, 1)
	if got := s.mails()[0]; got.State != MailFailed {
		t.Errorf("after the last attempt: %+v", got)
	}
	c.at = c.at.AddDate(0, 1, 0)
	deliver(t, sender, 0)
}

func TestOneBadMailDoesNotHoldTheOthers(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	for _, key := range []string{"a", "b", "c"} {
		s.enqueue(Mail{Key: key, To: "amel@example.org", Language: "fr", Kind: "magic", Data: Data{Path: "/magic/secret"}})
	}
	sender := newSender(t, s.db, later(), SenderOptions{Folder: t.TempDir()})
	sender.carrier = &flaky{outcomes: []error{errors.New("busy"), errRefused}}
	deliver(t, sender, 3)
	var states []string
	for _, m := range s.mails() {
		states = append(states, m.State)
	}
	if want := []string{MailQueued, MailFailed, MailSent}; !reflect.DeepEqual(states, want) {
		t.Errorf("states %v, want %v", states, want)
	}
	if got := s.mails()[2]; got.Data.Path != "" {
		t.Error("the link of a mail that was sent is kept")
	}
}

func TestStoppingGivesTheRestBack(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	for _, key := range []string{"a", "b"} {
		s.enqueue(Mail{Key: key, To: "amel@example.org", Language: "fr", Kind: "magic"})
	}
	ctx, cancel := context.WithCancel(context.Background())
	sender := newSender(t, s.db, later(), SenderOptions{Folder: t.TempDir()})
	sender.carrier = &flaky{during: cancel}
	if _, err := sender.Deliver(ctx); err != nil {
		t.Fatal(err)
	}
	if a, b := s.mails()[0], s.mails()[1]; a.State != MailSent || b.State != MailQueued || b.Attempts != 0 || b.Error != "" {
		t.Errorf("%+v, %+v", a, b)
	}
	sender.carrier = &flaky{}
	deliver(t, sender, 1)
	sender.Run(ctx) // returns at once: ctx has ended
}

func TestADeadSendersMailsComeBackAfterTheLease(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	s.enqueue(Mail{Key: "a", To: "amel@example.org", Language: "fr", Kind: "magic"})
	c := later()
	dead, alive := newSender(t, s.db, c, SenderOptions{Folder: t.TempDir()}), newSender(t, s.db, c, SenderOptions{Folder: t.TempDir()})
	held, err := dead.claim(s.ctx)
	if err != nil || len(held) != 1 {
		t.Fatalf("%v, error %v", held, err)
	}
	deliver(t, alive, 0)
	c.at = c.at.Add(lease)
	deliver(t, alive, 1)
	if err := dead.failed(s.ctx, held[0], errors.New("woke up late")); err != nil {
		t.Fatal(err)
	}
	if got := s.mails()[0]; got.State != MailWritten {
		t.Errorf("%+v: a sender whose lease ended has no say", got)
	}
}

func TestManySendersSendEachMailOnce(t *testing.T) {
	db := testdb.Clone(t)
	s := newStory(t, db)
	const mails = 150
	s.exec(`insert into mail (key, address, language, kind, data, next_at, created_at)
		select i::text, 'a@example.org', 'fr', 'magic', '{}', now(), now() from generate_series(1, ?) i`, mails)
	f := &flaky{}
	var wg sync.WaitGroup
	for range 4 {
		sender := newSender(t, db, later(), SenderOptions{Folder: t.TempDir()})
		sender.carrier = f
		wg.Go(func() {
			for {
				n, err := sender.Deliver(context.Background())
				if err != nil {
					t.Error(err)
				}
				if n == 0 || err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	seen := map[int64]bool{}
	for _, id := range f.carried {
		if seen[id] {
			t.Errorf("mail %d was sent twice", id)
		}
		seen[id] = true
	}
	if len(seen) != mails {
		t.Errorf("%d mails were sent, want %d", len(seen), mails)
	}
}

func TestMailsOfAccount(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	for _, c := range []struct{ kind, state, want string }{
		{"magic", "", "magic"},
		{"organisation_decided", "validated", "organisation_validated"},
		{"organisation_decided", "refused", "organisation_refused"},
		{"membership_decided", "active", "membership_accepted"},
		{"membership_decided", "ended", "membership_refused"},
	} {
		err := s.db.RunInTx(s.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			return EnqueueAccount(ctx, tx, account.Mail{To: "a@example.org", Language: "fr", Kind: c.kind,
				Data: map[string]string{"name": "Amel", "path": "/p", "state": c.state, "organisation": "Eau", "reason": "Double"}})
		})
		if err != nil {
			t.Fatal(err)
		}
		list := s.mails()
		got := list[len(list)-1]
		if want := (Data{Name: "Amel", Path: "/p", Organisation: "Eau", Reason: "Double"}); got.Kind != c.want || !reflect.DeepEqual(got.Data, want) {
			t.Errorf("%s %s: %+v", c.kind, c.state, got)
		}
	}
}

func TestMailbox(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	s.enqueue(Mail{Key: "a", To: "amel@example.org", Language: "ar", Kind: "reset", Data: Data{Path: "/reset/x"}})
	admin := account.Actor{PersonID: 1, Grants: []account.Grant{{Role: account.Administrator, Kind: account.OverPlatform}}}
	local := account.Actor{PersonID: 2, Grants: []account.Grant{{Role: account.Administrator, Kind: account.OverOffice, ScopeID: 1}}}
	for _, c := range []struct {
		name       string
		demo, smtp bool
		actor      account.Actor
		want       error
	}{
		{"administrator", false, false, admin, nil},
		{"administrator, with SMTP", false, true, admin, account.ErrNotFound},
		{"administrator of an office", false, false, local, account.ErrForbidden},
		{"anybody", false, false, account.Actor{PersonID: 3}, account.ErrForbidden},
		{"visitor", false, false, account.Actor{}, account.ErrSignInRequired},
		{"visitor of a demonstration", true, false, account.Actor{}, nil},
		{"visitor of a demonstration with SMTP", true, true, account.Actor{}, account.ErrNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			service := New(s.db, Options{Render: say, PublicURL: "https://halqa.example", Demo: c.demo, SMTP: c.smtp})
			list, err := service.Mailbox(s.ctx, c.actor)
			if !errors.Is(err, c.want) || service.MailboxOpen(c.actor) != (c.want == nil) {
				t.Fatalf("error %v, want %v", err, c.want)
			}
			if err != nil {
				return
			}
			if len(list) != 1 || list[0].URL != "https://halqa.example/reset/x" || list[0].Dir != "rtl" {
				t.Errorf("%+v", list)
			}
			one, err := service.Mail(s.ctx, c.actor, list[0].ID)
			if err != nil || !strings.HasPrefix(one.Subject, "ar.mail_reset_subject") {
				t.Errorf("%+v, error %v", one, err)
			}
			if _, err := service.Mail(s.ctx, c.actor, -1); !errors.Is(err, account.ErrNotFound) {
				t.Errorf("no such mail: %v", err)
			}
		})
	}
}
