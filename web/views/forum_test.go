package views_test

import (
	"net/url"
	"time"

	"github.com/a-h/templ"

	"halqa/community"
	"halqa/community/account"
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/views"
)

func thread(id int64, title string) community.Thread {
	return community.Thread{ID: id, SpaceID: 3, Kind: community.Question, Title: title, AuthorID: 4, CreatedAt: now, LastAt: now.Add(-time.Hour)}
}

func threadRows() []community.Row {
	first, second, third := thread(1, "Comment suivre un budget ?"), thread(2, "كيف نُعدّ ميزانية؟"), thread(3, "Une charte")
	first.PinnedAt, first.LockedAt, first.Replies = now, now, 12
	third.Kind, third.Hidden = community.Discussion, true
	return []community.Row{{Thread: first, Author: "Leïla", LastBy: "سامي", Unread: 3, Tags: tags}, {Thread: second, Author: "سامي", Unread: 1}, {Thread: third}}
}

var tags = []community.Tag{{ID: 1, Name: "budget", Listed: true, Threads: 12}, {ID: 2, Name: "مناصرة", Threads: 1}, {ID: 3, Name: "Vide", Listed: true}}

// files are one of each sort; the first is shown in the text of a post.
var files = []community.Attachment{{ID: 1, PostID: 1, Ext: "jpg", Name: "بئر.jpg", Alt: "بئر القرية", Bytes: 90_000, Width: 1600, Height: 900, LightWidth: 640, LightHeight: 360},
	{ID: 2, PostID: 1, Ext: "png", Name: "Plan.png", Bytes: 9_000, Width: 300, Height: 200, LightWidth: 300, LightHeight: 200},
	{ID: 3, PostID: 1, Ext: "pdf", Name: "Devis.pdf", Bytes: 120_000}, {ID: 4, PostID: 1, Ext: "mp3", Name: "تسجيل.mp3", Bytes: 2_000_000}}

func aDraft(kind community.DraftKind) community.Draft {
	return community.Draft{ID: 5, Kind: kind, SubjectID: 1, Fields: map[string][]string{"title": {"Un puits"}, "body": {"Je crois que"}}, Attached: []int64{1, 2}, Version: 2, SavedAt: now}
}

// talk is a thread with a post in each state.
func talk(moderates, locked bool) community.Page {
	t := thread(1, "كيف نُعدّ ميزانية Excel؟")
	if t.Replies = 5; locked {
		t.LockedAt, t.PinnedAt, t.Hidden = now, now, true
	}
	post := func(id int64, body string) community.Post {
		return community.Post{ID: id, ThreadID: 1, AuthorID: 4, Body: body, CreatedAt: now}
	}
	opening, mine, hidden, veiled, deleted := post(1, "مرحبا،\n\nBonjour **à tous**\n\n![](/attachments/1)"), post(2, "> Bonjour\n\nMerci"), post(3, "Pub"), post(4, ""), post(5, "")
	opening.Opening = true
	mine.EditedAt, mine.ReplyTo = now, 1
	hidden.HiddenAt, hidden.HiddenReason = now, "Hors sujet"
	veiled.HiddenAt, deleted.DeletedAt = now, now
	return community.Page{Thread: t, Space: funding, Moderates: moderates, Tagger: moderates, Tags: tags[:2], Before: 1, After: 9, Unread: 2, Lines: []community.Line{
		{Post: opening, Author: "سامي", Files: files}, {Post: mine, Author: "Leïla", Mine: true, Thanks: 2, Fresh: true, Answered: "سامي"}, {Post: hidden, Fresh: true, Thanks: 1, Thanked: true},
		{Post: veiled, Veiled: true}, {Post: deleted}}}
}

// told is an experience sheet.
func told() community.Page {
	page := talk(false, false)
	page.Kind, page.Lines = community.Experience, page.Lines[:1]
	page.Sheet = community.Sheet{Context: "Une école", Action: "- Un potager", Result: "40 élèves", Lesson: "ابدؤوا صغارًا", Contact: "Amel"}
	return page
}

