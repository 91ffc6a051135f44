package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web/views"
)

func (s *site) deskRoutes() []Route {
	runs := May(account.RunSeminars)
	staff := SignedIn // whoever trains at a seminar is of its staff, with no role at all
	return []Route{
		{"GET", "/desk", staff, s.showDesk},
		{"GET", "/desk/seminars/new", runs, s.newSeminar},
		{"POST", "/desk/seminars/new", runs, s.createSeminar},
		{"GET", "/desk/seminars/:id", staff, s.showDeskSeminar},
		{"GET", "/desk/seminars/:id/edit", runs, s.editSeminar},
		{"POST", "/desk/seminars/:id/edit", runs, s.saveSeminar},
		{"POST", "/desk/seminars/:id/publish", runs, s.publishSeminar},
		{"POST", "/desk/seminars/:id/cancel", runs, s.cancelSeminar},
		{"GET", "/desk/seminars/:id/gates/:use", runs, s.showGate},
		{"POST", "/desk/seminars/:id/gates/:use", runs, s.writeGate},
		{"GET", "/desk/seminars/:id/attendance", staff, s.showAttendance},
		{"POST", "/desk/seminars/:id/attendance", staff, s.saveAttendance},
		{"GET", "/desk/seminars/:id/sheet", staff, s.showSheet},
		{"GET", "/desk/seminars/:id/knowledge", staff, s.showKnowledge},
		{"GET", "/desk/seminars/:id/papers", staff, s.showPapers},
		{"POST", "/desk/seminars/:id/papers/file", Streaming(staff), s.addPaperFile},
		{"POST", "/desk/seminars/:id/papers/link", staff, s.addPaperLink},
		{"POST", "/desk/seminars/:id/papers/:paper/remove", staff, s.removePaper},
		{"GET", "/desk/seminars/:id/twins", runs, s.showTwins},
		{"POST", "/desk/seminars/:id/twins", runs, s.addTwin},
		{"POST", "/desk/seminars/:id/twins/leave", runs, s.leaveTwins},
		{"POST", "/desk/seminars/:id/twins/:proposal/accept", runs, s.acceptTwin},
		{"POST", "/desk/seminars/:id/twins/:proposal/decline", runs, s.declineTwin},
		{"POST", "/desk/seminars/:id/twins/:proposal/withdraw", runs, s.withdrawTwin},
		{"GET", "/seminars/:id/papers/:paper", SignedIn, s.sendPaper},
		{"GET", "/desk/seminars/:id/registrations/:registration", runs, s.showGuest},
		{"POST", "/desk/seminars/:id/registrations/:registration/cancel", runs, s.cancelGuest},
	}
}

func (s *site) showDesk(c *fiber.Ctx) error {
	a := actor(c)
	cards, err := s.Enrolment.Desk(c.UserContext(), a)
	if err != nil {
		return err
	}
	v := views.DeskView{Page: s.seminarPage(c, "desk.title"), MayCreate: a.CanSomewhere(account.RunSeminars),
		Organisations: a.CanSomewhere(account.ValidateOrganisations)}
	v.Wide = true
	if v.FirstSteps, err = s.stepsOfOffices(c, v.Page, cards); err != nil {
		return err
	}
	v.Coming, v.Past = split(cards, v.Now)
	return s.render(c, views.Desk(v))
}

// deskSeminar reads the seminar of the address and starts its page.
func (s *site) deskSeminar(c *fiber.Ctx, titleKey string) (views.DeskSeminarView, error) {
	v := views.DeskSeminarView{}
	id, err := idOf(c, "id")
	if err != nil {
		return v, err
	}
	if v.DeskView, err = s.Enrolment.DeskSeminar(c.UserContext(), actor(c), id); err != nil {
		return v, err
	}
	if v.Places, err = s.places(c, v.View); err != nil {
		return v, err
	}
	v.Page = s.seminarPage(c, titleKey)
	v.Page.Localizer = v.In(v.Location())
	v.Wide, v.Tinted, v.Hue = true, true, v.SpaceHue
	v.Crumbs = []views.Crumb{{Href: "/desk", Label: v.Said(v.T("common.nav_desk"))}, {Label: v.View.Title}}
	if titleKey == "" {
		v.Page.Title, _ = v.View.Title.In(v.Lang())
	} else {
		v.Crumbs[1].Href = deskPath(id)
		v.Crumbs = append(v.Crumbs, views.Crumb{Label: v.Said(v.Page.Title)})
	}
	return v, nil
}

