package notify

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
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
	_, err = m.WriteTo(tmp)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), filepath.Join(f.dir, fmt.Sprintf("%08d-%s.eml", m.id, m.kind)))
}

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
	if err := client.DialWithContext(ctx); err != nil {
		return fmt.Errorf("reach the server: %w", err)
	}
	defer client.Close()
	for _, m := range batch {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		sent := client.Send(m.Msg)
		var failure *gomail.SendError
		if errors.As(sent, &failure) && failure.Reason == gomail.ErrConnCheck {
			return sent // the connection is gone: nothing was said of this mail or the next
		}
		if err := report(m, outcome(m, sent)); err != nil {
			return err
		}
	}
	return nil
}

// outcome is what became of a message: nil once the server took it, even if the connection broke after that; a refusal
// of the address or the content is for good; all else may be tried again.
func outcome(m message, err error) error {
	if err == nil || m.IsDelivered() {
		return nil
	}
	var failure *gomail.SendError
	if !errors.As(err, &failure) {
		return err
	}
	forGood := failure.Reason == gomail.ErrSMTPRcptTo || failure.Reason == gomail.ErrSMTPDataClose
	if code := failure.ErrorCode(); forGood && 500 <= code && code < 600 {
		return fmt.Errorf("%w: %w", errRefused, err)
	}
	return err
}
