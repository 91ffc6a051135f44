package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community/notify"
	"halqa/web/locale"
	"halqa/web/views"
)

func (s *site) showMailChoices(c *fiber.Ctx) error { return s.choicesPage(c, nil) }

// choicesPage shows the choices as they are or, after a mistake, as they were typed.
func (s *site) choicesPage(c *fiber.Ctx, typed *views.Form) error {
	v := views.MailChoicesView{Page: s.page(c, "notify.choices_title")}
	var err error
	if v.List, err = s.Notify.Choices(c.UserContext(), v.Actor); err != nil {
		return err
	}
	if v.Load, err = s.Notify.Attention(c.UserContext(), v.Actor); err != nil {
		return err
	}
	if v.Stop, err = s.Notify.Stopped(c.UserContext(), v.Actor); err != nil {
		return err
	}
	if err = s.devices(c, &v); err != nil {
		return err
	}
	v.MailStopped = false // said in full here
	if v.Followed, err = s.chosen(c, v.Page); err != nil {
		return err
	}
	if v.Form = views.AttentionForm(v.Load.Attention, v.List); typed != nil {
		v.Form = *typed
	}
	v.Crumbs = []views.Crumb{{Href: "/notifications", Label: v.Said(v.T("notify.title"))}, {Label: v.Said(v.Title)}}
	v.Page.Path = "/notifications/choices"
	return s.render(c, views.MailChoices(v))
}

func (s *site) saveMailChoices(c *fiber.Ctx) error {
	f := s.form(c)
	a := notify.Attention{Rhythm: notify.Rhythm(f.Get("rhythm")), Budget: f.Int("budget"), Hushed: f.Get("hushed") == "yes",
		Quiet: notify.Quiet{From: f.Int("quiet_from"), Until: f.Int("quiet_until")}, Unthanked: f.Get("thanks") != "yes"}
	err := s.Notify.Attend(c.UserContext(), actor(c), a)
	if s.refused(c, &f, err) {
		return s.choicesPage(c, &f)
	}
	if err != nil {
		return err
	}
	var mailed []notify.Topic
	for _, t := range f.All("mailed") {
		mailed = append(mailed, notify.Topic(t))
	}
	if err := s.Notify.Choose(c.UserContext(), actor(c), mailed); err != nil {
		return err
	}
	if f.Get("devices") == "yes" {
		var pushed []notify.Topic
		for _, t := range f.All("pushed") {
			pushed = append(pushed, notify.Topic(t))
		}
		if err := s.Notify.ChoosePushed(c.UserContext(), actor(c), pushed); err != nil {
			return err
		}
	}
	return s.done(c, "/notifications/choices", "notify.choices_done")
}

// tryMailAgain writes to somebody again whom mail didn't reach.
func (s *site) tryMailAgain(c *fiber.Ctx) error {
	if err := s.Notify.TryMailAgain(c.UserContext(), actor(c)); err != nil {
		return err
	}
	return s.done(c, "/notifications/choices", "notify.stop_again_done")
}

func (s *site) unsubscribeRoutes() []Route {
	return []Route{
		{"GET", notify.UnsubscribePath + ":token", Public, s.askUnsubscribe},
		{"POST", notify.UnsubscribePath + ":token", Public, s.unsubscribe},
	}
}

// isUnsubscribing tells whether a form is the one that mail programs send by themselves (RFC 8058): the token of its
// address is all it needs, and all that a forged one would lack.
func isUnsubscribing(c *fiber.Ctx) bool {
	token, ok := strings.CutPrefix(c.Path(), notify.UnsubscribePath)
	return ok && c.Method() == fiber.MethodPost && token != "" && !strings.Contains(token, "/")
}

// askUnsubscribe changes nothing: programs that look at every link of a mail come here too.
func (s *site) askUnsubscribe(c *fiber.Ctx) error {
	u, err := s.Notify.Unsubscription(c.UserContext(), c.Params("token"))
	if err != nil {
		return err
	}
	return s.renderUnsubscribe(c, u, false)
}

// unsubscribe answers with the page itself: a mail program follows no redirect.
func (s *site) unsubscribe(c *fiber.Ctx) error {
	u, err := s.Notify.Unsubscribe(c.UserContext(), c.Params("token"))
	if err != nil {
		return err
	}
	return s.renderUnsubscribe(c, u, true)
}

// renderUnsubscribe speaks the language of the mail, unless whoever reads it chose another here.
func (s *site) renderUnsubscribe(c *fiber.Ctx, u notify.Unsubscription, done bool) error {
	if v := visitOf(c); !v.actor.SignedIn() && c.Cookies(languageCookie) == "" {
		v.language = locale.Known(u.Language)
	}
	v := views.UnsubscribeView{Page: s.page(c, "notify.fewer_title"), Unsubscription: u, Done: done,
		Action: notify.UnsubscribePath + c.Params("token")}
	v.Page.Path, v.Narrow = "/notifications/choices", true // the token stays out of other links
	c.Set("Referrer-Policy", "no-referrer")
	return s.render(c, views.Unsubscribe(v))
}
