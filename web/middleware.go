package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
)

// newID is 64 random bits, for requests and visitors.
func newID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// observe names the request and writes its line in the log: no query, no cookie, no token of a link.
func (s *site) observe(c *fiber.Ctx) error {
	start := time.Now()
	v := visitOf(c)
	v.addr = s.clientAddr(c)
	c.SetUserContext(context.WithValue(c.UserContext(), requestIDKey{}, v.id))
	c.Set(fiber.HeaderXRequestID, v.id)
	err := c.Next()
	path := c.Path()
	if s.Request != nil {
		s.Request(c.Method(), routeOf(c), c.Response().StatusCode(), time.Since(start))
	}
	if strings.HasPrefix(path, "/static/") || path == "/healthz" {
		return err
	}
	level := slog.LevelInfo
	if c.Response().StatusCode() >= 500 {
		level = slog.LevelWarn
	}
	if r := c.Route(); r != nil && strings.Contains(r.Path, ":token") {
		path = r.Path
	}
	s.Log.Log(c.UserContext(), level, "request", "id", v.id, "method", c.Method(), "path", path,
		"status", c.Response().StatusCode(), "ms", time.Since(start).Milliseconds(), "person", v.actor.PersonID)
	return err
}

// routeOf is the pattern of the route that answered, so that measures are few: "none" when no page was found.
func routeOf(c *fiber.Ctx) string {
	r := c.Route()
	if r == nil || r.Path == "/" && c.Path() != "/" { // where the middlewares are
		return "none"
	}
	return r.Path
}

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; " +
	"connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self' blob:; form-action 'self'; base-uri 'none'; " +
	"frame-ancestors 'none'"

func (s *site) headers(c *fiber.Ctx) error {
	s.setHeaders(c)
	return c.Next()
}

func (s *site) setHeaders(c *fiber.Ctx) {
	c.Set("Content-Security-Policy", policy)
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("Referrer-Policy", "same-origin")
	c.Set("X-Frame-Options", "DENY")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(self), microphone=(self), geolocation=(), payment=()")
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	c.Set(fiber.HeaderVary, "Accept-Language, Cookie")
	if s.https() {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
	}
}

// compressed packs pages. What is packed already, or flows, is left alone.
func compressed() fiber.Handler {
	return compress.New(compress.Config{
		Level: compress.LevelDefault,
		Next: func(c *fiber.Ctx) bool {
			p := c.Path()
			return p == "/live" || p == "/sw.js" || strings.HasPrefix(p, "/static/") || strings.HasPrefix(p, "/media/") || strings.HasPrefix(p, "/attachments/") ||
				strings.HasPrefix(p, "/documents/") && strings.HasSuffix(p, "/file") || strings.HasSuffix(p, ".xlsx")
		},
	})
}

// catch turns errors and panics into answers, inside the compression and the log.
func (s *site) catch(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.Log.ErrorContext(c.UserContext(), "panic", "id", visitOf(c).id, "value", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = s.answerError(c, fmt.Errorf("panic: %v", r))
		}
	}()
	if err := c.Next(); err != nil {
		return s.answerError(c, err)
	}
	return nil
}

// withTimeout bounds the work of a request; the database hears of it.
func (s *site) withTimeout(c *fiber.Ctx) error {
	if c.Path() == "/live" {
		return c.Next()
	}
	timeout := s.Timeout
	if s.isUpload(c) {
		timeout += longestUpload
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), timeout)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}
