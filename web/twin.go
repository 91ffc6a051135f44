package web

import (
	"errors"
	"strconv"

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
	here := "/seminars/" + strconv.FormatInt(id, 10)
	switch {
	case errors.Is(err, enrolment.ErrNotEligible):
		return s.warn(c, here, "seminars.refused_gate")
	case s.refused(c, &f, err):
		return s.answersPage(c, f)
	case err != nil:
		return s.refusedSeat(c, err, here)
	case reg.State == enrolment.Waitlisted:
		return s.done(c, here, "seminars.now_waiting", "Place", reg.Place)
	case reg.Asking(), reg.State == enrolment.Conditional, reg.State == enrolment.Offered:
		return s.done(c, here, "seats.now_"+string(reg.State))
	}
	return s.done(c, here, "twins.changed")
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
