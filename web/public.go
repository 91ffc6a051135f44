package web

import (
	"github.com/gofiber/fiber/v2"

	"halqa/web/locale"
	"halqa/web/views"
)

func (s *site) publicRoutes() []Route {
	return []Route{
		{"GET", "/", Public, s.showPublicHome},
		{"GET", "/design", Public, s.showDesign},
		{"GET", "/live", Public, s.streamLive},
		{"POST", "/language", Public, s.chooseLanguage},
		{"POST", "/theme", Public, s.chooseTheme},
	}
}

func (s *site) showPublicHome(c *fiber.Ctx) error {
	v := views.HomeView{Page: s.page(c, "home.title")}
	v.Description = v.T("home.lead")
	var err error
	if s.HomeSpaces != nil {
		if v.Spaces, err = s.HomeSpaces(c.UserContext(), v.Actor); err != nil {
			return err
		}
	}
	if s.HomeSeminars != nil {
		if v.Seminars, err = s.HomeSeminars(c.UserContext(), v.Actor); err != nil {
			return err
		}
	}
	if s.HomeNumbers != nil {
		if v.Numbers, err = s.HomeNumbers(c.UserContext()); err != nil {
			return err
		}
	}
	return s.render(c, views.Home(v))
}

func (s *site) chooseLanguage(c *fiber.Ctx) error {
	lang := locale.Known(c.FormValue("language"))
	if lang == "" {
		return fiber.ErrBadRequest
	}
	s.setCookie(c, languageCookie, lang, yearLong)
	if a := actor(c); a.SignedIn() && s.SetLanguage != nil {
		if err := s.SetLanguage(c.UserContext(), a, lang); err != nil {
			return err
		}
	}
	return c.Redirect(safePath(c.FormValue("next"), "/"), fiber.StatusSeeOther)
}

func (s *site) chooseTheme(c *fiber.Ctx) error {
	switch theme := c.FormValue("theme"); theme {
	case "light", "dark":
		s.setCookie(c, themeCookie, theme, yearLong)
	case "":
		s.dropCookie(c, themeCookie)
	default:
		return fiber.ErrBadRequest
	}
	return c.Redirect(safePath(c.FormValue("next"), "/"), fiber.StatusSeeOther)
}
