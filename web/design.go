package web

import (
	"github.com/gofiber/fiber/v2"

	"halqa/web/views"
)

// showDesign is the living style guide: every token and component, in the page's language.
func (s *site) showDesign(c *fiber.Ctx) error {
	v := views.DesignView{Page: s.page(c, "design.title")}
	v.Wide = true
	return s.render(c, views.Design(v))
}
