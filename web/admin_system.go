package web

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/events"
	"halqa/web/views"
)

// replayTime bounds the emptying of a consumer, which takes longer than a page.
const replayTime = 2 * time.Minute

// Engine is the machinery behind the pages, for those who administer the whole platform: each of its functions refuses
// everybody else.
type Engine struct {
	Status func(ctx context.Context, actor account.Actor) (events.Report, error)
	Dead   func(ctx context.Context, actor account.Actor) ([]events.DeadLetter, error)
	Retry  func(ctx context.Context, actor account.Actor, ids ...int64) (int, error) // all when no id is given
	Replay func(ctx context.Context, actor account.Actor, consumer string) error
	System func(ctx context.Context, actor account.Actor) (views.System, error)
}

// Everywhere lets in those who have a permission over the whole platform.
func Everywhere(p account.Permission) Access {
	return Access{string(p) + " everywhere", func(a account.Actor) error {
		if !a.SignedIn() {
			return account.ErrSignInRequired
		}
		if !a.Can(p, account.Scope{}) {
			return account.ErrForbidden
		}
		return nil
	}}
}

func (s *site) adminSystemRoutes() []Route {
	administers := Everywhere(account.AdministerPlatform)
	return []Route{
		{"GET", "/admin/events", administers, s.showEvents},
		{"POST", "/admin/events/dead", administers, s.retryAllDead},
		{"POST", "/admin/events/dead/:id", administers, s.retryDead},
		{"POST", "/admin/events/replay", administers, s.replayConsumer},
		{"GET", "/admin/system", administers, s.showSystem},
	}
}

func (s *site) showEvents(c *fiber.Ctx) (err error) {
	v := views.AdminEventsView{Page: s.page(c, "admin.events")}
	v.Page = v.InAdmin()
	if v.Report, err = s.Engine.Status(c.UserContext(), v.Actor); err != nil {
		return err
	}
	if v.Dead, err = s.Engine.Dead(c.UserContext(), v.Actor); err != nil {
		return err
	}
	return s.render(c, views.AdminEvents(v))
}

func (s *site) retryDead(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	return s.retry(c, id)
}

func (s *site) retryAllDead(c *fiber.Ctx) error { return s.retry(c) }

func (s *site) retry(c *fiber.Ctx, ids ...int64) error {
	n, err := s.Engine.Retry(c.UserContext(), actor(c), ids...)
	if err != nil {
		return err
	}
	if n == 0 {
		return account.ErrConflict // somebody else was faster
	}
	return s.done(c, "/admin/events", "admin.retried")
}

func (s *site) replayConsumer(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), replayTime)
	defer cancel()
	if err := s.Engine.Replay(ctx, actor(c), c.FormValue("consumer")); err != nil {
		return err
	}
	return s.done(c, "/admin/events", "admin.replay_begun")
}

func (s *site) showSystem(c *fiber.Ctx) (err error) {
	v := views.AdminSystemView{Page: s.page(c, "admin.system")}
	v.Page = v.InAdmin()
	if v.System, err = s.Engine.System(c.UserContext(), v.Actor); err != nil {
		return err
	}
	if v.Report, err = s.Engine.Status(c.UserContext(), v.Actor); err != nil {
		return err
	}
	v.Mailbox = s.Notify != nil && s.Notify.MailboxOpen(v.Actor)
	return s.render(c, views.AdminSystem(v))
}
