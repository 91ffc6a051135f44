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
func (s *site) showTwins(c *fiber.Ctx) error { return s.twinsPage(c, views.Form{}, 0) }

// twinsPage is the page with a form that was refused: the answer to a proposal, or with 0 the one that joins another seminar.
func (s *site) twinsPage(c *fiber.Ctx, f views.Form, proposal int64) error {
	d, err := s.deskSeminar(c, "twins.title")
	if err != nil {
		return err
	}
	if !d.Runs {
		return account.ErrForbidden
	}
	v := views.TwinsView{Page: d.Page, View: d.View, Form: f, Answered: proposal}
	v.Narrow, v.Wide = true, false
	if v.Choices, err = s.Enrolment.TwinsFor(c.UserContext(), actor(c), d.View.Seminar); err != nil {
		return err
	}
	if v.Talks, err = s.Enrolment.TwinTalks(c.UserContext(), actor(c), d.View.Seminar); err != nil {
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
	proposed, err := s.Enrolment.ProposeTwin(c.UserContext(), actor(c), id, f.ID("other"))
	if s.refused(c, &f, err) {
		return s.twinsPage(c, f, 0)
	}
	if err != nil {
		return s.refusedSeat(c, err, deskPath(id)+"/twins")
	}
	if proposed {
		return s.done(c, deskPath(id)+"/twins", "twins.proposed")
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

func (s *site) acceptTwin(c *fiber.Ctx) error {
	return s.decideTwin(c, "twins.added", func(id, proposal int64, _ views.Form) error {
		return s.Enrolment.AcceptTwin(c.UserContext(), actor(c), id, proposal)
	})
}

func (s *site) declineTwin(c *fiber.Ctx) error {
	return s.decideTwin(c, "twins.declined", func(id, proposal int64, f views.Form) error {
		return s.Enrolment.DeclineTwin(c.UserContext(), actor(c), id, proposal, f.Get("words"))
	})
}

func (s *site) withdrawTwin(c *fiber.Ctx) error {
	return s.decideTwin(c, "twins.withdrawn", func(id, proposal int64, _ views.Form) error {
		return s.Enrolment.WithdrawTwin(c.UserContext(), actor(c), id, proposal)
	})
}

// decideTwin decides on the proposal of the address, and says so at the desk of the seminar. What can't be is said beside the proposal.
func (s *site) decideTwin(c *fiber.Ctx, said string, decide func(id, proposal int64, f views.Form) error) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	proposal, err := idOf(c, "proposal")
	if err != nil {
		return err
	}
	f := s.form(c)
	err = decide(id, proposal, f)
	if s.refused(c, &f, err) {
		for i := range f.Errors {
			if f.Errors[i].Field == "other" {
				f.Errors[i].Field = "" // which the form doesn't ask
			}
		}
		return s.twinsPage(c, f, proposal)
	}
	if err != nil {
		return s.refusedSeat(c, err, deskPath(id)+"/twins")
	}
	return s.done(c, deskPath(id)+"/twins", said)
}
