package web

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web/views"
)

func (s *site) seatRoutes() []Route {
	runs, leads := May(account.RunSeminars), May(account.ManageOrganisation)
	return []Route{
		{"POST", "/seminars/:id/accept", SignedIn, s.acceptOffer},
		{"GET", "/seminars/:id/group", leads, s.showGroup},
		{"POST", "/seminars/:id/group", leads, s.registerGroup},
		{"GET", "/organisations/:id/seats", leads, s.showOrganisationSeats},
		{"POST", "/organisations/:id/seats/:registration", leads, s.decideOrganisationSeat},
		{"POST", "/desk/seminars/:id/registrations/:registration/approve", runs, s.approveGuest},
		{"POST", "/desk/seminars/:id/registrations/:registration/refuse", runs, s.refuseGuest},
		{"GET", "/desk/absences", runs, s.showAbsences},
		{"POST", "/desk/absences", runs, s.saveAbsences},
	}
}

// acceptOffer takes the seat that the form names.
func (s *site) acceptOffer(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	here := "/seminars/" + strconv.FormatInt(id, 10)
	f := s.form(c)
	if err := s.Enrolment.AcceptOffer(c.UserContext(), actor(c), f.ID("registration")); err != nil {
		return s.refusedSeat(c, err, here)
	}
	return s.done(c, here, "seats.now_accepted")
}

// sendsFor tells whether a may register the people of an organisation.
func sendsFor(a account.Actor, organisationID int64) bool {
	return a.Can(account.ManageOrganisation, account.Scope{OrganisationID: organisationID})
}

// leads are the organisations that the person administers, as choices.
func (s *site) leads(c *fiber.Ctx) ([]views.Option, error) {
	own, err := s.Account.OwnOrganisations(c.UserContext(), actor(c))
	var all []views.Option
	for _, o := range own {
		if o.Organisation.State == account.OrganisationValidated && sendsFor(actor(c), o.Organisation.ID) {
			all = append(all, views.Option{Value: strconv.FormatInt(o.Organisation.ID, 10), Label: o.Organisation.Name})
		}
	}
	return all, err
}

func (s *site) showGroup(c *fiber.Ctx) error {
	return s.groupPage(c, views.Form{}, nil, false)
}

func (s *site) groupPage(c *fiber.Ctx, f views.Form, entries []enrolment.Entry, none bool) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	ctx, a := c.UserContext(), actor(c)
	v := views.GroupView{Page: s.seminarPage(c, "seats.group_title"), Form: f, None: none}
	if v.Seminar, err = s.Enrolment.Seminar(ctx, a, id); err != nil {
		return err
	}
	v.Page.Localizer = v.In(v.Seminar.Location())
	v.Page = v.Belong(v.Seminar.SpaceKey, v.Seminar.SpaceHue, v.Seminar.SpaceName)
	v.Narrow = true
	v.Crumbs = append(v.Crumbs, views.Crumb{Href: "/seminars/" + strconv.FormatInt(id, 10), Label: v.Seminar.Title},
		views.Crumb{Label: v.Said(v.Page.Title)})
	if v.Organisations, err = s.leads(c); err != nil {
		return err
	}
	v.Organisation = f.ID("organisation")
	if asked, err := strconv.ParseInt(c.Query("organisation"), 10, 64); err == nil {
		v.Organisation = asked
	}
	if v.Organisation == 0 && len(v.Organisations) > 0 {
		v.Organisation, _ = strconv.ParseInt(v.Organisations[0].Value, 10, 64) // it was written by leads
	}
	if v.Organisation == 0 {
		return s.render(c, views.Group(v)) // it says that they administer none
	}
	if !sendsFor(a, v.Organisation) {
		return account.ErrForbidden
	}
	o, err := s.Account.Organisation(ctx, a, v.Organisation)
	if err != nil {
		return err
	}
	if v.Members, err = s.Account.Members(ctx, a, o, account.MembershipActive); err != nil {
		return err
	}
	v.Entries = groupEntries(v, entries)
	return s.render(c, views.Group(v))
}

