package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/views"
)

// The mailbox decides itself who may read it: everybody in a demonstration, else administrators.
func (s *site) mailboxRoutes() []Route {
	return []Route{
		{"GET", "/mailbox", Public, s.showMailbox},
		{"GET", "/mailbox/:id", Public, s.showMail},
	}
}

func (s *site) showMailbox(c *fiber.Ctx) error {
	list, err := s.Notify.Mailbox(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	return s.render(c, views.Mailbox(views.MailboxView{Page: s.page(c, "notify.mailbox_title"), List: list, Demo: s.openToAll()}))
}

func (s *site) showMail(c *fiber.Ctx) error {
	id, err := strconv.ParseInt(c.Params("id"), 10, 64)
	if err != nil {
		return fiber.ErrNotFound
	}
	m, err := s.Notify.Mail(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	v := views.MailView{Page: s.page(c, ""), Mail: m, Demo: s.openToAll()}
	v.Title = m.Subject
	v.Crumbs = []views.Crumb{{Href: "/mailbox", Label: v.Said(v.T("notify.mailbox_title"))}}
	return s.render(c, views.Mail(v))
}

// openToAll tells whether a visitor could read the mailbox too.
func (s *site) openToAll() bool { return s.Notify.MailboxOpen(account.Actor{}) }
