package web

import (
	"github.com/gofiber/fiber/v2"

	"halqa/web/views"
)

// showHistory shows what a post said before each of its edits.
func (s *site) showHistory(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	line, talk, versions, err := s.Community.History(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	v := views.NewHistory(s.talkPage(c, "forum.history", talk), talk, line, versions)
	v.Crumbs = append(v.Crumbs, views.Crumb{Href: views.PostURL(id), Label: v.Said(talk.Title)}, views.Crumb{Label: v.Said(v.Title)})
	return s.render(c, views.History(v))
}
