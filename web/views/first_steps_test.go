package views_test

import (
	"github.com/a-h/templ"

	"halqa/community/account"
	"halqa/web/views"
)

var beginning = []views.FirstSteps{
	{Kind: account.OverSpace, PlaceID: 5, Steps: []views.FirstStep{{Name: "description", Done: true, Title: "Décrire l’espace"},
		{Name: "thread", Href: "/x", Title: "كلمة الترحيب", Text: "…"}, {Name: "charter", Href: "/y", Title: "Charte", Text: "…", MaySkip: true}}},
	{Kind: account.OverOffice, PlaceID: 6, Place: projects, Steps: []views.FirstStep{{Name: "keepers", Title: "Équipe", Text: "…"}}},
}

var _ = register("space first steps", func(p views.Page) templ.Component {
	return views.Space(views.SpaceView{Page: p, Readable: true, Space: account.Space{Key: "projets", Name: projects}, FirstSteps: beginning})
})
