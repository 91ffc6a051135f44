package views_test

import (
	"time"

	"github.com/a-h/templ"

	"halqa/community"
	"halqa/community/account"
	"halqa/web/views"
)

// measures are one of each state, as an administrator sees them.
func measures() []account.Measure {
	base := account.Measure{ID: 1, PersonID: 3, Person: "ريم", Act: account.Suspend, Kind: account.OverSpace, SpaceID: funding.ID, Place: projects, PostID: 4,
		Cause: "insult", Words: "Restons polis.", At: now, Until: now.AddDate(0, 0, 7), ByID: 8, By: "Leïla"}
	change := func(f func(*account.Measure)) account.Measure {
		m := base
		f(&m)
		return m
	}
	list := []account.Measure{base,
		change(func(m *account.Measure) { m.Appeal, m.AppealedAt = "C’était une citation.", now }),
		change(func(m *account.Measure) { m.Until = now.AddDate(0, 0, -1) }),
		change(func(m *account.Measure) { m.Act, m.Until, m.Kind = account.Warn, time.Time{}, account.OverOffice }),
		change(func(m *account.Measure) {
			m.Act, m.Kind, m.Place, m.Decision, m.Answer, m.Decider = account.Ban, account.OverPlatform, nil, "lifted", "نعم", "سامي"
			m.Until = time.Time{}
		}),
		change(func(m *account.Measure) { m.Decision, m.Answer, m.Appeal, m.AppealedAt = "upheld", "Non.", "Si", now }),
	}
	for i := range list {
		list[i].ID = int64(i + 1)
	}
	return list
}

var (
	_ = register("measures own", func(p views.Page) templ.Component {
		return views.OwnMeasures(views.OwnMeasuresView{Page: p, List: measures(), Wrong: 1, Form: refusedForm("appeal")})
	})
	_ = register("measures own none", func(p views.Page) templ.Component { return views.OwnMeasures(views.OwnMeasuresView{Page: p}) })
	_ = register("measures ban", func(p views.Page) templ.Component {
		m := measures()[0]
		m.Act, m.Kind, m.Place = account.Ban, account.OverPlatform, nil
		return views.Ban(views.BanView{Page: p, Measure: m, Action: "/barred/x"})
	})
	_ = register("measures", func(p views.Page) templ.Component {
		p.Actor = account.Actor{PersonID: 7, Name: "Admin", Grants: []account.Grant{{Role: account.Administrator, Kind: account.OverPlatform}}}
		return views.Measures(views.MeasuresView{Page: p, List: measures(), Waiting: 1, Pager: nextPage})
	})
	_ = register("measures appeals none", func(p views.Page) templ.Component { return views.Measures(views.MeasuresView{Page: p, Appeals: true}) })
	_ = register("measures none", func(p views.Page) templ.Component { return views.Measures(views.MeasuresView{Page: p}) })
	_ = register("measure new", func(p views.Page) templ.Component {
		return views.NewMeasure(views.MeasureView{Page: p, Form: refusedForm("words"), Accused: community.Accused{Author: "ريم", Title: "Une charte", Space: funding,
			Post: community.Post{ID: 4, Body: "Un mot **de trop**"}, Past: measures()[:2],
			Scopes: []account.ScopeKind{account.OverSpace, account.OverOffice, account.OverPlatform}}})
	})
	_ = register("measure new gone", func(p views.Page) templ.Component { return views.NewMeasure(views.MeasureView{Page: p}) })
)