func deskPath(id int64) string { return "/desk/seminars/" + strconv.FormatInt(id, 10) }

func (s *site) showDeskSeminar(c *fiber.Ctx) error { return s.deskSeminarPage(c, views.Form{}) }

func (s *site) deskSeminarPage(c *fiber.Ctx, f views.Form) error {
	v, err := s.deskSeminar(c, "")
	if err != nil {
		return err
	}
	v.Form = f
	for _, use := range enrolment.Uses {
		w := way{gate: v.Rule(use), names: v.View.Names}
		if err := s.nameLeaves(c.UserContext(), 0, &w, w.gate); err != nil {
			return err
		}
		said := views.GateInWords{Use: use}
		said.Steps, said.Words = w.gateInWords(v.Page)
		v.Gates = append(v.Gates, said)
	}
	if v.Retired, err = s.retiredOf(c, v.View, v.View.Gate, v.View.Attend); err != nil {
		return err
	}
	return s.render(c, views.DeskSeminar(v))
}

func (s *site) publishSeminar(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	if err := s.Enrolment.Publish(c.UserContext(), actor(c), id); err != nil {
		return s.refusedSeat(c, err, deskPath(id))
	}
	return s.done(c, deskPath(id), "desk.published")
}

func (s *site) cancelSeminar(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Enrolment.CancelSeminar(c.UserContext(), actor(c), id, f.Get("reason"))
	if s.refused(c, &f, err) {
		return s.deskSeminarPage(c, f)
	}
	if err != nil {
		return s.refusedSeat(c, err, deskPath(id))
	}
	return s.done(c, deskPath(id), "desk.cancelled")
}

func (s *site) showGuest(c *fiber.Ctx) error { return s.guestPage(c, views.Form{}) }

func (s *site) guestPage(c *fiber.Ctx, f views.Form) error {
	d, err := s.deskSeminar(c, "desk.guest")
	if err != nil {
		return err
	}
	id, err := idOf(c, "registration")
	if err != nil {
		return err
	}
	v := views.DeskGuestView{Page: d.Page, Seminar: d.DeskView, Form: f}
	guest, ok := guestOf(d.DeskView, id)
	if !ok {
		return account.ErrNotFound
	}
	v.Guest, v.Wide, v.Page.Title = guest, false, guest.Name
	past, err := s.Enrolment.Why(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	if v.Past, err = s.pastInWords(c, v.Page, past); err != nil {
		return err
	}
	if err := s.askPast(c, &v, id); err != nil {
		return err
	}
	return s.render(c, views.DeskGuest(v))
}

func guestOf(d enrolment.DeskView, id int64) (enrolment.Guest, bool) {
	for _, list := range [][]enrolment.Guest{d.Asking, d.Holders, d.Queue, d.Withdrawn} {
		for _, g := range list {
			if g.ID == id {
				return g, true
			}
		}
	}
	return enrolment.Guest{}, false
}

func (s *site) cancelGuest(c *fiber.Ctx) error {
	seminar, id, err := s.guestHere(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Enrolment.Cancel(c.UserContext(), actor(c), id, f.Get("reason"))
	if s.refused(c, &f, err) {
		return s.guestPage(c, f)
	}
	if err != nil {
		return s.refusedSeat(c, err, deskPath(seminar))
	}
	return s.done(c, deskPath(seminar), "desk.withdrawn_done")
}
