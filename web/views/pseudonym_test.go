package views_test

import (
	"github.com/a-h/templ"

	"halqa/community"
	"halqa/community/account"
	"halqa/web/views"
)

func masks() []account.Pseudonym {
	looks := []account.Look{{By: "نادية", Cause: "danger", Words: "Elle dit qu’on la menace.", At: now}, {Cause: "law", Words: "طلب قضائي", At: now}}
	return []account.Pseudonym{{ID: 4, Name: "Huppe 843", Space: funding.Name, Looks: looks}, {ID: 5, Name: "زيتونة 12", Space: funding.Name}}
}

// offered is a form with a choice of names.
func offered(mask string, before community.Naming) views.Writing {
	return views.Writing{Names: views.NameChoice{Offered: true, Mask: mask, Before: before}}
}

var (
	_ = register("pseudonyms", func(p views.Page) templ.Component {
		return views.Pseudonyms(views.PseudonymsView{Page: p, List: masks()})
	})
	_ = register("pseudonyms none", func(p views.Page) templ.Component { return views.Pseudonyms(views.PseudonymsView{Page: p}) })
	_ = register("pseudonym look", func(p views.Page) templ.Component {
		return views.Look(views.LookView{Page: p, Pseudonym: masks()[0], Form: refusedForm("words")})
	})
	_ = register("pseudonym found", func(p views.Page) templ.Component {
		return views.Look(views.LookView{Page: p, Pseudonym: masks()[1], Found: account.Person{ID: 9, Name: "أمل"}})
	})
	_ = register("thread new name to choose", func(p views.Page) templ.Component {
		return views.NewThread(views.NewThreadView{Page: p, Writing: offered("", ""), Space: funding})
	})
	_ = register("thread name chosen before", func(p views.Page) templ.Component {
		v := views.ThreadView{Page: p, Writing: offered("Huppe 843", community.UnderPseudonym)}
		v.Talk.Thread, v.Talk.Space = community.Thread{ID: 1, SpaceID: 3, Kind: community.Question, Title: "Que faire ?"}, funding
		v.Talk.Lines = []community.Line{{Post: community.Post{ID: 2, AuthorID: 4, Opening: true, Body: "On me menace.", CreatedAt: now}, Author: "Huppe 843", Masked: true}}
		return views.Thread(v)
	})
	_ = register("thread no pseudonyms any more", func(p views.Page) templ.Component {
		v := views.ThreadView{Page: p, Writing: views.Writing{Names: views.NameChoice{Before: community.UnderPseudonym}}}
		v.Talk.Thread, v.Talk.Space = community.Thread{ID: 1, SpaceID: 3, Kind: community.Question, Title: "Que faire ?"}, funding
		return views.Thread(v)
	})
)
