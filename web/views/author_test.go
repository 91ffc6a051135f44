package views_test

import (
	"errors"
	"net/url"
	"slices"
	"testing"

	"github.com/a-h/templ"

	"halqa/community/account"
	"halqa/courses"
	"halqa/events"
	"halqa/web/views"
)

var (
	budgetReading = courses.Lesson{ID: 13, ModuleID: 5, Kind: courses.Reading, State: courses.Shown, Version: 2, Title: projects,
		Body: text("# Lire\n\nUn **budget**.", "# اقرأ\n\nميزانية.", "# Read\n\n- one\n- two")}

	refusedTexts = views.Form{Values: url.Values{"title_fr": {"x"}}, Errors: []views.FieldError{{Field: "title_fr", Text: "!"}, {Text: "!"}}}
)

// authored is a module with a lesson of every kind and state.
func authored(state courses.State) courses.Authored {
	a := courses.Authored{Module: courses.Module{ID: 5, SpaceID: 3, Title: projects, State: state, Version: 4}, Space: funding, Learners: 12, Completed: 3}
	video, quiz, soon, gone := budgetVideo, budgetQuiz, budgetVideo, budgetQuiz
	video.State, quiz.State, soon.State, gone.State = courses.Shown, courses.Shown, courses.Unready, courses.Gone
	soon.ID, soon.Title, gone.ID = 14, events.Text{"ar": "قريبا"}, 15
	a.Lessons = []courses.Lesson{video, budgetReading, quiz, soon, gone}
	a.Criterion = courses.Criterion{Version: 2, Mode: courses.AtLeast, K: 2, Items: []courses.Item{{Kind: courses.ByPlaying, Percent: 80},
		{Kind: courses.ByQuiz, LessonID: 12, Percent: 60}, {Kind: courses.ByReading, LessonID: 13, Percent: 100}}}
	return a
}

func readingOutline(read bool) courses.Outline {
	o := outline(courses.All, 0)
	o.Lessons = append(o.Lessons[:2:2], budgetReading)
	o.Standing = append(o.Standing[:2:2], courses.LessonStanding{LessonID: 13, Kind: courses.Reading, Read: read})
	o.Criterion.Items = []courses.Item{{Kind: courses.ByReading, LessonID: 13, Percent: 100}}
	o.Check = o.Criterion.Check(o.Standing, 0)
	return o
}

func authorLesson(p views.Page, l courses.Lesson) views.AuthorLessonView {
	return views.AuthorLessonView{Page: p, Lesson: l, Module: authored(courses.Published), Editing: "ar", Quiz: views.DraftsOf(l.Questions)}
}

