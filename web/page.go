package web

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/locale"
	"halqa/web/views"
)

// page starts a page titled by a catalogue key, for whoever makes the request. It takes the waiting notice, if any.
func (s *site) page(c *fiber.Ctx, titleKey string) views.Page {
	v := visitOf(c)
	p := views.Page{
		Localizer: s.localizer(c), Path: c.OriginalURL(), Actor: v.actor, Token: s.formToken(c), Theme: theme(c),
		Files: s.files, Now: s.Now(),
	}
	if titleKey != "" {
		p.Title = p.T(titleKey)
	}
	if c.Method() != fiber.MethodGet {
		p.Path = s.cameFrom(c)
	}
	if n, ok := s.takeNotice(c); ok {
		p.Arrived = n.Arrived
		if n.Text != "" {
			p.Notices = append(p.Notices, n.Notice)
		}
	}
	if s.Unread != nil && v.actor.SignedIn() {
		unread, err := s.Unread(c.UserContext(), v.actor)
		if err != nil {
			s.Log.WarnContext(c.UserContext(), "count unread notifications", "error", err) // the page is worth more than its bell
		}
		p.Unread = unread
	}
	if s.MailStopped != nil && v.actor.SignedIn() {
		stop, err := s.MailStopped(c.UserContext(), v.actor)
		if err != nil {
			s.Log.WarnContext(c.UserContext(), "does mail reach them", "error", err)
		}
		p.MailStopped = stop.Address != ""
	}
	return p
}

func (s *site) localizer(c *fiber.Ctx) *locale.Localizer {
	return locale.For(visitOf(c).language).In(s.Zone)
}

func theme(c *fiber.Ctx) string { return knownTheme(c.Cookies(themeCookie)) }

func knownTheme(t string) string {
	switch t {
	case "light", "dark":
		return t
	}
	return ""
}

// render sends a page, with the status set before (200 when none was).
func (s *site) render(c *fiber.Ctx, page templ.Component) error {
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return page.Render(c.UserContext(), c)
}

// form reads what was typed, without the token.
func (s *site) form(c *fiber.Ctx) views.Form {
	f := views.Form{Values: url.Values{}}
	for key, value := range c.Context().PostArgs().All() {
		f.Values.Add(string(key), string(value))
	}
	if m, err := c.MultipartForm(); err == nil {
		for key, values := range m.Value {
			f.Values[key] = values
		}
	}
	delete(f.Values, "csrf")
	return f
}

// refused tells whether err says what is wrong with the form's fields. It then puts that into f, in the reader's
// language, and sets the status to 422: the handler has only to render its form again.
func (s *site) refused(c *fiber.Ctx, f *views.Form, err error) bool {
	invalids, ok := account.InvalidsOf(err)
	if !ok {
		return false
	}
	f.Errors = append(f.Errors, s.said(c, invalids)...)
	c.Status(fiber.StatusUnprocessableEntity)
	return true
}

// stale answers a form that was begun before somebody else saved, which err says: it puts the form as it would begin
// now, which saved tells, beside what was typed, and sets the status to 409. The form then has the last version, so that sending it
// again is a decision. Where both say the same, as when one form is sent twice, there is nothing to decide: rest is nil.
func (s *site) stale(c *fiber.Ctx, f *views.Form, err error, saved func() (views.Form, error)) (again bool, rest error) {
	if !errors.Is(err, account.ErrStale) {
		return false, err
	}
	now, err := saved()
	if err != nil {
		return false, err
	}
	version := now.Get("version")
	now.Values.Del("version")
	if f.Same(now.Values) {
		return false, nil
	}
	f.Saved = now.Values
	f.Values.Set("version", version)
	c.Status(fiber.StatusConflict)
	return true, nil
}

func (s *site) said(c *fiber.Ctx, invalids account.Invalids) []views.FieldError {
	l := s.localizer(c)
	out := make([]views.FieldError, 0, len(invalids))
	for _, e := range invalids {
		pairs := make([]any, 0, 2*len(e.Args))
		for name, value := range e.Args {
			pairs = append(pairs, name, value)
		}
		out = append(out, views.FieldError{Field: e.Field, Text: l.T(e.Key, pairs...)})
	}
	return out
}

// done ends a POST that succeeded: it redirects to path, where a notice with the text of key is shown once.
// An empty key shows none. The next page also tells the scripts that the form arrived, so that they forget what was typed.
func (s *site) done(c *fiber.Ctx, path, key string, pairs ...any) error {
	n := waiting{Arrived: c.Path()}
	if key != "" {
		n.Notice = views.Notice{Tone: views.Good, Text: s.localizer(c).T(key, pairs...)}
	}
	s.leave(c, n)
	return c.Redirect(path, fiber.StatusSeeOther)
}

// notify leaves a notice for the next page this browser opens.
func (s *site) notify(c *fiber.Ctx, tone views.Tone, text string) {
	s.leave(c, waiting{Notice: views.Notice{Tone: tone, Text: text}})
}

// waiting is what a redirect leaves for the page it leads to.
type waiting struct {
	views.Notice
	Arrived string // path of the form that arrived, or ""
}

func (s *site) leave(c *fiber.Ctx, n waiting) {
	raw, _ := json.Marshal(n) // strings: never fails
	body := base64.RawURLEncoding.EncodeToString(raw)
	s.setCookie(c, noticeCookie, body+"."+base64.RawURLEncoding.EncodeToString(s.sign("notice", body)[:12]), time.Minute)
}

func (s *site) takeNotice(c *fiber.Ctx) (n waiting, ok bool) {
	body, signature, _ := strings.Cut(c.Cookies(noticeCookie), ".")
	if body == "" {
		return n, false
	}
	s.dropCookie(c, noticeCookie)
	if signature != base64.RawURLEncoding.EncodeToString(s.sign("notice", body)[:12]) {
		return n, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(body)
	return n, err == nil && json.Unmarshal(raw, &n) == nil
}

// safePath returns path if it leads to a page of ours, or else otherwise: nobody is sent elsewhere after signing in.
func safePath(path, otherwise string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		strings.ContainsAny(path, "\\\r\n\t") {
		return otherwise
	}
	return path
}

// cameFrom is the page a form was sent from, or "/home".
func (s *site) cameFrom(c *fiber.Ctx) string {
	u, err := url.Parse(c.Get(fiber.HeaderReferer))
	if err != nil || (u.Host != s.PublicURL.Host && u.Host != string(c.Context().Host())) {
		return "/home"
	}
	return safePath(u.RequestURI(), "/home")
}
