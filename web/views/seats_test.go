package views_test

import (
	"time"

	"github.com/a-h/templ"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web/views"
)

var (
	_ = register("seats/group", func(p views.Page) templ.Component { return views.Group(group(p)) })
	_ = register("seats/group refused", func(p views.Page) templ.Component {
		v := group(p)
		v.None, v.Organisations = true, choices(p, 2)
		v.Entries = []views.GroupEntry{{Name: "Amira Trabelsi", Tone: views.Good, Text: p.T("desk.standing_confirmed")},
			{Name: "سامي الغربي", Tone: views.Bad, Text: p.T("seats.entry_gate")}}
		return views.Group(v)
	})
	_ = register("seats/group of nobody", func(p views.Page) templ.Component {
		return views.Group(views.GroupView{Page: p, Seminar: enrolment.View{Card: workshop()}})
	})
	_ = register("seats/organisation", func(p views.Page) templ.Component { return views.OrganisationSeats(organisationSeats(p)) })
	_ = register("seats/organisation empty", func(p views.Page) templ.Component {
		return views.OrganisationSeats(views.OrganisationSeatsView{Page: p})
	})
	_ = register("seats/absences", func(p views.Page) templ.Component {
		return views.AbsencePolicies(views.AbsencesView{Page: p, Offices: []views.AbsenceForm{{ID: 1, Name: text("Gafsa", "قفصة", "Gafsa")},
			{ID: 2, Name: text("Sousse", "سوسة", "Sousse")}}})
	})
)

func group(p views.Page) views.GroupView {
	return views.GroupView{Page: p, Seminar: enrolment.View{Card: workshop()}, Organisation: 1,
		Members: []account.Member{{PersonID: 1, Name: "Amira Trabelsi"}, {PersonID: 2, Name: "سامي الغربي"}}}
}

func organisationSeats(p views.Page) views.OrganisationSeatsView {
	v := views.OrganisationSeatsView{Page: p, Organisation: account.Organisation{ID: 1, Name: "Association des jeunes"}}
	for i, state := range []enrolment.Standing{enrolment.Requested, enrolment.Pending, enrolment.Offered, enrolment.Waitlisted} {
		r := enrolment.OrganisationSeat{Registration: enrolment.Registration{ID: int64(i), SeminarID: 12, State: state, AskedBy: 3,
			OfferUntil: now.Add(5 * time.Hour)}, Name: "Amira Trabelsi", Title: budget}
		if state == enrolment.Requested {
			v.Asking = append(v.Asking, r)
		} else {
			v.Rest = append(v.Rest, r)
		}
	}
	return v
}
