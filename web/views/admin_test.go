package views_test

import (
	"github.com/a-h/templ"

	"halqa/community/account"
	"halqa/events"
	"halqa/web/views"
)

var heldRoles = []account.HeldRole{
	{Grant: account.Grant{Role: account.Administrator, Kind: account.OverPlatform}, PersonID: 1, PersonName: "Nabil", GivenAt: now},
	{Grant: account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: 5}, PersonID: 2, PersonName: "سامية",
		Place: projects, GivenBy: "Nabil", GivenAt: now, RevokedBy: "Leïla", RevokedAt: now},
	{Grant: account.Grant{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: 3}, PersonID: 3,
		PersonName: "Hédi", Organisation: radio.Name, GivenAt: now, RevokedAt: now},
}

var nextPage = views.Pager{Previous: "/x?page=1", Next: "/x?page=3", Page: 2, Last: 3}

var (
	_ = register("admin", func(p views.Page) templ.Component {
		return views.Admin(views.AdminView{Page: p, Entries: []views.AdminEntry{
			{Href: "/admin/people", Icon: "people", Title: "People", Text: "…", Waiting: 3}, {Href: "/admin/roles", Icon: "star", Title: "Roles", Text: "…"}},
			Steps: []views.Step{{Done: true, Title: projects, Href: "/x", Detail: "…"}, {Title: projects, Href: "/y"}}})
	})
	_ = register("first run", func(p views.Page) templ.Component {
		return views.FirstRun(views.FirstRunView{Page: p, Form: refusedForm("code", "email", "password")})
	})
	_ = register("admin/roles", func(p views.Page) templ.Component {
		return views.AdminRoles(views.AdminRolesView{Page: p.InAdmin(), Roles: places, Offices: places, List: heldRoles, Pager: nextPage})
	})
	_ = register("admin/roles revoked", func(p views.Page) templ.Component {
		return views.AdminRoles(views.AdminRolesView{Page: p, Revoked: true, List: heldRoles[1:]})
	})
	_ = register("admin/roles none", func(p views.Page) templ.Component { return views.AdminRoles(views.AdminRolesView{Page: p}) })
	_ = register("admin/grant", func(p views.Page) templ.Component {
		return views.AdminGrant(views.AdminGrantView{Page: p, Query: "ri", Found: []account.Found{{ID: 4, Name: "Rim", Email: "rim@example.org"}}})
	})
	_ = register("admin/grant nobody", func(p views.Page) templ.Component {
		return views.AdminGrant(views.AdminGrantView{Page: p, Query: "zz"})
	})
	_ = register("admin/grant to", func(p views.Page) templ.Component {
		return views.AdminGrant(views.AdminGrantView{Page: p, Person: &account.Found{ID: 4, Name: "ريم", Email: "rim@example.org"},
			Roles: p.RoleOptions(account.Roles...), Places: places, Form: refusedForm("role", "place")})
	})
	_ = register("admin/people", func(p views.Page) templ.Component {
		return views.AdminPeople(views.AdminPeopleView{Page: p, Governorates: places, Offices: places, Roles: places, Total: 120, Pager: nextPage,
			Addresses: true, Names: map[string]events.Text{"TN-71": projects}, List: []account.PersonLine{
				{ID: 1, Name: "Rim Jaziri", Email: "rim@example.org", Governorate: "TN-71", CreatedAt: now, Organisations: []string{"Radio", "واحة"}, Roles: []string{"trainer", "administrator"}},
				{ID: 2, Name: "سامي", CreatedAt: now}}})
	})
	_ = register("admin/people none", func(p views.Page) templ.Component { return views.AdminPeople(views.AdminPeopleView{Page: p}) })
	_ = register("admin/person", func(p views.Page) templ.Component {
		return views.AdminPerson(views.AdminPersonView{Page: p, Governorate: projects, Office: projects, MayGrant: true, Sheet: account.PersonSheet{
			ID: 3, Name: "Rim Jaziri", Email: "rim@example.org", Governorate: "TN-71", CreatedAt: now, Roles: heldRoles, Administers: true,
			Memberships: []account.OwnOrganisation{{Organisation: radio, Membership: account.MembershipActive}},
			Spaces:      []account.Space{{Key: "projets", Name: projects}},
			Sessions:    []account.Session{{ID: 1, Agent: "Mozilla/5.0 (Linux; Android 14) Chrome/130", SeenAt: now}}}})
	})
	_ = register("admin/person bare", func(p views.Page) templ.Component {
		return views.AdminPerson(views.AdminPersonView{Page: p, Sheet: account.PersonSheet{ID: 3, Name: "Rim", CreatedAt: now, Administers: true}})
	})
)

// acts is one line of each kind that the audit list may tell.
func acts() []account.AuditLine {
	var lines []account.AuditLine
	for _, act := range account.AuditActs {
		lines = append(lines, account.AuditLine{At: now, Kind: act.Kind, What: act.What, ByID: 7, By: "Leïla", PersonID: 3, Person: "ريم", Name: projects,
			Role: account.Trainer, Number: 3, OrganisationID: 4, SpaceID: 5, SeminarID: 6})
	}
	return append(lines, account.AuditLine{At: now, What: "role_granted", ByID: 9, Role: account.Trainer}, account.AuditLine{At: now, What: "seminar_cancelled"})
}

var (
	_ = register("admin/audit", func(p views.Page) templ.Component {
		return views.AdminAudit(views.AdminAuditView{Page: p, Kinds: places, Acts: places, Places: places, Only: []views.AuditOnly{{Field: "person", Name: "ريم"}, {Field: "organisation", Name: "Oasis"}}, Lines: acts(), Pager: nextPage, Filter: refusedForm("from")})
	})
	_ = register("admin/audit none", func(p views.Page) templ.Component { return views.AdminAudit(views.AdminAuditView{Page: p}) })
)

// report is a bus with one consumer of each kind.
var report = events.Report{Events: 1204, Unpublished: 2, Consumers: []events.ConsumerStatus{
	{Name: "enrolment_facts", Replayable: true, Lag: 3, Dead: 2, ReplayAskedAt: now}, {Name: "monitoring", Replayable: true, Replaying: true},
	{Name: "notify", Failing: 1}, {Name: "search", Replayable: true}}}

var (
	_ = register("admin/events", func(p views.Page) templ.Component {
		return views.AdminEvents(views.AdminEventsView{Page: p, Report: report, Dead: []events.DeadLetter{{ID: 4, Consumer: "notify", Attempts: 8,
			At: now, Error: "panic: <b>boom</b>", Event: events.Event{Type: "account.role_granted", Key: "person.3"}}}})
	})
	_ = register("admin/events none", func(p views.Page) templ.Component { return views.AdminEvents(views.AdminEventsView{Page: p}) })
	_ = register("admin/system", func(p views.Page) templ.Component {
		return views.AdminSystem(views.AdminSystemView{Page: p, Report: report, System: views.System{Version: "1.0", PostgreSQL: "15.8", NATS: "2.15.2",
			Since: now, DatabaseBytes: 52 << 20, MediaBytes: 3 << 30, MediaFiles: 112, MailsQueued: 1, MailsSent: 2040, MailsFailed: 3, MailsStopped: 2, MailsBounced: 5, MailsForGood: 2}})
	})
	_ = register("admin/system, bus away", func(p views.Page) templ.Component { return views.AdminSystem(views.AdminSystemView{Page: p}) })
)