// asking is a poll, in which one may vote or not.
func asking(votes bool) community.Page {
	page := talk(false, false)
	page.Kind, page.Lines = community.Voting, page.Lines[:1]
	page.Lines[0].Poll = &community.Poll{PostID: 1, Question: page.Title, Text: "Pour la **réunion**", Choices: 2, Open: true, Shown: community.ShownVoted,
		ClosesAt: now, Voters: 41, Voted: true, Told: true, Votes: votes, Closes: votes,
		Options: []community.PollOption{{ID: 7, PostID: 1, Label: "Lundi", Votes: 33, Names: []string{"Leïla", "سامي"}, Mine: true}, {ID: 8, PostID: 1, Label: "يوم الثلاثاء"}}}
	return page
}

func inForum(p views.Page) views.Page { return p.Belong(funding.Key, funding.Hue, funding.Name) }

var (
	_ = register("forum/a circle", func(p views.Page) templ.Component {
		v := views.ThreadView{Page: inForum(p), Talk: talk(p.SignedIn(), true)}
		v.Talk.SeminarID, v.Talk.Titles = 9, events.Text{"fr": "Monter un budget", "ar": "إعداد ميزانية"}
		card := deskSeminar(p).Card
		card.State, card.CancelReason = enrolment.Cancelled, "Inondations"
		v.Circle.Seminar = &card
		return views.Thread(v)
	})
	_ = register("forum/a circle where nobody wrote", func(p views.Page) templ.Component {
		v := views.ThreadView{Page: inForum(p), Talk: talk(p.SignedIn(), false)}
		v.Talk.SeminarID, v.Talk.Replies, v.Talk.Lines = 9, 0, v.Talk.Lines[:1]
		return views.Thread(v)
	})
	_ = register("forum", func(p views.Page) templ.Component {
		return views.Forum(views.ForumView{Page: inForum(p), List: community.List{Space: funding, Pinned: threadRows()[:1], Rows: threadRows()[1:], Next: "1-2"},
			Show: community.ShowQuestions, Later: true, Tags: tags, Held: heldPosts()[:1]})
	})
	_ = register("forum-empty", func(p views.Page) templ.Component {
		return views.Forum(views.ForumView{Page: inForum(p), List: community.List{Space: funding}, Show: community.ShowUnanswered})
	})
	_ = register("forum-tag-empty", func(p views.Page) templ.Component {
		return views.Forum(views.ForumView{Page: inForum(p), List: community.List{Space: funding}, Tags: tags, Tag: tags[1]})
	})
	_ = register("tags", func(p views.Page) templ.Component {
		f := views.Form{Values: url.Values{"name": {"x"}}, Errors: []views.FieldError{{Field: "name", Text: "!"}}}
		return views.Tags(views.TagsView{Page: inForum(p), Key: funding.Key, Tags: tags, Form: f, Wrong: 2})
	})
	_ = register("tags-empty", func(p views.Page) templ.Component {
		return views.Tags(views.TagsView{Page: inForum(p), Key: funding.Key})
	})
	_ = register("thread-tags", func(p views.Page) templ.Component {
		return views.ThreadTags(views.ThreadTagsView{Page: inForum(p), Talk: talk(true, false), Tags: tags})
	})
	_ = register("thread-tags-none", func(p views.Page) templ.Component {
		return views.ThreadTags(views.ThreadTagsView{Page: inForum(p), Talk: talk(false, false)})
	})
	_ = register("organise", func(p views.Page) templ.Component {
		f := views.Form{Values: url.Values{"posts": {"3"}}, Errors: []views.FieldError{{Field: "title", Text: "!"}, {Field: "posts", Text: "!"}}}
		return views.Organise(views.OrganiseView{Page: inForum(p), Talk: talk(true, false), Spaces: places, From: 2, Form: f, Refused: "split"})
	})
	_ = register("organise-little", func(p views.Page) templ.Component {
		v := views.OrganiseView{Page: inForum(p), Talk: talk(true, false)}
		v.Talk.Lines, v.Talk.ArchivedAt, v.Talk.Before, v.Talk.After = v.Talk.Lines[:1], now, 0, 0
		return views.Organise(v)
	})
	_ = register("thread-archived", func(p views.Page) templ.Component {
		v := views.ThreadView{Page: inForum(p), Talk: talk(true, false)}
		v.Talk.ArchivedAt = now
		v.Talk.From, v.Talk.Parts = &community.Parted{ID: 7, Title: "كيف نُعدّ ميزانية؟"}, []community.Parted{{ID: 8, Title: "Une charte"}}
		return views.Thread(v)
	})
	_ = register("drafts", func(p views.Page) templ.Component {
		return views.Drafts(views.DraftsView{Page: p, Drafts: []community.DraftLine{
			{Draft: aDraft(community.DraftReply), Space: funding, Title: "كيف نُعدّ ميزانية؟"}, {Draft: aDraft(community.DraftThread), Space: funding},
			{Draft: aDraft(community.DraftExperience), Space: funding}, {Draft: aDraft(community.DraftEdit)}}})
	})
	_ = register("drafts-none", func(p views.Page) templ.Component { return views.Drafts(views.DraftsView{Page: p}) })
	_ = register("thread-draft", func(p views.Page) templ.Component {
		d := aDraft(community.DraftReply)
		return views.Thread(views.ThreadView{Page: inForum(p), Talk: talk(false, false), Writing: views.Writing{Nonce: "n",
			Form: views.Form{Values: d.Fields}, Draft: views.DraftView{Draft: d, Others: []community.Draft{aDraft(community.DraftReply)}}}})
	})
	_ = register("forum-archive", func(p views.Page) templ.Component {
		return views.Forum(views.ForumView{Page: inForum(p), List: community.List{Space: funding}, Show: community.ShowArchived})
	})
	_ = register("thread-new", func(p views.Page) templ.Component {
		return views.NewThread(views.NewThreadView{Page: p, Space: funding, Tags: tags, Writing: views.Writing{Nonce: "n", Preview: "**Bonjour**",
			Attached: files, Form: views.Form{Errors: []views.FieldError{{Field: "title", Text: "!"}, {Field: "file", Text: "!"}, {Field: "body", Text: "!"}, {Field: "kind", Text: "!"}}}}})
	})
	_ = register("thread", func(p views.Page) templ.Component {
		return views.Thread(views.ThreadView{Page: inForum(p), Talk: talk(p.SignedIn(), false), From: 1, Writing: views.Writing{Nonce: "n", ReplyTo: 1, Attached: files}})
	})
	_ = register("thread-locked", func(p views.Page) templ.Component {
		return views.Thread(views.ThreadView{Page: inForum(p), Talk: talk(true, true)})
	})
	_ = register("thread-hidden", func(p views.Page) templ.Component {
		v := views.ThreadView{Page: inForum(p), Talk: talk(false, false)}
		v.Talk.Hidden = true
		return views.Thread(v)
	})
	_ = register("thread-solved", func(p views.Page) templ.Component {
		v := views.ThreadView{Page: inForum(p), Talk: talk(p.SignedIn(), false)}
		v.Talk.Accepts, v.Talk.Solved, v.Talk.AcceptedID = true, true, 2
		v.Talk.Answer = &v.Talk.Lines[1]
		return views.Thread(v)
	})
	_ = register("thread-experience", func(p views.Page) templ.Component {
		return views.Thread(views.ThreadView{Page: inForum(p), Talk: told()})
	})
	_ = register("experiences", func(p views.Page) templ.Component {
		return views.Experiences(views.ExperiencesView{Page: inForum(p), Filter: searched, Experiences: community.Experiences{
			List: community.List{Space: funding, Pinned: threadRows()[:1], Rows: threadRows()[1:], Next: "1-2"}, Years: []int{2026, 2025},
			Sheets: map[int64]community.Sheet{1: told().Sheet}}})
	})
	_ = register("experiences-empty", func(p views.Page) templ.Component {
		return views.Experiences(views.ExperiencesView{Page: inForum(p), Experiences: community.Experiences{List: community.List{Space: funding}}})
	})
	_ = register("experiences-unfound", func(p views.Page) templ.Component {
		f := views.Form{Values: url.Values{"words": {"x"}, "after": {"1-2"}}}
		return views.Experiences(views.ExperiencesView{Page: inForum(p), Filter: f, Experiences: community.Experiences{List: community.List{Space: funding}}})
	})
	_ = register("experience-new", func(p views.Page) templ.Component {
		return views.NewExperience(views.NewThreadView{Page: p, Space: funding, Writing: views.Writing{Nonce: "n",
			Form: views.Form{Errors: []views.FieldError{{Field: "lesson", Text: "!"}}}}})
	})
	_ = register("experience-edit", func(p views.Page) templ.Component {
		return views.EditOf(views.PostFormView{Page: inForum(p), Talk: told(), Post: told().Lines[0]})
	})
	_ = register("thread-poll", func(p views.Page) templ.Component {
		page := asking(p.SignedIn())
		return views.Thread(views.ThreadView{Page: inForum(p), Talk: page,
			Voting: views.Voting{PostID: 1, Form: views.Form{Values: url.Values{"vote": {"8"}}, Errors: []views.FieldError{{Field: "vote", Text: "!"}}}}})
	})
	_ = register("thread-poll-later", func(p views.Page) templ.Component {
		page := asking(p.SignedIn())
		page.Lines[0].Poll.Choices, page.Lines[0].Poll.Told, page.Lines[0].Poll.Question, page.Lines[0].Poll.Voted = 1, false, "متى نلتقي؟", false
		return views.Thread(views.ThreadView{Page: inForum(p), Talk: page})
	})
	_ = register("thread-poll-over", func(p views.Page) templ.Component {
		page := asking(false)
		page.Lines[0].Poll.Over, page.Lines[0].Poll.ClosedAt = true, now
		return views.Thread(views.ThreadView{Page: inForum(p), Talk: page})
	})
	_ = register("poll-new", func(p views.Page) templ.Component {
		return views.NewPoll(views.NewThreadView{Page: p, Space: funding, Tags: tags, Writing: views.Writing{Nonce: "n",
			Form: views.Form{Errors: []views.FieldError{{Field: "title", Text: "!"}, {Field: "options", Text: "!"}, {Field: "choices", Text: "!"}, {Field: "shown", Text: "!"}, {Field: "closes", Text: "!"}, {Field: "body", Text: "!"}}}}})
	})
	_ = register("poll-edit", func(p views.Page) templ.Component {
		page := asking(true)
		page.Lines[0].Poll.Voters = 0
		return views.EditOf(views.PostFormView{Page: inForum(p), Talk: page, Post: page.Lines[0]})
	})
	_ = register("poll-edit-voted", func(p views.Page) templ.Component {
		page := asking(true)
		return views.EditOf(views.PostFormView{Page: inForum(p), Talk: page, Post: page.Lines[0]})
	})
	_ = register("post-history", func(p views.Page) templ.Component {
		page := talk(true, false)
		return views.History(views.NewHistory(inForum(p), page, page.Lines[0], []community.Version{{At: now, Title: "Un potager", Body: "Un tableur\nالميزانية"},
			{At: now, Title: "Un jardin", Body: "Un tableau\nميزانية"}, {At: now, Title: "Un jardin", Body: "Un tableau"}}))
	})
	_ = register("post-history-none", func(p views.Page) templ.Component {
		page := talk(false, false)
		return views.History(views.NewHistory(inForum(p), page, page.Lines[1], []community.Version{{At: now, Body: "Merci"}}))
	})
	_ = register("post-edit", func(p views.Page) templ.Component { return views.EditPost(postForm(p)) })
	_ = register("post-report", func(p views.Page) templ.Component { return views.ReportPost(postForm(p)) })
	_ = register("post-hide", func(p views.Page) templ.Component { return views.HidePost(postForm(p)) })
	_ = register("moderation", func(p views.Page) templ.Component {
		return views.Moderation(views.ModerationView{Page: p, List: reports(""), Waiting: 2, Spaces: places, Pager: nextPage,
			Colleagues: map[int64][]community.Colleague{funding.ID: {{ID: 7, Name: "Leïla", Load: 2}, {ID: 8, Name: "سامي"}}},
			Bulk:       views.Form{Errors: []views.FieldError{{Field: "do", Text: "!"}}}})
	})
	_ = register("moderation-decided", func(p views.Page) templ.Component {
		return views.Moderation(views.ModerationView{Page: p, List: decidedReports(), Decided: true, Spaces: places, Filter: searched})
	})
	_ = register("moderation-batch", func(p views.Page) templ.Component {
		b := community.Batch{ID: 1, Act: "hide"}
		for i, result := range []string{"", "done", "decided", "decided", "refused", "gone", "failed"} {
			b.Items = append(b.Items, community.BatchItem{PostID: int64(i), Title: "Une charte", Author: "سامي", Result: result, Hidden: i == 1, Decider: []string{"", "", "Leïla", "", "", "", ""}[i]})
		}
		return views.BatchPage(views.BatchView{Page: p, Batch: b})
	})
	_ = register("moderation-batch-over", func(p views.Page) templ.Component {
		return views.BatchPage(views.BatchView{Page: p, Batch: community.Batch{Act: "take", DoneAt: now}})
	})
	_ = register("moderation-figures", func(p views.Page) templ.Component {
		said := func(n int) community.Figure { return community.Figure{N: n, Shown: true} }
		hours := func(h int) community.SpaceTally {
			return community.SpaceTally{Space: funding, Tally: community.Tally{Reports: said(12), Hidden: said(7), Kept: said(5), Hours: h}}
		}
		return views.ModerationFigures(views.ModerationFiguresView{Page: p, From: now, To: now, Offices: map[int64]events.Text{2: projects},
			Regions: []community.RegionTally{{Spaces: []community.SpaceTally{hours(0)}}, {OfficeID: 2, Tally: community.Tally{Reports: said(30)},
				Spaces: []community.SpaceTally{hours(5), hours(60), {Space: funding, Tally: community.Tally{Hours: -1}}}}}})
	})
	_ = register("moderation-figures-none", func(p views.Page) templ.Component {
		return views.ModerationFigures(views.ModerationFiguresView{Page: p, From: now, To: now})
	})
	_ = register("moderation-empty", func(p views.Page) templ.Component { return views.Moderation(views.ModerationView{Page: p}) })
	_ = register("moderation-decided-empty", func(p views.Page) templ.Component {
		return views.Moderation(views.ModerationView{Page: p, Decided: true})
	})
)

