package views

import (
	"fmt"
	"maps"
	"net/url"

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
	Wrong  bool // the filter is not understood: there is no file to be had
	Only   []AuditOnly
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

// AuditOnly is a person, an organisation or a seminar that the list is narrowed to.
type AuditOnly struct {
	Field string // of the address
	Name  string
}

// with is the list with some parts of its filter replaced, "" for left out: pairs of a name and a value.
func (v AdminAuditView) with(pairs ...string) templ.SafeURL {
	q := maps.Clone(v.Filter.Values)
	if q == nil {
		q = url.Values{}
	}
	for i := 0; i < len(pairs); i += 2 {
		if q.Del(pairs[i]); pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return templ.SafeURL("/admin/audit?" + q.Encode())
}

// by narrows the list to who acted in a line, in whatever way.
func (v AdminAuditView) by(l account.AuditLine) templ.SafeURL {
	return v.with("person", ms(l.ByID), "who", "", "side", "")
}

// auditLink narrows the list to what a line is about.
type auditLink struct {
	label string
	to    templ.SafeURL
}

// about are the links to all that concerns whom and what a line is about, as far as the list isn't narrowed to it.
func (v AdminAuditView) about(l account.AuditLine) (links []auditLink) {
	add := func(is bool, label, field, value string, more ...string) {
		if is && v.Filter.Get(field) != value {
			links = append(links, auditLink{label, v.with(append(more, field, value)...)})
		}
	}
	add(l.Person != "" && l.PersonID != l.ByID, l.Person, "person", ms(l.PersonID), "who", "", "side", "concerned")
	add(l.OrganisationID != 0, v.T("admin.audit_this_organisation"), "organisation", ms(l.OrganisationID))
	add(l.SeminarID != 0, v.T("admin.audit_this_seminar"), "seminar", ms(l.SeminarID))
	add(l.SpaceID != 0 && l.SeminarID == 0, v.T("admin.audit_this_space"), "place", fmt.Sprint(account.OverSpace, ":", l.SpaceID))
	return links
}

func (p Page) auditSides() []Option {
	return []Option{{Value: "", Label: p.T("admin.audit_side_any")}, {Value: "acted", Label: p.T("admin.audit_side_acted")}, {Value: "concerned", Label: p.T("admin.audit_side_concerned")}}
}

// auditURL leads from the page of something to what was done there, for those who may read it.
func auditURL(field string, id int64) templ.SafeURL {
	if field == "space" {
		return templ.SafeURL(fmt.Sprint("/admin/audit?place=", account.OverSpace, ":", id))
	}
	return templ.SafeURL(fmt.Sprint("/admin/audit?", field, "=", id))
}
