package web

import (
	"github.com/gofiber/fiber/v2"

	"halqa/web/views"
)

// showKnowledge tells whoever trains, or runs the seminar, what those who come know already.
func (s *site) showKnowledge(c *fiber.Ctx) error {
	d, err := s.deskSeminar(c, "training.knowledge")
	if err != nil {
		return err
	}
	v := views.KnowledgeView{Page: d.Page}
	if v.Knowledge, err = s.Enrolment.Knowledge(c.UserContext(), actor(c), d.ID); err != nil {
		return err
	}
	return s.render(c, views.DeskKnowledge(v))
}
