package views_test

import (
	"net/url"

	"github.com/a-h/templ"

	"halqa/enrolment"
	"halqa/web/views"
)

var (
	_ = register("gate", func(p views.Page) templ.Component { return views.Gate(gateView(p)) })
	_ = register("gate/open", func(p views.Page) templ.Component {
		v := gateView(p)
		v.Use, v.Root, v.Versions = enrolment.ToAttend, enrolment.Rule{Mode: enrolment.All}, nil
		return views.Gate(v)
	})
	_ = register("gate/effect", func(p views.Page) templ.Component {
		v := gateView(p)
		v.Previewed = "12ab"
		v.Effect = &enrolment.GateEffect{Before: 120, After: 109, Lose: 14, Gain: 3,
			Losing:  []enrolment.Affected{{PersonID: 1, Name: "Amira Trabelsi", RegistrationID: 5}, {PersonID: 2, Name: "سامي الغربي"}},
			Gaining: []enrolment.Affected{{PersonID: 3, Name: "Olfa"}, {PersonID: 4, Name: "Karim"}, {PersonID: 5, Name: "ريم"}},
			Seats:   []enrolment.Affected{{PersonID: 1, Name: "Amira Trabelsi", RegistrationID: 5}}}
		return views.Gate(v)
	})
	_ = register("gate/same", func(p views.Page) templ.Component {
		v := gateView(p)
		v.Effect = &enrolment.GateEffect{Same: true}
		return views.Gate(v)
	})
	_ = register("gate/refused", func(p views.Page) templ.Component {
		v := gateView(p)
		v.Stale, v.Focus = true, "2.1"
		for _, field := range []string{"gate", "gate_1", "gate_2", "gate_2.1", "reason"} {
			v.Form.Errors = append(v.Form.Errors, views.FieldError{Field: field, Text: p.T("gates.error_impossible_k")})
		}
		return views.Gate(v)
	})
)

// gateView is a builder that shows every kind of leaf.
func gateView(p views.Page) views.GateView {
	d := deskSeminar(p)
	leaf := func(kind enrolment.Kind) enrolment.Rule { return enrolment.Rule{Kind: kind} }
	v := views.GateView{Page: p, Seminar: d.View, Use: enrolment.ToRegister, Form: views.Form{Values: url.Values{}},
		Root: enrolment.Rule{Mode: enrolment.AtLeast, K: 2, Of: []enrolment.Rule{leaf(enrolment.Completed),
			{Mode: enrolment.Any, Of: []enrolment.Rule{leaf(enrolment.Progressed), leaf(enrolment.QuizScored), {Mode: enrolment.All}}},
			leaf(enrolment.Contributed), leaf(enrolment.Attended), leaf(enrolment.NeverAttended), leaf(enrolment.MembersCompleted), leaf(enrolment.Belongs)}},
		Modules: []views.OptionGroup{{Label: projects.String(), Options: choices(p, 3)}, {Label: "Empty"}},
		Quizzes: []views.OptionGroup{{Label: projects.String(), Options: choices(p, 2)}},
		Spaces:  choices(p, 3), Seminars: choices(p, 2), Kinds: choices(p, 7), Governorates: choices(p, 24)}
	v.Page.Title = p.T("gates.title_register")
	for name, value := range map[string]string{"version": "2", "need_0": "2", "of_0": "7", "module_1": "99", "module_2.1": "1", "percent_2.1": "60"} {
		v.Form.Values.Set(name, value)
	}
	for i, by := range []string{"Leïla Ben Amor", ""} {
		v.Versions = append(v.Versions, views.GateVersionInWords{GateVersion: enrolment.GateVersion{Version: 2 - i, By: by, At: now},
			GateInWords: views.GateInWords{Use: v.Use, Steps: gateSteps(p), Words: p.N("seminars.group_at_least", 2)}})
	}
	return v
}
