package courses_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"halqa/community/account"
	"halqa/courses"
	"halqa/courses/media"
	"halqa/events"
	"halqa/migrations/testdb"
)

var ctx = context.Background()

func (w *world) authored(t testing.TB) courses.Authored {
	t.Helper()
	a, err := w.service.AuthoredModule(ctx, w.editor, w.module)
	must(t, err)
	return a
}

func titles(lessons []courses.Lesson) string {
	var all []string
	for _, l := range lessons {
		all = append(all, l.Title.String())
	}
	return strings.Join(all, " ")
}

func key(err error) string {
	if invalid, ok := account.InvalidsOf(err); ok {
		return invalid[0].Key
	}
	return ""
}

// TestOnlyEditorsOfTheSpaceWrite asks every use case of authors as everybody else.
func TestOnlyEditorsOfTheSpaceWrite(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	elsewhere := w.editor
	elsewhere.Grants = []account.Grant{{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: w.spaceID + 1},
		{Role: account.ProgrammeManager, Kind: account.OverPlatform}, {Role: account.Trainer, Kind: account.OverSpace, ScopeID: w.spaceID}}
	title := courses.ModuleTexts{Title: events.Text{"fr": "x"}}
	for name, do := range map[string]func(a account.Actor) error{
		"edit module": func(a account.Actor) error { return w.service.EditModule(ctx, a, w.module, 1, title) },
		"move module": func(a account.Actor) error { return w.service.MoveModule(ctx, a, w.module, courses.Up) },
		"retire":      func(a account.Actor) error { return w.service.RetireModule(ctx, a, w.module) },
		"restore":     func(a account.Actor) error { return w.service.RestoreModule(ctx, a, w.module) },
		"publish":     func(a account.Actor) error { return w.service.PublishModule(ctx, a, w.module) },
		"criterion": func(a account.Actor) error {
			return w.service.ReplaceCriterion(ctx, a, w.module, 1, courses.Criterion{})
		},
		"start lesson": func(a account.Actor) error {
			_, err := w.service.StartLesson(ctx, a, w.module, courses.Quiz, title.Title)
			return err
		},
		"edit lesson": func(a account.Actor) error {
			return w.service.EditLesson(ctx, a, w.quiz.ID, 1, courses.LessonTexts{Title: title.Title})
		},
		"questions":   func(a account.Actor) error { return w.service.SetQuestions(ctx, a, w.quiz.ID, 1, quiz().Questions) },
		"move lesson": func(a account.Actor) error { return w.service.MoveLesson(ctx, a, w.quiz.ID, courses.Up) },
		"show lesson": func(a account.Actor) error { return w.service.ShowLesson(ctx, a, w.quiz.ID) },
		"remove":      func(a account.Actor) error { _, err := w.service.RemoveLesson(ctx, a, w.second.ID); return err },
		"put file": func(a account.Actor) error {
			_, err := w.service.PutFile(ctx, a, w.first.ID, film("en", 5000))
			return err
		},
		"remove file": func(a account.Actor) error { return w.service.RemoveFile(ctx, a, w.first.ID, "fr", courses.Film) },
		"chapters":    func(a account.Actor) error { return w.service.SetChapters(ctx, a, w.first.ID, 1, "fr", nil) },
		"read module": func(a account.Actor) error { _, err := w.service.AuthoredModule(ctx, a, w.module); return err },
		"read lesson": func(a account.Actor) error { _, _, err := w.service.AuthoredLesson(ctx, a, w.first.ID); return err },
		"list":        func(a account.Actor) error { _, err := w.service.ManagedModules(ctx, a, w.spaceID); return err },
	} {
		for who, a := range map[string]account.Actor{"learner": person(t, w.db), "roles elsewhere": elsewhere} {
			if err := do(a); !errors.Is(err, account.ErrForbidden) {
				t.Errorf("%s by a %s: %v", name, who, err)
			}
		}
		if err := do(account.Actor{}); !errors.Is(err, account.ErrSignInRequired) {
			t.Errorf("%s by a visitor: %v", name, err)
		}
	}
	if w.authored(t).Title["fr"] != "Monter un budget" || w.authored(t).State != courses.Published {
		t.Error("something changed")
	}
}

func film(lang string, ms int64) courses.Upload {
	return courses.Upload{Kind: courses.Film, Language: lang, DurationMS: ms, Blob: media.Blob{Name: lang + "-new.mp4", MIME: "video/mp4", Bytes: 9}}
}

