package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a small machine may have no time zones

	"github.com/jackc/pgx/v5"

	"halqa/community/notify/letterbox"
)

// Config is how this program is to run, read from the environment. environmentHelp explains each field.
type Config struct {
	Addr           string         // ADDR, host:port to listen on
	Data           string         // DATA, the data folder as an absolute path
	DatabaseURL    string         // DATABASE_URL; "" for a private PostgreSQL in Data
	NATSURL        string         // NATS_URL; "" for a bus inside the process
	PublicURL      *url.URL       // PUBLIC_URL, without a path; https makes cookies Secure
	TrustedProxies []netip.Prefix // TRUSTED_PROXIES, whose word on the client's address is taken
	SMTPURL        string         // SMTP_URL; "" to write mails into Data
	MailFrom       string         // MAIL_FROM; "" for noreply@ the host of PublicURL
	InboundAddr    string         // INBOUND_ADDR, where mail comes in; "" for nowhere
	InboundDomain  string         // INBOUND_DOMAIN, of the addresses that mail comes in at
	InboundCert    string         // INBOUND_TLS_CERT, the certificate with which mail comes in encrypted; "" for none
	InboundKey     string         // INBOUND_TLS_KEY, of that
	TimeZone       *time.Location // TIME_ZONE, in which times are shown and typed
	Demo           bool           // DEMO, load the demonstration at the first start
	MeiliURL       string         // MEILI_URL; "" to search with PostgreSQL
	meiliKey       string         // MEILI_KEY
	MetricsToken   string         // METRICS_TOKEN, lets a program from elsewhere read /metrics
	LogFormat      string         // LOG_FORMAT, "text" or "json"
	LogLevel       slog.Level     // LOG_LEVEL
	secret         string         // SECRET; "" for the data folder's, see Secret
}

const environmentHelp = `  ADDR             where to listen, host:port (127.0.0.1:8080)
  DATA             folder of everything that is kept (./data)
  PUBLIC_URL       address that people type; https makes cookies Secure (http://localhost and the port of ADDR)
  TRUSTED_PROXIES  addresses or networks of reverse proxies, separated by commas (none)
  DATABASE_URL     postgres://… to use instead of the program's own PostgreSQL in DATA
  NATS_URL         nats://… to use instead of the bus inside the program
  SMTP_URL         smtp://user:password@host:587 or smtps://…; without it mails are written into DATA
  MAIL_FROM        sender of mails (noreply@ the host of PUBLIC_URL)
  INBOUND_ADDR     smtp://host:port, lmtp://host:port or lmtp:///socket to take in answers by mail and bounces (nowhere)
  INBOUND_DOMAIN   domain whose mail arrives there (the host of PUBLIC_URL)
  INBOUND_TLS_CERT certificate of that domain in PEM, read again when it is renewed; mail comes in encrypted then (none)
  INBOUND_TLS_KEY  its key in PEM
  TIME_ZONE        in which times are shown (Africa/Tunis)
  SECRET           32 or more characters that sign forms, the same on every node (made once in DATA)
  DEMO             1 to load the demonstration at the first start (0)
  MEILI_URL        http://… of a Meilisearch that searches instead of PostgreSQL
  MEILI_KEY        a key of that Meilisearch that may make indexes, fill and search them
  METRICS_TOKEN    16 or more characters with which other machines may read /metrics (this machine may without)
  LOG_FORMAT       text or json (text)
  LOG_LEVEL        debug, info, warn or error (info)
`

// minMetricsToken is the least length of METRICS_TOKEN, in characters.
const minMetricsToken = 16

// readConfig reads the configuration through getenv, such as os.Getenv; an empty variable is like a missing one. Its
// error lists every problem, each with the variable's name, on a line of its own.
func readConfig(getenv func(name string) string) (Config, error) {
	e := environment{getenv: getenv}
	c := Config{
		Addr:         e.text("ADDR", "127.0.0.1:8080"),
		Data:         e.text("DATA", "./data"),
		DatabaseURL:  e.text("DATABASE_URL", ""),
		NATSURL:      e.text("NATS_URL", ""),
		SMTPURL:      e.text("SMTP_URL", ""),
		MailFrom:     e.text("MAIL_FROM", ""),
		InboundAddr:  e.text("INBOUND_ADDR", ""),
		InboundCert:  e.text("INBOUND_TLS_CERT", ""),
		InboundKey:   e.text("INBOUND_TLS_KEY", ""),
		MeiliURL:     e.text("MEILI_URL", ""),
		meiliKey:     e.text("MEILI_KEY", ""),
		MetricsToken: e.text("METRICS_TOKEN", ""),
		LogFormat:    e.text("LOG_FORMAT", "text"),
		secret:       e.text("SECRET", ""),
	}
	host, port := e.address(c.Addr)
	c.PublicURL = e.publicURL(host, port)
	if c.PublicURL != nil {
		c.InboundDomain = strings.ToLower(e.text("INBOUND_DOMAIN", c.PublicURL.Hostname()))
	}
	c.TrustedProxies = e.proxies()
	c.TimeZone = e.zone()
	c.Demo = e.demo()
	c.LogLevel = e.level()
	var err error
	if c.Data, err = filepath.Abs(c.Data); err != nil {
		e.wrong("DATA", "%v", err)
	}
	e.checkServices(c)
	return c, e.problem()
}

// environment collects what is wrong with the variables it reads.
type environment struct {
	getenv   func(string) string
	problems []string
}