func postForm(p views.Page) views.PostFormView {
	page := talk(true, false)
	return views.PostFormView{Page: inForum(p), Talk: page, Post: page.Lines[0]}
}

func reports(decision string) []community.Reported {
	var lines []community.ReportLine
	for i, reason := range community.Reasons {
		lines = append(lines, community.ReportLine{PostID: 1, Reason: reason, Body: "Achetez ici", At: now, Note: []string{"", "انظروا"}[i%2], By: []string{"Leïla", ""}[i%2]})
	}
	return []community.Reported{
		{Post: community.Post{ID: 1, Body: "Achetez ici"}, Title: "كيف نُعدّ ميزانية؟", Author: "سامي", Space: funding, Reports: lines, At: now, Decision: decision, Decider: "Leïla",
			Mine: true, Late: true, AssignedTo: 8, Assignee: "سامي"},
		{Post: community.Post{ID: 3, Body: "Achetez", HiddenAt: now}, Title: "Une charte", Space: funding, Reports: lines[:1], At: now, Decision: decision, Mine: true, AssignedTo: 7},
		{Post: community.Post{ID: 2}, Title: "Une charte", Gone: true, Space: account.Space{Key: "x", Name: projects}, Reports: lines[:1], At: now, Decision: decision},
	}
}

// decidedReports are of both decisions.
func decidedReports() []community.Reported {
	list := reports("hidden")
	list[1].Decision = "kept"
	return list
}

var _ = register("home-news", func(p views.Page) templ.Component {
	rows := threadRows()
	return views.MyHome(views.MyHomeView{Page: p, News: []community.News{{Row: rows[0], Space: funding}, {Row: rows[1], Space: funding}}})
})

var _ = register("home-waiting", func(p views.Page) templ.Component {
	return views.MyHome(views.MyHomeView{Page: p, Waiting: []views.Waiting{
		{Icon: "flag", Text: p.N("myhome.wait_reports", 3), Href: "/moderation"},
		{Icon: "people", Text: p.N("myhome.wait_memberships", 1), Title: "Radio du Bassin", Href: "/organisations/1"},
		{Icon: "file", Text: p.N("myhome.wait_documents", 2), Name: funding.Name, Href: "/spaces/funding/library"}}})
})

var _ = register("home-nothing", func(p views.Page) templ.Component { return views.MyHome(views.MyHomeView{Page: p}) })
