package web

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/views"
)

// foundPeople is how many people a search for somebody shows.
const foundPeople = 20

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

func (s *site) showAdminPeople(c *fiber.Ctx) error {
	v := views.AdminPeopleView{Page: s.page(c, "admin.people"), Filter: query(c, "q", "governorate", "office", "role")}
	v.Page = v.InAdmin()
	v.Wide, v.Addresses = true, v.Actor.CanSomewhere(account.AdministerPlatform)
	v.Roles = v.RoleOptions(account.Roles...)
	var err error
	if v.Offices, err = s.officeChoices(c, v.Page, account.ReadPeople); err != nil {
		return err
	}
	if v.Governorates, err = s.governoratesToRead(c, v.Page); err != nil {
		return err
	}
	if v.Names, err = s.governorateNames(c); err != nil {
		return err
	}
	page := c.QueryInt("page", 1)
	v.List, v.Total, err = s.Account.AdministeredPeople(c.UserContext(), v.Actor, account.PeopleFilter{Query: v.Filter.Get("q"),
		Governorate: v.Filter.Get("governorate"), OfficeID: v.Filter.ID("office"), Role: account.Role(v.Filter.Get("role")), Page: page})
	if err != nil {
		return err
	}
	v.Pager = pager("/admin/people", v.Filter, page, v.Total, false)
	return s.render(c, views.AdminPeople(v))
}

// governoratesToRead are those of the offices whose people the actor may read.
func (s *site) governoratesToRead(c *fiber.Ctx, p views.Page) ([]views.Option, error) {
	all, err := s.Account.Governorates(c.UserContext())
	var options []views.Option
	for _, g := range all {
		if p.Actor.Can(account.ReadPeople, account.Scope{OfficeID: g.OfficeID}) {
			options = append(options, views.Option{Value: g.Code, Label: p.Named(g.Name)})
		}
	}
	return options, err
}

func (s *site) showAdminPerson(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	v := views.AdminPersonView{}
	if v.Sheet, err = s.Account.PersonSheet(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	v.Page = s.page(c, "")
	v.Title, v.MayGrant = v.Sheet.Name, v.Actor.CanSomewhere(account.GrantRoles)
	v.Page = v.InAdmin(views.Crumb{Href: "/admin/people", Label: v.Said(v.T("admin.people"))})
	names, err := s.governorateNames(c)
	if err != nil {
		return err
	}
	v.Governorate = names[v.Sheet.Governorate]
	offices, err := s.Account.Offices(c.UserContext())
	for _, o := range offices {
		if o.ID == v.Sheet.OfficeID {
			v.Office = o.Name
		}
	}
	if err != nil {
		return err
	}
	return s.render(c, views.AdminPerson(v))
}

func (s *site) endSessions(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := s.Account.EndSessions(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	return s.done(c, "/admin/people/"+c.Params("id"), "admin.sessions_ended")
}
