package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"halqa/community"
	"halqa/community/account"
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

func (s *site) newExperience(c *fiber.Ctx) error {
	return s.newExperiencePage(c, views.Writing{Nonce: uuid.NewString()})
}

func (s *site) newExperiencePage(c *fiber.Ctx, w views.Writing) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	if !sp.ReadableBy(actor(c)) {
		return account.ErrForbidden
	}
	if err := s.resume(c, &w, community.DraftExperience, sp.ID); err != nil {
		return err
	}
	v := views.NewThreadView{Page: s.forumPage(c, "forum.experience_new", sp), Writing: w, Space: sp}
	if v.Tags, err = s.listed(c, sp.ID); err != nil {
		return err
	}
	v.Crumbs = append(v.Crumbs, views.Crumb{Label: v.Said(v.Title)})
	v.Scripts = []string{"forum.js"}
	return s.render(c, views.NewExperience(v))
}

func (s *site) startExperience(c *fiber.Ctx) error {
	w, _ := s.writing(c)
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	with, err := s.attachedTo(c, &w, 0, func() (int64, error) { return sp.ID, nil })
	if s.refused(c, &w.Form, err) {
		return s.newExperiencePage(c, w)
	}
	if err != nil {
		return err
	}
	if done, err := s.putAside(c, w); done || err != nil {
		return err
	}
	t, err := s.Community.StartThread(c.UserContext(), actor(c), community.NewThread{SpaceID: sp.ID, Kind: community.Experience,
		Title: w.Get("title"), Sheet: sheetOf(w.Form), Tags: w.All("tags"), Attached: with, Draft: drafted(w.Form), Nonce: w.Nonce, Trapped: trapped(w.Form)})
	if s.refused(c, &w.Form, err) {
		return s.newExperiencePage(c, w)
	}
	if err != nil {
		return err
	}
	return s.started(c, sp, t, "forum.experience_published")
}

// sheetOf is the experience sheet that a form carries.
func sheetOf(f views.Form) community.Sheet {
	return community.Sheet{Context: f.Get("context"), Action: f.Get("action"), Result: f.Get("result"), Lesson: f.Get("lesson"),
		Contact: f.Get("contact")}
}
