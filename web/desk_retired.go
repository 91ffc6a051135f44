package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/enrolment"
	"halqa/events"
	"halqa/web/views"
)

// markRetired leaves out the modules that nobody can begin any more, and marks those that the gate asks for all the same.
func (s *site) markRetired(c *fiber.Ctx, v *views.DeskFormView, sem enrolment.Seminar) error {
	all := make([]int64, len(v.Modules))
	for i, m := range v.Modules {
		all[i] = m.ModuleID
	}
	gone, err := s.Enrolment.Retired(c.UserContext(), all)
	if err != nil {
		return err
	}
	asked := sem.Gate.Modules()
	v.Modules = slices.DeleteFunc(v.Modules, func(m enrolment.Module) bool {
		chosen := v.Form.Get("leaf_"+strconv.FormatInt(m.ModuleID, 10)) != ""
		return slices.Contains(gone, m.ModuleID) && !chosen && !slices.Contains(asked, m.ModuleID)
	})
	v.Retired = gone
	return nil
}

// retiredOf are the titles of the modules that a seminar's gate asks for although nobody can begin them any more.
func (s *site) retiredOf(c *fiber.Ctx, view enrolment.View) ([]events.Text, error) {
	gone, err := s.Enrolment.Retired(c.UserContext(), view.Gate.Modules())
	var titles []events.Text
	for _, id := range gone {
		titles = append(titles, view.Titles[id])
	}
	return titles, err
}
