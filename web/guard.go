package web

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community"
	"halqa/community/account"
	"halqa/web/views"
)

func (s *site) guardRoutes() []Route {
	moderates := May(account.Moderate)
	return []Route{
		{"GET", "/spaces/:key/forum/guard", moderates, s.showGuard},
		{"POST", "/spaces/:key/forum/guard", moderates, s.saveGuard},
		{"GET", "/moderation/held", moderates, s.showHeldQueue},
		{"POST", "/moderation/held", moderates, s.decideHeld},
		{"GET", "/held/:id", SignedIn, s.showHeld},
		{"POST", "/held/:id/withdraw", SignedIn, s.withdrawHeld},
	}
}

// trapped tells whether a form fills in the field that people don't see.
func trapped(f views.Form) bool { return f.Get(views.TrapField) != "" }

// started ends a form that opened a thread, or had it wait.
func (s *site) started(c *fiber.Ctx, sp account.Space, t community.Thread, said string) error {
	if t.Held != 0 {
		return s.done(c, views.ForumURL(sp.Key)+"#held", "guard.held")
	}
	return s.done(c, views.ThreadURL(t.ID), said)
}

func (s *site) showGuard(c *fiber.Ctx) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	f, err := s.savedGuard(c, sp)
	if err != nil {
		return err
	}
	return s.guardPage(c, sp, f)
}

// savedGuard is the form of a guard as it is.
func (s *site) savedGuard(c *fiber.Ctx, sp account.Space) (views.Form, error) {
	g, err := s.Community.Guard(c.UserContext(), actor(c), sp.ID)
	f := views.Form{Values: url.Values{"first": {strconv.Itoa(g.FirstPosts)}, "slow": {strconv.Itoa(g.SlowMinutes)}, "words": {g.Words},
		"version": {strconv.Itoa(g.Version)}}}
	if g.Suspect {
		f.Values.Set("suspect", "yes")
	}
	return f, err
}

func (s *site) guardPage(c *fiber.Ctx, sp account.Space, f views.Form) error {
	v := views.GuardView{Page: s.forumPage(c, "guard.title", sp), Form: f, Space: sp}
	if s.Notify != nil {
		var err error
		if v.Listed, err = s.Notify.Listed(c.UserContext(), v.Actor, sp); err != nil {
			return err
		}
	}
	v.Crumbs = append(v.Crumbs, views.Crumb{Label: v.Said(v.Title)})
	return s.render(c, views.Guard(v))
}

func (s *site) saveGuard(c *fiber.Ctx) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Community.SetGuard(c.UserContext(), actor(c), sp.ID, community.Guard{FirstPosts: f.Int("first"), SlowMinutes: f.Int("slow"),
		Words: f.Get("words"), Suspect: f.Get("suspect") == "yes", Version: f.Int("version")})
	if s.refused(c, &f, err) {
		return s.guardPage(c, sp, f)
	}
	again, err := s.stale(c, &f, err, func() (views.Form, error) { return s.savedGuard(c, sp) })
	if err != nil {
		return err
	}
	if again {
		return s.guardPage(c, sp, f)
	}
	return s.done(c, views.GuardURL(sp.Key), "guard.saved")
}

func (s *site) slowThread(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	return s.organised(c, f, "slow", id, "forum.changed", s.Community.Slow(c.UserContext(), actor(c), id, f.Int("slow")))
}

func (s *site) showHeldQueue(c *fiber.Ctx) error {
	return s.heldPage(c, query(c, "space", "why", "page"), views.Form{})
}

// heldPage shows what waits as it is narrowed, and a decision that was refused.
func (s *site) heldPage(c *fiber.Ctx, filter, refused views.Form) error {
	v := views.HeldQueueView{Page: s.page(c, "guard.queue_title"), Filter: filter, Refused: refused}
	f := community.HeldFilter{SpaceID: filter.ID("space"), Why: filter.Get("why"), Page: filter.Int("page")}
	filter.Values.Del("page")
	ctx := c.UserContext()
	spaces, err := s.Community.Moderated(ctx, v.Actor)
	if err != nil {
		return err
	}
	for _, sp := range spaces {
		v.Spaces = append(v.Spaces, views.Option{Value: strconv.FormatInt(sp.ID, 10), Label: v.Named(sp.Name)})
	}
	var more bool
	if v.List, more, err = s.Community.HeldQueue(ctx, v.Actor, f); err != nil {
		return err
	}
	v.Pager = pager("/moderation/held", v.Filter, f.Page, -1, more)
	if v.Waiting, err = s.Community.Waiting(ctx, v.Actor); err != nil {
		return err
	}
	if v.Held, err = s.Community.HeldWaiting(ctx, v.Actor); err != nil {
		return err
	}
	return s.render(c, views.HeldQueue(v))
}

// decideHeld decides one of what waits, or all that is ticked.
func (s *site) decideHeld(c *fiber.Ctx) error {
	f := s.form(c)
	var ids []int64
	for _, value := range f.All("held") {
		if id, err := strconv.ParseInt(value, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	verdict := community.Verdict{Approve: f.Get("do") == "approve", Reason: f.Get("reason"), Note: f.Get("note")}
	if !verdict.Approve && f.Get("do") != "refuse" {
		return fiber.ErrBadRequest
	}
	r, err := s.Community.DecideManyHeld(c.UserContext(), actor(c), ids, verdict)
	if s.refused(c, &f, err) {
		filter := views.Form{Values: url.Values{}}
		for _, name := range []string{"space", "why"} {
			filter.Values.Set(name, f.Get(name))
		}
		return s.heldPage(c, filter, f)
	}
	if err != nil {
		return err
	}
	back := "/moderation/held"
	if q := (url.Values{"space": {f.Get("space")}, "why": {f.Get("why")}}); f.Get("space")+f.Get("why") != "" {
		back += "?" + q.Encode()
	}
	l := s.localizer(c)
	if r.Done == 0 {
		key := "guard.decided_gone"
		if r.Before > 0 {
			key = "moderation.already"
		}
		s.notify(c, views.Info, l.T(key))
		return c.Redirect(back, fiber.StatusSeeOther)
	}
	said := l.N("guard.refused_many", r.Done)
	if verdict.Approve {
		said = l.N("guard.approved_many", r.Done)
	}
	if r.Before+r.Gone > 0 {
		said += " " + l.N("guard.left_many", r.Before+r.Gone)
	}
	s.notify(c, views.Good, said)
	return c.Redirect(back, fiber.StatusSeeOther)
}

func (s *site) showHeld(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	h, err := s.Community.HeldPost(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	sp, err := s.spaceOf(c, h.SpaceID)
	if err != nil {
		return err
	}
	v := views.HeldView{Page: s.forumPage(c, "guard.held_title", sp), Held: h}
	v.Crumbs = append(v.Crumbs, views.Crumb{Label: v.Said(v.Title)})
	return s.render(c, views.HeldPost(v))
}

func (s *site) withdrawHeld(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	h, err := s.Community.Withdraw(c.UserContext(), actor(c), id)
	if errors.Is(err, account.ErrConflict) { // decided meanwhile: the page says what
		s.notify(c, views.Info, s.localizer(c).T("moderation.already"))
		return c.Redirect(views.HeldURL(id), fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	sp, err := s.spaceOf(c, h.SpaceID)
	if err != nil {
		return err
	}
	return s.done(c, views.ForumURL(sp.Key), "guard.withdrawn")
}
