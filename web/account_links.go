package web

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/views"
)

func (s *site) showSent(c *fiber.Ctx) error {
	v := views.SentView{Page: s.page(c, "account.sent_title"), Mailbox: s.Notify != nil && s.Notify.MailboxOpen(actor(c))}
	return s.render(c, views.Sent(v))
}

func (s *site) sendMagicLink(c *fiber.Ctx) error {
	f := s.form(c)
	err := s.Account.SendMagicLink(c.UserContext(), f.Get("email"), client(c))
	if s.refused(c, &f, err) || s.mustWait(c, &f, err, "account.error_mails") {
		return s.renderSignIn(c, f, safePath(f.Get("next"), ""))
	}
	if err != nil {
		return err
	}
	return s.done(c, "/check-mail", "account.sent_to", "Email", strings.TrimSpace(f.Get("email")))
}

func (s *site) showAskReset(c *fiber.Ctx) error { return s.renderAskReset(c, views.Form{}) }

func (s *site) renderAskReset(c *fiber.Ctx, f views.Form) error {
	v := views.ResetView{Page: s.page(c, "account.reset_title"), Form: f}
	v.Narrow = true
	return s.render(c, views.AskReset(v))
}

func (s *site) sendReset(c *fiber.Ctx) error {
	f := s.form(c)
	err := s.Account.SendReset(c.UserContext(), f.Get("email"), client(c))
	if s.refused(c, &f, err) || s.mustWait(c, &f, err, "account.error_mails") {
		return s.renderAskReset(c, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/check-mail", "account.sent_to", "Email", strings.TrimSpace(f.Get("email")))
}

// showLink is the page that a link opens: it uses nothing up.
func (s *site) showLink(kind account.Link) fiber.Handler {
	return func(c *fiber.Ctx) error { return s.renderLink(c, kind, views.Form{}) }
}

func (s *site) renderLink(c *fiber.Ctx, kind account.Link, f views.Form) error {
	name, err := s.Account.CheckLink(c.UserContext(), kind, c.Params("token"))
	if err != nil {
		return s.deadLink(c, kind, err)
	}
	title := map[account.Link]string{account.ConfirmLink: "account.confirm_title", account.MagicLink: "account.magic_title",
		account.ResetLink: "account.reset_title"}[kind]
	v := views.LinkView{Page: s.page(c, title), Kind: kind, Link: c.Params("token"), Name: name, Form: f}
	v.Narrow = true
	return s.render(c, views.LinkPage(v))
}

// deadLink tells what to do with a link that was used or is too old, or returns any other error.
func (s *site) deadLink(c *fiber.Ctx, kind account.Link, err error) error {
	state, status := "used", fiber.StatusConflict
	switch {
	case errors.Is(err, account.ErrTokenExpired):
		state, status = "expired", fiber.StatusNotFound
	case !errors.Is(err, account.ErrTokenUsed):
		return err
	}
	c.Status(status)
	v := views.DeadLinkView{Page: s.page(c, "account.link_"+state+"_title"), Next: "/sign-in"}
	v.Text = v.T("account.link_" + state + "_" + string(kind))
	if kind == account.ResetLink {
		v.Next = "/reset"
	}
	return s.render(c, views.DeadLink(v))
}

func (s *site) confirm(c *fiber.Ctx) error {
	session, err := s.Account.Confirm(c.UserContext(), c.Params("token"), client(c))
	if err != nil {
		return s.deadLink(c, account.ConfirmLink, err)
	}
	return s.enter(c, session, "/home", "account.confirmed")
}

func (s *site) useMagicLink(c *fiber.Ctx) error {
	session, err := s.Account.UseMagicLink(c.UserContext(), c.Params("token"), client(c))
	if err != nil {
		return s.deadLink(c, account.MagicLink, err)
	}
	return s.enter(c, session, "/home", "")
}

func (s *site) reset(c *fiber.Ctx) error {
	f := s.form(c)
	session, err := s.Account.Reset(c.UserContext(), c.Params("token"), f.Get("password"), client(c))
	if s.refused(c, &f, err) {
		return s.renderLink(c, account.ResetLink, f)
	}
	if err != nil {
		return s.deadLink(c, account.ResetLink, err)
	}
	return s.enter(c, session, "/home", "account.reset_done")
}
