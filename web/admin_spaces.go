package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/events"
	"halqa/web/views"
)

func (s *site) adminSpaceRoutes() []Route {
	manages := May(account.ManageSpaces)
	return []Route{
		{"GET", "/admin/spaces", May(account.Moderate), s.showManagedSpaces},
		{"GET", "/admin/spaces/new", manages, s.showNewSpace},
		{"POST", "/admin/spaces/new", manages, s.createSpace},
		{"GET", "/spaces/:key/manage", May(account.Moderate), s.showManageSpace},
		{"POST", "/spaces/:key/manage", May(account.Moderate), s.saveSpace},
		{"GET", "/spaces/:key/manage/members", May(account.Moderate), s.showSpaceMembers},
		{"POST", "/spaces/:key/manage/members", May(account.Moderate), s.inviteToSpace},
		{"POST", "/spaces/:key/manage/members/requests/:person", May(account.Moderate), s.decideSpaceRequest},
		{"POST", "/spaces/:key/manage/members/:person/remove", May(account.Moderate), s.removeFromSpace},
	}
}

func (s *site) showManagedSpaces(c *fiber.Ctx) error {
	v := views.AdminSpacesView{Page: s.page(c, "admin.spaces"), Offices: map[int64]events.Text{}}
	v.Page = v.InAdmin()
	v.MayCreate = v.Actor.CanSomewhere(account.ManageSpaces)
	var err error
	if v.Spaces, err = s.Account.ManagedSpaces(c.UserContext(), v.Actor); err != nil {
		return err
	}
	offices, err := s.Account.Offices(c.UserContext())
	for _, o := range offices {
		v.Offices[o.ID] = o.Name
	}
	if err != nil {
		return err
	}
	return s.render(c, views.AdminSpaces(v))
}

func (s *site) showNewSpace(c *fiber.Ctx) error {
	return s.renderSpaceForm(c, account.Space{Hue: 205}, views.Form{Values: url.Values{"visibility": {string(account.Open)}}})
}

func (s *site) renderSpaceForm(c *fiber.Ctx, sp account.Space, f views.Form) error {
	v := views.SpaceFormView{Page: s.page(c, "admin.new_space"), Form: f, Space: sp, All: true}
	if sp.ID == 0 {
		v.Page = v.InAdmin(views.Crumb{Href: "/admin/spaces", Label: v.Said(v.T("admin.spaces"))})
	} else {
		v.Page = s.spacePage(c, sp)
		v.All = account.MayManageSpace(v.Actor, sp)
	}
	v.Narrow, v.Scripts = true, []string{"space.js"}
	if v.Actor.Can(account.ManageSpaces, account.Scope{}) {
		v.Offices = append(v.Offices, views.Option{Value: "0", Label: v.T("admin.national")})
	}
	offices, err := s.officeChoices(c, v.Page, account.ManageSpaces)
	if err != nil {
		return err
	}
	v.Offices = append(v.Offices, offices...)
	if v.Axes, err = s.axisOptions(c, v.Page, sp.Axis); err != nil {
		return err
	}
	return s.render(c, views.SpaceForm(v))
}

// spacePage starts a page for those who look after a space.
func (s *site) spacePage(c *fiber.Ctx, sp account.Space) views.Page {
	p := s.page(c, "").Belong(sp.Key, sp.Hue, sp.Name)
	p.Title = p.Named(sp.Name)
	p.Crumbs = append(p.Crumbs, views.Crumb{Label: p.Said(p.T("admin.space_manage"))})
	return p
}

// spaceIn reads what was typed into a space.
func spaceIn(f views.Form, sp account.Space) account.Space {
	sp.Name, sp.Description = textIn(f, "name"), textIn(f, "description")
	sp.OfficeID, sp.Axis, sp.Visibility = f.ID("office"), f.Get("axis"), account.Visibility(f.Get("visibility"))
	sp.Pseudonyms = f.Get("pseudonyms") == "yes"
	hue, err := strconv.Atoi(f.Get("hue"))
	if sp.Hue = hue; err != nil {
		sp.Hue = -1 // which the use case refuses
	}
	return sp
}

