package views_test

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"halqa/enrolment"
	"halqa/events"
	"halqa/web/views"
)

var (
	_ = register("desk", func(p views.Page) templ.Component {
		return views.Desk(views.DeskView{Page: p, Coming: seminarCards(), Past: seminarCards()[:2], MayCreate: true, Organisations: true})
	})
	_ = register("desk/empty", func(p views.Page) templ.Component { return views.Desk(views.DeskView{Page: p, MayCreate: true}) })
	_ = register("desk/spaces", func(p views.Page) templ.Component {
		return views.DeskSpaces(views.DeskSpacesView{Page: p, Spaces: []views.DeskSpace{{ID: 2, Key: "projets", Hue: 205, Name: projects}}})
	})
	_ = register("desk/no space", func(p views.Page) templ.Component { return views.DeskSpaces(views.DeskSpacesView{Page: p}) })
	_ = register("desk/seminar", func(p views.Page) templ.Component { return views.DeskSeminar(deskSeminar(p)) })
	_ = register("desk/draft", func(p views.Page) templ.Component {
		v := deskSeminar(p)
		v.State, v.Holders, v.Queue, v.Withdrawn, v.Gates = enrolment.Draft, nil, nil, nil, []views.GateInWords{{Use: enrolment.ToRegister}, {Use: enrolment.ToAttend}}
		v.Form.Errors = []views.FieldError{{Field: "reason", Text: p.T("desk.error_reason")}}
		return views.DeskSeminar(v)
	})
	_ = register("desk/cancelled", func(p views.Page) templ.Component {
		v := deskSeminar(p)
		v.State, v.CancelledAt, v.CancelReason, v.Holders = enrolment.Cancelled, now, "Inondations", nil
		return views.DeskSeminar(v)
	})
	_ = register("desk/guest", func(p views.Page) templ.Component {
		d := deskSeminar(p)
		d.Asked, d.Holders[0].Answers = asked, answers
		v := views.DeskGuestView{Page: p, Seminar: d.DeskView, Guest: d.Holders[0], Past: views.PastInWords{Steps: gateSteps(p), Words: p.N("seminars.group_at_least", 2)}}
		v.Asked = &views.PastInWords{Past: enrolment.Past{At: now, Version: enrolment.GateVersion{Version: 2, At: now}}}
		return views.DeskGuest(v)
	})
	_ = register("desk/guest asks", func(p views.Page) templ.Component {
		d := deskSeminar(p)
		return views.DeskGuest(views.DeskGuestView{Page: p, Seminar: d.DeskView, Guest: d.Asking[0]})
	})
	_ = register("desk/attendance", func(p views.Page) templ.Component { return views.DeskAttendance(attendance(p, false)) })
	_ = register("desk/attendance early", func(p views.Page) templ.Component { return views.DeskAttendance(attendance(p, true)) })
	_ = register("desk/knowledge", func(p views.Page) templ.Component {
		d := deskSeminar(p)
		v := views.KnowledgeView{Page: d.Page, Knowledge: enrolment.Knowledge{DeskView: d.DeskView,
			Asked:   []enrolment.AskedModule{{ID: 1, Title: projects}, {ID: 2, Title: text("Le budget", "الميزانية", "Budget")}},
			Percent: map[int64]map[int64]int{1: {1: 100, 2: 40}}, All: map[int64]int{1: 1}}}
		return views.DeskKnowledge(v)
	})
	_ = register("desk/papers", func(p views.Page) templ.Component {
		d := deskSeminar(p)
		d.Papers, d.Page.Title = somePapers, p.T("training.papers")
		refused := views.Form{Values: url.Values{"title": {"دليل"}, "url": {"x"}}, Errors: []views.FieldError{{Field: "url", Text: p.T("training.error_paper_url")}}}
		return views.DeskPapers(views.PapersView{Page: d.Page, View: d.View, Link: refused})
	})
	_ = register("desk/twins", func(p views.Page) templ.Component {
		d := deskSeminar(p)
		d.Page.Title = p.T("twins.title")
		d.View.Others = []enrolment.Card{twinOf(d.Card)}
		return views.DeskTwins(views.TwinsView{Page: d.Page, View: d.View, Choices: []enrolment.TwinChoice{{Card: twinOf(d.Card)}, {Card: further(twinOf(d.Card)), Proposes: true}}, Talks: talksOf(twinOf(d.Card))})
	})
	_ = register("desk/twins of none", func(p views.Page) templ.Component {
		d := deskSeminar(p)
		d.Page.Title = p.T("twins.title")
		return views.DeskTwins(views.TwinsView{Page: d.Page, View: d.View})
	})
	_ = register("desk/papers of none", func(p views.Page) templ.Component {
		d := deskSeminar(p)
		return views.DeskPapers(views.PapersView{Page: d.Page, View: d.View})
	})
	_ = register("desk/knowledge of nothing", func(p views.Page) templ.Component {
		d := deskSeminar(p)
		return views.DeskKnowledge(views.KnowledgeView{Page: d.Page, Knowledge: enrolment.Knowledge{DeskView: d.DeskView}})
	})
	_ = register("desk/questions", func(p views.Page) templ.Component {
		f := views.Form{Values: url.Values{"rows": {"7 new1"}, "label_fr_7": {"Vos repas"}, "options_fr_7": {"Viande\nPoisson"}, "kind_7": {"one"}, "required_7": {"yes"}, "label_ar_new1": {"وظيفتكم"}}}
		f.Errors = []views.FieldError{{Field: "label_" + p.Lang() + "_new1", Text: p.T("training.error_question")}}
		return views.DeskQuestions(views.QuestionsView{Page: p, ID: 12, Form: f, Stale: true, Common: []views.CommonQuestion{{Key: "meals"}, {Key: "access"}, {Key: "transport"}, {Key: "childcare"}, {Key: "expectations"}}, Retired: asked[:1]})
	})
	_ = register("seminar/answers", func(p views.Page) templ.Component {
		v := views.AnswersView{Page: p, View: enrolment.View{Card: workshop(), Questions: asked}}
		v.Form.Errors = []views.FieldError{{Field: "question_1", Text: p.T("training.error_answer")}}
		return views.AnswerQuestions(v)
	})
	_ = register("seminar/answers closed", func(p views.Page) templ.Component {
		v := views.AnswersView{Page: p, View: enrolment.View{Card: workshop(), Questions: asked, Answers: answers}}
		v.State, v.Mine = enrolment.Cancelled, &enrolment.Registration{ID: 1, State: enrolment.Confirmed}
		return views.AnswerQuestions(v)
	})
	_ = register("seminar/answers none", func(p views.Page) templ.Component {
		return views.AnswerQuestions(views.AnswersView{Page: p, View: enrolment.View{Card: workshop()}})
	})
	_ = register("desk/duplicate", func(p views.Page) templ.Component {
		v := views.DuplicateView{Page: p, Seminar: enrolment.View{Card: workshop()}, Offices: choices(p, 3), Governorates: choices(p, 5)}
		v.Form.Values = url.Values{"offices": {"1"}, "venue_2": {"Ribat"}}
		v.Form.Errors = []views.FieldError{{Field: "venue_1", Text: p.T("desk.error_venue")}, {Field: "offices", Text: p.T("training.error_copies", "Max", 24)}}
		return views.Duplicate(v)
	})
	_ = register("desk/sheet", func(p views.Page) templ.Component { return views.DeskSheet(deskSeminar(p)) })
	_ = register("desk/form", func(p views.Page) templ.Component { return views.DeskForm(deskForm(p)) })
	_ = register("desk/form refused", func(p views.Page) templ.Component {
		v := deskForm(p)
		v.ID, v.Stale, v.Focus = 12, true, 1
		for _, field := range []string{"title_fr", "venue", "sessions"} {
			v.Form.Errors = append(v.Form.Errors, views.FieldError{Field: field, Text: p.T("desk.error_title")})
		}
		return views.DeskForm(v)
	})
)

