package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"halqa/courses/media"
)

// sendMedia sends a file of a lesson, or the bytes of it that are asked for. Its name comes from its content: browsers
// may keep it for ever, and no range can mix two versions.
func (s *site) sendMedia(c *fiber.Ctx) error {
	path, mime, err := s.Media.Path(c.Params("name"))
	if errors.Is(err, media.ErrNotFound) {
		return fiber.ErrNotFound
	}
	if err != nil {
		return err
	}
	if err := c.SendFile(path); err != nil { // the one way of Fiber that answers byte ranges
		return err
	}
	c.Set(fiber.HeaderContentType, mime)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Response().Header.Del(fiber.HeaderVary)
	return nil
}
