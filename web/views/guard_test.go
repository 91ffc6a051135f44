package views_test

import (
	"net/url"

	"github.com/a-h/templ"

	"halqa/community"
	"halqa/web/views"
)

// heldPosts is something that waits of each kind, and something in each state.
func heldPosts() []community.Held {
	all := []community.Held{{ID: 1, SpaceID: 3, AuthorID: 7, Kind: "thread", Title: "Une charte", Body: "Bonjour **à tous**", Why: community.Doubts, SentAt: now, State: "waiting"},
		{ID: 2, SpaceID: 3, ThreadID: 1, AuthorID: 7, Kind: "reply", Title: "كيف نُعدّ ميزانية؟", Body: "مرحبا", Why: []string{"first"}, SentAt: now, State: "waiting"},
		{ID: 3, SpaceID: 3, ThreadID: 1, PostID: 4, Kind: "edit", Title: "Une charte", Body: "Casino", Why: []string{"word"}, SentAt: now, State: "waiting"}}
	for _, state := range []string{"approved", "refused", "withdrawn", "gone"} {
		h := all[1]
		h.State = state
		all = append(all, h)
	}
	all[3].MadeID, all[4].Reason, all[4].Note = 9, "spam", "Pas ici."
	return all
}

func heldLines() []community.HeldLine {
	h := heldPosts()
	return []community.HeldLine{{Held: h[0], Author: "Leïla", Space: funding, Late: true}, {Held: h[1], Author: "سامي", Space: funding, Posts: 2},
		{Held: h[2], Space: funding, Posts: 3, Before: "Bonjour"}}
}

var (
	_ = register("guard", func(p views.Page) templ.Component {
		f := views.Form{Values: url.Values{"first": {"99"}, "slow": {"5"}, "words": {"casino\nكازينو"}, "suspect": {"yes"}},
			Errors: []views.FieldError{{Field: "first", Text: "!"}}, Saved: url.Values{"words": {"casino"}}}
		return views.Guard(views.GuardView{Page: inForum(p), Form: f, Space: funding})
	})
	_ = register("held-queue", func(p views.Page) templ.Component {
		return views.HeldQueue(views.HeldQueueView{Page: p, List: heldLines(), Spaces: places, Pager: nextPage, Waiting: 2, Held: 3, Filter: views.Form{Values: url.Values{"why": {"word"}}},
			Refused: views.Form{Values: url.Values{"held": {"1"}, "note": {"x"}}, Errors: []views.FieldError{{Field: "reason", Text: "!"}}}})
	})
	_ = register("held-queue-many", func(p views.Page) templ.Component {
		return views.HeldQueue(views.HeldQueueView{Page: p, List: heldLines(), Refused: views.Form{Values: url.Values{"which": {"chosen"}, "held": {"1", "2"}}, Errors: []views.FieldError{{Field: "reason", Text: "!"}}}})
	})
	_ = register("held-queue-empty", func(p views.Page) templ.Component { return views.HeldQueue(views.HeldQueueView{Page: p}) })
)

var _ = func() bool {
	for _, h := range heldPosts() {
		register("held-"+h.Kind+"-"+h.State, func(p views.Page) templ.Component { return views.HeldPost(views.HeldView{Page: inForum(p), Held: h}) })
	}
	return true
}()
