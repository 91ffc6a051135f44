package views

import (
	"net/url"
	"strconv"

	"halqa/community/account"
	"halqa/events"
)

// AdminView is the page at "/admin".
type AdminView struct {
	Page
	Entries []AdminEntry
	Steps   []Step // what a new platform still needs
}

// AdminEntry leads to one part of the administration.
type AdminEntry struct {
	Href, Icon, Title, Text string
	Waiting                 int // things that wait for an answer there
}

// Pager leads to the neighbours of one page of a list.
type Pager struct {
	Previous, Next string // addresses, or "" at the ends
	Page, Last     int    // Last is 0 when it isn't known
}

// AdminRolesView is the page at "/admin/roles".
type AdminRolesView struct {
	Page
	Filter  Form
	Roles   []Option
	Offices []Option
	Revoked bool
	List    []account.HeldRole
	Pager   Pager
}

func (v AdminRolesView) tabs() []Tab {
	return []Tab{{Href: "/admin/roles", Label: v.T("admin.roles_held"), Current: !v.Revoked},
		{Href: "/admin/roles?revoked=1", Label: v.T("admin.roles_revoked"), Current: v.Revoked}}
}

// AdminGrantView is the page at "/admin/roles/new": first somebody is found, then given a role.
type AdminGrantView struct {
	Page
	Form   Form
	Query  string
	Found  []account.Found
	Person *account.Found // who will have the role, once chosen
	Roles  []Option
	Places []Option
	Place  string // where the role is meant to be, when the way here says so
}

func (v AdminGrantView) grantTo(person int64) string {
	q := url.Values{"person": {strconv.FormatInt(person, 10)}}
	if v.Place != "" {
		q.Set("place", v.Place)
	}
	return "/admin/roles/new?" + q.Encode()
}

// AdminPeopleView is the page at "/admin/people".
type AdminPeopleView struct {
	Page
	Filter       Form
	Governorates []Option
	Offices      []Option
	Roles        []Option
	Names        map[string]events.Text // of governorates, by code
	List         []account.PersonLine
	Total        int
	Pager        Pager
	Addresses    bool // the actor may search by address
}

// AdminPersonView is the page of one person in the administration.
type AdminPersonView struct {
	Page
	Sheet       account.PersonSheet
	Governorate events.Text
	Office      events.Text
	MayGrant    bool
	MayErase    bool
}

func adminPersonURL(id int64) string { return "/admin/people/" + strconv.FormatInt(id, 10) }

// RoleName is what a role is called.
func (p Page) RoleName(r account.Role) string { return p.T("admin.role_" + string(r)) }

// RoleOptions are all roles to choose from.
func (p Page) RoleOptions(roles ...account.Role) []Option {
	options := make([]Option, 0, len(roles))
	for _, r := range roles {
		options = append(options, Option{Value: string(r), Label: p.RoleName(r), Hint: p.T("admin.about_" + string(r))})
	}
	return options
}

// over is the place of a role, as text of the page.
func (p Page) over(r account.HeldRole) events.Text {
	switch r.Kind {
	case account.OverPlatform:
		return p.Said(p.T("admin.platform"))
	case account.OverOrganisation:
		return p.Said(r.Organisation)
	}
	return r.Place
}

// any puts "all" before the options of a filter.
func allOr(label string, options []Option) []Option {
	return append([]Option{{Label: label}}, options...)
}

// adminCrumbs are the way from the administration to a page of it.
func (p Page) adminCrumbs(more ...Crumb) Page {
	p.Crumbs = append([]Crumb{{Href: "/admin", Label: p.Said(p.T("admin.title"))}}, more...)
	return p
}

// InAdmin puts a page under the administration: the way to it, with its own title last.
func (p Page) InAdmin(between ...Crumb) Page {
	return p.adminCrumbs(append(between, Crumb{Label: p.Said(p.Title)})...)
}

// RolePlace is the place of a grant as forms send it: "platform", "office:3", "space:5", "organisation:9".
func RolePlace(g account.Grant) string {
	if g.Kind == account.OverPlatform {
		return string(g.Kind)
	}
	return string(g.Kind) + ":" + strconv.FormatInt(g.ScopeID, 10)
}