// groupEntries says what became of each.
func groupEntries(v views.GroupView, entries []enrolment.Entry) []views.GroupEntry {
	names := map[int64]string{}
	for _, m := range v.Members {
		names[m.PersonID] = m.Name
	}
	var all []views.GroupEntry
	for _, e := range entries {
		g := views.GroupEntry{Name: names[e.PersonID], Tone: views.Bad}
		switch {
		case errors.Is(e.Err, enrolment.ErrNotEligible):
			g.Text = v.T("seats.entry_gate")
		case errors.Is(e.Err, enrolment.ErrTwin):
			g.Text = v.T("twins.entry")
		case e.Err != nil:
			g.Text = v.T("seats.entry_stranger")
		default:
			g.Tone, g.Text = views.SeatState(v.Page, e.Registration)
		}
		all = append(all, g)
	}
	return all
}

func (s *site) registerGroup(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	f := s.form(c)
	var people []int64
	for _, text := range f.All("people") {
		if person, err := strconv.ParseInt(text, 10, 64); err == nil {
			people = append(people, person)
		}
	}
	entries, err := s.Enrolment.RegisterGroup(c.UserContext(), actor(c), id, f.ID("organisation"), people, f.Get("whole") == "yes")
	none := errors.Is(err, enrolment.ErrNotAll)
	switch {
	case none:
		c.Status(fiber.StatusUnprocessableEntity)
		return s.groupPage(c, f, entries, true)
	case s.refused(c, &f, err):
		return s.groupPage(c, f, nil, false)
	case err != nil:
		return s.refusedSeat(c, err, "/seminars/"+strconv.FormatInt(id, 10))
	}
	for _, e := range entries {
		if !e.In() { // the page says who, and why
			return s.groupPage(c, f, entries, false)
		}
	}
	return s.done(c, "/organisations/"+f.Get("organisation")+"/seats", "seats.now_group")
}

func (s *site) showOrganisationSeats(c *fiber.Ctx) error {
	return s.organisationSeatsPage(c, views.Form{}, 0)
}

func (s *site) organisationSeatsPage(c *fiber.Ctx, f views.Form, refused int64) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	v := views.OrganisationSeatsView{Page: s.seminarPage(c, "seats.organisation_title"), Form: f, FormFor: refused}
	if v.Organisation, err = s.Account.Organisation(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	all, err := s.Enrolment.OrganisationSeats(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.State == enrolment.Requested {
			v.Asking = append(v.Asking, r)
		} else {
			v.Rest = append(v.Rest, r)
		}
	}
	v.Crumbs = []views.Crumb{{Href: "/organisations/" + strconv.FormatInt(id, 10), Label: v.Said(v.Organisation.Name)}, {Label: v.Said(v.Page.Title)}}
	return s.render(c, views.OrganisationSeats(v))
}

func (s *site) decideOrganisationSeat(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	registration, err := idOf(c, "registration")
	if err != nil {
		return err
	}
	here := "/organisations/" + strconv.FormatInt(id, 10) + "/seats"
	ctx, a, f := c.UserContext(), actor(c), s.form(c)
	done := "seats.now_refused"
	switch f.Get("decision") {
	case "approve":
		_, err = s.Enrolment.Approve(ctx, a, registration)
		done = "seats.now_endorsed"
	case "cancel":
		err = s.Enrolment.Cancel(ctx, a, registration, f.Get("reason"))
		done = "desk.withdrawn_done"
	default:
		err = s.Enrolment.Refuse(ctx, a, registration, f.Get("reason"))
	}
	if s.refused(c, &f, err) {
		return s.organisationSeatsPage(c, f, registration)
	}
	if err != nil {
		return s.refusedSeat(c, err, here)
	}
	return s.done(c, here, done)
}