func TestTheSecondOfTwoEditorsIsTold(t *testing.T) {
	w := newWorld(t, testdb.Clone(t))
	w.service = courses.New(w.db, nil)
	type attempt struct {
		name string
		do   func(title string) error
	}
	for _, a := range []attempt{
		{"module", func(title string) error {
			return w.service.EditModule(ctx, w.editor, w.module, 1, courses.ModuleTexts{Title: events.Text{"fr": title}})
		}},
		{"lesson", func(title string) error {
			return w.service.EditLesson(ctx, w.editor, w.first.ID, 1, courses.LessonTexts{Title: events.Text{"fr": title}})
		}},
		{"questions", func(string) error { return w.service.SetQuestions(ctx, w.editor, w.quiz.ID, 1, quiz().Questions) }},
		{"criterion", func(title string) error {
			return w.service.ReplaceCriterion(ctx, w.editor, w.module, 1, courses.Criterion{Mode: courses.All,
				Items: []courses.Item{{Kind: courses.ByPlaying, Percent: 10 + len(title)}}})
		}},
	} {
		results := make([]error, 2)
		var both sync.WaitGroup
		for n := range results {
			both.Go(func() { results[n] = a.do(strings.Repeat("x", n+1)) })
		}
		both.Wait()
		stale := 0
		for _, err := range results {
			if errors.Is(err, courses.ErrStale) && errors.Is(err, account.ErrConflict) {
				stale++
			} else if err != nil {
				t.Errorf("%s: %v", a.name, err)
			}
		}
		if stale != 1 {
			t.Errorf("%s: %d of two editors were told", a.name, stale)
		}
	}
}

func TestTextsAreTidied(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	edit := func(title events.Text) error {
		return w.service.EditModule(ctx, w.editor, w.module, w.authored(t).Version, courses.ModuleTexts{Title: title})
	}
	must(t, edit(events.Text{"fr": "  Budget \x00", "ar": "  ", "xx": "no"}))
	if got := w.authored(t).Title; len(got) != 1 || got["fr"] != "Budget" {
		t.Errorf("kept %q", got)
	}
	if k := key(edit(events.Text{"fr": " "})); k != "courses.title_missing" {
		t.Errorf("no title: %q", k)
	}
	if k := key(edit(events.Text{"ar": strings.Repeat("م", courses.MaxTitle+1)})); k != "authoring.too_long" {
		t.Errorf("too long: %q", k)
	}
	if !slices.Contains(w.announced(t, "courses.module_published"), "courses.module_published ") {
		t.Error("a new title isn't announced")
	}
}

func TestOrder(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	one, two, three := w.module, w.draft(t), w.draft(t)
	order := func() (ids []int64) {
		all, err := w.service.ManagedModules(ctx, w.editor, w.spaceID)
		must(t, err)
		for _, m := range all {
			ids = append(ids, m.ID)
		}
		return ids
	}
	must(t, w.service.MoveModule(ctx, w.editor, three, courses.Up))
	must(t, w.service.MoveModule(ctx, w.editor, one, courses.Up)) // the first one stays
	if got := order(); !slices.Equal(got, []int64{one, three, two}) {
		t.Errorf("order %v", got)
	}
	must(t, w.service.RetireModule(ctx, w.editor, three))
	must(t, w.service.MoveModule(ctx, w.editor, two, courses.Up)) // over the retired one
	if got := order(); !slices.Equal(got, []int64{two, one, three}) {
		t.Errorf("order %v", got)
	}
	must(t, w.service.MoveLesson(ctx, w.editor, w.quiz.ID, courses.Up))
	must(t, w.service.MoveLesson(ctx, w.editor, w.quiz.ID, courses.Up))
	if got := w.authored(t).Lessons[0].ID; got != w.quiz.ID {
		t.Errorf("lesson %d comes first", got)
	}
}

