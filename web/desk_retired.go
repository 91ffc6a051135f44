package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"halqa/enrolment"
	"halqa/events"
)

// retiredOf are the titles of the modules that a seminar's gates ask for although nobody can begin them any more.
func (s *site) retiredOf(c *fiber.Ctx, view enrolment.View) ([]events.Text, error) {
	gone, err := s.Enrolment.Retired(c.UserContext(), slices.Concat(view.Gate.Modules(), view.Attend.Modules()))
	var titles []events.Text
	for _, id := range gone {
		titles = append(titles, view.Names.Modules[id])
	}
	return titles, err
}
