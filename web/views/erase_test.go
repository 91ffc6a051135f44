package views_test

import (
	"github.com/a-h/templ"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/views"
)

var (
	_ = register("erase", func(p views.Page) templ.Component {
		return views.Erase(views.EraseView{Page: p, Email: "amel@example.org", Password: true})
	})
	_ = register("erase, much to lose, refused", func(p views.Page) templ.Component {
		return views.Erase(views.EraseView{Page: p, Form: refusedForm("password", "sure"), Password: true,
			Outlook: account.EraseOutlook{Organisations: []account.Organisation{radio}, Spaces: []account.Space{{Key: "x", Name: events.Text{"fr": "Plaidoyer"}}}},
			Seats:   []enrolment.Card{{Seminar: enrolment.Seminar{ID: 4, Title: events.Text{"ar": "ورشة"}, StartsAt: now}}}})
	})
	_ = register("erase, without a password", func(p views.Page) templ.Component { return views.Erase(views.EraseView{Page: p}) })
	_ = register("erase, by a link", func(p views.Page) templ.Component { return views.Erase(views.EraseView{Page: p, Code: "abc"}) })
	_ = register("erase for somebody, refused", func(p views.Page) templ.Component {
		return views.EraseFor(views.EraseForView{Page: p, Form: refusedForm("reason", "sure"), Sheet: account.PersonSheet{ID: 3, Name: "Rim"}})
	})
	_ = register("erase, the last administrator", func(p views.Page) templ.Component {
		return views.Erase(views.EraseView{Page: p, Password: true, Outlook: account.EraseOutlook{LastAdministrator: true}})
	})
)
