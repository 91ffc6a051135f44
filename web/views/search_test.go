package views_test

import (
	"github.com/a-h/templ"

	"halqa/community/account"
	"halqa/search"
	"halqa/web/views"
)

func init() {
	for name, change := range map[string]func(v *views.SearchView){
		"found":   func(*views.SearchView) {},
		"start":   func(v *views.SearchView) { v.Form, v.Found = views.Form{}, search.Found{} },
		"none":    func(v *views.SearchView) { v.Found = search.Found{} },
		"near":    func(v *views.SearchView) { v.Found.Near = true },
		"only":    func(v *views.SearchView) { v.Form.Values.Set("kind", "module") },
		"nothing": func(v *views.SearchView) { v.Form.Values.Set("kind", "space"); v.Found.Hits = nil },
	} {
		register("search/"+name, func(p views.Page) templ.Component {
			v := searchView(p)
			change(&v)
			return views.Search(v)
		})
	}
}

func searchView(p views.Page) views.SearchView {
	hits := []search.Hit{
		{Ref: search.Ref{Kind: search.Modules, ID: 1}, SpaceID: 2, Path: "/modules/1", Language: "fr",
			Title:   []search.Span{{Text: "Monter un "}, {Text: "budget", Found: true}, {Text: " qui tient"}},
			Excerpt: []search.Span{{Text: "… les charges d’un "}, {Text: "budget", Found: true}, {Text: " <b>se prévoient</b> …"}}},
		{Ref: search.Ref{Kind: search.Seminars, ID: 3}, SpaceID: 2, Path: "/seminars/3", Language: "ar",
			Title: []search.Span{{Text: "إعداد "}, {Text: "ميزانية", Found: true}}},
		{Ref: search.Ref{Kind: search.Spaces, ID: 2}, SpaceID: 2, Path: "/spaces/projets", Language: "fr", Title: []search.Span{{Text: "Gestion de projet"}}},
		{Ref: search.Ref{Kind: search.Organisations, ID: 9}, Title: []search.Span{{Text: "جمعية أمل"}}},
	}
	return views.SearchView{Page: p, Form: views.Form{Values: map[string][]string{"q": {"budget"}}}, Spaces: choices(p, 4),
		Found: search.Found{Page: 2, Pages: 3, Spaces: map[int64]account.Space{2: {ID: 2, Key: "projets", Name: projects, Hue: 205}},
			Results: search.Results{Hits: hits, Total: 44, Counts: map[search.Kind]int{search.Modules: 40, search.Seminars: 2, search.Spaces: 1, search.Organisations: 1}}}}
}