func (s *site) createSpace(c *fiber.Ctx) error {
	f := s.form(c)
	sp, err := s.Account.CreateSpace(c.UserContext(), actor(c), spaceIn(f, account.Space{}))
	if s.refused(c, &f, err) {
		return s.renderSpaceForm(c, account.Space{Hue: 205}, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.SpaceURL(sp.Key)+"/manage/members", "admin.space_created")
}

// moderated is the space of the address, for those who look after it.
func (s *site) moderated(c *fiber.Ctx) (account.Space, error) {
	return s.Account.ModeratedSpace(c.UserContext(), actor(c), c.Params("key"))
}

func (s *site) showManageSpace(c *fiber.Ctx) error {
	sp, err := s.moderated(c)
	if err != nil {
		return err
	}
	return s.renderSpaceForm(c, sp, spaceForm(actor(c), sp))
}

// spaceForm is the form of a space as it is, with what the actor may change of it.
func spaceForm(a account.Actor, sp account.Space) views.Form {
	f := views.Form{Values: url.Values{"version": {strconv.Itoa(sp.Version)}}}
	putText(f, "name", sp.Name)
	putText(f, "description", sp.Description)
	if account.MayManageSpace(a, sp) {
		f.Values.Set("visibility", string(sp.Visibility))
		f.Values.Set("office", strconv.FormatInt(sp.OfficeID, 10))
		f.Values.Set("axis", sp.Axis)
		f.Values.Set("hue", strconv.Itoa(sp.Hue))
		if sp.Pseudonyms {
			f.Values.Set("pseudonyms", "yes")
		}
	}
	return f
}

func (s *site) saveSpace(c *fiber.Ctx) error {
	sp, err := s.moderated(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	edited := spaceIn(f, sp)
	edited.Version = f.Int("version")
	err = s.Account.EditSpace(c.UserContext(), actor(c), edited)
	again, err := s.stale(c, &f, err, func() (views.Form, error) {
		saved, err := s.moderated(c)
		return spaceForm(actor(c), saved), err
	})
	if again || s.refused(c, &f, err) {
		return s.renderSpaceForm(c, sp, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.SpaceURL(sp.Key)+"/manage", "admin.saved")
}

func (s *site) showSpaceMembers(c *fiber.Ctx) error { return s.renderSpacePeople(c, views.Form{}) }

func (s *site) renderSpacePeople(c *fiber.Ctx, f views.Form) error {
	sp, err := s.moderated(c)
	if err != nil {
		return err
	}
	ctx, page := c.UserContext(), c.QueryInt("page", 1)
	v := views.SpaceMembersView{Page: s.spacePage(c, sp), Form: f, Space: sp}
	if v.Requests, err = s.Account.SpaceRequests(ctx, v.Actor, sp.ID); err != nil {
		return err
	}
	if v.Members, v.Total, err = s.Account.SpaceMembers(ctx, v.Actor, sp.ID, page); err != nil {
		return err
	}
	v.Pager = pager(views.SpaceURL(sp.Key)+"/manage/members", views.Form{}, page, v.Total, false)
	if v.MayGrant = v.Actor.Can(account.GrantRoles, sp.Scope()); v.MayGrant {
		filter := account.RoleFilter{Role: account.SpaceModerator, SpaceID: sp.ID}
		if v.Moderators, _, err = s.Account.HeldRoles(ctx, v.Actor, filter); err != nil {
			return err
		}
	}
	return s.render(c, views.SpaceMembers(v))
}

func (s *site) inviteToSpace(c *fiber.Ctx) error {
	sp, err := s.moderated(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	name, err := s.Account.InviteToSpace(c.UserContext(), actor(c), sp.ID, f.Get("email"))
	if s.refused(c, &f, err) {
		return s.renderSpacePeople(c, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.SpaceURL(sp.Key)+"/manage/members", "admin.member_added", "Name", name)
}

func (s *site) decideSpaceRequest(c *fiber.Ctx) error {
	sp, err := s.moderated(c)
	if err != nil {
		return err
	}
	person, err := idOf(c, "person")
	if err != nil {
		return err
	}
	accept := c.FormValue("decision") == "accept"
	if err := s.Account.DecideSpaceRequest(c.UserContext(), actor(c), sp.ID, person, accept); err != nil {
		return err
	}
	said := "admin.request_refused"
	if accept {
		said = "admin.request_accepted"
	}
	return s.done(c, views.SpaceURL(sp.Key)+"/manage/members", said)
}

func (s *site) removeFromSpace(c *fiber.Ctx) error {
	sp, err := s.moderated(c)
	if err != nil {
		return err
	}
	person, err := idOf(c, "person")
	if err != nil {
		return err
	}
	if err := s.Account.RemoveSpaceMember(c.UserContext(), actor(c), sp.ID, person); err != nil {
		return err
	}
	return s.done(c, views.SpaceURL(sp.Key)+"/manage/members", "admin.member_removed")
}
