package web

import (
	"context"
	"crypto/subtle"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/web/views"
)

// FirstRun lets whoever installed the server become its administrator while nobody has an account.
type FirstRun struct {
	Code   string                                     // printed where only they read it
	Places func(ctx context.Context, tx bun.Tx) error // stores a country's offices, governorates and axes
}

// firstRunRoutes are there only in a server that was empty when it started.
func (s *site) firstRunRoutes() []Route {
	if s.FirstRun == nil {
		return nil
	}
	return []Route{
		{"GET", "/first-run", Public, s.showFirstRun},
		{"POST", "/first-run", Public, s.beginRun},
	}
}

// firstThings leads every page to the first run while nobody has an account.
func (s *site) firstThings(c *fiber.Ctx) error {
	if s.FirstRun == nil || s.begun.Load() {
		return c.Next()
	}
	empty, err := s.Account.Empty(c.UserContext())
	if err != nil {
		return err
	}
	s.begun.Store(!empty)
	switch path := c.Path(); {
	case !empty, path == "/first-run", path == "/language", path == "/theme":
		return c.Next()
	}
	return c.Redirect("/first-run", fiber.StatusSeeOther)
}

func (s *site) showFirstRun(c *fiber.Ctx) error {
	if s.begun.Load() {
		return account.ErrNotFound
	}
	return s.renderFirstRun(c, views.Form{})
}

func (s *site) renderFirstRun(c *fiber.Ctx, f views.Form) error {
	v := views.FirstRunView{Page: s.page(c, "admin.first_title"), Form: f}
	v.Narrow = true
	return s.render(c, views.FirstRun(v))
}

// beginRun creates the administrator. A wrong code says nothing of the rest of the form.
func (s *site) beginRun(c *fiber.Ctx) error {
	if s.begun.Load() {
		return account.ErrNotFound
	}
	f := s.form(c)
	var token string
	var err error
	if !sameCode(f.Get("code"), s.FirstRun.Code) {
		err = account.Invalids{{Field: "code", Key: "admin.error_first_code"}}
	} else {
		n := account.Newcomer{Name: f.Get("name"), Email: f.Get("email"), Password: f.Get("password"), Language: s.localizer(c).Lang()}
		load := s.FirstRun.Places
		if f.Get("places") != "yes" {
			load = nil
		}
		token, err = s.Account.FirstAdministrator(c.UserContext(), n, load, client(c))
	}
	if s.refused(c, &f, err) {
		return s.renderFirstRun(c, f)
	}
	if err != nil {
		return err
	}
	s.begun.Store(true)
	return s.enter(c, token, "/admin", "admin.first_done")
}

// sameCode compares what a person copied from a terminal: its letters and digits count, not its case, hyphens or spaces.
func sameCode(typed, code string) bool {
	bare := strings.NewReplacer("-", "", " ", "", "\u00a0", "")
	typed, code = strings.ToUpper(bare.Replace(typed)), bare.Replace(code)
	return subtle.ConstantTimeCompare([]byte(typed), []byte(code)) == 1
}
