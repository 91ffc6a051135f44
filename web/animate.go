package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community"
	"halqa/community/account"
	"halqa/events"
	"halqa/web/views"
)

func (s *site) animateRoutes() []Route {
	moderates := May(account.Moderate)
	return []Route{
		{"GET", "/spaces/:key/animate", moderates, s.showAnimate},
		{"POST", "/spaces/:key/animate/welcome", moderates, s.welcome},
	}
}

// showAnimate shows an animator what needs them in a space: what people ask comes from the forum, the names of lessons from the
// modules, who may help from the directory.
func (s *site) showAnimate(c *fiber.Ctx) error {
	ctx := c.UserContext()
	sp, err := s.Account.Space(ctx, actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	v := views.AnimateView{Page: s.page(c, "animate.title").Belong(sp.Key, sp.Hue, sp.Name)}
	v.Crumbs = append(v.Crumbs, views.Crumb{Label: v.Said(v.Title)})
	if v.Desk, err = s.Community.Desk(ctx, v.Actor, sp.ID); err != nil {
		return err
	}
	v.Lessons = map[int64]events.Text{}
	for _, p := range v.Desk.Passages {
		if _, known := v.Lessons[p.LessonID]; !known {
			v.Lessons[p.LessonID] = s.momentOf(c, community.Thread{LessonID: p.LessonID}).Title
		}
	}
	asked := account.Asked{SpaceID: sp.ID, Axis: sp.Axis, Limit: community.DeskSize}
	if asked.Answers, err = s.Community.Answerers(ctx, v.Actor, sp.Axis); err != nil {
		return err
	}
	var words []string
	for _, q := range v.Desk.Unanswered {
		words = append(words, q.Title)
	}
	asked.Words = strings.Join(words, " ")
	if v.Experts, err = s.Account.Experts(ctx, v.Actor, asked); err != nil {
		return err
	}
	axes, err := s.Account.Axes(ctx)
	if err != nil {
		return err
	}
	for _, a := range axes {
		if a.Key == sp.Axis {
			v.Axis = a.Name
		}
	}
	return s.render(c, views.Animate(v))
}

func (s *site) welcome(c *fiber.Ctx) error {
	sp, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	if err := s.Community.Welcome(c.UserContext(), actor(c), sp.ID, s.form(c).ID("person")); err != nil {
		return err
	}
	return s.done(c, views.AnimateURL(sp.Key)+"#newcomers", "animate.welcomed")
}
