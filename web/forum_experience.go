package web

import (
	"github.com/gofiber/fiber/v2"

	"halqa/community"
	"halqa/web/views"
)

func (s *site) showExperiences(c *fiber.Ctx) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	v := views.ExperiencesView{Page: s.forumPage(c, "forum.experiences", sp), Filter: query(c, "words", "year", "after")}
	v.Crumbs[len(v.Crumbs)-1] = views.Crumb{Label: v.Said(v.Title)}
	v.Experiences, err = s.Community.Experiences(c.UserContext(), v.Actor, sp.ID, community.Filter{Words: v.Filter.Get("words"),
		Year: v.Filter.Int("year"), After: v.Filter.Get("after")})
	if err != nil {
		return err
	}
	return s.render(c, views.Experiences(v))
}

// sheetOf is the experience sheet that a form carries.
func sheetOf(f views.Form) community.Sheet {
	return community.Sheet{Context: f.Get("context"), Action: f.Get("action"), Result: f.Get("result"), Lesson: f.Get("lesson"),
		Contact: f.Get("contact")}
}
