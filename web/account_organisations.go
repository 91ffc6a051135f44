package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/views"
)

// maxFound is how many organisations a search shows: more are a reason to type more.
const maxFound = 8

func (s *site) organisationOptions(c *fiber.Ctx, found []account.Organisation) ([]views.Option, error) {
	names, err := s.governorateNames(c)
	l := s.localizer(c)
	options := make([]views.Option, 0, len(found))
	for _, o := range found {
		place, _ := names[o.Governorate].In(l.Lang())
		options = append(options, views.Option{Value: strconv.FormatInt(o.ID, 10), Label: o.Name,
			Hint: strings.Join([]string{l.T("account.kind_" + o.Kind), place}, " · ")})
	}
	return options, err
}

// showOrganisationsFound is the part of a form that organisations.js asks for as one types.
func (s *site) showOrganisationsFound(c *fiber.Ctx) error {
	found, err := s.Account.FindOrganisations(c.UserContext(), c.Query("q"), maxFound)
	if err != nil {
		return err
	}
	options, err := s.organisationOptions(c, found)
	if err != nil {
		return err
	}
	return s.render(c, views.OrganisationsFound(views.Page{Localizer: s.localizer(c)}, views.Form{}, options))
}

func (s *site) showJoin(c *fiber.Ctx) error { return s.renderJoin(c, views.Form{}) }

func (s *site) renderJoin(c *fiber.Ctx, f views.Form) error {
	v := views.JoinView{Page: s.page(c, "account.join_title"), Form: f, Query: c.Query("q")}
	v.Narrow = true
	found, err := s.Account.FindOrganisations(c.UserContext(), v.Query, maxFound)
	if err != nil {
		return err
	}
	if v.Found, err = s.organisationOptions(c, found); err != nil {
		return err
	}
	return s.render(c, views.Join(v))
}