func (e *environment) wrong(name, format string, args ...any) {
	e.problems = append(e.problems, name+": "+fmt.Sprintf(format, args...))
}

func (e *environment) problem() error {
	if len(e.problems) == 0 {
		return nil
	}
	return errors.New("the configuration can't be used:\n  " + strings.Join(e.problems, "\n  "))
}

func (e *environment) text(name, otherwise string) string {
	if s := strings.TrimSpace(e.getenv(name)); s != "" {
		return s
	}
	return otherwise
}

func (e *environment) address(addr string) (host, port string) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		e.wrong("ADDR", "%q is not host:port, such as 127.0.0.1:8080 or :8080", addr)
		return "", "8080"
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		e.wrong("ADDR", "%q has no port between 1 and 65535", addr)
	}
	return host, port
}

func (e *environment) publicURL(host, port string) *url.URL {
	text := e.text("PUBLIC_URL", "")
	if text == "" {
		if ip, err := netip.ParseAddr(host); host == "" || err == nil && (ip.IsUnspecified() || ip.IsLoopback()) {
			host = "localhost"
		}
		return &url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		e.wrong("PUBLIC_URL", "%q is not an address such as https://halqa.example.org", text)
		return nil
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		e.wrong("PUBLIC_URL", "%q has more than a host and a port: Halqa needs a host name of its own", u.Redacted())
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}
}

func (e *environment) proxies() []netip.Prefix {
	var all []netip.Prefix
	for _, text := range strings.FieldsFunc(e.getenv("TRUSTED_PROXIES"), func(r rune) bool { return r == ',' || r == ' ' }) {
		if ip, err := netip.ParseAddr(text); err == nil {
			all = append(all, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			e.wrong("TRUSTED_PROXIES", "%q is neither an address nor a network such as 10.0.0.0/8", text)
			continue
		}
		all = append(all, prefix.Masked())
	}
	return all
}

func (e *environment) zone() *time.Location {
	name := e.text("TIME_ZONE", "Africa/Tunis")
	zone, err := time.LoadLocation(name)
	if err != nil {
		e.wrong("TIME_ZONE", "%q is not a time zone such as Africa/Tunis", name)
		return time.UTC
	}
	return zone
}

func (e *environment) demo() bool {
	text := e.text("DEMO", "0")
	on, err := strconv.ParseBool(text)
	if err != nil {
		e.wrong("DEMO", "%q is neither 1 nor 0", text)
	}
	return on
}

func (e *environment) level() slog.Level {
	var level slog.Level
	text := e.text("LOG_LEVEL", "info")
	if err := level.UnmarshalText([]byte(text)); err != nil {
		e.wrong("LOG_LEVEL", "%q is none of debug, info, warn, error", text)
	}
	return level
}

// checkServices checks what is only passed on, without ever repeating a password.
func (e *environment) checkServices(c Config) {
	if c.DatabaseURL != "" {
		if _, err := pgx.ParseConfig(c.DatabaseURL); err != nil {
			e.wrong("DATABASE_URL", "%v", err) // pgx leaves the password out
		}
	}
	for _, address := range strings.Split(c.NATSURL, ",") {
		if c.NATSURL != "" && !hasScheme(address, "nats", "tls", "ws", "wss") {
			e.wrong("NATS_URL", "it is not an address such as nats://host:4222, or several separated by commas")
			break
		}
	}
	if c.SMTPURL != "" && !hasScheme(c.SMTPURL, "smtp", "smtps") {
		e.wrong("SMTP_URL", "it is not an address such as smtp://user:password@host:587 or smtps://host")
	}
	if c.MeiliURL != "" && !hasScheme(c.MeiliURL, "http", "https") {
		e.wrong("MEILI_URL", "it is not an address such as http://127.0.0.1:7700")
	}
	if c.MailFrom != "" {
		if _, err := mail.ParseAddress(c.MailFrom); err != nil {
			e.wrong("MAIL_FROM", "%q is not a mail address", c.MailFrom)
		}
	} else if c.SMTPURL != "" && c.PublicURL != nil && c.PublicURL.Hostname() == "localhost" {
		e.wrong("MAIL_FROM", "it is needed to send mails, as long as PUBLIC_URL is on localhost")
	}
	if c.InboundAddr != "" {
		if _, _, _, err := letterbox.Where(c.InboundAddr); err != nil {
			e.wrong("INBOUND_ADDR", "%v", err)
		}
		if _, err := mail.ParseAddress("answers@" + c.InboundDomain); err != nil {
			e.wrong("INBOUND_DOMAIN", "%q is not a domain such as halqa.example.org", c.InboundDomain)
		}
	}
	if (c.InboundCert == "") != (c.InboundKey == "") {
		e.wrong("INBOUND_TLS_CERT", "the certificate and INBOUND_TLS_KEY go together")
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		e.wrong("LOG_FORMAT", "%q is neither text nor json", c.LogFormat)
	}
	if c.MetricsToken != "" && len(c.MetricsToken) < minMetricsToken {
		e.wrong("METRICS_TOKEN", "it has %d characters, and needs %d", len(c.MetricsToken), minMetricsToken)
	}
	if c.secret != "" && len(c.secret) < minSecret {
		e.wrong("SECRET", "it has %d characters, and needs %d", len(c.secret), minSecret)
	}
}

func hasScheme(address string, schemes ...string) bool {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Hostname() == "" {
		return false
	}
	for _, scheme := range schemes {
		if u.Scheme == scheme {
			return true
		}
	}
	return false
}
