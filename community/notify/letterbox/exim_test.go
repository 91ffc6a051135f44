package letterbox

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/notify"
	"halqa/migrations/testdb"
)

// exim is Debian's mail server, as one that takes mail from the platform, keeps that for example.org in a file each, knows
// nobody called gone, and hands what is for halqa.example to the platform by LMTP. It queues, and works when told to.
type exim struct {
	*testing.T
	dir, conf string
	listener  net.Listener
}

const eximConf = `
primary_hostname = mx.example.org
spool_directory = %[1]s/spool
log_file_path = %[1]s/log/%%s
tls_advertise_hosts =
queue_only
keep_environment =
acl_smtp_rcpt = everything
acl_smtp_mail = unverified
begin acl
unverified:
  accept control = dkim_disable_verify
everything:
  accept
begin routers
platform:
  driver = manualroute
  domains = halqa.example
  route_list = * 127.0.0.1
  self = send
  transport = lmtp
gone:
  driver = redirect
  domains = example.org
  local_parts = gone
  allow_fail
  data = :fail: no such user
inbox:
  driver = accept
  domains = example.org
  transport = file
begin transports
lmtp:
  driver = smtp
  protocol = lmtp
  port = %[2]d
  allow_localhost
  hosts_require_tls = *
file:
  driver = appendfile
  file = %[1]s/inbox/amel
  delivery_date_add = false
  envelope_to_add = false
  message_prefix =
  message_suffix =
%[3]s
begin retry
* * F,1h,1s
`

func startExim(t *testing.T, lmtp net.Addr) *exim {
	t.Helper()
	e := &exim{T: t, dir: t.TempDir()}
	for _, name := range []string{"spool", "log", "inbox"} {
		e.must(os.Mkdir(filepath.Join(e.dir, name), 0o777))
		e.must(os.Chmod(filepath.Join(e.dir, name), 0o777))
	}
	for at := e.dir; at != os.TempDir() && at != "/"; at = filepath.Dir(at) { // it works under its own name
		e.must(os.Chmod(at, 0o755))
	}
	as := ""
	if os.Getuid() == 0 {
		as = "  user = Debian-exim\n"
	}
	e.conf = filepath.Join(e.dir, "exim.conf")
	e.must(os.WriteFile(e.conf, fmt.Appendf(nil, eximConf, e.dir, lmtp.(*net.TCPAddr).Port, as), 0o644))
	var err error
	e.listener, err = net.Listen("tcp", "127.0.0.1:0")
	e.must(err)
	t.Cleanup(func() { e.listener.Close() })
	go e.serve()
	return e
}

func (e *exim) must(err error) {
	e.Helper()
	if err != nil {
		e.Fatal(err)
	}
}

// command runs it with its configuration.
func (e *exim) command(args ...string) *exec.Cmd {
	return exec.Command("/usr/sbin/exim4", append([]string{"-C", e.conf}, args...)...)
}

// serve has each connection talked to by a server of its own.
func (e *exim) serve() {
	for {
		conn, err := e.listener.Accept()
		if err != nil {
			return
		}
		f, err := conn.(*net.TCPConn).File()
		conn.Close()
		if err != nil {
			e.Error(err)
			return
		}
		cmd := e.command("-bs")
		cmd.Stdin, cmd.Stdout = f, f
		if err := cmd.Run(); err != nil {
			e.Error(err)
		}
		f.Close()
	}
}

// work delivers what is queued, and what comes of that.
func (e *exim) work() {
	e.Helper()
	for range 3 {
		if out, err := e.command("-qff").CombinedOutput(); err != nil {
			e.Fatalf("%v: %s", err, out)
		}
	}
}

func (e *exim) log() string {
	raw, _ := os.ReadFile(filepath.Join(e.dir, "log", "main"))
	return string(raw)
}

func words(_, key string, args ...any) string {
	return strings.TrimSpace(key + " " + fmt.Sprint(args...))
}

