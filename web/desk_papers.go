package web

import (
	"errors"
	"io"

	"github.com/gofiber/fiber/v2"

	"halqa/community/library"
	"halqa/enrolment"
	"halqa/web/views"
)

func (s *site) showPapers(c *fiber.Ctx) error {
	return s.papersPage(c, views.Form{}, views.Form{})
}

// papersPage is where documents are added; file and link are what was refused.
func (s *site) papersPage(c *fiber.Ctx, file, link views.Form) error {
	d, err := s.deskSeminar(c, "training.papers")
	if err != nil {
		return err
	}
	d.Narrow, d.Wide = true, false
	d.Page.Scripts = []string{"upload.js"}
	return s.render(c, views.DeskPapers(views.PapersView{Page: d.Page, View: d.View, File: file, Link: link}))
}

// addPaperFile receives a file. The person's right is asked before anything is.
func (s *site) addPaperFile(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	if _, err := s.Enrolment.DeskSeminar(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	most := func(views.Form) int64 { return library.MaxBytes }
	f, err := s.receive(c, most, func(f views.Form, name string, file io.Reader) error {
		_, err := s.Enrolment.AddFile(c.UserContext(), actor(c), id, f.Get("title"), name, file)
		return err
	})
	here := deskPath(id) + "/papers"
	if wantsJSON(c) { // the script that shows how far it is
		return s.paperArrived(c, here, err)
	}
	if s.refused(c, &f, err) {
		return s.papersPage(c, f, views.Form{})
	}
	if err != nil {
		return s.refusedSeat(c, err, here)
	}
	return s.done(c, here, "training.paper_added")
}

// paperArrived tells a script what became of a file: where to go on, or what was wrong with it.
func (s *site) paperArrived(c *fiber.Ctx, here string, err error) error {
	switch {
	case errors.Is(err, enrolment.ErrCancelled):
		s.notify(c, views.Warn, s.localizer(c).T("seminars.refused_cancelled"))
	case err != nil:
		return err
	default:
		s.leaveNotice(c, "training.paper_added")
	}
	return c.JSON(fiber.Map{"location": here})
}

func (s *site) addPaperLink(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	f := s.form(c)
	_, err = s.Enrolment.AddLink(c.UserContext(), actor(c), id, f.Get("title"), f.Get("url"))
	if s.refused(c, &f, err) {
		return s.papersPage(c, views.Form{}, f)
	}
	if err != nil {
		return s.refusedSeat(c, err, deskPath(id)+"/papers")
	}
	return s.done(c, deskPath(id)+"/papers", "training.paper_added")
}

func (s *site) removePaper(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	paper, err := idOf(c, "paper")
	if err != nil {
		return err
	}
	if err := s.Enrolment.RemovePaper(c.UserContext(), actor(c), id, paper); err != nil {
		return err
	}
	return s.done(c, deskPath(id)+"/papers", "training.paper_removed")
}

// sendPaper hands a document of a seminar over, to those who may have it at this moment.
func (s *site) sendPaper(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	paper, err := idOf(c, "paper")
	if err != nil {
		return err
	}
	p, path, kind, err := s.Enrolment.OpenPaper(c.UserContext(), actor(c), id, paper)
	if err != nil {
		return err
	}
	return sendKept(c, path, kind, p.Name)
}
