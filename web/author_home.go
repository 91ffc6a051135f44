package web

import (
	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/views"
)

// showAuthorHome lists the spaces in which the person writes, with their modules.
func (s *site) showAuthorHome(c *fiber.Ctx) error {
	v := views.AuthorHomeView{Page: s.page(c, "authoring.nav")}
	spaces, err := s.Account.Spaces(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	for _, sp := range spaces {
		if !v.Actor.Can(account.EditModules, sp.Scope()) {
			continue
		}
		modules, err := s.Courses.ManagedModules(c.UserContext(), v.Actor, sp.ID)
		if err != nil {
			return err
		}
		v.Spaces = append(v.Spaces, views.ManageView{Space: sp, Modules: modules})
	}
	return s.render(c, views.AuthorHome(v))
}
