package notify

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
	gosmtp "github.com/wneessen/go-mail/smtp"
)

// folder writes mails as files.
type folder struct{ dir string }

func newFolder(dir string) (folder, error) {
	if dir == "" {
		return folder{}, errors.New("neither an SMTP address nor a folder for mails")
	}
	return folder{dir}, os.MkdirAll(dir, 0o700)
}

func (folder) done() string { return MailWritten }

func (f folder) carry(ctx context.Context, batch []message, report func(message, error) error) error {
	for _, m := range batch {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := report(m, f.write(m)); err != nil {
			return err
		}
	}
	return nil
}

// write leaves either the whole file or none.
func (f folder) write(m message) error {
	tmp, err := os.CreateTemp(f.dir, ".writing-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(m.raw)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), filepath.Join(f.dir, fileOf(m.id, m.kind)))
}

// fileOf is the name of a mail's file.
func fileOf(id int64, kind string) string { return fmt.Sprintf("%08d-%s.eml", id, kind) }

// smtpServer hands mails to a server.
type smtpServer struct {
	host    string
	options []gomail.Option
}

const smtpTimeout = 30 * time.Second

// newSMTP reads an address such as smtp://user:password@host:587 or smtps://host. smtp uses STARTTLS where the server
// offers it, and insists on it where there is a password; "?tls=required" and "?tls=off" say otherwise.
func newSMTP(address string) (smtpServer, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return smtpServer{}, errors.New("the SMTP address reads smtp://user:password@host:port or smtps://…")
	}
	s := smtpServer{host: u.Hostname(), options: []gomail.Option{gomail.WithTimeout(smtpTimeout)}}
	if err := s.encrypt(u); err != nil {
		return s, err
	}
	if u.Port() != "" {
		port, err := strconv.Atoi(u.Port())
		if err != nil {
			return s, fmt.Errorf("port of the SMTP address: %w", err)
		}
		s.options = append(s.options, gomail.WithPort(port))
	}
	if name := u.User.Username(); name != "" {
		password, _ := u.User.Password()
		auth := gomail.SMTPAuthAutoDiscover
		if u.Query().Get("tls") == "off" {
			auth = gomail.SMTPAuthPlainNoEnc
		}
		s.options = append(s.options, gomail.WithSMTPAuth(auth), gomail.WithUsername(name), gomail.WithPassword(password))
	}
	_, err = gomail.NewClient(s.host, s.options...)
	return s, err
}

func (s *smtpServer) encrypt(u *url.URL) error {
	if u.Scheme == "smtps" {
		s.options = append(s.options, gomail.WithSSLPort(false))
		return nil
	}
	if u.Scheme != "smtp" {
		return fmt.Errorf("SMTP address begins with %q, not smtp:// or smtps://", u.Scheme)
	}
	policy := gomail.TLSOpportunistic
	switch tls := u.Query().Get("tls"); {
	case tls == "off":
		policy = gomail.NoTLS
	case tls == "required" || tls == "" && u.User != nil:
		policy = gomail.TLSMandatory
	case tls != "":
		return fmt.Errorf("SMTP address: tls is required or off, not %q", tls)
	}
	s.options = append(s.options, gomail.WithTLSPolicy(policy), gomail.WithPort(25))
	if u.User != nil {
		s.options = append(s.options, gomail.WithPort(587))
	}
	return nil
}

func (smtpServer) done() string { return MailSent }

func (s smtpServer) carry(ctx context.Context, batch []message, report func(message, error) error) error {
	if len(batch) == 0 {
		return nil
	}
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return err
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("reach the server: %w", err)
	}
	defer func() { _ = client.CloseWithSMTPClient(conn) }() // what was taken is taken
	for _, m := range batch {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		sent := hand(conn, m)
		var said *textproto.Error
		if sent != nil && !errors.As(sent, &said) {
			return sent // the connection is gone: nothing was said of this mail or the next
		}
		if err := report(m, sent); err != nil {
			return err
		}
		if sent != nil {
			if err := conn.Reset(); err != nil {
				return fmt.Errorf("go on after a refusal: %w", err)
			}
		}
	}
	return nil
}

// hand gives one message to the server. Its error is nil once the server took it; a refusal of the address or the content is
// for good, and a Refusal; all else may be tried again.
func hand(conn *gosmtp.Client, m message) error {
	if err := conn.UpdateDeadline(smtpTimeout); err != nil {
		return err
	}
	if err := conn.Mail("<" + m.from + ">"); err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	if err := conn.Rcpt("<" + m.to + ">"); err != nil {
		return refusal(err, true)
	}
	w, err := conn.Data()
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	if _, err := w.Write(m.raw); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return refusal(err, false)
	}
	return nil
}

// refusal tells a server's no, which trying again won't change, from its not now. Only what it says to an address, rather than
// to the content, tells of the address.
func refusal(err error, ofAddress bool) error {
	var said *textproto.Error
	if !errors.As(err, &said) || said.Code < 500 {
		return err
	}
	if ofAddress {
		err = undelivered{status: statusOf(said.Msg, "5.1.1"), said: said.Msg, cause: err}
	}
	return fmt.Errorf("%w: %w", errRefused, err)
}