func TestPublicationNamesAllThatIsMissing(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.module = w.draft(t)
	keys := func() (all []string) {
		invalid, _ := account.InvalidsOf(w.service.PublishModule(ctx, w.editor, w.module))
		for _, i := range invalid {
			all = append(all, i.Key)
		}
		return all
	}
	if got := keys(); !slices.Equal(got, []string{"authoring.missing_lessons", "courses.publish_needs_criterion"}) {
		t.Errorf("an empty module lacks %v", got)
	}
	var ids []int64
	for _, kind := range courses.LessonKinds {
		l, err := w.service.StartLesson(ctx, w.editor, w.module, kind, events.Text{"fr": string(kind)})
		must(t, err)
		ids = append(ids, l.ID)
	}
	if got := keys(); !slices.Equal(got, []string{"authoring.missing_video", "authoring.missing_reading", "authoring.missing_quiz", "courses.publish_needs_criterion"}) {
		t.Errorf("a module of empty lessons lacks %v", got)
	}
	w.set(t, courses.Criterion{Mode: courses.All, Items: []courses.Item{{Kind: courses.ByReading, LessonID: ids[1], Percent: 100}}})
	_, err := w.service.PutFile(ctx, w.editor, ids[0], film("ar", 9000))
	must(t, err)
	must(t, w.service.EditLesson(ctx, w.editor, ids[1], 1, courses.LessonTexts{Title: events.Text{"fr": "Lire"}, Body: events.Text{"fr": "# Lire"}}))
	must(t, w.service.SetQuestions(ctx, w.editor, ids[2], 1, quiz().Questions))
	if got := keys(); got != nil || w.authored(t).State != courses.Published {
		t.Errorf("a whole module lacks %v", got)
	}
	// The reading alone completes it.
	learner := person(t, w.db)
	out, err := w.service.ConfirmRead(ctx, learner, ids[1])
	must(t, err)
	if !out.JustCompleted || out.LessonPercent != 100 {
		t.Errorf("after reading: %+v", out)
	}
	if out, err = w.service.ConfirmRead(ctx, learner, ids[1]); err != nil || out.JustCompleted || out.CompletedAt == nil {
		t.Errorf("again: %+v, %v", out, err)
	}
	if _, err := w.service.ConfirmRead(ctx, learner, ids[2]); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("a quiz confirmed as read: %v", err)
	}
}

func TestAnotherFilmKeepsWhatWasPlayed(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	learner := person(t, w.db)
	old := w.first.Tracks[1].ID // French, 100 s
	w.play(t, learner, old, courses.Interval{From: 0, To: 80_000})
	placed, err := w.service.PutFile(ctx, w.editor, w.first.ID, film("fr", 50_000))
	must(t, err)
	if !placed.Replaced {
		t.Fatal("another length took the place of the same recording")
	}
	visit, err := w.service.Lesson(ctx, learner, w.first.ID)
	must(t, err)
	track, _ := visit.Lesson.Track("fr")
	if track.ID == old || track.DurationMS != 50_000 || len(track.Files) != 1 || len(track.Chapters) != 1 {
		t.Errorf("the new track is %+v", track)
	}
	if got := visit.Outline.Standing.Lesson(w.first.ID).Percent(); got != 80 {
		t.Errorf("%d %% of the lesson after its film was replaced", got)
	}
	// A phone that was offline reports on the old film: it counts.
	if out := w.play(t, learner, old, courses.Interval{From: 80_000, To: 100_000}); out.LessonPercent != 100 {
		t.Errorf("late report: %+v", out)
	}
	// A corrected file of the same length is the same recording.
	placed, err = w.service.PutFile(ctx, w.editor, w.second.ID, film("fr", 60_400))
	must(t, err)
	visit, err = w.service.Lesson(ctx, learner, w.second.ID)
	must(t, err)
	if track, _ := visit.Lesson.Track("fr"); placed.Replaced || track.ID != w.second.Tracks[1].ID || track.File(courses.Film).Name != "fr-new.mp4" {
		t.Errorf("placed %+v on %+v", placed, track)
	}
}

