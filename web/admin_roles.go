package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/views"
)

// foundPeople is how many people a search for somebody shows.
const foundPeople = 20

func (s *site) showRoles(c *fiber.Ctx) error {
	v := views.AdminRolesView{Page: s.page(c, "admin.roles"), Filter: query(c, "role", "office", "revoked"), Revoked: c.Query("revoked") != ""}
	v.Page = v.InAdmin()
	v.Wide = true
	v.Roles = v.RoleOptions(account.Roles...)
	var err error
	if v.Offices, err = s.officeChoices(c, v.Page, account.GrantRoles); err != nil {
		return err
	}
	page, more := c.QueryInt("page", 1), false
	v.List, more, err = s.Account.HeldRoles(c.UserContext(), v.Actor, account.RoleFilter{Role: account.Role(v.Filter.Get("role")),
		OfficeID: v.Filter.ID("office"), Revoked: v.Revoked, Page: page})
	if err != nil {
		return err
	}
	v.Pager = pager("/admin/roles", v.Filter, page, -1, more)
	return s.render(c, views.AdminRoles(v))
}

func (s *site) showGrant(c *fiber.Ctx) error {
	id, _ := strconv.ParseInt(c.Query("person"), 10, 64)
	return s.renderGrant(c, query(c, "place"), id)
}

func (s *site) renderGrant(c *fiber.Ctx, f views.Form, personID int64) error {
	v := views.AdminGrantView{Page: s.page(c, "admin.grant_title"), Form: f, Query: c.Query("q"), Place: f.Get("place")}
	if strings.HasPrefix(v.Place, string(account.OverSpace)) && f.Get("role") == "" {
		f.Values.Set("role", string(account.SpaceModerator))
	}
	v.Page = v.InAdmin(views.Crumb{Href: "/admin/roles", Label: v.Said(v.T("admin.roles"))})
	v.Narrow = true
	var err error
	if personID == 0 {
		if v.Found, err = s.Account.FindPeople(c.UserContext(), v.Actor, v.Query, foundPeople); err != nil {
			return err
		}
		return s.render(c, views.AdminGrant(v))
	}
	who, err := s.Account.Grantee(c.UserContext(), v.Actor, personID)
	if err != nil {
		return err
	}
	v.Person = &who
	if v.Places, err = s.placesToGrant(c, v.Page); err != nil {
		return err
	}
	for _, r := range account.Roles {
		if r != account.OrganisationAdministrator {
			v.Roles = append(v.Roles, v.RoleOptions(r)...)
		}
	}
	return s.render(c, views.AdminGrant(v))
}

// placesToGrant are the places over which the actor may give a role. Organisations have their own page for it.
func (s *site) placesToGrant(c *fiber.Ctx, p views.Page) ([]views.Option, error) {
	var places []views.Option
	if p.Actor.Can(account.GrantRoles, account.Scope{}) {
		places = append(places, views.Option{Value: "platform", Label: p.T("admin.platform")})
	}
	offices, err := s.officeChoices(c, p, account.GrantRoles)
	if err != nil {
		return nil, err
	}
	for _, o := range offices {
		places = append(places, views.Option{Value: "office:" + o.Value, Label: o.Label})
	}
	spaces, err := s.Account.Spaces(c.UserContext(), p.Actor)
	for _, sp := range spaces {
		if p.Actor.Can(account.GrantRoles, sp.Scope()) {
			places = append(places, views.Option{Value: "space:" + strconv.FormatInt(sp.ID, 10), Label: p.T("admin.place_space", "Name", p.Named(sp.Name))})
		}
	}
	return places, err
}

// grantIn reads the role and the place of a form.
func grantIn(f views.Form) account.Grant {
	kind, id, _ := strings.Cut(f.Get("place"), ":")
	n, _ := strconv.ParseInt(id, 10, 64)
	return account.Grant{Role: account.Role(f.Get("role")), Kind: account.ScopeKind(kind), ScopeID: n}
}

func (s *site) giveRole(c *fiber.Ctx) error {
	f := s.form(c)
	g := grantIn(f)
	var wrong account.Invalids
	if g.Role == "" {
		wrong.Add("role", "admin.error_role")
	}
	switch kinds := account.ScopesOf(g.Role); {
	case g.Kind == "":
		wrong.Add("place", "admin.error_place")
	case len(kinds) > 0 && !slices.Contains(kinds, g.Kind):
		wrong.Add("place", "admin.error_place_"+string(kinds[len(kinds)-1]))
	}
	who, err := s.Account.Grantee(c.UserContext(), actor(c), f.ID("person"))
	if err != nil {
		return err
	}
	if err = wrong.Err(); err == nil {
		err = s.Account.Grant(c.UserContext(), actor(c), who.ID, g)
	}
	if s.refused(c, &f, err) {
		return s.renderGrant(c, f, who.ID)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/admin/roles", "admin.granted", "Name", who.Name, "Role", s.localizer(c).T("admin.role_"+string(g.Role)))
}

func (s *site) revokeRole(c *fiber.Ctx) error {
	f := s.form(c)
	g := grantIn(f)
	err := s.Account.Revoke(c.UserContext(), actor(c), f.ID("person"), g)
	if errors.Is(err, account.ErrConflict) {
		s.notify(c, views.Warn, s.localizer(c).T("admin.last_stays"))
		return c.Redirect("/admin/roles", fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/admin/roles", "admin.revoked")
}
