package web

import (
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/views"
)

// readSeminar puts what was typed into sem. It returns what cannot be read; enrolment judges the rest.
func (s *site) readSeminar(c *fiber.Ctx, sem *enrolment.Seminar, f views.Form) (account.Invalids, error) {
	var wrong account.Invalids
	sem.Title, sem.Description = events.Text{}, events.Text{}
	for _, lang := range events.Languages {
		sem.Title[lang], sem.Description[lang] = f.Get("title_"+lang), f.Get("description_"+lang)
	}
	sem.Venue, sem.Address, sem.Governorate = f.Get("venue"), f.Get("address"), f.Get("governorate")
	sem.Capacity, sem.Version = f.Int("capacity"), f.Int("version")
	readSessions(sem, f, &wrong)
	modules, err := s.modulesOf(c, sem.SpaceID)
	if err != nil {
		return nil, err
	}
	readGate(sem, f, modules, &wrong)
	return wrong, s.readOffice(c, sem, f)
}

// readOffice takes the office that was chosen, or the only one there is to choose.
func (s *site) readOffice(c *fiber.Ctx, sem *enrolment.Seminar, f views.Form) error {
	if id := f.ID("office"); id != 0 {
		sem.OfficeID = id
	}
	if sem.OfficeID != 0 {
		return nil
	}
	space, err := s.spaceToRun(c, sem.SpaceID)
	if err != nil {
		return err
	}
	offices, err := s.officesFor(c, s.page(c, ""), space)
	if err != nil {
		return err
	}
	if len(offices) != 1 {
		return account.ErrForbidden
	}
	sem.OfficeID, err = strconv.ParseInt(offices[0].Value, 10, 64)
	return err
}

func readSessions(sem *enrolment.Seminar, f views.Form, wrong *account.Invalids) {
	zone := sem.Location()
	sem.Sessions = nil
	rows, _ := sessionRows(f, "")
	for _, i := range rows {
		at := strconv.Itoa(i)
		p := enrolment.Session{ID: f.ID("session_" + at)}
		var err error
		if p.StartsAt, err = moment(f.Get("date_"+at), f.Get("from_"+at), zone); err == nil {
			p.EndsAt, err = moment(f.Get("date_"+at), f.Get("to_"+at), zone)
		}
		if err != nil {
			wrong.Add("sessions", "desk.error_session_date")
			return
		}
		sem.Sessions = append(sem.Sessions, p)
	}
	sem.ClosesAt = time.Time{}
	if day := f.Get("closes"); day != "" {
		clock := f.Get("closes_at")
		if clock == "" {
			clock = "23:59"
		}
		var err error
		if sem.ClosesAt, err = moment(day, clock, zone); err != nil {
			wrong.Add("closes", "desk.error_session_date")
		}
	}
}

func moment(day, clock string, zone *time.Location) (time.Time, error) {
	return time.ParseInLocation("2006-01-02 15:04", day+" "+clock, zone)
}

// readGate builds the rule from the builder's rows. Only modules of the space count.
func readGate(sem *enrolment.Seminar, f views.Form, modules []enrolment.Module, wrong *account.Invalids) {
	mode := enrolment.Mode(f.Get("mode"))
	if mode == "keep" {
		return
	}
	old := sem.Gate
	rule := enrolment.Rule{Mode: mode}
	for _, m := range modules {
		id := strconv.FormatInt(m.ModuleID, 10)
		leaf := enrolment.Rule{Kind: enrolment.Kind(f.Get("leaf_" + id)), ModuleID: m.ModuleID}
		if leaf.Kind == enrolment.Progressed {
			leaf.Percent = f.Int("percent_" + id)
		}
		if leaf.Kind != "" {
			rule.Of = append(rule.Of, leaf)
		}
	}
	if mode == enrolment.AtLeast {
		rule.K = f.Int("k")
	}
	switch {
	case mode == "" && len(rule.Of) > 0:
		wrong.Add("gate", "desk.error_gate_mode")
	case mode == "":
		sem.Gate = enrolment.Rule{}
	default:
		sem.Gate = sameOrder(old, rule)
	}
}

// sameOrder keeps the order in which an unchanged gate was written: no new version for the same conditions.
func sameOrder(old, rule enrolment.Rule) enrolment.Rule {
	if old.Mode != rule.Mode || old.K != rule.K || len(old.Of) != len(rule.Of) {
		return rule
	}
	for _, leaf := range rule.Of {
		same := func(o enrolment.Rule) bool {
			return o.Mode == "" && o.Kind == leaf.Kind && o.ModuleID == leaf.ModuleID && o.Percent == leaf.Percent
		}
		if !slices.ContainsFunc(old.Of, same) {
			return rule
		}
	}
	return old
}

// flat tells whether the builder can show a rule: one group of leaves about modules of the space, or nothing.
func flat(r enrolment.Rule, modules []enrolment.Module) bool {
	if r.Open() {
		return true
	}
	leaves := r.Of
	if r.Kind != "" {
		leaves = []enrolment.Rule{r}
	}
	for _, leaf := range leaves {
		known := slices.ContainsFunc(modules, func(m enrolment.Module) bool { return m.ModuleID == leaf.ModuleID })
		if leaf.Kind == "" || !known {
			return false
		}
	}
	return true
}

// gateValues fills the builder's fields from a rule; one that it can't show is kept as it is.
func gateValues(f views.Form, r enrolment.Rule) {
	leaves := r.Of
	if r.Kind != "" {
		leaves = []enrolment.Rule{r}
		r.Mode = enrolment.All
	}
	f.Values.Set("mode", string(r.Mode))
	if r.Mode == enrolment.AtLeast {
		f.Values.Set("k", strconv.Itoa(r.K))
	}
	for _, leaf := range leaves {
		if leaf.Kind == "" {
			f.Values.Set("mode", "keep")
			continue
		}
		id := strconv.FormatInt(leaf.ModuleID, 10)
		f.Values.Set("leaf_"+id, string(leaf.Kind))
		if leaf.Kind == enrolment.Progressed {
			f.Values.Set("percent_"+id, strconv.Itoa(leaf.Percent))
		}
	}
}
