package web

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/events"
	"halqa/web/views"
)

func (s *site) adminPlaceRoutes() []Route {
	administers := May(account.AdministerPlatform)
	return []Route{
		{"GET", "/admin/organisations", May(account.ValidateOrganisations), s.showAdminOrganisations},
		{"GET", "/organisations/:id/edit", SignedIn, s.showEditOrganisation},
		{"POST", "/organisations/:id/edit", SignedIn, s.editOrganisation},
		{"GET", "/admin/offices", administers, s.showOffices},
		{"GET", "/admin/offices/new", administers, s.showNewOffice},
		{"POST", "/admin/offices/new", administers, s.createOffice},
		{"GET", "/admin/offices/:id", administers, s.showOffice},
		{"POST", "/admin/offices/:id", administers, s.renameOffice},
		{"GET", "/admin/governorates/new", administers, s.showNewGovernorate},
		{"POST", "/admin/governorates/new", administers, s.createGovernorate},
		{"GET", "/admin/governorates/:code", administers, s.showGovernorate},
		{"POST", "/admin/governorates/:code", administers, s.saveGovernorate},
	}
}

func (s *site) showAdminOrganisations(c *fiber.Ctx) error {
	v := views.AdminOrganisationsView{Page: s.page(c, "admin.organisations"), Filter: query(c, "q", "state", "kind", "office")}
	v.Page = v.InAdmin()
	v.Wide, v.Kinds = true, kindOptions(v.Page)
	for _, state := range []string{account.OrganisationRequested, account.OrganisationValidated, account.OrganisationRefused} {
		v.States = append(v.States, views.Option{Value: state, Label: v.T("account.state_" + state)})
	}
	var err error
	if v.Offices, err = s.officeChoices(c, v.Page, account.ValidateOrganisations); err != nil {
		return err
	}
	if v.Names, err = s.governorateNames(c); err != nil {
		return err
	}
	page := c.QueryInt("page", 1)
	v.List, v.Total, err = s.Account.AdministeredOrganisations(c.UserContext(), v.Actor, account.OrganisationFilter{Query: v.Filter.Get("q"),
		State: v.Filter.Get("state"), Kind: v.Filter.Get("kind"), OfficeID: v.Filter.ID("office"), Page: page})
	if err != nil {
		return err
	}
	v.Pager = pager("/admin/organisations", v.Filter, page, v.Total, false)
	return s.render(c, views.AdminOrganisations(v))
}

func (s *site) showEditOrganisation(c *fiber.Ctx) error { return s.renderEditOrganisation(c, nil) }

// renderEditOrganisation shows the form as it was typed, or as the organisation is when nothing was.
func (s *site) renderEditOrganisation(c *fiber.Ctx, typed *views.Form) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	o, err := s.Account.Organisation(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	if !account.MayManage(actor(c), o) {
		return account.ErrForbidden
	}
	v := views.EditOrganisationView{Page: s.page(c, "admin.edit_organisation"), ID: o.ID, All: account.MayEditAll(actor(c), o)}
	v.Narrow = true
	v.Crumbs = []views.Crumb{{Href: "/organisations/" + c.Params("id"), Label: v.Said(o.Name)}, {Label: v.Said(v.Title)}}
	v.Form = organisationForm(actor(c), o)
	if typed != nil {
		v.Form = *typed
	}
	v.Kinds = kindOptions(v.Page)
	if v.Governorates, err = s.governorateOptions(c, v.Page); err != nil {
		return err
	}
	if v.Axes, err = s.axisOptions(c, v.Page, o.Axes...); err != nil {
		return err
	}
	return s.render(c, views.EditOrganisation(v))
}

// organisationForm is the form of an organisation as it is, with what the actor may change of it.
func organisationForm(a account.Actor, o account.Organisation) views.Form {
	f := views.Form{Values: url.Values{"version": {strconv.Itoa(o.Version)}, "organisation_axes": o.Axes, "organisation_description": {o.Description}}}
	if account.MayEditAll(a, o) {
		f.Values.Set("organisation_name", o.Name)
		f.Values.Set("organisation_kind", o.Kind)
		f.Values.Set("organisation_governorate", o.Governorate)
	}
	return f
}