var asked = []enrolment.Question{
	{ID: 1, Kind: enrolment.Line, Required: true, Label: text("Votre fonction", "وظيفتكم", "Your role")},
	{ID: 2, Kind: enrolment.One, Label: text("Repas", "الوجبة", "Meal"), Options: []events.Text{text("Viande", "لحم", "Meat"), text("Poisson", "سمك", "Fish")}},
	{ID: 3, Kind: enrolment.Many, Label: text("Jours", "الأيام", "Days"), Options: []events.Text{text("Lundi", "الاثنين", "Monday"), text("Mardi", "الثلاثاء", "Tuesday")}},
	{ID: 4, Kind: enrolment.YesOrNo, Label: text("Hébergement ?", "إقامة؟", "Lodging?")},
	{ID: 5, Kind: enrolment.Text, Label: text("Attentes", "انتظاراتكم", "What you expect")},
}

var answers = enrolment.Answers{1: {"Trésorière"}, 2: {"1"}, 3: {"0", "1"}, 4: {"yes"}}

func guest(id int64, name, organisation string, state enrolment.Standing) enrolment.Guest {
	return enrolment.Guest{Registration: enrolment.Registration{ID: id, SeminarID: 12, PersonID: id, State: state, CreatedAt: now},
		Name: name, Organisations: organisation}
}

