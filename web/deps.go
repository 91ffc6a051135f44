package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"halqa/community"
	"halqa/community/account"
	"halqa/community/introduction"
	"halqa/community/library"
	"halqa/community/notify"
	"halqa/courses"
	"halqa/courses/media"
	"halqa/enrolment"
	"halqa/enrolment/monitoring"
	"halqa/search"
	"halqa/web/static"
	"halqa/web/views"
)

// Deps is everything the pages need. cmd fills it; a nil function means that its part of the page stays empty.
type Deps struct {
	PublicURL      *url.URL         // the address people type; https here makes cookies Secure
	TrustedProxies []netip.Prefix   // whose X-Forwarded-For and X-Forwarded-Proto are believed
	Secret         []byte           // signs form tokens and notices; the same on every node
	MailFrom       string           // address that organises what calendars show; noreply@ the host of PublicURL when empty
	Zone           *time.Location   // in which times are shown; UTC when nil
	Now            func() time.Time // the clock; time.Now when nil
	Timeout        time.Duration    // for one request's work; 10 s when 0
	BodyLimit      int              // bytes of a request; 1 MiB when 0
	Log            *slog.Logger
	Live           *Hub
	// Request hears of every answered request: its method, its route as a pattern ("none" for what is no page), its status.
	Request      func(method, route string, status int, took time.Duration)
	Metrics      http.Handler // what /metrics answers; nil: nothing
	MetricsToken string       // lets a program from elsewhere read /metrics; "" for none

	Account       *account.Service
	Courses       *courses.Service
	Media         *media.Folder
	Enrolment     *enrolment.Service
	Monitoring    *monitoring.Service
	Notify        *notify.Service
	Engine        Engine    // for /admin/events and /admin/system
	FirstRun      *FirstRun // when the server started without anybody; nil otherwise
	Library       *library.Service
	Search        *search.Service
	Community     *community.Service
	Introductions *introduction.Service

	// Holder is Authenticate for players' reports, which come all the time: an Actor of whom only id and language are set.
	// Authenticate is asked when it is nil.
	Holder func(ctx context.Context, token string) (account.Actor, error)
	// Authenticate finds who holds a session token: the zero Actor when the token is unknown or its session is over.
	Authenticate func(ctx context.Context, token string) (account.Actor, error)
	// SetLanguage remembers the language that a person chose.
	SetLanguage func(ctx context.Context, actor account.Actor, language string) error
	// OwnData reads all that is kept about a person, for them to take away.
	OwnData []func(ctx context.Context, actor account.Actor) ([]account.OwnRows, error)

	// Unread counts a person's unread notifications, for the bell.
	Unread func(ctx context.Context, actor account.Actor) (int, error)
	// MailStopped tells whether mail doesn't reach a person, for the top of their pages.
	MailStopped func(ctx context.Context, actor account.Actor) (notify.Stop, error)
	// Limit tells how long an address must wait before it may post to path; 0 lets it pass.
	Limit func(addr netip.Addr, path string) time.Duration
	// Ready are the checks of /readyz by name: database, bus.
	Ready map[string]func(ctx context.Context) error

	// HomeSpaces, HomeSeminars and HomeNumbers fill the public home for a visitor or a person. What is nil is composed from
	// the services above.
	HomeSpaces   func(ctx context.Context, actor account.Actor) ([]views.HomeSpace, error)
	HomeSeminars func(ctx context.Context, actor account.Actor) ([]views.HomeSeminar, error)
	// SpaceSeminars are the coming seminars of a space, soonest first.
	SpaceSeminars func(ctx context.Context, actor account.Actor, spaceID int64) ([]enrolment.Card, error)
	HomeNumbers   func(ctx context.Context) (views.HomeNumbers, error)
}

// site is the handlers' receiver.
type site struct {
	Deps
	files   *static.Files
	begun   atomic.Bool // somebody has an account: the first run is over
	streams []string    // patterns of the routes that are Streaming
}

func (d Deps) withDefaults() Deps {
	if d.PublicURL == nil {
		d.PublicURL = &url.URL{Scheme: "http", Host: "localhost"}
	}
	if d.MailFrom == "" {
		d.MailFrom = "noreply@" + d.PublicURL.Hostname()
	}
	if d.Zone == nil {
		d.Zone = time.UTC
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Timeout == 0 {
		d.Timeout = 10 * time.Second
	}
	if d.BodyLimit == 0 {
		d.BodyLimit = 1 << 20
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Live == nil {
		d.Live = NewHub()
	}
	return d
}

func (d Deps) https() bool { return d.PublicURL.Scheme == "https" }