var (
	_ = register("author-modules", func(p views.Page) templ.Component {
		return views.Manage(views.ManageView{Page: p, Space: funding, Modules: []courses.Managed{
			{Module: courses.Module{ID: 5, Title: projects, State: courses.Published}, Lessons: 3, Learners: 12, Completed: 4},
			{Module: courses.Module{ID: 6, Title: events.Text{"ar": "وحدة"}, State: courses.Draft}}, {Module: courses.Module{ID: 7, Title: projects, State: courses.Retired}}}})
	})
	_ = register("author-modules-none", func(p views.Page) templ.Component { return views.Manage(views.ManageView{Page: p, Space: funding}) })
	_ = register("author", func(p views.Page) templ.Component {
		return views.AuthorHome(views.AuthorHomeView{Page: p, Spaces: []views.ManageView{{Space: funding}, {Space: funding,
			Modules: []courses.Managed{{Module: courses.Module{ID: 6, Title: events.Text{"ar": "وحدة"}, State: courses.Draft}}}}}})
	})
	_ = register("author-none", func(p views.Page) templ.Component { return views.AuthorHome(views.AuthorHomeView{Page: p}) })
	_ = register("author-new", func(p views.Page) templ.Component {
		return views.NewModule(views.NewModuleView{Page: p, Space: &funding, Form: refusedTexts})
	})
	_ = register("author-new-where", func(p views.Page) templ.Component {
		return views.NewModule(views.NewModuleView{Page: p, Spaces: []account.Space{funding}})
	})
	_ = register("author-new-nowhere", func(p views.Page) templ.Component { return views.NewModule(views.NewModuleView{Page: p}) })
	_ = register("author-module", func(p views.Page) templ.Component {
		return views.AuthorModule(views.AuthorModuleView{Page: p, Module: authored(courses.Published), Stale: true, Form: refusedTexts, StaleRule: true,
			Rule: views.Form{Values: url.Values{"mode": {"all"}}, Errors: []views.FieldError{{Field: "percent_12", Text: "!"}}}, Lessons: views.Form{Errors: []views.FieldError{{Text: "!"}}}})
	})
	_ = register("author-module-draft", func(p views.Page) templ.Component {
		m := authored(courses.Draft)
		m.Criterion, m.Learners = courses.Criterion{}, 0
		return views.AuthorModule(views.AuthorModuleView{Page: p, Module: m, Lacks: []views.FieldError{{Field: "criterion", Text: "!"}}, Refused: true})
	})
	_ = register("author-module-empty", func(p views.Page) templ.Component {
		return views.AuthorModule(views.AuthorModuleView{Page: p, Module: courses.Authored{Module: courses.Module{ID: 5, Title: projects, State: courses.Draft}, Space: funding}})
	})
	_ = register("author-module-retired", func(p views.Page) templ.Component {
		return views.AuthorModule(views.AuthorModuleView{Page: p, Module: authored(courses.Retired)})
	})
	_ = register("author-video", func(p views.Page) templ.Component {
		v := authorLesson(p, authored(courses.Published).Lessons[0])
		v.Part, v.Form = "file_fr", refusedTexts
		return views.AuthorLesson(v)
	})
	_ = register("author-video-chapters", func(p views.Page) templ.Component {
		v := authorLesson(p, authored(courses.Published).Lessons[3])
		v.Lesson.Tracks = budgetVideo.Tracks
		v.Part, v.Stale, v.Form = "chapters_ar", true, views.Form{Errors: []views.FieldError{{Field: "chapters", Text: "!"}}}
		return views.AuthorLesson(v)
	})
	_ = register("author-quiz", func(p views.Page) templ.Component {
		v := authorLesson(p, authored(courses.Published).Lessons[2])
		v.Quiz, v.Focus = views.ChangeDrafts(v.Quiz, "add")
		v.Part, v.Form = "quiz", views.Form{Errors: []views.FieldError{{Field: "q0_prompt", Text: "!"}, {Field: "q1_options", Text: "!"}}}
		return views.AuthorLesson(v)
	})
	_ = register("author-quiz-empty", func(p views.Page) templ.Component {
		v := authorLesson(p, authored(courses.Published).Lessons[4])
		v.Quiz, v.Part, v.Stale = nil, "quiz", true
		return views.AuthorLesson(v)
	})
	_ = register("author-reading", func(p views.Page) templ.Component {
		v := authorLesson(p, budgetReading)
		v.Part, v.Stale, v.Form = "texts", true, refusedTexts
		return views.AuthorLesson(v)
	})
	_ = register("author-preview-video", func(p views.Page) templ.Component {
		return views.Preview(views.PreviewView{Page: p, Lesson: budgetVideo, Module: authored(courses.Draft), Track: budgetVideo.Tracks[0]})
	})
	_ = register("author-preview-quiz", func(p views.Page) templ.Component {
		return views.Preview(views.PreviewView{Page: p, Lesson: budgetQuiz, Module: authored(courses.Draft)})
	})
	_ = register("author-preview-nothing", func(p views.Page) templ.Component {
		return views.Preview(views.PreviewView{Page: p, Lesson: courses.Lesson{ID: 9, Kind: courses.Video, Title: projects}, Module: authored(courses.Draft)})
	})
	_ = register("reading", func(p views.Page) templ.Component {
		l := budgetReading
		l.Body = events.Text{"fr": "Texte"}
		return views.Reading(views.ReadingView{Page: p, Visit: courses.Visit{Lesson: l, Outline: readingOutline(false)}})
	})
	_ = register("reading-read", func(p views.Page) templ.Component {
		return views.Reading(views.ReadingView{Page: p, Visit: courses.Visit{Lesson: budgetReading, Outline: readingOutline(true)}})
	})
	_ = register("module-reading", func(p views.Page) templ.Component {
		return views.Module(views.ModuleView{Page: p, Outline: readingOutline(false)})
	})
	_ = register("lesson-sound-only", func(p views.Page) templ.Component {
		t := budgetVideo.Tracks[1]
		t.Files = t.Files[1:]
		return views.Lesson(views.LessonView{Page: p, Track: t, Visit: courses.Visit{Lesson: budgetVideo, Outline: readingOutline(false)}})
	})
)

