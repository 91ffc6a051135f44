package views_test

import (
	"github.com/a-h/templ"

	"halqa/web/views"
)

var (
	_ = register("home", func(p views.Page) templ.Component {
		p.Description = p.T("home.lead")
		return views.Home(views.HomeView{Page: p,
			Spaces: []views.HomeSpace{
				{Key: "projects", Hue: 205, Name: projects, Description: projects, Modules: 2},
				{Key: "funding", Hue: 30, Name: map[string]string{"fr": "Financement"}, Modules: 11},
			},
			Seminars: []views.HomeSeminar{
				{ID: 1, Title: projects, Place: "مقر الجمعية، Gafsa", Starts: now, SeatsNow: 3, Space: views.SpaceMark{Key: "projects", Hue: 205}},
				{ID: 2, Title: projects, Place: "Sousse", Starts: now},
			},
			Numbers: views.HomeNumbers{People: 2500, Organisations: 1, Spaces: 12, Completions: 103},
		})
	})
	_ = register("home, empty", func(p views.Page) templ.Component { return views.Home(views.HomeView{Page: p}) })
	_ = register("error, closed space", func(p views.Page) templ.Component {
		return views.Error(views.ErrorView{Page: p, Status: 403, Text: p.T("errors.closed_text", "Name", "Eau"), Ask: "/spaces/eau"})
	})
	_ = register("error", func(p views.Page) templ.Component {
		return views.Error(views.ErrorView{Page: p, Status: 500, Text: p.T("errors.server_text"), Next: p.N("errors.retry_after", 2),
			Reference: "0123456789abcdef", Fields: []views.FieldError{{Field: "name", Text: "…"}}})
	})
	_ = register("design", func(p views.Page) templ.Component {
		return views.Design(views.DesignView{Page: p, Day: now,
			Spaces: []views.HomeSpace{{Key: "projects", Hue: 205, Name: projects, Modules: 2}},
			Form:   views.Form{Errors: []views.FieldError{{Field: "name", Text: "…"}}}})
	})
)