// TestWithARealServer: a signed mail goes through Debian's exim unharmed, the answer to it comes back by LMTP and is a post, and a
// mail to nobody comes back as a report that ends mails to that address.
func TestWithARealServer(t *testing.T) {
	db := testdb.Clone(t)
	secret := func() ([]byte, error) { return []byte("a secret for tests"), nil }
	in := notify.Inbound{Domain: "halqa.example"}
	var posted []notify.Answered
	service := notify.New(db, notify.Options{Secret: secret, Inbound: in, Render: words,
		Answer: func(_ context.Context, a notify.Answered, _ notify.Tell) (notify.Refusal, error) {
			posted = append(posted, a)
			return notify.Refusal{}, nil
		}})
	shown, _, _ := certificate(t)
	box, err := Listen(Options{Address: "lmtp://127.0.0.1:0", Domain: "halqa.example", TLS: shown, Notify: service, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = box.Serve() }() // ends with Close
	t.Cleanup(func() { _ = box.Close() })
	e := startExim(t, box.Addr())
	key, err := rsa.GenerateKey(rand.Reader, 1024) // small: only this test trusts it
	e.must(err)
	sender, err := notify.NewSender(db, notify.SenderOptions{SMTPURL: "smtp://" + e.listener.Addr().String() + "?tls=off", PublicURL: "https://halqa.example",
		Render: words, Secret: secret, Inbound: in, DKIM: &notify.DKIM{Domain: "halqa.example", Selector: "halqa", Key: key},
		Posts: func(context.Context, int64, int64) (string, string, error) {
			return "سؤال؟", "<p>سؤال؟</p>", nil
		}})
	e.must(err)
	people := map[string]int64{}
	for _, name := range []string{"amel", "gone"} {
		var id int64
		e.must(db.NewRaw("insert into person (name, email, language) values (?, ?, 'ar') returning id", name, name+"@example.org").Scan(t.Context(), &id))
		people[name] = id
		e.must(db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			return notify.Enqueue(ctx, tx, notify.Mail{Key: name, To: name + "@example.org", PersonID: id, Language: "ar", Kind: string(notify.PostAnswered),
				Data: notify.Data{Name: name, Thread: "ميزانية", ThreadID: 5, PostID: 34, SpaceID: 3}})
		}))
	}
	if n, err := sender.Deliver(t.Context()); n != 2 || err != nil {
		t.Fatalf("%d mails, error %v", n, err)
	}
	e.work()
	raw, err := os.ReadFile(filepath.Join(e.dir, "inbox", "amel"))
	if err != nil {
		t.Fatalf("%v\n%s", err, e.log())
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	e.must(err)
	found, err := dkim.VerifyWithOptions(bytes.NewReader(bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))), &dkim.VerifyOptions{
		LookupTXT: func(string) ([]string, error) {
			return []string{"v=DKIM1; p=" + base64.StdEncoding.EncodeToString(public)}, nil
		}})
	if err != nil || len(found) != 1 || found[0].Err != nil {
		t.Errorf("signatures %+v, error %v", found, err)
	}
	stop, err := service.Stopped(t.Context(), account.Actor{PersonID: people["gone"]})
	if err != nil || stop.Address != "gone@example.org" {
		t.Errorf("what came back stops nothing: %+v, error %v\n%s", stop, err, e.log())
	}
	arrived, err := mail.ReadMessage(bytes.NewReader(raw))
	e.must(err)
	answer := e.command("-f", "amel@example.org", strings.Trim(arrived.Header.Get("Reply-To"), "<>"))
	answer.Stdin = strings.NewReader("From: Amel <amel@example.org>\nTo: Halqa\nSubject: Re: x\nIn-Reply-To: " + arrived.Header.Get("Message-Id") +
		"\nContent-Type: text/plain; charset=utf-8\n\nنعم\n")
	if out, err := answer.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	e.work()
	if !strings.Contains(e.log(), "X=TLS1.") {
		t.Errorf("what it handed over wasn't encrypted\n%s", e.log())
	}
	if len(posted) != 1 || posted[0].Body != "نعم" || posted[0].ReplyTo != 34 || posted[0].PersonID != people["amel"] {
		t.Errorf("%+v\n%s", posted, e.log())
	}
}