func deskSeminar(p views.Page) views.DeskSeminarView {
	v := views.DeskSeminarView{Page: p, DeskView: enrolment.DeskView{View: enrolment.View{Card: workshop(), Runs: true, Doors: true}}}
	v.Page.Title, _ = v.View.Title.In(p.Lang())
	v.Wide = true
	v.Gates = []views.GateInWords{{Use: enrolment.ToRegister, Steps: gateSteps(p), Words: p.N("seminars.group_at_least", 2)}, {Use: enrolment.ToAttend}}
	amira, sami := guest(1, "Amira Trabelsi", "Association des jeunes de Gafsa", enrolment.Confirmed), guest(2, "سامي الغربي", "جمعية الواحة · شبكة الجنوب", enrolment.Present)
	amira.GovernorateName, sami.Marks = text("Gafsa", "قفصة", "Gafsa"), map[int64]bool{31: true, 32: false}
	olfa := guest(3, "Olfa", "", enrolment.Waitlisted)
	olfa.Place = 1
	karim := guest(4, "Karim", "", enrolment.Withdrawn)
	karim.CancelReason = "Doublon"
	olfa.Registration.Wait = enrolment.Wait{Reason: enrolment.WaitReserved, Quotas: quotas[:2]}
	v.Asking = []enrolment.Guest{guest(6, "Nour Ben Salah", "Association des jeunes de Gafsa", enrolment.Pending), guest(7, "مريم", "جمعية الواحة", enrolment.Requested)}
	v.Quotas, v.Places = quotas, views.Regions{"TN-71": text("Gafsa", "قفصة", "Gafsa"), "TN-72": text("Tozeur", "توزر", "Tozeur")}
	for i, q := range quotas {
		v.Shares = append(v.Shares, enrolment.Share{Quota: q, Held: 2 * i, Kept: max(0, q.Min-2*i)})
	}
	v.Holders, v.Queue, v.Withdrawn = []enrolment.Guest{amira, sami}, []enrolment.Guest{olfa}, []enrolment.Guest{karim}
	v.Retired = []events.Text{budget}
	return v
}

func attendance(p views.Page, early bool) views.DeskAttendanceView {
	d := deskSeminar(p)
	return views.DeskAttendanceView{Page: d.Page, DeskView: d.DeskView, Session: d.Sessions[0], Early: early}
}

func deskForm(p views.Page) views.DeskFormView {
	v := views.DeskFormView{Page: p, Space: views.DeskSpace{ID: 2, Key: "projets", Hue: 205, Name: projects}, Sessions: []int{0, 1}, Focus: -1,
		ZoneName: "Africa/Tunis", Offices: choices(p, 3), Governorates: choices(p, 5),
		Form:       views.Form{Values: url.Values{}},
		Categories: []views.Option{{Label: p.T("seats.quota_nobody")}, {Value: "gender=female", Label: p.T("seats.quota_female")}}}
	for name, value := range map[string]string{"title_fr": "Monter un budget", "capacity": "20", "date_0": "2026-12-03", "from_0": "09:00", "to_0": "13:00", "version": strconv.Itoa(3),
		"trainer_name_0": "Hédi", "trainer_linked_0": "yes", "trainer_name_1": "ليلى", "point": "34.425, 8.784",
		"quota_0": "gender=female", "quota_min_0": "8", "approval": "both"} {
		v.Form.Values.Set(name, value)
	}
	return v
}

// further is a seminar of another number.
func further(c enrolment.Card) enrolment.Card {
	c.ID += 10
	return c
}

// talksOf are proposals about being the twin of a seminar, in every state that is shown.
func talksOf(c enrolment.Card) []enrolment.TwinTalk {
	p := enrolment.TwinProposal{ID: 1, State: enrolment.ProposalOpen, ProposedAt: c.StartsAt, DecidedAt: c.StartsAt}
	asked, awaited, declined, withdrawn := p, p, p, p
	awaited.ID, declined.ID, withdrawn.ID = 2, 3, 4
	declined.State, declined.Words, withdrawn.State = enrolment.ProposalDeclined, "القاعة صغيرة.", enrolment.ProposalWithdrawn
	return []enrolment.TwinTalk{{TwinProposal: asked, With: c, By: "Salma"}, {TwinProposal: awaited, With: c, Ours: true, By: "Moez"},
		{TwinProposal: declined, With: c, Ours: true, By: "Moez", To: "Salma"}, {TwinProposal: withdrawn, With: c}}
}

// twinOf is the same seminar at another place.
func twinOf(c enrolment.Card) enrolment.Card {
	c.ID, c.Venue, c.Mine = c.ID+1, "دار الثقافة بالرديف", nil
	return c
}
