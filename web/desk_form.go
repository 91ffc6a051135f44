package web

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/views"
)

// newSeminar first asks for the space, then shows the empty form.
func (s *site) newSeminar(c *fiber.Ctx) error {
	id, err := strconv.ParseInt(c.Query("space"), 10, 64)
	if err != nil {
		return s.chooseSpace(c)
	}
	f := views.Form{Values: map[string][]string{"sessions": {"1"}, "approval": {string(enrolment.FirstCome)}}}
	return s.seminarForm(c, enrolment.Seminar{SpaceID: id, Zone: s.Zone.String()}, f, "")
}

func (s *site) chooseSpace(c *fiber.Ctx) error {
	spaces, err := s.Account.Spaces(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	v := views.DeskSpacesView{Page: s.page(c, "desk.new_title")}
	v.Crumbs = []views.Crumb{{Href: "/desk", Label: v.Said(v.T("common.nav_desk"))}, {Label: v.Said(v.Page.Title)}}
	for _, sp := range spaces {
		if runsIn(actor(c), sp) {
			v.Spaces = append(v.Spaces, views.DeskSpace{ID: sp.ID, Key: sp.Key, Hue: sp.Hue, Name: sp.Name})
		}
	}
	return s.render(c, views.DeskSpaces(v))
}

// runsIn tells whether a may run seminars in a space: any of their offices may in a national one.
func runsIn(a account.Actor, sp account.Space) bool {
	return a.Can(account.RunSeminars, sp.Scope()) || sp.OfficeID == 0 && a.CanSomewhere(account.RunSeminars)
}

// spaceToRun finds a space in which the person may run seminars.
func (s *site) spaceToRun(c *fiber.Ctx, id int64) (account.Space, error) {
	spaces, err := s.Account.Spaces(c.UserContext(), actor(c))
	if err != nil {
		return account.Space{}, err
	}
	for _, sp := range spaces {
		switch {
		case sp.ID == id && runsIn(actor(c), sp):
			return sp, nil
		case sp.ID == id:
			return sp, account.ErrForbidden
		}
	}
	return account.Space{}, account.ErrNotFound
}

// spaceOfForm finds the space of a seminar's form. Whoever runs a seminar that exists edits it also in a space that they
// aren't in and couldn't begin one in.
func (s *site) spaceOfForm(c *fiber.Ctx, sem enrolment.Seminar) (account.Space, error) {
	if sem.ID == 0 {
		return s.spaceToRun(c, sem.SpaceID)
	}
	return s.Account.SpaceByID(c.UserContext(), sem.SpaceID)
}

func (s *site) createSeminar(c *fiber.Ctx) error {
	id, err := strconv.ParseInt(c.Query("space"), 10, 64)
	if err != nil {
		return fiber.ErrBadRequest
	}
	f := s.form(c)
	sem := enrolment.Seminar{SpaceID: id, Zone: s.Zone.String()}
	if f.Get("do") != "save" {
		return s.seminarForm(c, sem, f, f.Get("do"))
	}
	wrong, err := s.readSeminar(c, &sem, f)
	if err != nil {
		return err
	}
	created := sem
	if len(wrong) == 0 {
		created, err = s.Enrolment.Create(c.UserContext(), actor(c), sem)
	}
	if s.refused(c, &f, fields(wrong, err)) {
		return s.seminarForm(c, sem, f, "")
	}
	if err != nil {
		return err
	}
	return s.done(c, deskPath(created.ID), "desk.created")
}

func (s *site) editSeminar(c *fiber.Ctx) error {
	d, err := s.deskSeminar(c, "")
	if err != nil {
		return err
	}
	if !d.Runs {
		return account.ErrForbidden
	}
	return s.seminarForm(c, d.Seminar, seminarValues(d.Seminar), "")
}

func (s *site) saveSeminar(c *fiber.Ctx) error {
	d, err := s.deskSeminar(c, "")
	if err != nil {
		return err
	}
	if !d.Runs {
		return account.ErrForbidden
	}
	sem, f := d.Seminar, s.form(c)
	if f.Get("do") != "save" {
		return s.seminarForm(c, sem, f, f.Get("do"))
	}
	wrong, err := s.readSeminar(c, &sem, f)
	if err != nil {
		return err
	}
	if len(wrong) == 0 {
		_, err = s.Enrolment.Edit(c.UserContext(), actor(c), sem)
	}
	switch {
	case errors.Is(err, enrolment.ErrStale):
		// What was typed is kept; saving once more is then a decision.
		f.Values.Set("version", strconv.Itoa(d.Version))
		c.Status(fiber.StatusConflict)
		return s.seminarForm(c, d.Seminar, f, "stale")
	case s.refused(c, &f, fields(wrong, err)):
		return s.seminarForm(c, d.Seminar, f, "")
	case err != nil:
		return s.refusedSeat(c, err, deskPath(sem.ID))
	}
	return s.done(c, deskPath(sem.ID), "desk.saved")
}

// fields names errors as the form names its fields.
func fields(wrong account.Invalids, err error) error {
	if len(wrong) > 0 {
		return wrong
	}
	all, ok := account.InvalidsOf(err)
	if !ok {
		return err
	}
	for i, e := range all {
		switch e.Field {
		case "title", "description", "costs", "directions":
			all[i].Field += "_" + events.Languages[0]
		case "space", "zone":
			all[i].Field = ""
		}
	}
	return all
}

// seminarForm shows the form of sem with what f holds. do is the button that was pressed: "add", "remove 2", "stale" or none.
func (s *site) seminarForm(c *fiber.Ctx, sem enrolment.Seminar, f views.Form, do string) error {
	space, err := s.spaceOfForm(c, sem)
	if err != nil {
		return err
	}
	v := views.DeskFormView{Page: s.page(c, "desk.new_title"), Form: f, ID: sem.ID, Focus: -1, Stale: do == "stale",
		Space: views.DeskSpace{ID: space.ID, Key: space.Key, Hue: space.Hue, Name: space.Name}, ZoneName: sem.Zone}
	v.Crumbs = []views.Crumb{{Href: "/desk", Label: v.Said(v.T("common.nav_desk"))}}
	if sem.ID != 0 {
		v.Page.Title = v.T("desk.edit_title")
		v.Crumbs = append(v.Crumbs, views.Crumb{Href: deskPath(sem.ID), Label: sem.Title})
	}
	v.Crumbs = append(v.Crumbs, views.Crumb{Label: v.Said(v.Page.Title)})
	v.Tinted, v.Hue = true, space.Hue
	v.Sessions, v.Focus = sessionRows(f, do)
	if v.Offices, err = s.officesFor(c, v.Page, space); err != nil {
		return err
	}
	if v.Governorates, err = s.regions(c, v.Page); err != nil {
		return err
	}
	if v.Categories, err = s.categories(c, v.Page, sem); err != nil {
		return err
	}
	return s.render(c, views.DeskForm(v))
}

// officesFor lists the offices for which the person may run a seminar in a space.
func (s *site) officesFor(c *fiber.Ctx, p views.Page, space account.Space) ([]views.Option, error) {
	offices, err := s.Account.Offices(c.UserContext())
	if err != nil {
		return nil, err
	}
	var all []views.Option
	for _, o := range offices {
		fits := space.OfficeID == 0 || space.OfficeID == o.ID
		if fits && actor(c).Can(account.RunSeminars, account.Scope{OfficeID: o.ID, SpaceID: space.ID}) {
			all = append(all, views.Option{Value: strconv.FormatInt(o.ID, 10), Label: p.Named(o.Name)})
		}
	}
	return all, nil
}

func (s *site) regions(c *fiber.Ctx, p views.Page) ([]views.Option, error) {
	governorates, err := s.Account.Governorates(c.UserContext())
	all := []views.Option{{Label: p.T("common.choose")}}
	for _, g := range governorates {
		all = append(all, views.Option{Value: g.Code, Label: p.Named(g.Name)})
	}
	return all, err
}

// sessionRows are the indexes of the session fields to show, and the one to write in next.
func sessionRows(f views.Form, do string) (rows []int, focus int) {
	focus = -1
	shown, last := strings.Fields(f.Get("rows")), -1
	if len(shown) == 0 {
		for i := range max(1, min(f.Int("sessions"), 30)) {
			shown = append(shown, strconv.Itoa(i))
		}
	}
	removed, isRemoval := strings.CutPrefix(do, "remove ")
	for _, text := range shown {
		i, err := strconv.Atoi(text)
		if err != nil || i < 0 || i > 999 {
			continue
		}
		last = max(last, i)
		if !isRemoval || text != removed {
			rows = append(rows, i)
		}
	}
	if do == "add" || len(rows) == 0 {
		rows = append(rows, last+1)
	}
	if do == "add" || isRemoval {
		focus = rows[len(rows)-1]
	}
	return rows, focus
}

// seminarValues fills the form's fields from a seminar.
func seminarValues(sem enrolment.Seminar) views.Form {
	f := views.Form{Values: map[string][]string{}}
	set := func(name, value string) { f.Values.Set(name, value) }
	for _, lang := range events.Languages {
		set("title_"+lang, sem.Title[lang])
		set("description_"+lang, sem.Description[lang])
	}
	set("office", strconv.FormatInt(sem.OfficeID, 10))
	set("venue", sem.Venue)
	set("address", sem.Address)
	set("governorate", sem.Governorate)
	set("capacity", strconv.Itoa(sem.Capacity))
	set("version", strconv.Itoa(sem.Version))
	set("sessions", strconv.Itoa(len(sem.Sessions)))
	zone := sem.Location()
	for i, p := range sem.Sessions {
		at := strconv.Itoa(i)
		set("session_"+at, strconv.FormatInt(p.ID, 10))
		set("date_"+at, p.StartsAt.In(zone).Format(time.DateOnly))
		set("from_"+at, p.StartsAt.In(zone).Format("15:04"))
		set("to_"+at, p.EndsAt.In(zone).Format("15:04"))
	}
	seatValues(f, sem)
	aboutValues(f, sem)
	return f
}
