package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/community/notify"
	"halqa/web/views"
)

func (s *site) learningRoutes() []Route {
	return []Route{
		{"GET", "/spaces", Public, s.showSpaces},
		{"GET", "/spaces/:key", Public, s.showSpace},
		{"POST", "/spaces/:key/join", SignedIn, s.joinSpace},
		{"GET", "/modules/:id", Public, s.showModule},
		{"GET", "/lessons/:id", SignedIn, s.showLesson},
		{"POST", "/lessons/:id/played", SignedIn, s.addPlayed},
		{"POST", "/played", SignedIn, s.addAllPlayed},
		{"GET", "/lessons/:id/text", SignedIn, s.showByText},
		{"POST", "/lessons/:id/text", SignedIn, s.followText},
		{"POST", "/modules/:id/sessions", SignedIn, s.openPlaying},
		{"POST", "/lessons/:id/answers", SignedIn, s.answerQuiz},
		{"GET", "/media/:name", Public, s.sendMedia},
	}
}

func (s *site) showSpaces(c *fiber.Ctx) error {
	v := views.SpacesView{Page: s.page(c, "courses.spaces")}
	spaces, err := s.Account.Spaces(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	ids := make([]int64, len(spaces))
	for n, space := range spaces {
		ids[n] = space.ID
	}
	summaries, err := s.Courses.Summaries(c.UserContext(), v.Actor, ids)
	if err != nil {
		return err
	}
	for _, space := range spaces {
		v.Spaces = append(v.Spaces, views.SpaceCard{Space: space, Summary: summaries[space.ID], Member: space.HasMember(v.Actor)})
	}
	return s.render(c, views.Spaces(v))
}

func (s *site) showSpace(c *fiber.Ctx) error {
	space, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	v := views.SpaceView{Page: s.page(c, "").Belong(space.Key, space.Hue, space.Name), Space: space}
	v.Crumbs[len(v.Crumbs)-1].Href = ""
	v.Title, _ = space.Name.In(v.Lang())
	v.Description, _ = space.Description.In(v.Lang())
	v.Readable = space.ReadableBy(v.Actor)
	if !v.Readable && v.SignedIn() {
		if v.Asked, err = s.Account.HasAskedToEnter(c.UserContext(), v.Actor, space.ID); err != nil {
			return err
		}
	}
	if v.Readable {
		if v.Modules, err = s.Courses.Modules(c.UserContext(), v.Actor, space.ID); err != nil {
			return err
		}
	}
	if v.Readable && s.SpaceSeminars != nil {
		if v.Seminars, err = s.SpaceSeminars(c.UserContext(), v.Actor, space.ID); err != nil {
			return err
		}
	}
	if v.Readable {
		v.Agenda = views.Feed{URL: s.calendarURL(v.Lang(), "spaces", space.Key, "calendar.ics")}.Webcal()
		if v.Follow, err = s.following(c, notify.OfSpace, space.ID); err != nil {
			return err
		}
	}
	if v.FirstSteps, err = s.stepsOfSpace(c, v.Page, space, len(v.Modules)); err != nil {
		return err
	}
	return s.render(c, views.Space(v))
}

func (s *site) joinSpace(c *fiber.Ctx) error {
	key := c.Params("key")
	joined, err := s.Account.JoinSpace(c.UserContext(), actor(c), key)
	if err != nil {
		return err
	}
	said := "courses.space_joined"
	if !joined {
		said = "courses.space_asked"
	}
	return s.done(c, "/spaces/"+url.PathEscape(key), said)
}

func (s *site) showModule(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	outline, err := s.Courses.Module(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	v := views.ModuleView{Page: s.page(c, "").Belong(outline.Space.Key, outline.Space.Hue, outline.Space.Name), Outline: outline}
	v.Title, _ = outline.Title.In(v.Lang())
	v.Description, _ = outline.Summary.In(v.Lang())
	v.Crumbs = append(v.Crumbs, views.Crumb{Label: outline.Title})
	if v.Attests, err = s.attests(c.UserContext(), outline); err != nil {
		return err
	}
	if v.SignedIn() {
		v.Scripts, v.Sheets = []string{"kept.js"}, []string{"player.css"}
	}
	return s.render(c, views.Module(v))
}

// idParam reads the identity in the address; what is none leads nowhere.
func idParam(c *fiber.Ctx) (int64, error) {
	id, err := strconv.ParseInt(c.Params("id"), 10, 64)
	if err != nil || id < 1 {
		return 0, account.ErrNotFound
	}
	return id, nil
}
