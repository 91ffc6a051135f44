package letterbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"halqa/community/notify"
	"halqa/migrations/testdb"
)

// box is a letterbox with a person who answers in thread 5.
type box struct {
	*testing.T
	server  *Server
	address string // of their answers

	mu     sync.Mutex
	posted []notify.Answered
	broken error
}

func open(t *testing.T, where string) *box {
	t.Helper()
	b := &box{T: t}
	db := testdb.Clone(t)
	secret := func() ([]byte, error) { return []byte("a secret for tests"), nil }
	in := notify.Inbound{Domain: "halqa.example"}
	service := notify.New(db, notify.Options{Secret: secret, Inbound: in, Render: func(_, key string, _ ...any) string { return key },
		Answer: func(_ context.Context, a notify.Answered, _ notify.Tell) (notify.Refusal, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			if b.broken == nil {
				b.posted = append(b.posted, a)
			}
			return notify.Refusal{}, b.broken
		}})
	var id int64
	err := db.NewRaw("insert into person (name, email, language) values ('Amel', 'amel@example.org', 'fr') returning id").Scan(t.Context(), &id)
	if err != nil {
		t.Fatal(err)
	}
	b.address = in.Answers([]byte("a secret for tests"), id, 5)
	if b.server, err = Listen(Options{Address: where, Domain: "halqa.example", Notify: service, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- b.server.Serve() }()
	t.Cleanup(func() {
		if err := errors.Join(b.server.Close(), <-done); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *box) client() *smtp.Client {
	b.Helper()
	conn, err := net.Dial(b.server.Addr().Network(), b.server.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	if b.server.server.LMTP {
		return smtp.NewClientLMTP(conn)
	}
	return smtp.NewClient(conn)
}

const letter = "From: Amel <amel@example.org>\r\nMessage-ID: <1@example.org>\r\n\r\nMerci !\r\n"

func code(err error) int {
	var said *smtp.SMTPError
	if errors.As(err, &said) {
		return said.Code
	}
	return 0
}

func TestAnAnswerComesIn(t *testing.T) {
	for _, where := range []string{"smtp://127.0.0.1:0", "lmtp://127.0.0.1:0", "lmtp://" + filepath.Join(t.TempDir(), "box")} {
		b := open(t, where)
		if err := b.client().SendMail("amel@example.org", []string{strings.ToUpper(b.address)}, strings.NewReader(letter)); err != nil {
			t.Fatal(err)
		}
		if len(b.posted) != 1 || b.posted[0].Body != "Merci !" || b.posted[0].ThreadID != 5 {
			t.Errorf("%s: %+v", where, b.posted)
		}
	}
}

func TestOnlyForOurAddresses(t *testing.T) {
	b := open(t, "smtp://127.0.0.1:0")
	for _, to := range []string{"amel@example.org", "postmaster@halqa.example", b.address + "x", "r-aaaaaaaaaaaaaaaaaaaaaaaaaaaa@halqa.example"} {
		if err := b.client().SendMail("a@example.org", []string{to}, strings.NewReader(letter)); code(err) != 550 {
			t.Errorf("%s: %v", to, err)
		}
	}
	if len(b.posted) != 0 {
		t.Errorf("%+v", b.posted)
	}
}

func TestWhatIsTooLargeOrTooMuchIsRefused(t *testing.T) {
	b := open(t, "smtp://127.0.0.1:0")
	huge := io.MultiReader(strings.NewReader(letter), bytes.NewReader(bytes.Repeat([]byte("x\r\n"), maxBytes/3+1)))
	if err := b.client().SendMail("a@example.org", []string{b.address}, huge); code(err) != 552 {
		t.Errorf("too large: %v", err)
	}
	line := strings.NewReader(letter + strings.Repeat("x", 1<<20) + "\r\n")
	if err := b.client().SendMail("a@example.org", []string{b.address}, line); err == nil {
		t.Error("an endless line is taken")
	}
	c := b.client()
	var err error
	for range perMinute + 1 {
		if err = c.Mail("a@example.org", nil); err != nil {
			break
		}
		if err := c.Reset(); err != nil {
			t.Fatal(err)
		}
	}
	if code(err) != 450 {
		t.Errorf("too many: %v", err)
	}
}

func TestAMailThatFailsIsBroughtAgain(t *testing.T) {
	b := open(t, "smtp://127.0.0.1:0")
	b.broken = errors.New("the database is away")
	if err := b.client().SendMail("amel@example.org", []string{b.address}, strings.NewReader(letter)); code(err) != 451 {
		t.Errorf("%v", err)
	}
	b.broken = nil
	if err := b.client().SendMail("amel@example.org", []string{b.address}, strings.NewReader(letter)); err != nil || len(b.posted) != 1 {
		t.Errorf("%v, %+v", err, b.posted)
	}
}

func TestPace(t *testing.T) {
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	p := newPace(func() time.Time { return at })
	for range perMinute {
		if !p.admit("a") {
			t.Fatal("refused too early")
		}
	}
	if p.admit("a") || !p.admit("b") {
		t.Error("each counts alone")
	}
	at = at.Add(time.Minute)
	if !p.admit("a") {
		t.Error("a new minute is one")
	}
	for i := range 2 * peersAtMost {
		p.admit(string(rune(i + 1000)))
	}
	if len(p.mails) > peersAtMost+1 {
		t.Errorf("%d clients are remembered", len(p.mails))
	}
}

func TestWhere(t *testing.T) {
	for address, ok := range map[string]bool{"smtp://127.0.0.1:25": true, "lmtp://[::1]:24": true, "lmtp:///run/halqa.sock": true,
		"smtp:///run/x": false, "smtp://host": false, "http://host:25": false, "127.0.0.1:25": false, "": false, "lmtp://u:p@host:24": false} {
		if _, _, _, err := Where(address); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}
