package web

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community"
	"halqa/community/account"
	"halqa/web/views"
)

func (s *site) organiseRoutes() []Route {
	moderates := May(account.Moderate)
	return []Route{
		{"GET", "/threads/:id/organise", moderates, s.showOrganise},
		{"POST", "/threads/:id/move", moderates, s.moveThread},
		{"POST", "/threads/:id/merge", moderates, s.mergeThread},
		{"POST", "/threads/:id/split", moderates, s.splitThread},
		{"POST", "/threads/:id/archive", moderates, s.archiveThread},
		{"POST", "/threads/:id/slow", moderates, s.slowThread},
	}
}

func (s *site) showOrganise(c *fiber.Ctx) error { return s.organisePage(c, views.Form{}, "") }

// organisePage shows what can be done with a thread; f is what was typed in the form named refused.
func (s *site) organisePage(c *fiber.Ctx, f views.Form, refused string) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	from := max(int64(c.QueryInt("from")), 0)
	talk, err := s.Community.Thread(c.UserContext(), actor(c), id, from)
	if err != nil {
		return err
	}
	if !talk.Moderates {
		return account.ErrForbidden
	}
	v := views.OrganiseView{Page: s.forumPage(c, "talk.organise", talk.Space), Form: f, Refused: refused, Talk: talk, From: from}
	v.Crumbs = append(v.Crumbs, views.Crumb{Href: views.ThreadURL(id), Label: v.Said(talk.Title)}, views.Crumb{Label: v.Said(v.Title)})
	spaces, err := s.Community.Moderated(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	for _, sp := range spaces {
		if sp.ID != talk.SpaceID {
			v.Spaces = append(v.Spaces, views.Option{Value: strconv.FormatInt(sp.ID, 10), Label: v.Named(sp.Name)})
		}
	}
	return s.render(c, views.Organise(v))
}

// organised ends what was done to a thread where it is now.
func (s *site) organised(c *fiber.Ctx, f views.Form, which string, id int64, said string, err error) error {
	if s.refused(c, &f, err) {
		return s.organisePage(c, f, which)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.ThreadURL(id), said)
}

func (s *site) moveThread(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	if f.ID("space") == 0 {
		err = account.Invalid{Field: "space", Key: "talk.error_space"}
	} else {
		err = s.Community.Move(c.UserContext(), actor(c), id, f.ID("space"))
	}
	return s.organised(c, f, "move", id, "talk.moved", err)
}

func (s *site) mergeThread(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	into, err := s.Community.Merge(c.UserContext(), actor(c), id, threadIn(f.Get("other")))
	if errors.Is(err, account.ErrNotFound) { // of what was typed, not of the page
		if _, gone := s.Community.Thread(c.UserContext(), actor(c), id, 0); gone == nil {
			err = account.Invalid{Field: "other", Key: "talk.error_merge"}
		}
	}
	return s.organised(c, f, "merge", into.ID, "talk.merged", err)
}

// threadIn is the thread of an address as people copy it, or of a number; 0 when it is neither.
func threadIn(typed string) int64 {
	typed, _, _ = strings.Cut(strings.TrimSpace(typed), "?")
	typed, _, _ = strings.Cut(typed, "#")
	if _, after, ok := strings.Cut(typed, "/threads/"); ok {
		typed, _, _ = strings.Cut(after, "/")
	}
	id, err := strconv.ParseInt(typed, 10, 64)
	if err != nil {
		return 0
	}
	return id
}

func (s *site) splitThread(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	split := community.Splitting{ThreadID: id, Title: f.Get("title"), Onward: f.Get("onward") == "yes"}
	for _, p := range f.All("posts") {
		if post, err := strconv.ParseInt(p, 10, 64); err == nil {
			split.Posts = append(split.Posts, post)
		}
	}
	n, err := s.Community.Split(c.UserContext(), actor(c), split)
	return s.organised(c, f, "split", n.ID, "talk.was_split", err)
}

func (s *site) archiveThread(c *fiber.Ctx) error {
	return s.switchThread(c, func(id int64, on bool) error { return s.Community.Archive(c.UserContext(), actor(c), id, on) })
}

// threadMoved leads to where the posts of a merged thread are, for who may read them; else it says what err does.
func (s *site) threadMoved(c *fiber.Ctx, id int64, err error) error {
	if !errors.Is(err, account.ErrNotFound) {
		return err
	}
	to, gone := s.Community.MovedTo(c.UserContext(), actor(c), id)
	if gone != nil {
		return err
	}
	path := views.ThreadURL(to)
	if from := c.QueryInt("from"); from > 0 {
		path += "?from=" + strconv.Itoa(from)
	}
	return c.Redirect(path, fiber.StatusMovedPermanently)
}
