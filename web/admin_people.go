package web

import (
	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/views"
)

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
	v.MayErase = account.MayErase(v.Actor, v.Sheet)
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
