package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web/views"
)

// showDuplicate asks at which offices, where and when the same seminar takes place again.
func (s *site) showDuplicate(c *fiber.Ctx) error { return s.duplicatePage(c, views.Form{}) }

func (s *site) duplicatePage(c *fiber.Ctx, f views.Form) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	v := views.DuplicateView{Page: s.seminarPage(c, "training.duplicate"), Form: f}
	if v.Seminar, err = s.Enrolment.Seminar(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	space, err := s.Account.SpaceByID(c.UserContext(), v.Seminar.SpaceID)
	if err != nil {
		return err
	}
	if v.Offices, err = s.officesFor(c, v.Page, space); err != nil {
		return err
	}
	if len(v.Offices) == 0 {
		return account.ErrForbidden
	}
	if v.Governorates, err = s.regions(c, v.Page); err != nil {
		return err
	}
	v.Crumbs = []views.Crumb{{Href: "/desk", Label: v.Said(v.T("common.nav_desk"))}, {Label: v.Seminar.Title}, {Label: v.Said(v.Page.Title)}}
	v.Crumbs[1].Href = "/seminars/" + strconv.FormatInt(id, 10)
	v.Tinted, v.Hue = true, v.Seminar.SpaceHue
	return s.render(c, views.Duplicate(v))
}

// makeCopies reads the offices that were ticked, each with its own fields.
func (s *site) makeCopies(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	seminar, err := s.Enrolment.Seminar(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	f := s.form(c)
	var copies []enrolment.Copy
	var wrong account.Invalids
	offices := f.All("offices")
	for _, office := range offices {
		at, err := moment(f.Get("date_"+office), f.Get("from_"+office), seminar.Location())
		if err != nil {
			wrong.Add("date_"+office, "desk.error_session_date")
		}
		officeID, _ := strconv.ParseInt(office, 10, 64) // 0 is no office of theirs
		copies = append(copies, enrolment.Copy{OfficeID: officeID, Venue: f.Get("venue_" + office), Address: f.Get("address_" + office),
			Governorate: f.Get("governorate_" + office), StartsAt: at, Twin: f.Get("twin_"+office) != ""})
	}
	var made []enrolment.Seminar
	if len(wrong) == 0 {
		made, err = s.Enrolment.Duplicate(c.UserContext(), actor(c), id, copies)
	}
	if s.refused(c, &f, copyFields(wrong, err, offices)) {
		return s.duplicatePage(c, f)
	}
	if err != nil {
		return err
	}
	if len(made) == 1 {
		return s.done(c, deskPath(made[0].ID), "training.copied")
	}
	return s.done(c, "/desk", "training.copied")
}

// copyFields names errors of copies as the form names its fields: by office.
func copyFields(wrong account.Invalids, err error, offices []string) error {
	if len(wrong) > 0 {
		return wrong
	}
	all, ok := account.InvalidsOf(err)
	if !ok {
		return err
	}
	for i, e := range all {
		cut := strings.LastIndex(e.Field, "_")
		if cut < 0 {
			continue
		}
		n, err := strconv.Atoi(e.Field[cut+1:])
		if err != nil || n >= len(offices) {
			continue
		}
		all[i].Field = ""
		if name := e.Field[:cut]; slices.Contains([]string{"venue", "address", "governorate", "twin"}, name) {
			all[i].Field = name + "_" + offices[n]
		}
	}
	return all
}
