package views_test

import (
	"time"

	"github.com/a-h/templ"

	"halqa/community"
	"halqa/community/account"
	"halqa/courses"
	"halqa/courses/media"
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/views"
)

var (
	funding = account.Space{ID: 3, Key: "funding", Name: text("Financement", "التمويل", "Funding"), Description: projects, Hue: 30, Visibility: account.Open}

	budgetVideo = courses.Lesson{ID: 11, ModuleID: 5, Kind: courses.Video, Title: projects, Summary: projects, Tracks: []courses.Track{
		{ID: 21, LessonID: 11, Language: "fr", DurationMS: 161_100, Synthetic: true, Files: []courses.File{
			{Kind: courses.Film, Blob: media.Blob{Name: "f.mp4", Bytes: 847_015}}, {Kind: courses.Audio, Blob: media.Blob{Name: "f.m4a", Bytes: 438_508}},
			{Kind: courses.Captions, Blob: media.Blob{Name: "f.vtt", Bytes: 3335}}, {Kind: courses.Poster, Blob: media.Blob{Name: "f.jpg", Bytes: 13_619}}},
			Chapters:   []courses.Chapter{{FromMS: 0, Title: projects}, {FromMS: 60_000, Title: projects}},
			Transcript: []media.Cue{{FromMS: 0, ToMS: 2000, Text: "Bonjour\nà tous"}, {FromMS: 61_000, ToMS: 62_000, Text: "Fin"}}},
		{ID: 22, LessonID: 11, Language: "ar", DurationMS: 180_000, Files: []courses.File{
			{Kind: courses.Film, Blob: media.Blob{Name: "a.mp4", Bytes: 1_031_380}}, {Kind: courses.Audio, Blob: media.Blob{Name: "a.m4a", Bytes: 622_127}}},
			Transcript: []media.Cue{{FromMS: 0, ToMS: 2000, Text: "مرحبا"}}},
	}}
	budgetQuiz = courses.Lesson{ID: 12, ModuleID: 5, Kind: courses.Quiz, Title: projects, Questions: []courses.Question{
		{ID: 31, Kind: courses.Single, Prompt: projects, Explanation: projects, Options: []courses.Option{{Key: "a", Text: projects, Right: true}, {Key: "b", Text: events.Text{"fr": "Non"}}}},
		{ID: 32, Kind: courses.Multiple, Prompt: projects, Options: []courses.Option{{Key: "a", Text: projects, Right: true}, {Key: "b", Text: projects}}}}}
)

// outline is a module half followed.
func outline(mode courses.Mode, k int) courses.Outline {
	o := courses.Outline{Module: courses.Module{ID: 5, SpaceID: 3, Title: projects, Summary: projects, State: courses.Published}, Space: funding,
		Lessons: []courses.Lesson{budgetVideo, budgetQuiz, budgetVideo},
		Standing: courses.Standing{{LessonID: 11, Kind: courses.Video, WeightMS: 180_000, CreditMS: 90_000},
			{LessonID: 12, Kind: courses.Quiz, Score: 50, Answered: true}, {LessonID: 11, Kind: courses.Video, WeightMS: 1000, CreditMS: 1000}},
		Criterion: courses.Criterion{Version: 1, Mode: mode, K: k, Items: []courses.Item{{Kind: courses.ByPlaying, Percent: 80},
			{Kind: courses.ByQuiz, LessonID: 12, Percent: 60}, {Kind: courses.ByPlaying, Percent: 20}}}}
	o.Percent, o.Check = o.Standing.Percent(), o.Criterion.Check(o.Standing, 0)
	return o
}

func completed(o courses.Outline) courses.Outline {
	at := now.Add(-48 * time.Hour)
	o.CompletedAt = &at
	return o
}

func tried() *courses.Attempt {
	return &courses.Attempt{ID: 1, Score: 50, Answers: courses.Answers{31: {"a"}, 32: {"a", "b"}}}
}