func (s *site) editOrganisation(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Account.EditOrganisation(c.UserContext(), actor(c), id, f.Int("version"), newOrganisation(f))
	again, err := s.stale(c, &f, err, func() (views.Form, error) {
		saved, err := s.Account.Organisation(c.UserContext(), actor(c), id)
		return organisationForm(actor(c), saved), err
	})
	if again || s.refused(c, &f, err) {
		return s.renderEditOrganisation(c, &f)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/organisations/"+c.Params("id"), "admin.saved")
}

func (s *site) showOffices(c *fiber.Ctx) error {
	v := views.AdminOfficesView{Page: s.page(c, "admin.offices")}
	v.Page = v.InAdmin()
	v.Everywhere = v.Actor.Can(account.AdministerPlatform, account.Scope{})
	all, err := s.Account.Offices(c.UserContext())
	if err != nil {
		return err
	}
	for _, o := range all {
		if v.Actor.Can(account.AdministerPlatform, account.Scope{OfficeID: o.ID}) {
			v.Offices = append(v.Offices, o)
		}
	}
	if v.Governorates, err = s.Account.Governorates(c.UserContext()); err != nil {
		return err
	}
	return s.render(c, views.AdminOffices(v))
}

// textIn reads a text in the three languages.
func textIn(f views.Form, field string) events.Text {
	t := events.Text{}
	for _, lang := range events.Languages {
		t[lang] = f.Get(field + "_" + lang)
	}
	return t
}

func putText(f views.Form, field string, t events.Text) {
	for _, lang := range events.Languages {
		f.Values.Set(field+"_"+lang, t[lang])
	}
}

func (s *site) renderOffice(c *fiber.Ctx, f views.Form, id int64) error {
	if !actor(c).Can(account.AdministerPlatform, account.Scope{OfficeID: id}) {
		return account.ErrForbidden
	}
	title := "admin.new_office"
	if id != 0 {
		title = "admin.rename_office"
	}
	v := views.AdminOfficeView{Page: s.page(c, title), Form: f, ID: id}
	v.Page = v.InAdmin(views.Crumb{Href: "/admin/offices", Label: v.Said(v.T("admin.offices"))})
	v.Narrow = true
	return s.render(c, views.AdminOffice(v))
}

func (s *site) showNewOffice(c *fiber.Ctx) error { return s.renderOffice(c, views.Form{}, 0) }

func (s *site) createOffice(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.Account.CreateOffice(c.UserContext(), actor(c), textIn(f, "name"))
	if s.refused(c, &f, err) {
		return s.renderOffice(c, f, 0)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/admin/offices", "admin.office_created")
}

func (s *site) showOffice(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f, err := s.officeForm(c, id)
	if err != nil {
		return err
	}
	return s.renderOffice(c, f, id)
}

// officeForm is the form of an office as it is.
func (s *site) officeForm(c *fiber.Ctx, id int64) (views.Form, error) {
	all, err := s.Account.Offices(c.UserContext())
	if err != nil {
		return views.Form{}, err
	}
	for _, o := range all {
		if o.ID == id {
			f := views.Form{Values: url.Values{"version": {strconv.Itoa(o.Version)}}}
			putText(f, "name", o.Name)
			return f, nil
		}
	}
	return views.Form{}, account.ErrNotFound
}

func (s *site) renameOffice(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Account.RenameOffice(c.UserContext(), actor(c), id, f.Int("version"), textIn(f, "name"))
	again, err := s.stale(c, &f, err, func() (views.Form, error) { return s.officeForm(c, id) })
	if again || s.refused(c, &f, err) {
		return s.renderOffice(c, f, id)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/admin/offices", "admin.saved")
}

func (s *site) renderGovernorate(c *fiber.Ctx, f views.Form, code string) error {
	if !actor(c).Can(account.AdministerPlatform, account.Scope{}) {
		return account.ErrForbidden
	}
	title := "admin.new_governorate"
	if code != "" {
		title = "admin.edit_governorate"
	}
	v := views.AdminGovernorateView{Page: s.page(c, title), Form: f, Code: code}
	v.Page = v.InAdmin(views.Crumb{Href: "/admin/offices", Label: v.Said(v.T("admin.offices"))})
	v.Narrow = true
	var err error
	if v.Offices, err = s.officeChoices(c, v.Page, account.AdministerPlatform); err != nil {
		return err
	}
	return s.render(c, views.AdminGovernorate(v))
}

func (s *site) showNewGovernorate(c *fiber.Ctx) error {
	return s.renderGovernorate(c, views.Form{}, "")
}

func (s *site) createGovernorate(c *fiber.Ctx) error { return s.putGovernorate(c, "") }

// governorateOf returns the governorate of the address.
func (s *site) governorateOf(c *fiber.Ctx) (account.Governorate, error) {
	code, err := url.PathUnescape(c.Params("code"))
	if err != nil {
		return account.Governorate{}, account.ErrNotFound
	}
	all, err := s.Account.Governorates(c.UserContext())
	for _, g := range all {
		if g.Code == code {
			return g, nil
		}
	}
	if err == nil {
		err = account.ErrNotFound
	}
	return account.Governorate{}, err
}

func (s *site) showGovernorate(c *fiber.Ctx) error {
	g, err := s.governorateOf(c)
	if err != nil {
		return err
	}
	return s.renderGovernorate(c, governorateForm(g), g.Code)
}

// governorateForm is the form of a governorate as it is.
func governorateForm(g account.Governorate) views.Form {
	f := views.Form{Values: url.Values{"office": {strconv.FormatInt(g.OfficeID, 10)}, "version": {strconv.Itoa(g.Version)}}}
	putText(f, "name", g.Name)
	return f
}

func (s *site) saveGovernorate(c *fiber.Ctx) error {
	g, err := s.governorateOf(c)
	if err != nil {
		return err
	}
	return s.putGovernorate(c, g.Code)
}

func (s *site) putGovernorate(c *fiber.Ctx, code string) error {
	f := s.form(c)
	g := account.Governorate{Code: code, Name: textIn(f, "name"), OfficeID: f.ID("office"), Version: f.Int("version")}
	if code == "" {
		g.Code = f.Get("code")
	}
	err := s.Account.SetGovernorate(c.UserContext(), actor(c), g)
	if code == "" && errors.Is(err, account.ErrStale) { // it has a page to be changed in
		err = account.Invalid{Field: "code", Key: "admin.error_code_exists"}
	}
	again, err := s.stale(c, &f, err, func() (views.Form, error) {
		saved, err := s.governorateOf(c)
		return governorateForm(saved), err
	})
	if again || s.refused(c, &f, err) {
		return s.renderGovernorate(c, f, code)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/admin/offices", "admin.saved")
}
