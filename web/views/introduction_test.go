package views_test

import (
	"time"

	"github.com/a-h/templ"

	"halqa/community/introduction"
	"halqa/web/views"
)

func introductions(p views.Page, wrong int64, f views.Form) templ.Component {
	entry := func(id, from int64, state introduction.State) introduction.Entry {
		e := introduction.Entry{OtherID: 9, Other: amal.Name, Own: "sami@example.org"}
		e.ID, e.FromID, e.ToID, e.State, e.Message, e.AskedAt = id, from, 9+10-from, state, "مرحبا،\nنحن من قفصة.", now
		return e
	}
	known := entry(3, 10, introduction.Accepted)
	known.Email, known.Answer, known.Outcome = "amal@example.org", "Avec plaisir.", introduction.Later
	list := []introduction.Entry{entry(1, 9, introduction.Asked), entry(2, 10, introduction.Asked), known,
		entry(4, 10, introduction.Declined), entry(5, 10, introduction.Withdrawn), entry(6, 10, introduction.Lapsed)}
	return views.Introductions(views.IntroductionsView{Page: p, List: list, Wrong: wrong, Form: f})
}

// between is an introduction that the reader sees on the page of amal.
func between(from int64, state introduction.State) views.PersonView {
	return views.PersonView{Atlas: atlas, Person: amal, Introduction: introduction.Introduction{ID: 1, FromID: from, ToID: 19 - from, State: state, AskedAt: time.Now()}}
}

var (
	_ = register("introductions", func(p views.Page) templ.Component { return introductions(p, 0, views.Form{}) })
	_ = register("introductions, none", func(p views.Page) templ.Component {
		return views.Introductions(views.IntroductionsView{Page: p})
	})
	_ = register("introduction", func(p views.Page) templ.Component {
		person := amal
		person.Seeking = "Une salle à Gafsa"
		return views.NewIntroduction(views.IntroductionView{Page: p, Person: person})
	})
	_ = register("person, to be asked", func(p views.Page) templ.Component {
		v := between(0, "")
		v.Page, v.Person.Reachable = p, true
		return views.Person(v)
	})
	_ = register("person, who asked", func(p views.Page) templ.Component {
		v := between(9, introduction.Asked)
		v.Page = p
		return views.Person(v)
	})
	_ = register("person, asked", func(p views.Page) templ.Component {
		v := between(10, introduction.Asked)
		v.Page = p
		return views.Person(v)
	})
	_ = register("person, known", func(p views.Page) templ.Component {
		v := between(10, introduction.Accepted)
		v.Page = p
		return views.Person(v)
	})
)
