package web

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/community/notify"
	"halqa/events"
	"halqa/web/views"
)

func (s *site) peopleRoutes() []Route {
	return []Route{
		{"GET", "/people", SignedIn, s.showPeople},
		{"GET", "/people/:id", SignedIn, s.showPerson},
		{"GET", "/organisations", SignedIn, s.showOrganisations},
		{"GET", "/spaces/:key/people", SignedIn, s.showSpacePeople},
		{"POST", "/profile/card", SignedIn, s.saveCard},
	}
}

// lookup reads what a directory is narrowed by; the form shows it again.
func lookup(c *fiber.Ctx) (account.Lookup, views.Form) {
	f := views.Form{Values: url.Values{}}
	for _, name := range []string{"q", "governorate", "axis", "kind", "space", "seeking"} {
		f.Values.Set(name, c.Query(name))
	}
	return account.Lookup{Words: f.Get("q"), Governorate: f.Get("governorate"), Axis: f.Get("axis"), Kind: f.Get("kind"),
		SpaceID: f.ID("space"), Seeking: f.Get("seeking") != "", After: c.Query("after")}, f
}

// nextPage is the address of this page from another place on, or "".
func nextPage(c *fiber.Ctx, after string) string {
	if after == "" {
		return ""
	}
	query := url.Values{}
	for key, value := range c.Context().QueryArgs().All() {
		if len(value) > 0 {
			query.Add(string(key), string(value))
		}
	}
	query.Set("after", after)
	return c.Path() + "?" + query.Encode()
}

// atlas names what people mention.
func (s *site) atlas(c *fiber.Ctx, lists ...[]account.Acquaintance) (views.Atlas, error) {
	a := views.Atlas{Axes: map[string]events.Text{}}
	var err error
	if a.Governorates, err = s.governorateNames(c); err != nil {
		return a, err
	}
	axes, err := s.Account.Axes(c.UserContext())
	if err != nil {
		return a, err
	}
	for _, axis := range axes {
		a.Axes[axis.Key] = axis.Name
	}
	var ids []int64
	for _, list := range lists {
		for _, p := range list {
			ids = append(ids, p.Organisations...)
		}
	}
	a.Organisations, err = s.Account.OrganisationsByID(c.UserContext(), ids...)
	return a, err
}

// filterLists are the choices of a directory's filters.
func (s *site) filterLists(c *fiber.Ctx, p views.Page) (views.Lists, error) {
	l := views.Lists{Kinds: kindOptions(p)}
	var err error
	if l.Governorates, err = s.governorateOptions(c, p); err != nil {
		return l, err
	}
	if l.Axes, err = s.axisFilter(c, p); err != nil {
		return l, err
	}
	spaces, err := s.Account.Spaces(c.UserContext(), p.Actor)
	for _, sp := range spaces {
		if sp.ReadableBy(p.Actor) {
			l.Spaces = append(l.Spaces, views.Option{Value: strconv.FormatInt(sp.ID, 10), Label: p.Named(sp.Name)})
		}
	}
	return l, err
}

func (s *site) showPeople(c *fiber.Ctx) error {
	l, f := lookup(c)
	people, after, err := s.Account.People(c.UserContext(), actor(c), l)
	if err != nil {
		return err
	}
	v := views.PeopleView{Page: s.page(c, "people.title"), Filter: f, People: people, Next: nextPage(c, after)}
	if v.Introductions, err = s.Introductions.Waiting(c.UserContext(), actor(c)); err != nil {
		return err
	}
	if v.Lists, err = s.filterLists(c, v.Page); err != nil {
		return err
	}
	if v.Atlas, err = s.atlas(c, people); err != nil {
		return err
	}
	return s.render(c, views.People(v))
}

func (s *site) showOrganisations(c *fiber.Ctx) error {
	l, f := lookup(c)
	list, after, err := s.Account.Organisations(c.UserContext(), actor(c), l)
	if err != nil {
		return err
	}
	v := views.OrganisationsView{Page: s.page(c, "people.organisations_title"), Filter: f, Organisations: list, Next: nextPage(c, after)}
	if v.Lists, err = s.filterLists(c, v.Page); err != nil {
		return err
	}
	if v.Atlas.Governorates, err = s.governorateNames(c); err != nil {
		return err
	}
	return s.render(c, views.Organisations(v))
}

