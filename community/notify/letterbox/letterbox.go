// Package letterbox takes mail in, by SMTP or LMTP: answers of people and bounces, to the addresses that the platform signed
// and to no other. It relays nothing, and what it holds in memory is bounded.
package letterbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"

	"halqa/community/account"
	"halqa/community/notify"
)

// The bounds. Memory is atOnce times twice maxBytes, for a mail and its files, and what the connections need.
const (
	maxBytes      = 16 << 20 // of a mail; its files are a third larger in it than they are
	connections   = 40
	atOnce        = 3 // mails being taken
	maxRecipients = 5
	patience      = 60 * time.Second // for the next word of a client
	workAtMost    = 2 * time.Minute  // for what becomes of a mail: pictures are made anew
	perMinute     = 30               // mails of one address on the network, by SMTP
)

// Options are what a Server needs.
type Options struct {
	Address string // smtp://host:port, lmtp://host:port or lmtp:///path/of/a/socket
	Domain  string // by which it greets
	Notify  *notify.Service
	TLS     *Certificate     // of Domain; nil: nothing is encrypted, as beside the server that hands everything over
	Log     *slog.Logger     // default slog.Default()
	Now     func() time.Time // default time.Now
}

// Server takes mail in.
type Server struct {
	server   *smtp.Server
	listener net.Listener
	notify   *notify.Service
	log      *slog.Logger
	taking   chan struct{} // a place for each mail being taken
	pace     *pace         // nil for LMTP: whoever hands everything over is one machine
	ctx      context.Context
	cancel   context.CancelFunc
}

// Where reads an address: the network and where on it, and whether LMTP is spoken. It returns an error for what is none.
func Where(address string) (network, where string, lmtp bool, err error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
	case u.Scheme == "lmtp" && u.Host == "" && strings.HasPrefix(u.Path, "/"):
		return "unix", u.Path, true, nil
	case (u.Scheme == "smtp" || u.Scheme == "lmtp") && u.Port() != "" && strings.Trim(u.Path, "/") == "" && u.User == nil:
		return "tcp", u.Host, u.Scheme == "lmtp", nil
	}
	return "", "", false, errors.New("the address to take mail at reads smtp://host:port, lmtp://host:port or lmtp:///path")
}

// Listen opens a server at its address. Serve has it take mail.
func Listen(o Options) (*Server, error) {
	network, where, lmtp, err := Where(o.Address)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen(network, where)
	if err != nil {
		return nil, fmt.Errorf("take mail: %w", err)
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{listener: netutil.LimitListener(listener, connections), notify: o.Notify, log: o.Log, taking: make(chan struct{}, atOnce)}
	if !lmtp {
		s.pace = newPace(o.Now)
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, peer: hostOf(c.Conn().RemoteAddr())}, nil
	}))
	s.server.LMTP, s.server.Domain, s.server.EnableSMTPUTF8 = lmtp, o.Domain, true
	s.server.MaxMessageBytes, s.server.MaxRecipients = maxBytes, maxRecipients
	s.server.ReadTimeout, s.server.WriteTimeout = patience, patience
	if o.TLS != nil {
		s.server.TLSConfig = o.TLS.config()
	}
	s.server.ErrorLog = slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug)
	return s, nil
}

// Addr is where it listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Serve takes mail until Close.
func (s *Server) Serve() error {
	if err := s.server.Serve(s.listener); err != nil && !errors.Is(err, smtp.ErrServerClosed) && s.ctx.Err() == nil {
		return fmt.Errorf("take mail: %w", err)
	}
	return nil
}

// Close ends it. Mails being taken are given back to whoever brought them, who brings them again.
func (s *Server) Close() error {
	s.cancel()
	if err := s.server.Close(); err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("take no more mail: %w", err)
	}
	return nil
}

func hostOf(a net.Addr) string {
	if host, _, err := net.SplitHostPort(a.String()); err == nil {
		return host
	}
	return a.String()
}

// What clients are told.
var (
	errNobody = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such address here"}
	errPace   = &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "too many mails, come back later"}
	errBusy   = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "busy, come back later"}
	errLater  = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "not now, come back later"}
)

// session is one mail after another of one client.
type session struct {
	server *Server
	peer   string
	from   string
	size   int64 // of the mail, as announced; 0 when it wasn't
	to     []notify.Back
}

func (s *session) Reset()        { s.from, s.size, s.to = "", 0, nil }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, o *smtp.MailOptions) error {
	if p := s.server.pace; p != nil && !p.admit(s.peer) {
		return errPace
	}
	s.from = from
	if o != nil {
		s.size = min(o.Size, maxBytes)
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	back, err := s.server.notify.Returns(to)
	switch {
	case errors.Is(err, account.ErrNotFound):
		return errNobody
	case err != nil:
		s.server.log.Error("mail can't be taken", "error", err)
		return errLater
	}
	s.to = append(s.to, back)
	return nil
}

// Data reads a mail whole, when there is room for one more, and hands it to each of its recipients. Whoever gets it twice, since
// it failed for another, makes nothing twice of it.
func (s *session) Data(r io.Reader) error {
	select {
	case s.server.taking <- struct{}{}:
		defer func() { <-s.server.taking }()
	case <-time.After(patience / 2):
		return errBusy
	case <-s.server.ctx.Done():
		return errLater
	}
	var raw bytes.Buffer
	raw.Grow(int(s.size) + bytes.MinRead) // else it doubles on its way
	if _, err := io.Copy(&raw, r); err != nil {
		return err // too large, or the client is gone
	}
	ctx, cancel := context.WithTimeout(s.server.ctx, workAtMost)
	defer cancel()
	for _, back := range s.to {
		if err := s.server.notify.Receive(ctx, back, s.from, raw.Bytes()); err != nil {
			s.server.log.Error("a mail can't be taken", "error", err)
			return errLater
		}
	}
	return nil
}
