package web

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/views"
)

func (s *site) notificationRoutes() []Route {
	return []Route{
		{"GET", "/notifications", SignedIn, s.showNotifications},
		{"GET", "/notifications/choices", SignedIn, s.showMailChoices},
		{"POST", "/notifications/choices", SignedIn, s.saveMailChoices},
		{"POST", "/notifications/mail", SignedIn, s.tryMailAgain},
		{"POST", "/notifications/devices", SignedIn, s.addDevice},
		{"POST", "/notifications/devices/remove", SignedIn, s.removeDevice},
		{"GET", "/notifications/:id", SignedIn, s.openNotification},
		{"POST", "/notifications/read", SignedIn, s.readNotifications},
		{"POST", "/follow", SignedIn, s.follow},
	}
}

func (s *site) showNotifications(c *fiber.Ctx) error {
	page := max(c.QueryInt("page"), 0)
	list, more, err := s.Notify.Notifications(c.UserContext(), actor(c), page)
	if err != nil {
		return err
	}
	if page > 0 && len(list) == 0 {
		return c.Redirect("/notifications", fiber.StatusSeeOther)
	}
	v := views.NotificationsView{Page: s.page(c, "notify.title"), List: list, Number: page, More: more}
	return s.render(c, views.Notifications(v))
}

// openNotification marks a notification as read and goes where it leads. Opening it again changes nothing. Thanks that were taken back
// meanwhile lead to their post.
func (s *site) openNotification(c *fiber.Ctx) error {
	id, err := strconv.ParseInt(c.Params("id"), 10, 64)
	if err != nil {
		return fiber.ErrNotFound
	}
	n, err := s.Notify.Read(c.UserContext(), actor(c), id)
	if post := int64(c.QueryInt("post")); post > 0 && errors.Is(err, account.ErrNotFound) {
		if err := s.Notify.ReadThanks(c.UserContext(), actor(c), post); err != nil {
			return err
		}
		return c.Redirect(views.PostURL(post), fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	return c.Redirect(n.Path(), fiber.StatusSeeOther)
}

func (s *site) readNotifications(c *fiber.Ctx) error {
	if err := s.Notify.ReadAll(c.UserContext(), actor(c), s.form(c).ID("up_to")); err != nil {
		return err
	}
	return s.done(c, "/notifications", "notify.read_all_done")
}
