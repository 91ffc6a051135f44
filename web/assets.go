package web

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
)

// sendStatic sends an asset under its name with hash: for ever the same.
func (s *site) sendStatic(c *fiber.Ctx) error {
	f := s.files.Find(c.Params("name"))
	if f == nil {
		return fiber.ErrNotFound
	}
	body, encoding := f.Encoded(c.Get(fiber.HeaderAcceptEncoding))
	c.Set(fiber.HeaderContentType, f.Type)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if encoding != "" {
		c.Set(fiber.HeaderContentEncoding, encoding)
	}
	return c.Send(body)
}

// sendFavicon answers the browsers that ask without reading the page.
func (s *site) sendFavicon(c *fiber.Ctx) error {
	return c.Redirect(s.files.URL("favicon.svg"), fiber.StatusMovedPermanently)
}

// health says that the process answers.
func (s *site) health(c *fiber.Ctx) error { return c.SendString("ok\n") }

// readiness says whether what the process needs answers too, part by part.
func (s *site) readiness(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), 2*time.Second)
	defer cancel()
	answer := fiber.Map{}
	for _, name := range slices.Sorted(maps.Keys(s.Ready)) {
		answer[name] = "ok"
		if err := s.Ready[name](ctx); err != nil {
			s.Log.WarnContext(ctx, "not ready", "part", name, "error", err)
			answer[name] = "failing" // the reason stays in the log: anybody may ask
			c.Status(fiber.StatusServiceUnavailable)
		}
	}
	return c.JSON(answer)
}
