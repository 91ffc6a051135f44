package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
)

// sendMetrics answers the programs that watch this one: from this machine, from the machines of trusted proxies, or with
// the token. For everybody else there is nothing here.
func (s *site) sendMetrics(c *fiber.Ctx) error {
	if s.Metrics == nil || !s.mayWatch(c) {
		return fiber.ErrNotFound
	}
	return adaptor.HTTPHandler(s.Metrics)(c)
}

// mayWatch believes an address only when no proxy brought the request: a proxy on this machine that isn't among the
// trusted ones would make everybody look near.
func (s *site) mayWatch(c *fiber.Ctx) bool {
	if token, ok := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer "); ok && s.MetricsToken != "" {
		given, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(s.MetricsToken))
		return subtle.ConstantTimeCompare(given[:], want[:]) == 1
	}
	if c.Get(fiber.HeaderXForwardedFor) != "" || c.Get("Forwarded") != "" || c.Get("X-Real-Ip") != "" {
		return false
	}
	addr := visitOf(c).addr
	return addr.IsLoopback() || s.trusts(addr)
}
