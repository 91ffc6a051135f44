package notify

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"halqa/migrations/testdb"
)

// postOffice is a small SMTP server that keeps what it takes.
type postOffice struct {
	address  string
	password string

	mu      sync.Mutex
	taken   []string
	refuse  map[string]*smtp.SMTPError // by recipient
	clients int
}

func newPostOffice(t *testing.T, withTLS bool) *postOffice {
	t.Helper()
	p := &postOffice{refuse: map[string]*smtp.SMTPError{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.clients++
		return &visit{p}, nil
	}))
	server.Domain, server.AllowInsecureAuth = "localhost", true
	server.ErrorLog = log.New(io.Discard, "", 0)
	if withTLS {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{selfSigned(t)}}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = listener.Addr().String()
	go func() { _ = server.Serve(listener) }() // ends with Close
	t.Cleanup(func() { server.Close() })
	return p
}

func (p *postOffice) letters() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taken
}

// visit is one connection.
type visit struct{ office *postOffice }

func (v *visit) AuthMechanisms() []string {
	if v.office.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		if name != "halqa" || password != v.office.password {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (v *visit) Reset()                                   {}
func (v *visit) Logout() error                            { return nil }
func (v *visit) Mail(_ string, _ *smtp.MailOptions) error { return nil }

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.office.mu.Lock()
	defer v.office.mu.Unlock()
	if err := v.office.refuse[to]; err != nil {
		return err
	}
	return nil
}

func (v *visit) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	v.office.mu.Lock()
	defer v.office.mu.Unlock()
	v.office.taken = append(v.office.taken, string(raw))
	return nil
}

func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (s *story) letter(to, key string) {
	s.t.Helper()
	s.enqueue(Mail{Key: key, To: to, Language: "ar", Kind: "confirm", Data: Data{Name: "أمل", Path: "/confirm/secret"}})
}

func TestMailsLeaveBySMTP(t *testing.T) {
	s, office := newStory(t, testdb.Tx(t)), newPostOffice(t, false)
	s.letter("amel@example.org", "a")
	s.letter("sami@example.org", "b")
	deliver(t, newSender(t, s.db, later(), SenderOptions{SMTPURL: "smtp://" + office.address, From: "bonjour@halqa.example"}), 2)
	if n := len(office.letters()); n != 2 || office.clients != 1 {
		t.Fatalf("%d letters in %d visits", n, office.clients)
	}
	read, err := mail.ReadMessage(strings.NewReader(office.letters()[0]))
	if err != nil {
		t.Fatal(err)
	}
	if to, from := read.Header.Get("To"), read.Header.Get("From"); to != "<amel@example.org>" || from != `"Halqa" <bonjour@halqa.example>` {
		t.Errorf("to %s, from %s", to, from)
	}
	if !strings.HasPrefix(read.Header.Get("Subject"), "=?UTF-8?") {
		t.Errorf("the subject %q is not encoded", read.Header.Get("Subject"))
	}
	for _, m := range s.mails() {
		if m.State != MailSent || m.Data.Path != "" {
			t.Errorf("%+v: a link that left is forgotten", m)
		}
	}
}

func TestRefusalsBySMTP(t *testing.T) {
	s, office := newStory(t, testdb.Tx(t)), newPostOffice(t, false)
	office.refuse["gone@example.org"] = &smtp.SMTPError{Code: 550, Message: "no such user"}
	office.refuse["full@example.org"] = &smtp.SMTPError{Code: 452, Message: "mailbox full"}
	for i, to := range []string{"gone@example.org", "full@example.org", "amel@example.org"} {
		s.letter(to, fmt.Sprint(i))
	}
	deliver(t, newSender(t, s.db, later(), SenderOptions{SMTPURL: "smtp://" + office.address}), 3)
	for i, want := range []string{MailFailed, MailQueued, MailSent} {
		if got := s.mails()[i]; got.State != want {
			t.Errorf("%s is %s (%s), want %s", got.Address, got.State, got.Error, want)
		}
	}
}

func TestAServerThatIsDownIsTriedAgain(t *testing.T) {
	s := newStory(t, testdb.Tx(t))
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	s.letter("amel@example.org", "a")
	deliver(t, newSender(t, s.db, later(), SenderOptions{SMTPURL: "smtp://" + closed.Addr().String()}), 1)
	if got := s.mails()[0]; got.State != MailQueued || got.Attempts != 1 || got.Error == "" {
		t.Errorf("%+v", got)
	}
}

func TestSigningInToTheServer(t *testing.T) {
	for _, c := range []struct {
		name, query, password string
		want                  string
	}{
		{"right, in clear on demand", "?tls=off", "s3cret", MailSent},
		{"wrong", "?tls=off", "guess", MailQueued},
		{"not in clear by default", "", "s3cret", MailQueued},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, office := newStory(t, testdb.Tx(t)), newPostOffice(t, false)
			office.password = "s3cret"
			s.letter("amel@example.org", "a")
			sender := newSender(t, s.db, later(), SenderOptions{SMTPURL: "smtp://halqa:" + c.password + "@" + office.address + c.query})
			deliver(t, sender, 1)
			if got := s.mails()[0]; got.State != c.want {
				t.Errorf("%+v, want %s", got, c.want)
			}
		})
	}
}

func TestAnUnknownCertificateIsRefused(t *testing.T) {
	s, office := newStory(t, testdb.Tx(t)), newPostOffice(t, true)
	s.letter("amel@example.org", "a")
	deliver(t, newSender(t, s.db, later(), SenderOptions{SMTPURL: "smtp://" + office.address + "?tls=required"}), 1)
	if got := s.mails()[0]; got.State != MailQueued || !strings.Contains(got.Error, "certificate") {
		t.Errorf("%+v", got)
	}
}

func TestAddressesOfServers(t *testing.T) {
	for address, ok := range map[string]bool{
		"smtp://mail.example:25": true, "smtps://u:p@mail.example": true, "smtp://mail.example?tls=required": true,
		"mail.example:25": false, "http://mail.example": false, "smtp://": false, "smtp://mail.example?tls=maybe": false,
	} {
		if _, err := newSMTP(address); (err == nil) != ok {
			t.Errorf("%s: error %v", address, err)
		}
	}
	if _, err := NewSender(nil, SenderOptions{}); err == nil {
		t.Error("neither server nor folder is accepted")
	}
}
