package letterbox

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// issue writes a certificate of halqa.example and its key into a folder, where one of before may be, and returns its authority.
func issue(t *testing.T, dir string, serial int64) *x509.CertPool {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	what := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "halqa.example"}, DNSNames: []string{"halqa.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, what, what, key.Public(), key)
	must(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(err)
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		path := filepath.Join(dir, name)
		must(os.WriteFile(path, pem.EncodeToMemory(block), 0o600))
		must(os.Chtimes(path, time.Time{}, time.Unix(serial, 0)))
	}
	cert, err := x509.ParseCertificate(der)
	must(err)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return pool
}

// certificate is one of a folder of its own.
func certificate(t *testing.T) (c *Certificate, dir string, authority *x509.CertPool) {
	t.Helper()
	dir = t.TempDir()
	authority = issue(t, dir, 1)
	c, err := OpenCertificate(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return c, dir, authority
}

// TestWhatComesInIsEncrypted: where there is a certificate, encryption is offered and taken, with the certificate as it is by then;
// where there is none it isn't.
func TestWhatComesInIsEncrypted(t *testing.T) {
	c, dir, authority := certificate(t)
	b := open(t, "smtp://127.0.0.1:0")
	if offered, _ := b.client().Extension("STARTTLS"); offered {
		t.Error("encryption is offered without a certificate")
	}
	b.server.server.TLSConfig = c.config()
	send := func(authority *x509.CertPool) error {
		conn, err := net.Dial("tcp", b.server.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		client, err := smtp.NewClientStartTLS(conn, &tls.Config{RootCAs: authority, ServerName: "halqa.example"})
		if err != nil {
			return err
		}
		return client.SendMail("amel@example.org", []string{b.address}, strings.NewReader(letter))
	}
	if err := send(authority); err != nil || len(b.posted) != 1 {
		t.Fatalf("%d posted, error %v", len(b.posted), err)
	}
	renewed := issue(t, dir, 2)
	if err := send(authority); err == nil {
		t.Error("the certificate of before is shown after it was renewed")
	}
	if err := send(renewed); err != nil || len(b.posted) != 2 {
		t.Errorf("with the renewed certificate %d are posted, error %v", len(b.posted), err)
	}
	if err := os.WriteFile(filepath.Join(dir, "key.pem"), []byte("half written"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := send(renewed); err != nil || len(b.posted) != 3 {
		t.Errorf("while the files can't be read %d are posted, error %v", len(b.posted), err)
	}
	if err := b.client().SendMail("amel@example.org", []string{b.address}, strings.NewReader(letter)); err != nil {
		t.Errorf("who can't encrypt is turned away: %v", err)
	}
	if _, err := OpenCertificate(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "none.pem")); err == nil {
		t.Error("a key that isn't there is taken")
	}
}

// TestNothingIsTakenFromBeforeEncryption: what somebody on the way put behind STARTTLS isn't heard as if it were said after it
// (CVE-2011-0411).
func TestNothingIsTakenFromBeforeEncryption(t *testing.T) {
	c, _, authority := certificate(t)
	b := open(t, "smtp://127.0.0.1:0")
	b.server.server.TLSConfig = c.config()
	conn, err := net.Dial("tcp", b.server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	until := func(end string) {
		t.Helper()
		for line := ""; !strings.HasPrefix(line, end); {
			if line, err = answers.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
	}
	until("220 ")
	fmt.Fprint(conn, "EHLO a.example\r\n")
	until("250 ")
	fmt.Fprint(conn, "STARTTLS\r\nMAIL FROM:<evil@example.org>\r\n")
	until("220 ")
	secured := tls.Client(conn, &tls.Config{RootCAs: authority, ServerName: "halqa.example"})
	if err := secured.Handshake(); err == nil {
		fmt.Fprint(secured, "NOOP\r\n")
		said, _ := bufio.NewReader(secured).ReadString('\n')
		if strings.Contains(said, "2.1.0") || strings.Contains(strings.ToLower(said), "roger") {
			t.Errorf("what was put in before is heard: %q", said)
		}
	}
}
