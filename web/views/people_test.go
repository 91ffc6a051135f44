package views_test

import (
	"net/url"

	"github.com/a-h/templ"

	"halqa/community/account"
	"halqa/community/library"
	"halqa/events"
	"halqa/web/views"
)

var (
	atlas = views.Atlas{Governorates: map[string]events.Text{"TN-71": {"fr": "Gafsa", "ar": "قفصة"}}, Axes: map[string]events.Text{"water": projects},
		Organisations: map[int64]account.Organisation{3: radio}}
	lists = views.Lists{Governorates: places, Axes: places, Kinds: places, Spaces: places}
	amal  = account.Acquaintance{ID: 9, Name: "أمل بن صالح", Occupation: "Trésorière", Bio: "Bonjour.\nمرحبا", Governorate: "TN-71",
		Expertise: "Budgets", Axes: []string{"water"}, Languages: []string{"ar", "fr", "tse"}, Email: "amal@example.org",
		Phone: "+216 70 000 000", Organisations: []int64{3, 99}}
	shy      = account.Acquaintance{ID: 10, Name: "Sami"}
	eau      = account.Space{ID: 4, Key: "eau", Hue: 200, Name: events.Text{"fr": "Eau"}}
	searched = views.Form{Values: url.Values{"q": {"amal"}}}
	guide    = library.Item{Space: eau, Giver: "Sami", Document: library.Document{ID: 5, SpaceID: 4, Title: projects, Summary: events.Text{"fr": "Un guide."},
		Kind: "guide", Axes: []string{"water"}, Languages: []string{"fr", "ar"}, Blob: "0123456789abcdef0123456789abcdef.docx", Name: "دليل.docx",
		Bytes: 240_000, State: library.Published, GivenAt: now, Downloads: 12}}
)

// in is the guide in another state.
func in(s library.State, reason string) library.Item {
	d := guide
	d.State, d.Reason = s, reason
	return d
}

var (
	_ = register("people", func(p views.Page) templ.Component {
		return views.People(views.PeopleView{Page: p, Lists: lists, Atlas: atlas, People: []account.Acquaintance{amal, shy}, Next: "/people?after=9"})
	})
	_ = register("people, none", func(p views.Page) templ.Component { return views.People(views.PeopleView{Page: p}) })
	_ = register("people, nobody fits", func(p views.Page) templ.Component {
		return views.People(views.PeopleView{Page: p, Lists: lists, Filter: searched})
	})
	_ = register("organisations", func(p views.Page) templ.Component {
		return views.Organisations(views.OrganisationsView{Page: p, Lists: lists, Atlas: atlas, Organisations: []account.Organisation{radio}, Next: "/organisations?after=3"})
	})
	_ = register("organisations, none", func(p views.Page) templ.Component { return views.Organisations(views.OrganisationsView{Page: p}) })
	_ = register("organisations, none fits", func(p views.Page) templ.Component {
		return views.Organisations(views.OrganisationsView{Page: p, Filter: searched})
	})
	_ = register("person", func(p views.Page) templ.Component {
		return views.Person(views.PersonView{Page: p, Atlas: atlas, Person: amal, Own: true})
	})
	_ = register("person, shy", func(p views.Page) templ.Component { return views.Person(views.PersonView{Page: p, Person: shy}) })
	_ = register("people of a space", func(p views.Page) templ.Component {
		return views.SpacePeople(views.SpacePeopleView{Page: p, Atlas: atlas, Space: eau, Moderators: []account.Acquaintance{shy}, People: []account.Acquaintance{amal}, Next: "x"})
	})
	_ = register("people of a space, none", func(p views.Page) templ.Component {
		return views.SpacePeople(views.SpacePeopleView{Page: p, Space: eau})
	})
	_ = register("people of a space, nobody fits", func(p views.Page) templ.Component {
		return views.SpacePeople(views.SpacePeopleView{Page: p, Space: eau, Filter: searched})
	})
	_ = register("organisation, its people", func(p views.Page) templ.Component {
		return views.Organisation(views.OrganisationView{Page: p, Organisation: radio, Atlas: atlas, Shown: []account.Acquaintance{amal}, Next: "x", Spaces: []account.Space{eau}})
	})
	_ = register("profile, card refused", func(p views.Page) templ.Component {
		f := views.CardForm(account.Card{Bio: "Bonjour", Axes: []string{"TN-71"}, Languages: []string{"fr"}})
		f.Errors = refusedForm("card_email", "card_phone", "card_bio_for").Errors
		return views.Profile(views.ProfileView{Page: p, Governorates: places, Axes: places, CardForm: f})
	})

	_ = register("library", func(p views.Page) templ.Component {
		return views.Library(views.LibraryView{Page: p, Axes: places, Spaces: places, List: []library.Item{guide}, Next: "/library?after=1-5"})
	})
	_ = register("library, none", func(p views.Page) templ.Component { return views.Library(views.LibraryView{Page: p}) })
	_ = register("library, none fits", func(p views.Page) templ.Component {
		return views.Library(views.LibraryView{Page: p, Filter: searched})
	})
	_ = register("library of a space", func(p views.Page) templ.Component {
		return views.Library(views.LibraryView{Page: p, Space: &eau, List: []library.Item{guide}, Waiting: []library.Item{in(library.Proposed, "")},
			Mine: []library.Item{in(library.Proposed, ""), in(library.Refused, "Il manque la date.")}, MayGive: true, Moderates: true})
	})
	_ = register("library of a space, none", func(p views.Page) templ.Component {
		return views.Library(views.LibraryView{Page: p, Space: &eau})
	})
	_ = register("edit a document", func(p views.Page) templ.Component {
		return views.Give(views.GiveView{Page: p, Space: eau, Axes: places, Edited: &guide, Form: refusedForm("file", "title_fr")})
	})
	_ = register("give a document", func(p views.Page) templ.Component {
		return views.Give(views.GiveView{Page: p, Space: eau, Axes: places, Moderates: true})
	})
	_ = register("give a document, refused", func(p views.Page) templ.Component {
		return views.Give(views.GiveView{Page: p, Space: eau, Axes: places, Form: refusedForm("file", "title_fr", "kind", "languages")})
	})
	_ = register("give a document, again", func(p views.Page) templ.Component {
		return views.Give(views.GiveView{Page: p, Space: eau, Form: refusedForm("title_fr")})
	})
	_ = register("document", func(p views.Page) templ.Component {
		return views.Document(views.DocumentView{Page: p, Item: guide, AxisNames: atlas.Axes, Moderates: true})
	})
	_ = register("document, proposed", func(p views.Page) templ.Component {
		return views.Document(views.DocumentView{Page: p, Item: in(library.Proposed, ""), AxisNames: atlas.Axes, Own: true, Moderates: true, Decision: refusedForm("reason")})
	})
	_ = register("document, refused", func(p views.Page) templ.Component {
		return views.Document(views.DocumentView{Page: p, Item: in(library.Refused, "Il manque la date."), AxisNames: atlas.Axes, Own: true})
	})
	_ = register("document, withdrawn", func(p views.Page) templ.Component {
		return views.Document(views.DocumentView{Page: p, Item: in(library.Withdrawn, ""), AxisNames: atlas.Axes})
	})
)