func TestFilesFitTogether(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	put := func(u courses.Upload) string {
		_, err := w.service.PutFile(ctx, w.editor, w.first.ID, u)
		return key(err)
	}
	sound := film("fr", 40_000)
	sound.Kind = courses.Audio
	captions := courses.Upload{Kind: courses.Captions, Language: "fr", Transcript: []media.Cue{{FromMS: 100_001, ToMS: 100_002, Text: "late"}}}
	english := captions
	english.Language = "en"
	for want, u := range map[string]courses.Upload{"authoring.audio_length": sound, "authoring.captions_long": captions,
		"authoring.captions_first": english, "courses.track_language": film("xx", 5), "courses.track_duration": film("en", 0)} {
		if got := put(u); got != want {
			t.Errorf("refused with %q, want %q", got, want)
		}
	}
	captions.Transcript[0].FromMS = 99_000
	if got := put(captions); got != "" {
		t.Errorf("captions that fit: %s", got)
	}
	must(t, w.service.RemoveFile(ctx, w.editor, w.first.ID, "fr", courses.Film)) // the sound is left
	must(t, w.service.RemoveFile(ctx, w.editor, w.first.ID, "fr", courses.Audio))
	if err := w.service.RemoveFile(ctx, w.editor, w.first.ID, "fr", courses.Audio); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("no such track: %v", err)
	}
	must(t, w.service.RemoveFile(ctx, w.editor, w.first.ID, "ar", courses.Audio))
	if got := key(w.service.RemoveFile(ctx, w.editor, w.first.ID, "ar", courses.Film)); got != "authoring.last_track" {
		t.Errorf("the last film of a published lesson: %q", got)
	}
}

func TestRemovalKeepsProgress(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	learner, late := person(t, w.db), person(t, w.db)
	w.play(t, learner, w.first.Tracks[0].ID, courses.Interval{From: 0, To: 100_000})
	w.answer(t, learner, uuid.New(), "yes", "yes")
	w.play(t, late, w.second.Tracks[0].ID, courses.Interval{From: 0, To: 60_000})
	if got := key(second(w.service.RemoveLesson(ctx, w.editor, w.quiz.ID))); got != "authoring.lesson_counts" {
		t.Errorf("a quiz that counts is removed: %q", got)
	}
	erased, err := w.service.RemoveLesson(ctx, w.editor, w.second.ID)
	must(t, err)
	if erased {
		t.Error("a lesson that learners saw is erased")
	}
	// What is left was all played: the module is completed without anybody doing more.
	o, err := w.service.Module(ctx, learner, w.module)
	must(t, err)
	if o.CompletedAt == nil || o.Percent != 100 || len(o.Lessons) != 2 {
		t.Errorf("after the removal: %d lessons, %d %%, completed %v", len(o.Lessons), o.Percent, o.CompletedAt)
	}
	if _, err := w.service.Lesson(ctx, late, w.second.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("the removed lesson: %v", err)
	}
	w.play(t, late, w.second.Tracks[0].ID, courses.Interval{From: 0, To: 60_000}) // still heard
	must(t, w.service.ShowLesson(ctx, w.editor, w.second.ID))
	if o, err = w.service.Module(ctx, late, w.module); err != nil || o.Standing.Lesson(w.second.ID).Percent() != 100 {
		t.Errorf("brought back: %+v, %v", o.Standing, err)
	}
	if o, err = w.service.Module(ctx, learner, w.module); err != nil || o.CompletedAt == nil {
		t.Errorf("a completion was lost: %v", err)
	}
	l, err := w.service.StartLesson(ctx, w.editor, w.module, courses.Video, events.Text{"fr": "Bientôt"})
	must(t, err)
	if o, _ := w.service.Module(ctx, learner, w.module); strings.Contains(titles(o.Lessons), "Bientôt") {
		t.Error("learners see a lesson in preparation")
	}
	if got := key(w.service.ShowLesson(ctx, w.editor, l.ID)); got != "courses.tracks_missing" {
		t.Errorf("an empty lesson is shown: %q", got)
	}
	if erased, err := w.service.RemoveLesson(ctx, w.editor, l.ID); err != nil || !erased {
		t.Errorf("a lesson nobody saw: erased %v, %v", erased, err)
	}
}

func second(_ bool, err error) error { return err }

func TestRetiredModuleKeepsWhatIsUnderWay(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	learner := person(t, w.db)
	w.answer(t, learner, uuid.New(), "yes", "yes")
	session := w.opened(t, learner, noon.Add(-time.Hour))
	must(t, w.service.RetireModule(ctx, w.editor, w.module))
	must(t, w.service.RetireModule(ctx, w.editor, w.module))
	if got := w.announced(t, "courses.module_retired"); len(got) != 1 {
		t.Errorf("announced %d times", len(got))
	}
	if _, err := w.service.Module(ctx, learner, w.module); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("the learner still finds it: %v", err)
	}
	// What was played before, and comes late, counts.
	w.playUnder(t, learner, session, w.first.Tracks[0].ID, courses.Interval{From: 0, To: 100_000})
	if out := w.playUnder(t, learner, session, w.second.Tracks[0].ID, courses.Interval{From: 0, To: 60_000}); !out.JustCompleted {
		t.Errorf("late report: %+v", out)
	}
	must(t, w.service.RestoreModule(ctx, w.editor, w.module))
	if o, err := w.service.Module(ctx, learner, w.module); err != nil || o.CompletedAt == nil || o.State != courses.Published {
		t.Errorf("restored: %+v, %v", o.State, err)
	}
	draft := w.draft(t)
	must(t, w.service.RetireModule(ctx, w.editor, draft))
	must(t, w.service.RestoreModule(ctx, w.editor, draft))
	if m, err := w.service.AuthoredModule(ctx, w.editor, draft); err != nil || m.State != courses.Draft {
		t.Errorf("restored draft: %s, %v", m.State, err)
	}
}

