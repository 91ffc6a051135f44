package views_test

import (
	"time"

	"github.com/a-h/templ"

	"halqa/community/account"
	"halqa/courses"
	"halqa/enrolment"
	"halqa/web/locale"
	"halqa/web/views"
)

var (
	paths = []courses.Path{{Space: funding, Attests: true, Modules: []courses.Outline{completed(outline(courses.All, 0)), numbered(7, outline(courses.All, 0)),
		{Module: courses.Module{ID: 6, Title: projects}, Space: funding, Lessons: []courses.Lesson{budgetVideo}, Standing: courses.Standing{{LessonID: 11}}}}}}
	needs = []views.SeminarNeed{{Card: enrolment.Card{Seminar: enrolment.Seminar{ID: 1, Title: projects, Venue: "Gafsa", StartsAt: now.Add(72 * time.Hour)}},
		Summary: "1/2", Steps: []views.Step{{Title: projects, Href: "/modules/5", Percent: 40}}}}
	unasked = courses.Sharing{OrganisationID: 4, Name: "Oasis"}
	agreed  = courses.Sharing{OrganisationID: 5, Name: "Vergers", Answered: true, Agreed: true, At: now, Viewers: []string{"Sonia", "Nabil"}}
	refused = courses.Sharing{OrganisationID: 6, Name: "Source", Answered: true, At: now}
)

func byText(p views.Page, followed bool) views.ByTextView {
	return views.ByTextView{Page: p, Nonce: "n", Said: views.TextWrong, At: now, ByText: courses.ByText{Visit: courses.Visit{Lesson: budgetVideo, Outline: outline(courses.All, 0)},
		Track: budgetVideo.Tracks[0], Questions: budgetQuiz.Questions, Followed: followed,
		Least: 90 * time.Second, ReadFrom: now.Add(40 * time.Second), TriesLeft: 2}}
}

// tooEarly is answers sent before the text can have been read, and spent those after the day's tries.
func tooEarly(p views.Page) views.ByTextView {
	v := byText(p, false)
	v.Said, v.TriesLeft = views.TextWaits, 3
	return v
}

func spent(p views.Page, said views.TextSaid) views.ByTextView {
	v := byText(p, false)
	v.Said, v.TriesLeft, v.TryAgain = said, 0, now.Add(5*time.Hour)
	return v
}

func numbered(id int64, o courses.Outline) courses.Outline {
	o.ID = id
	return o
}

var (
	_ = register("my learning", func(p views.Page) templ.Component {
		return views.MyLearning(views.MyLearningView{Page: p, Paths: paths, Needs: needs, Sharings: []courses.Sharing{unasked, agreed, refused}})
	})
	_ = register("my learning, empty", func(p views.Page) templ.Component {
		return views.MyLearning(views.MyLearningView{Page: p, Sharings: []courses.Sharing{unasked}})
	})
	_ = register("shared progress", func(p views.Page) templ.Component {
		at := now
		return views.SharedProgress(views.SharedProgressView{Page: p, Organisation: account.Organisation{ID: 4, Name: "Oasis"}, Members: 3,
			Shared: []courses.Shared{{PersonID: 1, Name: "Amel", Modules: []courses.SharedModule{{ModuleID: 5, Title: projects, Percent: 100, CompletedAt: &at}, {ModuleID: 6, Title: projects, Percent: 40}}}, {PersonID: 2, Name: "Sonia"}}})
	})
	_ = register("by text", func(p views.Page) templ.Component {
		return views.ByText(byText(p, false))
	})
	_ = register("by text, too early", func(p views.Page) templ.Component {
		return views.ByText(tooEarly(p))
	})
	_ = register("by text, tries spent", func(p views.Page) templ.Component {
		return views.ByText(spent(p, views.TextUnsent))
	})
	_ = register("by text, tries just spent", func(p views.Page) templ.Component {
		return views.ByText(spent(p, views.TextWrong))
	})
	_ = register("by text, tries spent, answered", func(p views.Page) templ.Component {
		return views.ByText(spent(p, views.TextWaits))
	})
	_ = register("by text, followed", func(p views.Page) templ.Component {
		return views.ByText(byText(p, true))
	})
	_ = register("shared progress, none", func(p views.Page) templ.Component {
		return views.SharedProgress(views.SharedProgressView{Page: p, Members: 3})
	})
	_ = register("attestation", func(p views.Page) templ.Component {
		return views.Attestation(views.AttestationView{Page: p, Address: "https://halqa.example/attestations/ABCDEFGHIJKLMNOP",
			Versions: []*locale.Localizer{locale.For("fr"), locale.For("ar")},
			Attestation: courses.Attestation{Code: "ABCDEFGHIJKLMNOP", PersonName: "Amel", Module: projects, Space: projects, SpaceKey: "funding", SpaceHue: 30,
				CompletedAt: now, IssuedAt: now, Rule: courses.Criterion{Items: []courses.Item{{Kind: courses.ByPlaying, Percent: 80}, {Kind: courses.ByQuiz, Percent: 60},
					{Kind: courses.ByReading, Percent: 100}, {Kind: courses.ByContribution, Count: 2}}}}})
	})
)
