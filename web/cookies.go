package web

import (
	"time"

	"github.com/gofiber/fiber/v2"
)

const (
	languageCookie = "halqa_language"
	themeCookie    = "halqa_theme"
	noticeCookie   = "halqa_notice"
	formCookie     = "halqa_form"

	yearLong = 365 * 24 * time.Hour
)

// sessionCookie is bound to the host by its prefix where the browser enforces it.
func (s *site) sessionCookie() string {
	if s.https() {
		return "__Host-halqa_session"
	}
	return "halqa_session"
}

// setSession keeps a person signed in on this browser until expires.
func (s *site) setSession(c *fiber.Ctx, token string, expires time.Time) {
	s.setCookie(c, s.sessionCookie(), token, time.Until(expires))
}

// dropSession forgets the person on this browser, and the pages it kept.
func (s *site) dropSession(c *fiber.Ctx) {
	s.dropCookie(c, s.sessionCookie())
	c.Set("Clear-Site-Data", `"cache"`)
}

// setCookie sets a cookie that scripts can't read. An age of 0 lasts as long as the browser runs.
func (s *site) setCookie(c *fiber.Ctx, name, value string, age time.Duration) {
	c.Cookie(&fiber.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(age / time.Second), HTTPOnly: true,
		Secure: s.https(), SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: age == 0})
}

func (s *site) dropCookie(c *fiber.Ctx, name string) {
	c.Cookie(&fiber.Cookie{Name: name, Path: "/", Expires: time.Unix(1, 0), HTTPOnly: true, Secure: s.https(),
		SameSite: fiber.CookieSameSiteLaxMode})
}