func (s *site) joinOrganisation(c *fiber.Ctx) error {
	f := s.form(c)
	err := s.Account.JoinOrganisation(c.UserContext(), actor(c), f.ID("organisation_id"))
	if s.refused(c, &f, err) {
		return s.renderJoin(c, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/profile", "account.join_sent")
}

func (s *site) showNewOrganisation(c *fiber.Ctx) error {
	return s.renderNewOrganisation(c, views.Form{})
}

func (s *site) renderNewOrganisation(c *fiber.Ctx, f views.Form) error {
	v := views.NewOrganisationView{Page: s.page(c, "account.new_title"), Form: f}
	v.Narrow, v.Kinds = true, kindOptions(v.Page)
	var err error
	if v.Governorates, err = s.governorateOptions(c, v.Page); err != nil {
		return err
	}
	if v.Axes, err = s.axisOptions(c, v.Page); err != nil {
		return err
	}
	return s.render(c, views.NewOrganisation(v))
}

func (s *site) createOrganisation(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.Account.CreateOrganisation(c.UserContext(), actor(c), newOrganisation(f))
	if s.refused(c, &f, err) {
		return s.renderNewOrganisation(c, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/profile", "account.new_sent")
}

func (s *site) showOrganisation(c *fiber.Ctx) error {
	return s.renderOrganisation(c, views.Form{}, 0)
}

// renderOrganisation shows an organisation; f is a refusal of person that gave no reason.
func (s *site) renderOrganisation(c *fiber.Ctx, f views.Form, person int64) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	o, err := s.Account.Organisation(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	v := views.OrganisationView{Page: s.page(c, ""), Organisation: o, Manages: account.MayManage(actor(c), o), Form: f, FormFor: person}
	v.Title = o.Name
	v.Crumbs = []views.Crumb{{Href: "/organisations", Label: v.Said(v.T("people.nav"))}, {Label: v.Said(o.Name)}}
	for _, step := range []func(*fiber.Ctx, *views.OrganisationView) error{s.addPlace, s.addOwn, s.addPeople, s.addShown, s.stepsOfOrganisation} {
		if err := step(c, &v); err != nil {
			return err
		}
	}
	return s.render(c, views.Organisation(v))
}

func (s *site) addPlace(c *fiber.Ctx, v *views.OrganisationView) error {
	names, err := s.governorateNames(c)
	if err != nil {
		return err
	}
	v.Governorate = names[v.Organisation.Governorate]
	offices, err := s.Account.Offices(c.UserContext())
	if err != nil {
		return err
	}
	for _, o := range offices {
		if o.ID == v.Organisation.OfficeID {
			v.Office = o.Name
		}
	}
	axes, err := s.Account.Axes(c.UserContext())
	for _, a := range axes {
		for _, key := range v.Organisation.Axes {
			if a.Key == key {
				v.Axes = append(v.Axes, a.Name)
			}
		}
	}
	return err
}

func (s *site) addOwn(c *fiber.Ctx, v *views.OrganisationView) error {
	own, err := s.Account.OwnOrganisations(c.UserContext(), actor(c))
	for i := range own {
		if own[i].ID == v.Organisation.ID {
			v.Own = &own[i]
		}
	}
	return err
}

func (s *site) addPeople(c *fiber.Ctx, v *views.OrganisationView) (err error) {
	if !v.Manages {
		return nil
	}
	if v.Requests, err = s.Account.Members(c.UserContext(), actor(c), v.Organisation, account.MembershipRequested); err != nil {
		return err
	}
	v.Members, err = s.Account.Members(c.UserContext(), actor(c), v.Organisation, account.MembershipActive)
	return err
}

func (s *site) leaveOrganisation(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := s.Account.LeaveOrganisation(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	return s.done(c, "/profile", "account.left")
}

// decideMember answers a person who asked to join; the organisation's page shows the outcome.
func (s *site) decideMember(c *fiber.Ctx) error {
	return s.decidePerson(c, "/organisations/"+c.Params("id"), func(f views.Form, _, person int64) error {
		return s.renderOrganisation(c, f, person)
	})
}

func (s *site) decidePerson(c *fiber.Ctx, back string, again func(f views.Form, organisation, person int64) error) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	person, err := strconv.ParseInt(c.Params("person"), 10, 64)
	if err != nil {
		return account.ErrNotFound
	}
	f := s.form(c)
	accept := f.Get("decision") == "accept"
	err = s.Account.DecideMembership(c.UserContext(), actor(c), id, person, accept, f.Get("reason"))
	if s.refused(c, &f, err) {
		return again(f, id, person)
	}
	if err != nil {
		return err
	}
	decided, err := s.Account.ActorOf(c.UserContext(), person)
	if err != nil {
		return err
	}
	if accept {
		return s.done(c, back, "account.accepted", "Name", decided.Name)
	}
	return s.done(c, back, "account.refused", "Name", decided.Name)
}

func (s *site) makeAdministrator(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Account.Grant(c.UserContext(), actor(c), f.ID("person"),
		account.Grant{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: id})
	if err != nil {
		return err
	}
	a, err := s.Account.ActorOf(c.UserContext(), f.ID("person"))
	if err != nil {
		return err
	}
	return s.done(c, fmt.Sprintf("/organisations/%d", id), "account.made_administrator", "Name", a.Name)
}

func (s *site) showDeskOrganisations(c *fiber.Ctx) error {
	return s.renderDeskOrganisations(c, views.Form{}, 0, 0)
}

// renderDeskOrganisations shows the queue; f is a refusal without a reason, of an organisation or of a person.
func (s *site) renderDeskOrganisations(c *fiber.Ctx, f views.Form, organisation, person int64) error {
	v := views.DeskOrganisationsView{Page: s.page(c, "account.desk_title"), Form: f, FormFor: organisation, FormForMember: person}
	var err error
	if v.Organisations, err = s.Account.PendingOrganisations(c.UserContext(), actor(c)); err != nil {
		return err
	}
	if v.Memberships, err = s.Account.PendingMemberships(c.UserContext(), actor(c)); err != nil {
		return err
	}
	if v.Governorates, err = s.governorateNames(c); err != nil {
		return err
	}
	return s.render(c, views.DeskOrganisations(v))
}

func (s *site) decideOrganisation(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	validate := f.Get("decision") == "accept"
	err = s.Account.DecideOrganisation(c.UserContext(), actor(c), id, validate, f.Get("reason"))
	if s.refused(c, &f, err) {
		return s.renderDeskOrganisations(c, f, id, 0)
	}
	if err != nil {
		return err
	}
	o, err := s.Account.Organisation(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	if validate {
		return s.done(c, "/desk/organisations", "account.validated", "Name", o.Name)
	}
	return s.done(c, "/desk/organisations", "account.organisation_refused", "Name", o.Name)
}

func (s *site) decideMemberAtDesk(c *fiber.Ctx) error {
	return s.decidePerson(c, "/desk/organisations", func(f views.Form, organisation, person int64) error {
		return s.renderDeskOrganisations(c, f, organisation, person)
	})
}
