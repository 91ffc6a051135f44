package views

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"halqa/community/account"
)

// AdminAuditView is the page at "/admin/audit".
type AdminAuditView struct {
	Page
	Filter Form
	Kinds  []Option
	Acts   []Option
	Places []Option
	Wrong  bool   // the filter is not understood: there is no file to be had
	Who    string // the person it is narrowed to, or ""
	Lines  []account.AuditLine
	Pager  Pager
}

// ActSentence tells an act in words.
func (p Page) ActSentence(l account.AuditLine) string {
	person, place := l.Person, p.Named(l.Name)
	if person == "" {
		person = p.T("admin.somebody_gone")
	}
	if place == "" {
		place = p.T("admin.platform")
	}
	role := ""
	if l.Role != "" {
		role = p.RoleName(l.Role)
	}
	return p.T("admin.said_"+l.What, "Person", person, "Name", place, "Role", role, "Number", l.Number)
}

// ActName is what an act is called, whoever does it: its sentence with gaps.
func (p Page) ActName(what string) string {
	return p.T("admin.said_"+what, "Person", "…", "Name", "…", "Role", "…", "Number", "…")
}

// ActBy is who acted, in words.
func (p Page) ActBy(l account.AuditLine) string {
	switch {
	case l.ByID == 0:
		return p.T("admin.the_program")
	case l.By == "":
		return p.T("admin.somebody_gone")
	}
	return l.By
}

// file is where the lines of the filter are had as a file.
func (v AdminAuditView) file(format string) templ.SafeURL {
	return templ.SafeURL("/admin/audit." + format + "?" + v.Filter.Values.Encode())
}

// only narrows the list to one person.
func (v AdminAuditView) only(person int64) string {
	q := url.Values{"person": {strconv.FormatInt(person, 10)}}
	for _, name := range []string{"kind", "act", "place", "from", "to"} {
		if value := v.Filter.Get(name); value != "" {
			q.Set(name, value)
		}
	}
	return "/admin/audit?" + q.Encode()
}