var (
	_ = register("spaces", func(p views.Page) templ.Component {
		return views.Spaces(views.SpacesView{Page: p, Spaces: []views.SpaceCard{
			{Space: funding, Summary: courses.Summary{Modules: 2}, Member: true},
			{Space: account.Space{Key: "x", Visibility: account.ByRequest, Name: events.Text{"fr": "x"}}, Summary: courses.Summary{Modules: 12, Completed: 3}}}})
	})
	_ = register("spaces, empty", func(p views.Page) templ.Component { return views.Spaces(views.SpacesView{Page: p}) })
	_ = register("space", func(p views.Page) templ.Component {
		return views.Space(views.SpaceView{Page: p.Belong("funding", 30, funding.Name), Space: funding, Readable: true, Agenda: "webcal://halqa.example.org/spaces/funding/calendar.ics",
			Modules:  []courses.Outline{outline(courses.All, 0), completed(outline(courses.Any, 0)), {Module: courses.Module{ID: 6, Title: projects}}},
			Seminars: []enrolment.Card{{Seminar: enrolment.Seminar{ID: 1, Title: projects, Venue: "Gafsa", State: enrolment.Published}, SpaceName: projects}}})
	})
	_ = register("space, closed", func(p views.Page) templ.Component {
		s := funding
		s.Visibility = account.ByRequest
		return views.Space(views.SpaceView{Page: p, Space: s})
	})
	_ = register("space, asked and empty", func(p views.Page) templ.Component {
		return views.Space(views.SpaceView{Page: p, Space: funding, Asked: true, Readable: true})
	})
	_ = register("module", func(p views.Page) templ.Component {
		return views.Module(views.ModuleView{Page: p, Outline: outline(courses.All, 0)})
	})
	_ = register("module, completed", func(p views.Page) templ.Component {
		return views.Module(views.ModuleView{Page: p, Outline: completed(outline(courses.AtLeast, 2))})
	})
	_ = register("module, some of", func(p views.Page) templ.Component {
		o := outline(courses.AtLeast, 2)
		o.State = courses.Draft
		return views.Module(views.ModuleView{Page: p, Outline: o})
	})
	_ = register("lesson", func(p views.Page) templ.Component {
		return views.Lesson(views.LessonView{Page: p, Visit: courses.Visit{Lesson: budgetVideo, Outline: outline(courses.Any, 0)},
			Track: budgetVideo.Tracks[0], StartMS: 61_250, Nonce: "n", Questions: []community.Thread{{ID: 4, Title: "Pourquoi ?", Second: 12, Replies: 3}}})
	})
	_ = register("saved", func(p views.Page) templ.Component { return views.Saved(views.SavedView{Page: p}) })
	_ = register("saved, for everybody", func(p views.Page) templ.Component {
		p.Bare = true
		return views.Saved(views.SavedView{Page: p})
	})
	_ = register("lesson, sound only", func(p views.Page) templ.Component {
		return views.Lesson(views.LessonView{Page: p, Visit: courses.Visit{Lesson: budgetVideo, Outline: completed(outline(courses.Any, 0))},
			Track: budgetVideo.Tracks[1], Audio: true})
	})
	_ = register("quiz", func(p views.Page) templ.Component {
		return views.Quiz(views.QuizView{Page: p, Visit: courses.Visit{Lesson: budgetQuiz, Outline: outline(courses.All, 0), Best: tried(), Tries: 1}, Nonce: "n",
			Form: views.Form{Values: map[string][]string{"q31": {"b"}}, Errors: []views.FieldError{{Field: "q32", Text: p.T("courses.answer_missing")}}}})
	})
	_ = register("quiz, answered", func(p views.Page) templ.Component {
		return views.Quiz(views.QuizView{Page: p, Visit: courses.Visit{Lesson: budgetQuiz, Outline: outline(courses.All, 0), Best: tried()}, Attempt: tried()})
	})
)