func TestReadChapters(t *testing.T) {
	got, err := views.ReadChapters("0:00 Début\r\n\n \u200f٠:١٥ لماذا\n1:02:03.5 Fin \n", "fr")
	if err != nil || len(got) != 3 || got[1].FromMS != 15_000 || got[1].Title["fr"] != "لماذا" || got[2].FromMS != 3_723_500 || got[2].Title["fr"] != "Fin" {
		t.Errorf("read %+v, %v", got, err)
	}
	for _, bad := range []string{"x", "0:00 a\n12 b", "0:60 x", "-1:00 x", "99999999:00 x", "1:2:3:4 x", "0:00.1234 x"} {
		var invalid account.Invalid
		if _, err := views.ReadChapters(bad, "fr"); !errors.As(err, &invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestQuizButtons(t *testing.T) {
	quiz := func() []views.QuestionDraft {
		return views.DraftsOf([]courses.Question{{ID: 1, Options: make([]courses.Option, 2)}, {ID: 2}, {ID: 3}})
	}
	for do, want := range map[string][]int64{"add": {1, 2, 3, 0}, "remove 1": {1, 3}, "up 2": {1, 3, 2}, "down 0": {2, 1, 3}, "up 0": {1, 2, 3},
		"down 2": {1, 2, 3}, "remove 9": {1, 2, 3}, "remove -1": {1, 2, 3}, "drop 0 9": {1, 2, 3}, "": {1, 2, 3}, "lang ar": {1, 2, 3}} {
		changed, _ := views.ChangeDrafts(quiz(), do)
		var ids []int64
		for _, q := range changed {
			ids = append(ids, q.ID)
		}
		if !slices.Equal(ids, want) {
			t.Errorf("%q leaves %v", do, ids)
		}
	}
	if more, focus := views.ChangeDrafts(quiz(), "option 0"); len(more[0].Options) != 3 || focus != "f-q0_o2" {
		t.Errorf("%d answers, then %s", len(more[0].Options), focus)
	}
	if less, _ := views.ChangeDrafts(quiz(), "drop 0 1"); len(less[0].Options) != 1 {
		t.Errorf("%d answers left", len(less[0].Options))
	}
}

func TestNewAnswersGetKeys(t *testing.T) {
	yes := events.Text{"fr": "oui"}
	drafts := views.DraftsOf([]courses.Question{{Options: []courses.Option{{Key: "b", Text: yes}, {Text: yes}, {}, {Key: "b", Text: yes}, {Right: true}}}})
	var keys []string
	for _, o := range views.QuestionsOf(drafts)[0].Options {
		keys = append(keys, o.Key)
	}
	if !slices.Equal(keys, []string{"b", "a", "c", "d"}) {
		t.Errorf("keys %v", keys)
	}
}
