package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web/views"
)

// maxQuotaRows is how many quotas the form holds.
const maxQuotaRows = 12

func (s *site) approveGuest(c *fiber.Ctx) error {
	seminar, id, err := s.guestHere(c)
	if err != nil {
		return err
	}
	reg, err := s.Enrolment.Approve(c.UserContext(), actor(c), id)
	switch {
	case err != nil:
		return s.refusedSeat(c, err, deskPath(seminar))
	case reg.State == enrolment.Waitlisted:
		return s.done(c, deskPath(seminar), "seats.now_approved_waits")
	}
	return s.done(c, deskPath(seminar), "seats.now_approved")
}

func (s *site) refuseGuest(c *fiber.Ctx) error {
	seminar, id, err := s.guestHere(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Enrolment.Refuse(c.UserContext(), actor(c), id, f.Get("reason"))
	if s.refused(c, &f, err) {
		return s.guestPage(c, f)
	}
	if err != nil {
		return s.refusedSeat(c, err, deskPath(seminar))
	}
	return s.done(c, deskPath(seminar), "seats.now_refused")
}

// guestHere reads the registration of the address, which must be of the seminar of the address.
func (s *site) guestHere(c *fiber.Ctx) (seminar, registration int64, err error) {
	d, err := s.deskSeminar(c, "desk.guest")
	if err != nil {
		return 0, 0, err
	}
	if registration, err = idOf(c, "registration"); err != nil {
		return 0, 0, err
	}
	if _, ok := guestOf(d.DeskView, registration); !ok {
		return 0, 0, account.ErrNotFound
	}
	return d.ID, registration, nil
}

func (s *site) showAbsences(c *fiber.Ctx) error { return s.absencesPage(c, views.Form{}) }

// absencesPage shows the policies; f is one that was refused.
func (s *site) absencesPage(c *fiber.Ctx, f views.Form) error {
	policies, err := s.Enrolment.AbsencePolicies(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	offices, err := s.Account.Offices(c.UserContext())
	if err != nil {
		return err
	}
	v := views.AbsencesView{Page: s.page(c, "seats.absences_title")}
	v.Crumbs = []views.Crumb{{Href: "/desk", Label: v.Said(v.T("common.nav_desk"))}, {Label: v.Said(v.Page.Title)}}
	for _, p := range policies {
		i := slices.IndexFunc(offices, func(o account.Office) bool { return o.ID == p.OfficeID })
		if i < 0 {
			continue
		}
		o := views.AbsenceForm{ID: p.OfficeID, Name: offices[i].Name, Form: f}
		if f.ID("office") != p.OfficeID {
			months := p.Months
			if months == 0 {
				months = 12
			}
			o.Form = views.Form{Values: map[string][]string{"absences": {strconv.Itoa(p.Absences)}, "months": {strconv.Itoa(months)}}}
		}
		v.Offices = append(v.Offices, o)
	}
	return s.render(c, views.AbsencePolicies(v))
}

func (s *site) saveAbsences(c *fiber.Ctx) error {
	f := s.form(c)
	err := s.Enrolment.SetAbsencePolicy(c.UserContext(), actor(c),
		enrolment.AbsencePolicy{OfficeID: f.ID("office"), Absences: f.Int("absences"), Months: f.Int("months")})
	if s.refused(c, &f, err) {
		return s.absencesPage(c, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/desk/absences", "seats.now_absences")
}

// readSeats reads how seats are given.
func readSeats(sem *enrolment.Seminar, f views.Form, wrong *account.Invalids) {
	sem.Approval = enrolment.Approval(f.Get("approval"))
	sem.OfferHours, sem.PerOrganisation = f.Int("offer_hours"), f.Int("per_organisation")
	zone := sem.Location()
	sem.OpensAt = readMoment(f, "opens", "00:00", zone, wrong)
	sem.ClosesAt = readMoment(f, "closes", "23:59", zone, wrong)
	sem.ReservedUntil = readMoment(f, "reserved", "23:59", zone, wrong)
	sem.AttendBy = readMoment(f, "attend_by", "23:59", zone, wrong)
	sem.Quotas = nil
	for i := range maxQuotaRows {
		at := strconv.Itoa(i)
		trait, values, ok := strings.Cut(f.Get("quota_"+at), "=")
		if !ok {
			continue
		}
		sem.Quotas = append(sem.Quotas, enrolment.Quota{Trait: enrolment.Trait(trait), Values: strings.Split(values, ","),
			Min: f.Int("quota_min_" + at), Max: f.Int("quota_max_" + at)})
	}
}

// readMoment reads an optional day and hour; a day alone is at the hour given.
func readMoment(f views.Form, name, hour string, zone *time.Location, wrong *account.Invalids) time.Time {
	day := f.Get(name)
	if day == "" {
		return time.Time{}
	}
	if typed := f.Get(name + "_at"); typed != "" {
		hour = typed
	}
	t, err := moment(day, hour, zone)
	if err != nil {
		wrong.Add(name, "desk.error_session_date")
	}
	return t
}

// seatValues fills the fields of how seats are given.
func seatValues(f views.Form, sem enrolment.Seminar) {
	set := func(name, value string) { f.Values.Set(name, value) }
	number := func(name string, n int) {
		if n > 0 {
			set(name, strconv.Itoa(n))
		}
	}
	set("approval", string(sem.Approval))
	set("offer_hours", strconv.Itoa(sem.OfferHours))
	number("per_organisation", sem.PerOrganisation)
	for name, t := range map[string]time.Time{"opens": sem.OpensAt, "closes": sem.ClosesAt, "reserved": sem.ReservedUntil, "attend_by": sem.AttendBy} {
		if !t.IsZero() {
			set(name, t.In(sem.Location()).Format(time.DateOnly))
			set(name+"_at", t.In(sem.Location()).Format("15:04"))
		}
	}
	for i, q := range sem.Quotas {
		at := strconv.Itoa(i)
		set("quota_"+at, categoryOf(q))
		number("quota_min_"+at, q.Min)
		number("quota_max_"+at, q.Max)
	}
}

func categoryOf(q enrolment.Quota) string { return string(q.Trait) + "=" + strings.Join(q.Values, ",") }

// categories are the choices of whom a quota is about: each known category, the governorates of each office together, and
// those in use.
func (s *site) categories(c *fiber.Ctx, p views.Page, sem enrolment.Seminar) ([]views.Option, error) {
	regions, err := s.Account.Governorates(c.UserContext())
	if err != nil {
		return nil, err
	}
	offices, err := s.Account.Offices(c.UserContext())
	if err != nil {
		return nil, err
	}
	names, byOffice := views.Regions{}, map[int64][]string{}
	for _, g := range regions {
		names[g.Code] = g.Name
		byOffice[g.OfficeID] = append(byOffice[g.OfficeID], g.Code)
	}
	all := []views.Option{{Label: p.T("seats.quota_nobody")}}
	add := func(label string, q enrolment.Quota) {
		value := categoryOf(q)
		if !slices.ContainsFunc(all, func(o views.Option) bool { return o.Value == value }) {
			all = append(all, views.Option{Value: value, Label: label})
		}
	}
	for _, q := range knownCategories() {
		add(names.QuotaName(p, q), q)
	}
	for _, o := range offices {
		if codes := byOffice[o.ID]; len(codes) > 0 {
			add(p.T("seats.quota_office", "Office", p.Named(o.Name)), enrolment.Quota{Trait: enrolment.ByGovernorate, Values: codes})
		}
	}
	for _, g := range regions {
		q := enrolment.Quota{Trait: enrolment.ByGovernorate, Values: []string{g.Code}}
		add(names.QuotaName(p, q), q)
	}
	for _, q := range sem.Quotas {
		add(names.QuotaName(p, q), q)
	}
	return all, nil
}

func knownCategories() []enrolment.Quota {
	all := []enrolment.Quota{
		{Trait: enrolment.ByGender, Values: []string{"female"}}, {Trait: enrolment.ByGender, Values: []string{"male"}},
		{Trait: enrolment.ByAge, Values: []string{"0", "25"}}, {Trait: enrolment.ByAge, Values: []string{"0", "35"}},
	}
	for _, kind := range account.OrganisationKinds {
		all = append(all, enrolment.Quota{Trait: enrolment.ByOrganisation, Values: []string{kind}})
	}
	return all
}