func TestQuestionsKeepTheirNames(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	learner := person(t, w.db)
	attempt, _ := w.answer(t, learner, uuid.New(), "yes", "no")
	l, _, err := w.service.AuthoredLesson(ctx, w.editor, w.quiz.ID)
	must(t, err)
	fresh := quiz().Questions[0]
	fresh.Prompt = events.Text{"fr": "Nouvelle"}
	fresh.ID = 999_999 // of no question here
	must(t, w.service.SetQuestions(ctx, w.editor, l.ID, l.Version, []courses.Question{fresh, l.Questions[1], l.Questions[1]}))
	after, _, err := w.service.AuthoredLesson(ctx, w.editor, w.quiz.ID)
	must(t, err)
	if len(after.Questions) != 3 || after.Questions[1].ID != l.Questions[1].ID || after.Questions[0].ID == 999_999 || after.Questions[2].ID == l.Questions[1].ID {
		t.Errorf("questions %+v", after.Questions)
	}
	if got, err := w.service.Attempt(ctx, learner, l.ID, attempt.ID); err != nil || got.Score != 50 {
		t.Errorf("the attempt is now %+v, %v", got, err)
	}
	if err := w.service.SetQuestions(ctx, w.editor, l.ID, after.Version, nil); key(err) != "courses.questions_missing" {
		t.Errorf("no questions: %v", err)
	}
}

func TestChaptersKeepOtherLanguages(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	set := func(version int, chapters ...courses.Chapter) error {
		return w.service.SetChapters(ctx, w.editor, w.first.ID, version, "ar", chapters)
	}
	must(t, set(1, courses.Chapter{FromMS: 0, Title: events.Text{"ar": "البداية"}}, courses.Chapter{FromMS: 50_000, Title: events.Text{"ar": "الوسط"}}))
	l, _, err := w.service.AuthoredLesson(ctx, w.editor, w.first.ID)
	must(t, err)
	track, _ := l.Track("ar")
	if len(track.Chapters) != 2 || track.Chapters[0].Title["fr"] != "Début" || track.Chapters[0].Title["ar"] != "البداية" {
		t.Errorf("chapters %+v", track.Chapters)
	}
	named := func(at int64) courses.Chapter { return courses.Chapter{FromMS: at, Title: events.Text{"ar": "فصل"}} }
	for _, bad := range [][]courses.Chapter{{named(100_000)}, {named(5), named(5)}, {named(-1)}} {
		if got := key(set(2, bad...)); got != "courses.track_chapters" {
			t.Errorf("%v: %q", bad, got)
		}
	}
	if got := key(set(2, courses.Chapter{FromMS: 7})); got != "authoring.chapter_title" {
		t.Errorf("a chapter without title: %q", got)
	}
}

func TestUnusedUploadsAreSwept(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	now := noon
	w.service = courses.New(w.db, func() time.Time { return now })
	must(t, w.service.NoteUpload(ctx, "fr-new.mp4"))
	must(t, w.service.NoteUpload(ctx, "unused.mp4"))
	_, err := w.service.PutFile(ctx, w.editor, w.first.ID, film("fr", 100_000))
	must(t, err)
	var dropped []string
	sweep := func() {
		_, err := w.service.SweepUploads(ctx, func(name string) error { dropped = append(dropped, name); return nil })
		must(t, err)
	}
	now = noon.Add(23 * time.Hour)
	sweep()
	if len(dropped) > 0 {
		t.Errorf("dropped %v within a day", dropped)
	}
	now = noon.Add(25 * time.Hour)
	sweep()
	if !slices.Equal(dropped, []string{"unused.mp4"}) {
		t.Errorf("dropped %v", dropped)
	}
}
