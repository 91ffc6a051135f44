package web

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web/views"
)

func (s *site) eraseRoutes() []Route {
	return []Route{
		{"GET", "/profile/erase", SignedIn, s.showErase},
		{"POST", "/profile/erase", SignedIn, s.erase},
		{"POST", "/profile/erase/link", SignedIn, s.sendEraseLink},
	}
}

func (s *site) showErase(c *fiber.Ctx) error { return s.renderErase(c, views.Form{}, c.Query("code")) }

func (s *site) renderErase(c *fiber.Ctx, f views.Form, code string) error {
	ctx, a := c.UserContext(), actor(c)
	v := views.EraseView{Page: s.page(c, "erase.title"), Form: f, Code: code}
	p, err := s.Account.Me(ctx, a)
	if err != nil {
		return err
	}
	v.Email, v.Password = p.Email, p.PasswordHash != ""
	if v.Outlook, err = s.Account.EraseOutlook(ctx, a); err != nil {
		return err
	}
	seats, err := s.Enrolment.MySeats(ctx, a)
	if err != nil {
		return err
	}
	v.Seats = slices.DeleteFunc(seats, func(c enrolment.Card) bool { return c.Mine == nil || !s.Now().Before(c.StartsAt) })
	c.Set(fiber.HeaderCacheControl, "no-store")
	return s.render(c, views.Erase(v))
}

func (s *site) erase(c *fiber.Ctx) error {
	f := s.form(c)
	err := s.Account.Erase(c.UserContext(), actor(c), account.Erasing{Password: f.Get("password"), Code: f.Get("code"),
		Sure: f.Get("sure") == "yes", Texts: f.Get("texts") == "go"}, client(c))
	if s.refused(c, &f, err) || s.mustWait(c, &f, err, "erase.error_wait") {
		code := f.Get("code")
		if len(f.Error("code")) > 0 { // it is of no use: another one, or the password
			code = ""
		}
		f.Values.Del("password")
		return s.renderErase(c, f, code)
	}
	if errors.Is(err, account.ErrLastAdministrator) { // the other one left meanwhile
		c.Status(fiber.StatusConflict)
		return s.renderErase(c, views.Form{}, "")
	}
	if err != nil {
		return err
	}
	s.setCookie(c, languageCookie, visitOf(c).language, yearLong) // it was theirs; what is left to read is in it too
	s.dropSession(c)
	return s.done(c, "/", "erase.done")
}

func (s *site) sendEraseLink(c *fiber.Ctx) error {
	err := s.Account.SendEraseLink(c.UserContext(), actor(c), client(c))
	f := s.form(c)
	if s.mustWait(c, &f, err, "account.error_mails") {
		return s.renderErase(c, f, "")
	}
	if err != nil {
		return err
	}
	return s.done(c, "/profile/erase", "erase.link_sent")
}

func (s *site) showEraseFor(c *fiber.Ctx) error { return s.renderEraseFor(c, views.Form{}) }

func (s *site) renderEraseFor(c *fiber.Ctx, f views.Form) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	v := views.EraseForView{Page: s.page(c, "erase.for_title"), Form: f}
	if v.Sheet, err = s.Account.PersonSheet(c.UserContext(), v.Actor, id); err != nil {
		return err
	}
	if !account.MayErase(v.Actor, v.Sheet) {
		return account.ErrForbidden
	}
	v.Narrow = true
	v.Page = v.InAdmin(views.Crumb{Href: "/admin/people", Label: v.Said(v.T("admin.people"))},
		views.Crumb{Href: "/admin/people/" + c.Params("id"), Label: v.Said(v.Sheet.Name)})
	return s.render(c, views.EraseFor(v))
}

func (s *site) eraseFor(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Account.EraseFor(c.UserContext(), actor(c), id, account.ErasingFor{Reason: f.Get("reason"), Sure: f.Get("sure") == "yes", Texts: f.Get("texts") == "go"})
	if s.refused(c, &f, err) {
		return s.renderEraseFor(c, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/admin/people", "erase.for_done")
}
