package web

import (
	"context"
	"errors"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/locale"
)

// visit is what the middlewares learned of a request.
type visit struct {
	id       string     // of the request
	addr     netip.Addr // of the person's device, behind trusted proxies
	session  string     // token, or ""
	actor    account.Actor
	language string
}

type visitKey struct{}
type requestIDKey struct{}

func visitOf(c *fiber.Ctx) *visit {
	if v, ok := c.Locals(visitKey{}).(*visit); ok {
		return v
	}
	v := &visit{id: newID(), language: locale.Languages[0]}
	c.Locals(visitKey{}, v)
	return v
}

func actor(c *fiber.Ctx) account.Actor { return visitOf(c).actor }

// ClientAddr is the address of the device behind a request, as far as trusted proxies tell.
func ClientAddr(c *fiber.Ctx) netip.Addr { return visitOf(c).addr }

// RequestID is the id of the request that ctx belongs to, or "". Logs carry it.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// recognise finds who makes the request and the language they read.
func (s *site) recognise(c *fiber.Ctx) error {
	v := visitOf(c)
	v.session = c.Cookies(s.sessionCookie())
	v.language = chosenLanguage(c)
	if v.session == "" || s.Authenticate == nil {
		return c.Next()
	}
	ask := s.Authenticate
	if s.Holder != nil && isReport(c) {
		ask = s.Holder
	}
	a, err := ask(c.UserContext(), v.session)
	if errors.Is(err, account.ErrSignInRequired) {
		return c.Next() // the session is over: a visitor again
	}
	if err != nil {
		return err
	}
	v.actor = a
	if lang := locale.Known(a.Language); lang != "" {
		v.language = lang
	}
	return c.Next()
}

func chosenLanguage(c *fiber.Ctx) string {
	if lang := locale.Known(c.Cookies(languageCookie)); lang != "" {
		return lang
	}
	return locale.Match(c.Get(fiber.HeaderAcceptLanguage))
}

// trusts tells whether the request came through a proxy whose headers are believed.
func (s *site) trusts(addr netip.Addr) bool {
	for _, p := range s.TrustedProxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// clientAddr reads X-Forwarded-For from its end, as long as the hops are trusted proxies.
func (s *site) clientAddr(c *fiber.Ctx) netip.Addr {
	addr, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	addr = addr.Unmap()
	hops := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for i := len(hops) - 1; i >= 0 && s.trusts(addr); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap()
	}
	return addr
}
