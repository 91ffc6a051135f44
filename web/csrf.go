package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// errStaleForm refuses a form without the token of its sender, or sent from another site.
var errStaleForm = errors.New("form without its token")

const tokenBytes = 16

// checkForm refuses what changes something unless it comes from our own pages: the browser says from where, and the form
// carries a token derived from the session (or, for a visitor, from a cookie).
func (s *site) checkForm(c *fiber.Ctx) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return c.Next()
	}
	if s.Limit != nil {
		if wait := s.Limit(visitOf(c).addr, c.Path()); wait > 0 {
			return tooMany(wait)
		}
	}
	if isUnsubscribing(c) { // sent by mail programs, without our page: the token in its address says whose it is
		return c.Next()
	}
	if s.isUpload(c) { // its token is looked at by receive, as it arrives
		if !s.fromHere(c) {
			return errStaleForm
		}
		return c.Next()
	}
	token := c.Get("X-CSRF-Token")
	if token == "" {
		token = c.FormValue("csrf")
	}
	if !s.fromHere(c) || !s.tokenFits(c, token) {
		return errStaleForm
	}
	return c.Next()
}

// fromHere trusts the browser's own account of where a request comes from. Old browsers say nothing: the token decides.
func (s *site) fromHere(c *fiber.Ctx) bool {
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "same-site", "cross-site":
		return false
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	return strings.EqualFold(u.Host, s.PublicURL.Host) || strings.EqualFold(u.Host, string(c.Context().Host()))
}

// formToken is the token for the forms of this page. It differs at every call, so that compression can't betray it.
func (s *site) formToken(c *fiber.Ctx) string {
	identity := s.identity(c)
	if identity == "" {
		identity = newID() + newID()
		s.setCookie(c, formCookie, identity, 0)
		c.Locals(formCookie, identity)
	}
	token := make([]byte, 2*tokenBytes)
	_, _ = rand.Read(token[:tokenBytes]) // never fails
	mac := s.sign("form", identity)
	for i := range tokenBytes {
		token[tokenBytes+i] = token[i] ^ mac[i]
	}
	return base64.RawURLEncoding.EncodeToString(token)
}

func (s *site) tokenFits(c *fiber.Ctx, token string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	identity := s.identity(c)
	if err != nil || len(raw) != 2*tokenBytes || identity == "" {
		return false
	}
	for i := range tokenBytes {
		raw[tokenBytes+i] ^= raw[i]
	}
	return subtle.ConstantTimeCompare(raw[tokenBytes:], s.sign("form", identity)[:tokenBytes]) == 1
}

// identity is what tokens are derived from: the session, or the cookie given to visitors with their first form.
func (s *site) identity(c *fiber.Ctx) string {
	if token := visitOf(c).session; token != "" {
		return "session " + token
	}
	if fresh, ok := c.Locals(formCookie).(string); ok {
		return fresh
	}
	return c.Cookies(formCookie)
}

func (s *site) sign(purpose, text string) []byte {
	mac := hmac.New(sha256.New, s.Secret)
	mac.Write([]byte(purpose + "\x00" + text))
	return mac.Sum(nil)
}
