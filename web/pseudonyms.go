package web

import (
	"github.com/gofiber/fiber/v2"

	"halqa/community"
	"halqa/community/account"
	"halqa/web/views"
)

func (s *site) pseudonymRoutes() []Route {
	looks := May(account.LookBehindPseudonyms)
	return []Route{
		{"GET", "/pseudonyms", SignedIn, s.showPseudonyms},
		{"GET", "/pseudonyms/:id", looks, s.askLook},
		{"POST", "/pseudonyms/:id", looks, s.lookBehind},
	}
}

func (s *site) showPseudonyms(c *fiber.Ctx) error {
	v := views.PseudonymsView{Page: s.page(c, "pseudonym.own_title")}
	var err error
	if v.List, err = s.Account.OwnPseudonyms(c.UserContext(), v.Actor); err != nil {
		return err
	}
	return s.render(c, views.Pseudonyms(v))
}

func (s *site) askLook(c *fiber.Ctx) error { return s.lookPage(c, views.Form{}, account.Person{}) }

// lookPage asks why somebody wants to know who is behind a pseudonym, or says who is.
func (s *site) lookPage(c *fiber.Ctx, f views.Form, found account.Person) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	v := views.LookView{Page: s.page(c, "pseudonym.look"), Form: f, Found: found}
	if v.Pseudonym, err = s.Account.Pseudonym(c.UserContext(), v.Actor, id); err != nil {
		return err
	}
	v.Title, v.Narrow = v.T("pseudonym.look_title", "Name", v.Pseudonym.Name), true
	return s.render(c, views.Look(v))
}

func (s *site) lookBehind(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	found, err := s.Account.LookBehind(c.UserContext(), actor(c), id, account.NewLook{Cause: f.Get("cause"), Words: f.Get("words")})
	if s.refused(c, &f, err) {
		return s.lookPage(c, f, found)
	}
	if err != nil {
		return err
	}
	return s.lookPage(c, views.Form{}, found)
}

// naming is under which name a form is to be published. Of a form that doesn't say it, nobody is given away.
func naming(f views.Form) community.Naming {
	switch f.Get("as") {
	case "name":
		return community.UnderName
	case "pseudonym":
		return community.UnderPseudonym
	}
	return community.AsBefore
}

// nameChoice lets a form ask under which name it is published, where the space has pseudonyms. before is the name of the last
// post in the thread.
func (s *site) nameChoice(c *fiber.Ctx, sp account.Space, before community.Naming) (views.NameChoice, error) {
	choice := views.NameChoice{Offered: sp.Pseudonyms && actor(c).SignedIn(), Before: before}
	if !choice.Offered {
		return choice, nil
	}
	mask, err := s.Account.MaskIn(c.UserContext(), actor(c), sp.ID)
	choice.Mask = mask.Name
	return choice, err
}
