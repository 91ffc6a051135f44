package web

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/events"
	"halqa/web/views"
)

func (s *site) newsletterRoutes() []Route {
	moderates := May(account.Moderate)
	return []Route{
		{"GET", "/spaces/:key/newsletter", moderates, s.showNewsletter},
		{"POST", "/spaces/:key/newsletter", moderates, s.saveNewsletter},
		{"POST", "/spaces/:key/newsletter/send", moderates, s.sendNewsletter},
		{"GET", "/newsletters/:id", SignedIn, s.showSentNewsletter},
	}
}

func (s *site) showNewsletter(c *fiber.Ctx) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	return s.newsletterPage(c, sp, views.Form{}, false)
}

// savedNewsletter is the form of a draft as it is.
func (s *site) savedNewsletter(c *fiber.Ctx, sp account.Space) (views.Form, error) {
	all, err := s.Community.Newsletters(c.UserContext(), actor(c), sp.ID)
	f := views.Form{Values: url.Values{"version": {strconv.Itoa(all.Draft.Version)}}}
	for _, lang := range events.Languages {
		f.Values.Set("subject_"+lang, all.Draft.Subject[lang])
		f.Values.Set("body_"+lang, all.Draft.Body[lang])
	}
	return f, err
}

// newsletterPage shows the draft of a space, or what was typed in its form.
func (s *site) newsletterPage(c *fiber.Ctx, sp account.Space, f views.Form, preview bool) error {
	v := views.NewsletterView{Page: s.page(c, "newsletter.title").Belong(sp.Key, sp.Hue, sp.Name), Form: f, Space: sp, Preview: preview}
	v.Crumbs = append(v.Crumbs, views.Crumb{Href: views.AnimateURL(sp.Key), Label: v.Said(v.T("animate.title"))}, views.Crumb{Label: v.Said(v.Title)})
	var err error
	if v.All, err = s.Community.Newsletters(c.UserContext(), v.Actor, sp.ID); err != nil {
		return err
	}
	if f.Values == nil {
		if v.Form, err = s.savedNewsletter(c, sp); err != nil {
			return err
		}
	}
	return s.render(c, views.Newsletter(v))
}

func (s *site) saveNewsletter(c *fiber.Ctx) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	f := s.form(c)
	ctx, who := c.UserContext(), actor(c)
	switch f.Get("do") {
	case "preview":
		return s.newsletterPage(c, sp, f, true)
	case "anew":
		if err := s.Community.ComposeAnew(ctx, who, sp.ID, f.Int("version")); err != nil {
			return s.newsletterChanged(c, sp, err)
		}
		return s.done(c, views.NewsletterURL(sp.Key), "newsletter.composed")
	}
	subject, body := events.Text{}, events.Text{}
	for _, lang := range events.Languages {
		subject[lang], body[lang] = f.Get("subject_"+lang), f.Get("body_"+lang)
	}
	err = s.Community.EditDraft(ctx, who, sp.ID, f.Int("version"), subject, body)
	if s.refused(c, &f, err) {
		return s.newsletterPage(c, sp, f, false)
	}
	again, err := s.stale(c, &f, err, func() (views.Form, error) { return s.savedNewsletter(c, sp) })
	if err != nil {
		return err
	}
	if again {
		return s.newsletterPage(c, sp, f, false)
	}
	return s.done(c, views.NewsletterURL(sp.Key), "newsletter.saved")
}

// newsletterChanged answers what was decided about a draft that somebody else changed, or sent, meanwhile: it is shown again.
func (s *site) newsletterChanged(c *fiber.Ctx, sp account.Space, err error) error {
	if !errors.Is(err, account.ErrStale) {
		return err
	}
	s.notify(c, views.Warn, s.localizer(c).T("newsletter.changed"))
	return c.Redirect(views.NewsletterURL(sp.Key), fiber.StatusSeeOther)
}

func (s *site) sendNewsletter(c *fiber.Ctx) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	if err := s.Community.SendNewsletter(c.UserContext(), actor(c), sp.ID, s.form(c).Int("version")); err != nil {
		return s.newsletterChanged(c, sp, err)
	}
	return s.done(c, views.NewsletterURL(sp.Key), "newsletter.sent")
}

// showSentNewsletter is a newsletter as its readers find it in the pages.
func (s *site) showSentNewsletter(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	n, sp, err := s.Community.SentNewsletter(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	v := views.SentNewsletterView{Page: s.page(c, "").Belong(sp.Key, sp.Hue, sp.Name), Newsletter: n}
	v.Title, _ = n.Subject.In(v.Lang())
	v.Crumbs = append(v.Crumbs, views.Crumb{Label: n.Subject})
	return s.render(c, views.SentNewsletter(v))
}
