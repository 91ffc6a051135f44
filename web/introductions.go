package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/community/introduction"
	"halqa/web/views"
)

func (s *site) introductionRoutes() []Route {
	return []Route{
		{"GET", "/introductions", SignedIn, s.showIntroductions},
		{"GET", "/people/:id/introduction", SignedIn, s.newIntroduction},
		{"POST", "/people/:id/introduction", SignedIn, s.askIntroduction},
		{"POST", "/introductions/:id/answer", SignedIn, s.answerIntroduction},
		{"POST", "/introductions/:id/withdraw", SignedIn, s.withdrawIntroduction},
		{"POST", "/introductions/:id/outcome", SignedIn, s.tellIntroduction},
	}
}

func (s *site) showIntroductions(c *fiber.Ctx) error { return s.introductionsPage(c, 0, views.Form{}) }

// introductionsPage lists the person's introductions, one of them perhaps with what was wrong with its answer.
func (s *site) introductionsPage(c *fiber.Ctx, wrong int64, f views.Form) error {
	v := views.IntroductionsView{Page: s.page(c, "introduction.title"), Wrong: wrong, Form: f}
	v.Page.Path = "/introductions"
	v.Crumbs = []views.Crumb{{Href: "/people", Label: v.Said(v.T("people.title"))}, {Label: v.Said(v.Title)}}
	var err error
	if v.List, err = s.Introductions.List(c.UserContext(), v.Actor); err != nil {
		return err
	}
	return s.render(c, views.Introductions(v))
}

// newIntroduction begins the form, with an invitation to a space when its animators ask for one.
func (s *site) newIntroduction(c *fiber.Ctx) error {
	f := views.Form{}
	if id := int64(c.QueryInt("space")); id > 0 {
		sp, err := s.spaceOf(c, id)
		if err == nil {
			l := s.localizer(c)
			name, _ := sp.Name.In(l.Lang())
			f.Values = url.Values{"message": {l.T("animate.invite_message", "Space", name, "URL", s.PublicURL.JoinPath(views.SpaceURL(sp.Key)).String())}}
		}
	}
	return s.introductionForm(c, f)
}

// introductionForm asks what to write to somebody who may be asked.
func (s *site) introductionForm(c *fiber.Ctx, f views.Form) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	p, err := s.Account.Acquaintance(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	if !p.Reachable || id == actor(c).PersonID {
		return account.ErrForbidden
	}
	v := views.IntroductionView{Page: s.page(c, "introduction.new_title"), Form: f, Person: p}
	v.Page.Path = views.PersonURL(id) + "/introduction"
	v.Crumbs = []views.Crumb{{Href: "/people", Label: v.Said(v.T("people.title"))}, {Href: views.PersonURL(id), Label: v.Said(p.Name)}, {Label: v.Said(v.Title)}}
	return s.render(c, views.NewIntroduction(v))
}

func (s *site) askIntroduction(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	_, err = s.Introductions.Ask(c.UserContext(), actor(c), id, f.Get("message"))
	if s.refused(c, &f, err) {
		return s.introductionForm(c, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.PersonURL(id), "introduction.asked_done")
}

func (s *site) answerIntroduction(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	accept := f.Get("decision") == "accept"
	err = s.Introductions.Answer(c.UserContext(), actor(c), id, accept, f.Get("answer"))
	if s.refused(c, &f, err) {
		return s.introductionsPage(c, id, f)
	}
	if err != nil {
		return err
	}
	if accept {
		return s.done(c, views.IntroductionURL(id), "introduction.accepted_done")
	}
	return s.done(c, "/introductions", "introduction.declined_done")
}

func (s *site) withdrawIntroduction(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := s.Introductions.Withdraw(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	return s.done(c, "/introductions", "introduction.withdrawn_done")
}

func (s *site) tellIntroduction(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Introductions.Tell(c.UserContext(), actor(c), id, introduction.Outcome(f.Get("outcome")))
	if s.refused(c, &f, err) {
		return s.introductionsPage(c, id, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.IntroductionURL(id), "introduction.outcome_done")
}
