package views_test

import (
	"github.com/a-h/templ"

	"halqa/community"
	"halqa/community/account"
	"halqa/events"
	"halqa/web/views"
)

var (
	_ = register("animate", func(p views.Page) templ.Component {
		rows := threadRows()
		rows[0].Replies = 4
		return views.Animate(views.AnimateView{Page: inForum(p), Axis: projects, Lessons: map[int64]events.Text{3: projects},
			Desk: community.Desk{Space: funding, Unanswered: rows[1:], Questions: 12, Newcomers: 2, Cooling: rows[:1],
				Silent:   []community.Silent{{PersonID: 4, Name: "سامي", Since: now}},
				Passages: []community.Passage{{LessonID: 3, Second: 75, Threads: 3, Open: 1, ThreadID: 1}, {LessonID: 4, Threads: 1, ThreadID: 2}}},
			Experts: []account.Expert{{Acquaintance: account.Acquaintance{ID: 5, Name: "Leïla", Expertise: "الميزانية", Reachable: true}, Axis: true, Words: 2, Answers: 3},
				{Acquaintance: account.Acquaintance{ID: 6, Name: "Rim"}, Answers: 1}}})
	})
	_ = register("animate-empty", func(p views.Page) templ.Component {
		return views.Animate(views.AnimateView{Page: inForum(p), Desk: community.Desk{Space: funding}})
	})
)
