package views

import (
	"net/url"
	"strconv"

	"halqa/community/account"
)

// AdminAuditView is the page at "/admin/audit".
type AdminAuditView struct {
	Page
	Filter Form
	Kinds  []Option
	Places []Option
	Who    string // the person it is narrowed to, or ""
	Lines  []account.AuditLine
	Pager  Pager
}

// sentence tells an act in words.
func (v AdminAuditView) sentence(l account.AuditLine) string {
	person, place := l.Person, v.Named(l.Name)
	if person == "" {
		person = v.T("admin.somebody_gone")
	}
	if place == "" {
		place = v.T("admin.platform")
	}
	role := ""
	if l.Role != "" {
		role = v.RoleName(l.Role)
	}
	return v.T("admin.said_"+l.What, "Person", person, "Name", place, "Role", role, "Number", l.Number)
}

// by is who acted, in words.
func (v AdminAuditView) by(l account.AuditLine) string {
	switch {
	case l.ByID == 0:
		return v.T("admin.the_program")
	case l.By == "":
		return v.T("admin.somebody_gone")
	}
	return l.By
}

// only narrows the list to one person.
func (v AdminAuditView) only(person int64) string {
	q := url.Values{"person": {strconv.FormatInt(person, 10)}}
	for _, name := range []string{"kind", "place"} {
		if value := v.Filter.Get(name); value != "" {
			q.Set(name, value)
		}
	}
	return "/admin/audit?" + q.Encode()
}
