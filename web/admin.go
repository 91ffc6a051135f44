package web

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/views"
)

func (s *site) adminRoutes() []Route {
	staff := May(account.AdministerPlatform, account.GrantRoles, account.ReadPeople, account.ValidateOrganisations,
		account.ManageSpaces, account.Moderate)
	grants, people := May(account.GrantRoles), May(account.ReadPeople)
	return []Route{
		{"GET", "/admin", staff, s.showAdmin},
		{"GET", "/admin/roles", grants, s.showRoles},
		{"GET", "/admin/roles/new", grants, s.showGrant},
		{"POST", "/admin/roles/new", grants, s.giveRole},
		{"POST", "/admin/roles/revoke", grants, s.revokeRole},
		{"GET", "/admin/people", people, s.showAdminPeople},
		{"GET", "/admin/people/:id", people, s.showAdminPerson},
		{"POST", "/admin/people/:id/sign-out", May(account.AdministerPlatform), s.endSessions},
		{"GET", "/admin/people/:id/erase", May(account.AdministerPlatform), s.showEraseFor},
		{"POST", "/admin/people/:id/erase", May(account.AdministerPlatform), s.eraseFor},
	}
}

// showAdmin lists what this person may look after.
func (s *site) showAdmin(c *fiber.Ctx) error {
	v := views.AdminView{Page: s.page(c, "admin.title")}
	a := v.Actor
	entry := func(may bool, path, icon, name string) {
		if may {
			v.Entries = append(v.Entries, views.AdminEntry{Href: path, Icon: icon, Title: v.T("admin." + name), Text: v.T("admin." + name + "_text")})
		}
	}
	entry(a.CanSomewhere(account.ReadPeople), "/admin/people", "people", "people")
	entry(a.CanSomewhere(account.GrantRoles), "/admin/roles", "star", "roles")
	entry(a.CanSomewhere(account.ValidateOrganisations), "/admin/organisations", "spaces", "organisations")
	entry(a.CanSomewhere(account.Moderate), "/admin/spaces", "book", "spaces")
	entry(a.CanSomewhere(account.AdministerPlatform), "/admin/offices", "place", "offices")
	entry(a.Can(account.AdministerPlatform, account.Scope{}), "/admin/axes", "list", "axes")
	entry(a.CanSomewhere(account.ReadAudit), "/admin/audit", "clock", "audit")
	entry(a.Can(account.AdministerPlatform, account.Scope{}), "/admin/events", "signal", "events")
	entry(a.Can(account.AdministerPlatform, account.Scope{}), "/admin/system", "desk", "system")
	if err := s.firstSteps(c, &v); err != nil {
		return err
	}
	return s.render(c, views.Admin(v))
}

// firstSteps says to whoever administers everything what a new platform still needs, until it has it all.
func (s *site) firstSteps(c *fiber.Ctx, v *views.AdminView) error {
	if !v.Actor.Can(account.AdministerPlatform, account.Scope{}) {
		return nil
	}
	governorates, err := s.Account.Governorates(c.UserContext())
	if err != nil {
		return err
	}
	spaces, err := s.Account.Spaces(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	staff, _, err := s.Account.HeldRoles(c.UserContext(), v.Actor, account.RoleFilter{Role: account.OfficeModerator})
	if err != nil || len(governorates) > 0 && len(spaces) > 0 && len(staff) > 0 {
		return err
	}
	step := func(done bool, name, path string) {
		v.Steps = append(v.Steps, views.Step{Done: done, Title: v.Said(v.T("admin.first_step_" + name)), Href: path, Detail: v.T("admin.first_step_" + name + "_text")})
	}
	step(len(governorates) > 0, "places", "/admin/offices")
	step(len(spaces) > 0, "space", "/admin/spaces/new")
	step(len(staff) > 0, "staff", "/admin/roles/new")
	return nil
}

// query reads the filters of an address into a form.
func query(c *fiber.Ctx, names ...string) views.Form {
	f := views.Form{Values: url.Values{}}
	for _, name := range names {
		if value := c.Query(name); value != "" && utf8.ValidString(value) && !strings.Contains(value, "\x00") {
			f.Values.Set(name, value)
		}
	}
	return f
}

// pager leads to the neighbours of page. A total of -1 says that only more is known.
func pager(path string, f views.Form, page, total int, more bool) views.Pager {
	page = max(page, 1)
	g := views.Pager{Page: page}
	if total >= 0 {
		g.Last = max(1, (total+account.PageSize-1)/account.PageSize)
		more = page < g.Last
	}
	at := func(n int) string {
		q := url.Values{}
		for name, values := range f.Values {
			q[name] = values
		}
		q.Set("page", strconv.Itoa(n))
		return path + "?" + q.Encode()
	}
	if page > 1 {
		g.Previous = at(page - 1)
	}
	if more {
		g.Next = at(page + 1)
	}
	return g
}

// officeChoices are the offices over which the actor has a permission, to filter by.
func (s *site) officeChoices(c *fiber.Ctx, p views.Page, may account.Permission) ([]views.Option, error) {
	offices, err := s.Account.Offices(c.UserContext())
	var options []views.Option
	for _, o := range offices {
		if p.Actor.Can(may, account.Scope{OfficeID: o.ID}) {
			options = append(options, views.Option{Value: strconv.FormatInt(o.ID, 10), Label: p.Named(o.Name)})
		}
	}
	return options, err
}