func (s *site) showPerson(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	own := id == actor(c).PersonID
	p, err := s.Account.Acquaintance(c.UserContext(), actor(c), id)
	if own && errors.Is(err, account.ErrNotFound) {
		s.notify(c, views.Info, s.localizer(c).T("people.not_listed"))
		return c.Redirect("/profile#card", fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	v := views.PersonView{Page: s.page(c, ""), Person: p, Own: own}
	v.Title = p.Name
	v.Crumbs = []views.Crumb{{Href: "/people", Label: v.Said(v.T("people.title"))}, {Label: v.Said(p.Name)}}
	if v.Atlas, err = s.atlas(c, []account.Acquaintance{p}); err != nil {
		return err
	}
	if !own {
		if v.Introduction, err = s.Introductions.With(c.UserContext(), actor(c), id); err != nil {
			return err
		}
		if v.Follow, err = s.following(c, notify.OfPerson, id); err != nil {
			return err
		}
	}
	return s.render(c, views.Person(v))
}

// spacePart starts a page of a space that only those may see who may read the space.
func (s *site) spacePart(c *fiber.Ctx, titleKey string) (views.Page, account.Space, error) {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err == nil {
		err = sp.Refusal(actor(c))
	}
	if err != nil {
		return views.Page{}, sp, err
	}
	p := s.page(c, titleKey).Belong(sp.Key, sp.Hue, sp.Name)
	p.Crumbs = append(p.Crumbs, views.Crumb{Label: p.Said(p.Title)})
	p.Title += " · " + p.Named(sp.Name)
	return p, sp, nil
}

func (s *site) showSpacePeople(c *fiber.Ctx) error {
	page, sp, err := s.spacePart(c, "people.tab_people")
	if err != nil {
		return err
	}
	l, f := lookup(c)
	l = account.Lookup{Words: l.Words, SpaceID: sp.ID, After: l.After}
	v := views.SpacePeopleView{Page: page, Space: sp, Filter: views.Form{Values: url.Values{"q": {f.Get("q")}}}}
	var after string
	if v.People, after, err = s.Account.People(c.UserContext(), v.Actor, l); err != nil {
		return err
	}
	v.Next = nextPage(c, after)
	if l.Words == "" && l.After == "" {
		if v.Moderators, _, err = s.Account.People(c.UserContext(), v.Actor, account.Lookup{ModeratedID: sp.ID}); err != nil {
			return err
		}
	}
	if v.Atlas, err = s.atlas(c, v.People, v.Moderators); err != nil {
		return err
	}
	return s.render(c, views.SpacePeople(v))
}

// addShown adds to an organisation's page who shows that they belong to it, and the spaces it is in through them.
func (s *site) addShown(c *fiber.Ctx, v *views.OrganisationView) (err error) {
	if v.Organisation.State != account.OrganisationValidated {
		return nil
	}
	ctx, id := c.UserContext(), v.Organisation.ID
	var after string
	v.Shown, after, err = s.Account.People(ctx, v.Actor, account.Lookup{OrganisationID: id, After: c.Query("after")})
	if err != nil {
		return err
	}
	v.Next = nextPage(c, after)
	if v.Spaces, err = s.Account.OrganisationSpaces(ctx, v.Actor, id); err != nil {
		return err
	}
	v.Atlas, err = s.atlas(c, v.Shown)
	return err
}

func (s *site) saveCard(c *fiber.Ctx) error {
	f := s.form(c)
	card := account.Card{Bio: f.Get("card_bio"), Occupation: f.Get("card_occupation"), Expertise: f.Get("card_expertise"),
		Seeking: f.Get("card_seeking"), Reachable: account.Audience(f.Get("card_reachable")),
		Axes: f.All("card_axes"), Languages: f.All("card_languages"), Email: f.Get("card_email"), Phone: f.Get("card_phone"),
		Shown: map[account.CardField]account.Audience{}}
	for _, field := range account.CardFields {
		card.Shown[field] = account.Audience(f.Get("card_" + string(field) + "_for"))
	}
	err := s.Account.UpdateCard(c.UserContext(), actor(c), card)
	if s.refused(c, &f, err) {
		return s.renderProfile(c, views.Form{}, views.Form{}, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/profile#card", "people.card_saved")
}
