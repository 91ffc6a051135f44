package web

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/views"
)

func (s *site) measureRoutes() []Route {
	moderates := May(account.Moderate)
	return []Route{
		{"GET", "/measures", SignedIn, s.showOwnMeasures},
		{"POST", "/measures/:id/appeal", SignedIn, s.appealMeasure},
		{"GET", "/barred/:token", Public, s.showBan},
		{"POST", "/barred/:token", Public, s.appealBan},
		{"GET", "/moderation/measures", moderates, s.showMeasures},
		{"POST", "/moderation/measures/:id", moderates, s.decideMeasure},
		{"GET", "/moderation/posts/:id/measure", moderates, s.newMeasure},
		{"POST", "/moderation/posts/:id/measure", moderates, s.takeMeasure},
	}
}

func (s *site) showOwnMeasures(c *fiber.Ctx) error { return s.ownMeasuresPage(c, 0, views.Form{}) }

// ownMeasuresPage shows people what was decided about them, one of them perhaps with what is wrong with its appeal.
func (s *site) ownMeasuresPage(c *fiber.Ctx, wrong int64, f views.Form) error {
	v := views.OwnMeasuresView{Page: s.page(c, "measure.own_title"), Wrong: wrong, Form: f}
	v.Page.Path = "/measures"
	var err error
	if v.List, err = s.Account.OwnMeasures(c.UserContext(), v.Actor); err != nil {
		return err
	}
	return s.render(c, views.OwnMeasures(v))
}

func (s *site) appealMeasure(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Account.Appeal(c.UserContext(), actor(c), id, f.Get("appeal"))
	if s.refused(c, &f, err) {
		return s.ownMeasuresPage(c, id, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/measures", "measure.appeal_done")
}

func (s *site) showBan(c *fiber.Ctx) error { return s.banPage(c, views.Form{}) }

// banPage tells somebody who can't sign in any more why.
func (s *site) banPage(c *fiber.Ctx, f views.Form) error {
	v := views.BanView{Page: s.page(c, "measure.ban_title"), Form: f, Action: "/barred/" + c.Params("token")}
	v.Page.Path, v.Narrow = v.Action, true
	var err error
	if v.Measure, err = s.Account.MeasureOf(c.UserContext(), c.Params("token")); err != nil {
		return err
	}
	return s.render(c, views.Ban(v))
}

func (s *site) appealBan(c *fiber.Ctx) error {
	f := s.form(c)
	err := s.Account.AppealBan(c.UserContext(), c.Params("token"), f.Get("appeal"))
	if s.refused(c, &f, err) {
		return s.banPage(c, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/barred/"+c.Params("token"), "measure.appeal_done")
}

func (s *site) showMeasures(c *fiber.Ctx) error { return s.measuresPage(c, 0, views.Form{}) }

// measuresPage lists the measures of the actor's scopes, one of them perhaps with what is wrong with its answer.
func (s *site) measuresPage(c *fiber.Ctx, wrong int64, f views.Form) error {
	filter := query(c, "show", "page")
	if wrong != 0 {
		filter.Values.Set("show", f.Get("show"))
	}
	page := filter.Int("page")
	filter.Values.Del("page")
	v := views.MeasuresView{Page: s.page(c, "measure.list_title"), Wrong: wrong, Form: f, Appeals: filter.Get("show") == "appeals"}
	v.Page.Path = "/moderation/measures"
	v.Crumbs = []views.Crumb{{Href: "/moderation", Label: v.Said(v.T("forum.moderation_title"))}, {Label: v.Said(v.Title)}}
	var more bool
	var err error
	if v.List, more, err = s.Account.Measures(c.UserContext(), v.Actor, v.Appeals, page); err != nil {
		return err
	}
	if v.Waiting, err = s.Account.WaitingAppeals(c.UserContext(), v.Actor); err != nil {
		return err
	}
	v.Pager = pager("/moderation/measures", filter, page, -1, more)
	return s.render(c, views.Measures(v))
}

func (s *site) decideMeasure(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	lift := f.Get("do") == "lift"
	if !lift && f.Get("do") != "uphold" {
		return fiber.ErrBadRequest
	}
	err = s.Account.DecideMeasure(c.UserContext(), actor(c), id, lift, f.Get("answer"))
	if s.refused(c, &f, err) {
		return s.measuresPage(c, id, f)
	}
	back := "/moderation/measures"
	if f.Get("show") == "appeals" {
		back += "?show=appeals"
	}
	if errors.Is(err, account.ErrConflict) { // somebody was faster: that is no error, but news
		s.notify(c, views.Info, s.localizer(c).T("moderation.already"))
		return c.Redirect(back, fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	if lift {
		return s.done(c, back, "measure.lifted_done")
	}
	return s.done(c, back, "measure.upheld_done")
}

func (s *site) newMeasure(c *fiber.Ctx) error { return s.measureForm(c, views.Form{}, false) }

// measureForm asks what to do about who wrote a post. It was overtaken when somebody else decided meanwhile.
func (s *site) measureForm(c *fiber.Ctx, f views.Form, overtaken bool) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	v := views.MeasureView{Page: s.page(c, "measure.new_title"), Form: f}
	v.Page.Path = "/moderation" + views.PostURL(id) + "/measure"
	v.Crumbs = []views.Crumb{{Href: "/moderation", Label: v.Said(v.T("forum.moderation_title"))}, {Label: v.Said(v.Title)}}
	if v.Accused, err = s.Community.Accused(c.UserContext(), v.Actor, id); err != nil {
		return err
	}
	if overtaken {
		v.Notices = append(v.Notices, views.Notice{Tone: views.Warn, Text: v.T("measure.overtaken", "Name", v.Accused.Author)})
	}
	return s.render(c, views.NewMeasure(v))
}

func (s *site) takeMeasure(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	days, _ := strconv.Atoi(f.Get("days")) // no number is no term
	err = s.Community.MeasureAuthor(c.UserContext(), actor(c), id, account.NewMeasure{Act: account.Act(f.Get("act")), Days: days,
		Kind: account.ScopeKind(f.Get("kind")), Cause: f.Get("cause"), Words: f.Get("words"), Seen: f.ID("seen")})
	if s.refused(c, &f, err) {
		return s.measureForm(c, f, false)
	}
	if errors.Is(err, account.ErrStale) {
		f.Values.Del("seen")
		c.Status(fiber.StatusConflict)
		return s.measureForm(c, f, true)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/moderation/measures", "measure.done")
}
