package web

import (
	"github.com/gofiber/fiber/v2"

	"halqa/enrolment"
	"halqa/events"
)

// retiredOf are the titles of the modules that rules of a seminar ask for although nobody can begin them any more.
func (s *site) retiredOf(c *fiber.Ctx, view enrolment.View, rules ...enrolment.Rule) ([]events.Text, error) {
	var asked []int64
	for _, r := range rules {
		asked = append(asked, r.Modules()...)
	}
	gone, err := s.Enrolment.Retired(c.UserContext(), asked)
	var titles []events.Text
	for _, id := range gone {
		titles = append(titles, view.Names.Modules[id])
	}
	return titles, err
}
