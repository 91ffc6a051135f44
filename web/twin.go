package web

import (
	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web/views"
)

// change exchanges a registration at a twin for one at this seminar.
func (s *site) change(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	f := s.form(c)
	reg, err := s.Enrolment.Switch(c.UserContext(), actor(c), id, enrolment.Request{OrganisationID: f.ID("organisation"), Answers: readAnswers(f)})
	return s.seatAnswer(c, f, id, reg, err, "twins.changed")
}

// showTwins is where an office says which seminars take place at once in several places.
func (s *site) showTwins(c *fiber.Ctx) error { return s.twinsPage(c, views.Form{}) }

func (s *site) twinsPage(c *fiber.Ctx, f views.Form) error {
	d, err := s.deskSeminar(c, "twins.title")
	if err != nil {
		return err
	}
	if !d.Runs {
		return account.ErrForbidden
	}
	v := views.TwinsView{Page: d.Page, View: d.View, Form: f}
	v.Narrow, v.Wide = true, false
	if v.Choices, err = s.Enrolment.TwinsFor(c.UserContext(), actor(c), d.View.Seminar); err != nil {
		return err
	}
	return s.render(c, views.DeskTwins(v))
}

func (s *site) addTwin(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Enrolment.Twin(c.UserContext(), actor(c), id, f.ID("other"))
	if s.refused(c, &f, err) {
		return s.twinsPage(c, f)
	}
	if err != nil {
		return s.refusedSeat(c, err, deskPath(id)+"/twins")
	}
	return s.done(c, deskPath(id)+"/twins", "twins.added")
}

func (s *site) leaveTwins(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	if err := s.Enrolment.Untwin(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	return s.done(c, deskPath(id)+"/twins", "twins.left")
}
