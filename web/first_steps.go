package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community"
	"halqa/community/account"
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/locale"
	"halqa/web/views"
)

func (s *site) firstStepRoutes() []Route {
	return []Route{{"POST", "/first-steps/skip", SignedIn, s.skipStep}}
}

// skipStep puts one first step of a place aside, or all of them, for the person alone.
func (s *site) skipStep(c *fiber.Ctx) error {
	f := s.form(c)
	err := s.Account.SkipStep(c.UserContext(), actor(c), account.ScopeKind(f.Get("kind")), f.ID("place"), f.Get("step"))
	if err != nil {
		return err
	}
	return s.done(c, safePath(f.Get("next"), "/home"), "begin.skipped")
}

// stepsOf collects the steps of a place: a step is derived from facts, and shown unless the person put it aside.
type stepsOf struct {
	views.FirstSteps
	page  views.Page
	about account.Beginning
}

func (s *stepsOf) add(name string, done bool, href string) {
	if s.about.Skips(name) {
		return
	}
	key := "begin." + string(s.about.Kind) + "_" + name
	s.Steps = append(s.Steps, views.FirstStep{Name: name, Done: done, Href: href, Title: s.page.T(key), Text: s.page.T(key + "_text"),
		MaySkip: account.MaySkip(s.about.Kind, name)})
}

// begun are the steps of a place while one of them is to be done, and nothing after that.
func (s *stepsOf) begun() []views.FirstSteps {
	if !slices.ContainsFunc(s.Steps, func(step views.FirstStep) bool { return !step.Done }) {
		return nil
	}
	s.Kind, s.PlaceID = s.about.Kind, s.about.PlaceID
	return []views.FirstSteps{s.FirstSteps}
}

// stepsOfSpace are the first steps of a space, for those who moderate it.
func (s *site) stepsOfSpace(c *fiber.Ctx, p views.Page, sp account.Space, modules int) ([]views.FirstSteps, error) {
	if s.Community == nil || !account.MayModerateSpace(p.Actor, sp) {
		return nil, nil
	}
	all, err := s.Account.Beginnings(c.UserContext(), p.Actor, account.OverSpace, sp.ID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	forum, err := s.Community.Begun(c.UserContext(), p.Actor, sp.ID)
	if err != nil {
		return nil, err
	}
	at := views.SpaceURL(sp.Key)
	steps := stepsOf{page: p, about: all[0]}
	steps.add("description", len(sp.Description) > 1, at+"/manage")
	steps.add("module", modules > 0, views.ManageURL(sp.Key))
	keepers := at + "/manage/members"
	if p.Actor.Can(account.GrantRoles, sp.Scope()) {
		keepers = fmt.Sprintf("/admin/roles/new?place=space:%d", sp.ID)
	}
	steps.add("keepers", steps.about.Keepers > 0, keepers)
	steps.add("thread", forum.Threads > 0, views.ForumURL(sp.Key)+"/new?ready=welcome")
	steps.add("charter", forum.Pinned > 0, views.ForumURL(sp.Key))
	steps.add("members", steps.about.Members > steps.about.Keepers, at+"/manage/members")
	return steps.begun(), nil
}

// stepsOfOffices are the first steps of the offices whose staff the person is. Who administers everything isn't shown those of
// all: the administration has a list of its own.
func (s *site) stepsOfOffices(c *fiber.Ctx, p views.Page, cards []enrolment.Card) (list []views.FirstSteps, err error) {
	var ids []int64
	for _, g := range p.Actor.Grants {
		if g.Kind == account.OverOffice && !slices.Contains(ids, g.ScopeID) && p.Actor.Can(account.RunSeminars, account.Scope{OfficeID: g.ScopeID}) {
			ids = append(ids, g.ScopeID)
		}
	}
	all, err := s.Account.Beginnings(c.UserContext(), p.Actor, account.OverOffice, ids...)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	offices, err := s.Account.Offices(c.UserContext())
	if err != nil {
		return nil, err
	}
	for _, b := range all {
		steps := stepsOf{page: p, about: b}
		for _, o := range offices {
			if o.ID == b.PlaceID && len(all) > 1 {
				steps.Place = o.Name
			}
		}
		steps.add("keepers", b.Keepers > 0, atAdmin(p.Actor, b.PlaceID, account.GrantRoles, fmt.Sprintf("/admin/roles/new?place=office:%d", b.PlaceID)))
		steps.add("governorates", b.Governorates > 0, atAdmin(p.Actor, b.PlaceID, account.AdministerPlatform, fmt.Sprintf("/admin/offices/%d", b.PlaceID)))
		steps.add("space", b.Spaces > 0, "/admin/spaces/new")
		steps.add("followed", len(p.Actor.Spaces) > 0, "/spaces")
		steps.add("seminar", slices.ContainsFunc(cards, func(card enrolment.Card) bool {
			return card.OfficeID == b.PlaceID && card.State != enrolment.Draft
		}), "/desk/seminars/new")
		list = append(list, steps.begun()...)
	}
	return list, nil
}

// atAdmin is an address of the administration for those who may use it, or else "": the step says whom to ask.
func atAdmin(a account.Actor, office int64, may account.Permission, path string) string {
	if a.Can(may, account.Scope{OfficeID: office}) {
		return path
	}
	return ""
}

// stepsOfOrganisation are the first steps of an organisation, for its own administrators.
func (s *site) stepsOfOrganisation(c *fiber.Ctx, v *views.OrganisationView) (err error) {
	o := v.Organisation
	own := slices.Contains(v.Actor.Grants, account.Grant{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: o.ID})
	if !own || o.State != account.OrganisationValidated {
		return nil
	}
	all, err := s.Account.Beginnings(c.UserContext(), v.Actor, account.OverOrganisation, o.ID)
	if err != nil || len(all) == 0 {
		return err
	}
	answered := 0
	if s.Courses != nil {
		if answered, err = s.Courses.Answered(c.UserContext(), v.Actor, o.ID); err != nil {
			return err
		}
	}
	at := fmt.Sprintf("/organisations/%d", o.ID)
	steps := stepsOf{page: v.Page, about: all[0]}
	steps.add("description", o.Description != "", at+"/edit")
	steps.add("axes", len(o.Axes) > 0, at+"/edit")
	steps.add("members", all[0].Members > 1, "")
	steps.add("keepers", all[0].Keepers > 1, at+"#members")
	steps.add("consent", answered > 0, at+"/progress")
	v.FirstSteps = steps.begun()
	return nil
}

// readyWelcome is a thread that welcomes the people of a space, for its moderator to edit and post: in the language of the
// page, then in the others that the space has a name in.
func (s *site) readyWelcome(c *fiber.Ctx, sp account.Space) url.Values {
	own := s.localizer(c).Lang()
	var title string
	var bodies []string
	for _, lang := range append([]string{own}, events.Languages...) {
		name := sp.Name[lang]
		if lang == own {
			name, _ = sp.Name.In(own)
		}
		l := locale.For(lang)
		body := l.T("begin.ready_body", "Name", name)
		if name == "" || slices.Contains(bodies, body) {
			continue
		}
		if bodies = append(bodies, body); title == "" {
			title = plain.Replace(l.T("begin.ready_title", "Name", name))
		}
	}
	return url.Values{"kind": {string(community.Announcement)}, "title": {title}, "body": {plain.Replace(strings.Join(bodies, "\n\n---\n\n"))}}
}

// plain takes the marks of direction out of a text that people go on writing.
var plain = strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")
