package web

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/events"
	"halqa/web/views"
)

func (s *site) adminAuditRoutes() []Route {
	read := May(account.ReadAudit)
	return []Route{
		{"GET", "/admin/audit", read, s.showAudit},
		{"GET", "/admin/audit.xlsx", read, s.sendAuditSheet},
		{"GET", "/admin/audit.csv", read, s.sendAuditLines},
	}
}

func (s *site) showAudit(c *fiber.Ctx) error {
	v := views.AdminAuditView{Page: s.page(c, "admin.audit")}
	v.Page = v.InAdmin()
	v.Wide = true
	var f account.AuditFilter
	var wrong account.Invalids
	v.Filter, f, wrong = s.auditFilter(c)
	v.Wrong = s.refused(c, &v.Filter, wrong.Err())
	if err := s.addAuditPlaces(c, &v); err != nil {
		return err
	}
	for _, kind := range account.AuditKinds() {
		v.Kinds = append(v.Kinds, views.Option{Value: kind, Label: v.T("admin.audit_kind_" + kind)})
	}
	for _, a := range account.AuditActs {
		if f.Kind == "" || f.Kind == a.Kind {
			v.Acts = append(v.Acts, views.Option{Value: a.What, Label: v.ActName(a.What)})
		}
	}
	var more bool
	var err error
	if v.Lines, more, err = s.Account.Audit(c.UserContext(), v.Actor, f); err != nil {
		return err
	}
	if v.Only, err = s.auditOnly(c, v, f); err != nil {
		return err
	}
	v.Pager = pager("/admin/audit", v.Filter, f.Page, -1, more)
	return s.render(c, views.AdminAudit(v))
}

// auditOnly names the person, the organisation and the seminar that the list is narrowed to, as far as the actor may know of them.
func (s *site) auditOnly(c *fiber.Ctx, v views.AdminAuditView, f account.AuditFilter) (only []views.AuditOnly, err error) {
	if f.PersonID != 0 {
		name := ""
		if len(v.Lines) > 0 {
			names, err := s.Account.Names(c.UserContext(), []int64{f.PersonID})
			if err != nil {
				return nil, err
			}
			name = names[f.PersonID]
		}
		only = append(only, views.AuditOnly{Field: "person", Name: cmp.Or(name, v.T("admin.audit_one_person"))})
	}
	if id := f.About.OrganisationID; id != 0 {
		o, err := s.Account.Organisation(c.UserContext(), v.Actor, id)
		if err != nil && !errors.Is(err, account.ErrNotFound) {
			return nil, err
		}
		only = append(only, views.AuditOnly{Field: "organisation", Name: cmp.Or(o.Name, v.T("admin.audit_one_organisation"))})
	}
	if id := f.About.SeminarID; id != 0 {
		only = append(only, views.AuditOnly{Field: "seminar", Name: cmp.Or(s.seminarTitle(c, v.Page, id), v.T("admin.audit_one_seminar"))})
	}
	return only, nil
}

// seminarTitle is the title of a seminar that the actor may see, or "".
func (s *site) seminarTitle(c *fiber.Ctx, p views.Page, id int64) string {
	if s.Enrolment == nil {
		return ""
	}
	sem, err := s.Enrolment.Seminar(c.UserContext(), p.Actor, id)
	if err != nil {
		return ""
	}
	return p.Named(sem.Title)
}

// auditFilter reads what an address narrows the list to, such as ?kind=roles&place=office:3&from=2026-07-01.
func (s *site) auditFilter(c *fiber.Ctx) (form views.Form, f account.AuditFilter, wrong account.Invalids) {
	form = query(c, "person", "side", "organisation", "seminar", "who", "kind", "act", "place", "from", "to")
	f = account.AuditFilter{PersonID: form.ID("person"), Side: events.Side(form.Get("side")),
		About: events.About{OrganisationID: form.ID("organisation"), SeminarID: form.ID("seminar")}, Who: form.Get("who"), Kind: form.Get("kind"), What: form.Get("act"),
		Page: c.QueryInt("page", 1), From: s.day(form, "from", &wrong), To: s.day(form, "to", &wrong)}
	if !f.From.IsZero() && f.To.Before(f.From) && !f.To.IsZero() {
		wrong.Add("to", "monitoring.error_order")
	}
	if !f.To.IsZero() {
		f.To = f.To.AddDate(0, 0, 1) // the last day, too
	}
	if f.Kind != "" && !slices.ContainsFunc(account.AuditActs, func(a account.AuditAct) bool { return a.What == f.What && a.Kind == f.Kind }) {
		f.What = "" // that of another kind, chosen before
		form.Values.Del("act")
	}
	kind, id, _ := strings.Cut(form.Get("place"), ":")
	switch n, _ := strconv.ParseInt(id, 10, 64); account.ScopeKind(kind) {
	case account.OverOffice:
		f.OfficeID = n
	case account.OverSpace:
		f.SpaceID = n
	}
	return form, f, wrong
}

// addAuditPlaces adds the offices and spaces that the list can be narrowed to.
func (s *site) addAuditPlaces(c *fiber.Ctx, v *views.AdminAuditView) error {
	offices, spaces, err := s.Account.AuditPlaces(c.UserContext(), v.Actor)
	for _, o := range offices {
		v.Places = append(v.Places, views.Option{Value: fmt.Sprint(account.OverOffice, ":", o.ID), Label: v.T("admin.audit_office", "Name", v.Named(o.Name))})
	}
	for _, sp := range spaces {
		v.Places = append(v.Places, views.Option{Value: fmt.Sprint(account.OverSpace, ":", sp.ID), Label: v.T("admin.audit_space", "Name", v.Named(sp.Name))})
	}
	return err
}
