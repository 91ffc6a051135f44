package views_test

import (
	"net/url"

	"github.com/a-h/templ"

	"halqa/community/account"
	"halqa/events"
	"halqa/web/views"
)

var (
	places = []views.Option{{Value: "TN-71", Label: "Gafsa"}, {Value: "TN-82", Label: "مدنين"}}
	radio  = account.Organisation{ID: 3, Name: "Radio du Bassin", Kind: "media", Governorate: "TN-71", OfficeID: 1,
		State: account.OrganisationValidated, Description: "إذاعة جمعياتية\nà Gafsa", AskedAt: now}
	waiting = account.Member{PersonID: 9, Name: "Rim Jaziri", OrganisationID: 3, OrganisationName: radio.Name,
		State: account.MembershipRequested, AskedAt: now}
)

// refusedForm is a form with an error on each of the given fields and one of its own.
func refusedForm(fields ...string) views.Form {
	f := views.Form{Values: url.Values{"organisation": {"join"}, "name": {"أمل"}}, Errors: []views.FieldError{{Text: "…"}}}
	for _, name := range fields {
		f.Errors = append(f.Errors, views.FieldError{Field: name, Text: "…"})
	}
	return f
}

var (
	_ = register("sign up", func(p views.Page) templ.Component {
		return views.SignUp(views.SignUpView{Page: p, Governorates: places, Kinds: places, Axes: places})
	})
	_ = register("sign up, refused", func(p views.Page) templ.Component {
		return views.SignUp(views.SignUpView{Page: p, Governorates: places, Kinds: places, Axes: places, Found: places,
			Form: refusedForm("name", "email", "password", "language", "governorate", "organisation_id", "birth_year")})
	})
	_ = register("sign in", func(p views.Page) templ.Component { return views.SignIn(views.SignInView{Page: p, Next: "/spaces"}) })
	_ = register("sign in, refused", func(p views.Page) templ.Component {
		return views.SignIn(views.SignInView{Page: p, Form: refusedForm("password")})
	})
	_ = register("check mail", func(p views.Page) templ.Component { return views.Sent(views.SentView{Page: p, Mailbox: true}) })
	_ = register("confirm", link(account.ConfirmLink))
	_ = register("magic", link(account.MagicLink))
	_ = register("reset", link(account.ResetLink))
	_ = register("dead link", func(p views.Page) templ.Component {
		return views.DeadLink(views.DeadLinkView{Page: p, Text: p.T("account.link_used_magic"), Next: "/sign-in"})
	})
	_ = register("ask reset", func(p views.Page) templ.Component {
		return views.AskReset(views.ResetView{Page: p, Form: refusedForm("email")})
	})
	_ = register("profile", func(p views.Page) templ.Component {
		return views.Profile(views.ProfileView{Page: p, Governorates: places, This: 2,
			Person:   account.Person{Name: "أمل بن صالح", Email: "amal@example.org", Language: "ar", Governorate: "TN-71", BirthYear: 1990, PasswordHash: "x"},
			Sessions: []account.Session{{ID: 1, Agent: "Mozilla/5.0 (Linux; Android 14) Chrome/130", SeenAt: now}, {ID: 2, SeenAt: now}},
			Organisations: []account.OwnOrganisation{
				{Organisation: radio, Membership: account.MembershipActive, Administrator: true},
				{Organisation: radio, Membership: account.MembershipActive},
				{Organisation: radio, Membership: account.MembershipRequested},
				{Organisation: radio, Membership: account.MembershipEnded, MembershipReason: "لا نعرفك"},
				{Organisation: account.Organisation{State: account.OrganisationRequested, Name: "A"}},
				{Organisation: account.Organisation{State: account.OrganisationRefused, Name: "B"}},
			}})
	})
	_ = register("profile, new", func(p views.Page) templ.Component {
		return views.Profile(views.ProfileView{Page: p, Governorates: places, PasswordForm: refusedForm("password")})
	})
	_ = register("join", func(p views.Page) templ.Component {
		return views.Join(views.JoinView{Page: p, Query: "radio", Found: places, Form: refusedForm("organisation_id")})
	})
	_ = register("join, nothing", func(p views.Page) templ.Component { return views.Join(views.JoinView{Page: p, Query: "x"}) })
	_ = register("new organisation", func(p views.Page) templ.Component {
		return views.NewOrganisation(views.NewOrganisationView{Page: p, Kinds: places, Axes: places, Governorates: places,
			Form: refusedForm("organisation_name")})
	})
	_ = register("organisation, its administrator", func(p views.Page) templ.Component {
		return views.Organisation(views.OrganisationView{Page: p, Organisation: radio, Governorate: events.Text{"fr": "Gafsa", "ar": "قفصة"},
			Axes: []events.Text{projects, projects}, Own: &account.OwnOrganisation{Organisation: radio, Membership: account.MembershipActive, Administrator: true},
			Manages: true, Requests: []account.Member{waiting}, Form: refusedForm("reason"), FormFor: 9,
			Members: []account.Member{{PersonID: 4, Name: "Sami", Administrator: true}, {PersonID: 5, Name: "منى"}}})
	})
	_ = register("organisation, alone", func(p views.Page) templ.Component {
		return views.Organisation(views.OrganisationView{Page: p, Organisation: radio, Manages: true})
	})
	_ = register("organisation, waiting", func(p views.Page) templ.Component {
		o := radio
		o.State = account.OrganisationRequested
		return views.Organisation(views.OrganisationView{Page: p, Organisation: o, Office: projects,
			Own: &account.OwnOrganisation{Organisation: o, Membership: account.MembershipRequested}})
	})
	_ = register("organisation, refused", func(p views.Page) templ.Component {
		o := radio
		o.State, o.Reason = account.OrganisationRefused, "Déjà inscrite."
		return views.Organisation(views.OrganisationView{Page: p, Organisation: o})
	})
	_ = register("desk organisations", func(p views.Page) templ.Component {
		return views.DeskOrganisations(views.DeskOrganisationsView{Page: p, FormFor: 3, Form: refusedForm("reason"),
			Governorates:  map[string]events.Text{"TN-71": projects},
			Organisations: []account.PendingOrganisation{{Organisation: radio, AskerName: "Sami", AskerEmail: "sami@example.org"}},
			Memberships:   []account.Member{waiting, waiting}})
	})
	_ = register("desk organisations, none", func(p views.Page) templ.Component {
		return views.DeskOrganisations(views.DeskOrganisationsView{Page: p})
	})
)

func link(kind account.Link) func(views.Page) templ.Component {
	return func(p views.Page) templ.Component {
		return views.LinkPage(views.LinkView{Page: p, Kind: kind, Link: "token", Name: "Amal"})
	}
}
