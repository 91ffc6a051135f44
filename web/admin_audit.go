package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/web/views"
)

func (s *site) adminAuditRoutes() []Route {
	return []Route{{"GET", "/admin/audit", May(account.ReadAudit), s.showAudit}}
}

func (s *site) showAudit(c *fiber.Ctx) error {
	v := views.AdminAuditView{Page: s.page(c, "admin.audit"), Filter: query(c, "person", "who", "kind", "place", "from", "to")}
	v.Page = v.InAdmin()
	v.Wide = true
	var wrong account.Invalids
	f := account.AuditFilter{PersonID: v.Filter.ID("person"), Kind: v.Filter.Get("kind"), Page: c.QueryInt("page", 1),
		From: s.day(v.Filter, "from", &wrong), To: s.day(v.Filter, "to", &wrong)}
	if !f.To.IsZero() {
		f.To = f.To.AddDate(0, 0, 1) // the last day, too
	}
	f.Who = v.Filter.Get("who")
	kind, id, _ := strings.Cut(v.Filter.Get("place"), ":")
	switch n, _ := strconv.ParseInt(id, 10, 64); account.ScopeKind(kind) {
	case account.OverOffice:
		f.OfficeID = n
	case account.OverSpace:
		f.SpaceID = n
	}
	s.refused(c, &v.Filter, wrong.Err())
	if err := s.addAuditPlaces(c, &v); err != nil {
		return err
	}
	for _, k := range account.AuditKinds {
		v.Kinds = append(v.Kinds, views.Option{Value: k.Name, Label: v.T("admin.audit_kind_" + k.Name)})
	}
	var more bool
	var err error
	if v.Lines, more, err = s.Account.Audit(c.UserContext(), v.Actor, f); err != nil {
		return err
	}
	if f.PersonID != 0 && len(v.Lines) > 0 {
		names, err := s.Account.Names(c.UserContext(), []int64{f.PersonID})
		if err != nil {
			return err
		}
		v.Who = names[f.PersonID]
	}
	v.Pager = pager("/admin/audit", v.Filter, f.Page, -1, more)
	return s.render(c, views.AdminAudit(v))
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
