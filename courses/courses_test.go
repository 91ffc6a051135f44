package courses_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/courses"
	"halqa/courses/media"
	"halqa/events"
	"halqa/migrations/testdb"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// world is one open space with a published module: two videos of 100 s and 60 s in French and Arabic, and a quiz. It is
// completed by 80 % of the videos and 60 % of the quiz.
type world struct {
	db      bun.IDB
	service *courses.Service
	editor  account.Actor
	spaceID int64
	module  int64
	first   courses.Lesson
	second  courses.Lesson
	quiz    courses.Lesson
}

func newWorld(t testing.TB, db bun.IDB) *world {
	w := &world{db: db, service: courses.New(db, func() time.Time { return noon })}
	w.spaceID = one(t, db, `insert into space (key, name) values ('budget', '{"fr":"Budget"}') returning id`)
	w.editor = person(t, db)
	w.editor.Grants = []account.Grant{{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: w.spaceID}}
	w.module = w.draft(t)
	w.first, w.second = w.add(t, video(100_000)), w.add(t, video(60_000))
	w.quiz = w.add(t, quiz())
	w.set(t, courses.Criterion{Mode: courses.All, Items: []courses.Item{
		{Kind: courses.ByPlaying, Percent: 80}, {Kind: courses.ByQuiz, LessonID: w.quiz.ID, Percent: 60}}})
	must(t, w.service.PublishModule(context.Background(), w.editor, w.module))
	return w
}

func (w *world) draft(t testing.TB) int64 {
	m, err := w.service.CreateModule(context.Background(), w.editor, courses.NewModule{SpaceID: w.spaceID, Title: events.Text{"fr": "Monter un budget"}})
	must(t, err)
	return m.ID
}

func (w *world) add(t testing.TB, l courses.Lesson) courses.Lesson {
	l, err := w.service.AddLesson(context.Background(), w.editor, w.module, l)
	must(t, err)
	return l
}

func (w *world) set(t testing.TB, c courses.Criterion) {
	_, err := w.service.SetCriterion(context.Background(), w.editor, w.module, c)
	must(t, err)
}

func (w *world) play(t testing.TB, a account.Actor, trackID int64, intervals ...courses.Interval) courses.Outcome {
	t.Helper()
	return w.playUnder(t, a, w.opened(t, a, noon.Add(-20*time.Hour)), trackID, intervals...)
}

func (w *world) playUnder(t testing.TB, a account.Actor, session string, trackID int64, intervals ...courses.Interval) courses.Outcome {
	t.Helper()
	out, err := w.service.ReportPlayed(context.Background(), a, courses.Report{Session: session, TrackID: trackID, Intervals: intervals})
	must(t, err)
	return out
}

// opened is a playing session of the world's module, opened at a time.
func (w *world) opened(t testing.TB, a account.Actor, at time.Time) string {
	t.Helper()
	token, _, err := courses.New(w.db, func() time.Time { return at }).OpenPlaying(context.Background(), a, w.module)
	must(t, err)
	return token
}

func (w *world) answer(t testing.TB, a account.Actor, nonce uuid.UUID, first, second string) (courses.Attempt, courses.Outcome) {
	t.Helper()
	attempt, out, err := w.service.AnswerQuiz(context.Background(), a, w.quiz.ID, nonce,
		courses.Answers{w.quiz.Questions[0].ID: {first}, w.quiz.Questions[1].ID: {second}})
	must(t, err)
	return attempt, out
}

// announced returns how often each event about the person, or any, was published: "type" or "type percent".
func (w *world) announced(t testing.TB, kind string) []string {
	t.Helper()
	var all []string
	must(t, w.db.NewRaw(`select type || ' ' || coalesce(data->>'percent', data->>'score', '') from outbox where type like ? order by seq`, kind).
		Scan(context.Background(), &all))
	return all
}

func video(ms int64) courses.Lesson {
	track := func(lang string) courses.Track {
		return courses.Track{Language: lang, DurationMS: ms, Files: []courses.File{
			{Kind: courses.Film, Blob: media.Blob{Name: lang + ".mp4", MIME: "video/mp4", Bytes: ms * 20}},
			{Kind: courses.Audio, Blob: media.Blob{Name: lang + ".m4a", MIME: "audio/mp4", Bytes: ms * 4}}},
			Chapters: []courses.Chapter{{FromMS: 0, Title: events.Text{"fr": "Début"}}}}
	}
	return courses.Lesson{Kind: courses.Video, Title: events.Text{"fr": "Vidéo"}, Tracks: []courses.Track{track("ar"), track("fr")}}
}

func quiz() courses.Lesson {
	q := courses.Question{Kind: courses.Single, Prompt: events.Text{"fr": "?"}, Options: []courses.Option{
		{Key: "yes", Text: events.Text{"fr": "oui"}, Right: true}, {Key: "no", Text: events.Text{"fr": "non"}}}}
	return courses.Lesson{Kind: courses.Quiz, Title: events.Text{"fr": "Quiz"}, Questions: []courses.Question{q, q}}
}

var people int

func person(t testing.TB, db bun.IDB) account.Actor {
	people++
	id := one(t, db, fmt.Sprintf(`insert into person (name, email) values ('Amel', 'p%d@example.org') returning id`, people))
	return account.Actor{PersonID: id, Language: "fr"}
}

func one(t testing.TB, db bun.IDB, query string, args ...any) (n int64) {
	t.Helper()
	must(t, db.NewRaw(query, args...).Scan(context.Background(), &n))
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWatchingAndAnsweringCompletesOnce(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	learner := person(t, w.db)
	track := w.first.Tracks[0].ID

	out := w.play(t, learner, track, courses.Interval{From: 0, To: 100_000})
	if out.LessonPercent != 100 || out.ModulePercent != 62 || out.CompletedAt != nil {
		t.Fatalf("after the first video: %+v", out)
	}
	// The other language of the same lesson adds nothing.
	if out = w.play(t, learner, w.first.Tracks[1].ID, courses.Interval{From: 0, To: 100_000}); out.ModulePercent != 62 {
		t.Fatalf("after the same in French: %+v", out)
	}
	if _, out = w.answer(t, learner, uuid.New(), "yes", "no"); out.LessonPercent != 50 || out.CompletedAt != nil {
		t.Fatalf("after half the quiz: %+v", out)
	}
	w.play(t, learner, w.second.Tracks[0].ID, courses.Interval{From: 0, To: 30_000})
	if _, out = w.answer(t, learner, uuid.New(), "yes", "yes"); out.CompletedAt == nil || !out.JustCompleted {
		t.Fatalf("after the whole quiz: %+v", out)
	}
	// A worse attempt and more playing change nothing of it.
	if _, out = w.answer(t, learner, uuid.New(), "no", "no"); out.LessonPercent != 100 || out.JustCompleted || !out.CompletedAt.Equal(noon) {
		t.Fatalf("after a bad attempt: %+v", out)
	}
	out = w.play(t, learner, w.second.Tracks[0].ID, courses.Interval{From: 0, To: 60_500})
	if out.ModulePercent != 100 || out.JustCompleted || out.CompletedAt == nil {
		t.Fatalf("after everything: %+v", out)
	}
	if got := w.announced(t, "courses.module_completed"); len(got) != 1 {
		t.Errorf("completions announced: %v", got)
	}
	var want []string
	for step := 5; step <= 100; step += 5 {
		want = append(want, fmt.Sprintf("courses.module_progressed %d", step))
	}
	if got := w.announced(t, "courses.module_progressed"); !slices.Equal(got, want) {
		t.Errorf("steps announced: %v", got)
	}
	if got := w.announced(t, "courses.quiz_answered"); !slices.Equal(got, []string{
		"courses.quiz_answered 50", "courses.quiz_answered 100", "courses.quiz_answered 0"}) {
		t.Errorf("quizzes announced: %v", got)
	}
}

func TestReportWithoutNewsOnlyRemembersThePlace(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	learner := person(t, w.db)
	track := w.first.Tracks[0].ID
	w.play(t, learner, track, courses.Interval{From: 0, To: 50_000})
	before := one(t, w.db, `select count(*) from outbox`)
	for range 2 {
		out, err := w.service.ReportPlayed(context.Background(), learner, courses.Report{Session: w.opened(t, learner, noon), TrackID: track, Client: "again",
			Intervals: []courses.Interval{{From: 10_000, To: 20_000}, {From: 0, To: 50_000}}, Position: 20_000})
		must(t, err)
		if out.LessonPercent != 50 || out.ModulePercent != 31 {
			t.Fatalf("outcome %+v", out)
		}
	}
	if after := one(t, w.db, `select count(*) from outbox`); after != before {
		t.Errorf("%d events announced", after-before)
	}
	visit, err := w.service.Lesson(context.Background(), learner, w.first.ID)
	must(t, err)
	if h := visit.Heard[track]; h.PositionMS != 20_000 || h.Played.String() != "{[0,50000)}" {
		t.Errorf("kept %+v", h)
	}
}

func TestReportsAreRefused(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	track := w.first.Tracks[0].ID
	w.module = w.draft(t)
	hidden := w.add(t, video(1000)).Tracks[0].ID
	closed := one(t, w.db, `insert into space (key, name, visibility) values ('closed', '{}', 'invitation') returning id`)
	w.editor.Grants[0].ScopeID, w.spaceID = closed, closed
	w.module = w.draft(t)
	inside := w.add(t, video(1000)).Tracks[0].ID
	w.set(t, courses.Criterion{Mode: courses.All, Items: []courses.Item{{Kind: courses.ByPlaying, Percent: 1}}})
	must(t, w.service.PublishModule(context.Background(), w.editor, w.module))

	learner := person(t, w.db)
	for _, test := range []struct {
		name  string
		actor account.Actor
		r     courses.Report
		want  error
	}{
		{"visitor", account.Actor{}, courses.Report{TrackID: track}, account.ErrSignInRequired},
		{"no such track", learner, courses.Report{TrackID: 1 << 40}, account.ErrNotFound},
		{"draft", learner, courses.Report{TrackID: hidden}, account.ErrNotFound},
		{"space by invitation", learner, courses.Report{TrackID: inside}, account.ErrNotFound},
	} {
		if _, err := w.service.ReportPlayed(context.Background(), test.actor, test.r); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
	_, err := w.service.ReportPlayed(context.Background(), learner, courses.Report{TrackID: track, Intervals: []courses.Interval{{From: 5, To: 1}}})
	if _, ok := account.InvalidsOf(err); !ok {
		t.Errorf("reversed interval: %v", err)
	}
	if n := one(t, w.db, `select count(*) from played`); n != 0 {
		t.Errorf("%d rows written by refused reports", n)
	}
	// Whoever joins the space may report at once: what the caller knew of them doesn't matter.
	_, err = w.db.ExecContext(context.Background(), `insert into space_member (space_id, person_id) values (?, ?)`, closed, learner.PersonID)
	must(t, err)
	_, err = w.service.ReportPlayed(context.Background(), learner, courses.Report{TrackID: inside, Intervals: []courses.Interval{{From: 0, To: 500}}})
	must(t, err)
	learner.Spaces = []int64{closed}
	_, err = w.db.ExecContext(context.Background(), `delete from space_member where person_id = ?`, learner.PersonID)
	must(t, err)
	_, err = w.service.ReportPlayed(context.Background(), learner, courses.Report{TrackID: inside, Intervals: []courses.Interval{{From: 0, To: 900}}})
	if !errors.Is(err, account.ErrNotFound) {
		t.Errorf("somebody who was a member: %v", err)
	}
}

func TestQuizSentTwiceIsOneAttempt(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	learner, nonce := person(t, w.db), uuid.New()
	first, _ := w.answer(t, learner, nonce, "yes", "no")
	second, _ := w.answer(t, learner, nonce, "yes", "yes")
	if second.ID != first.ID || second.Score != 50 {
		t.Errorf("sent twice: %+v then %+v", first, second)
	}
	if got := w.announced(t, "courses.quiz_answered"); len(got) != 1 {
		t.Errorf("announced %v", got)
	}
	if _, err := w.service.Attempt(context.Background(), person(t, w.db), w.quiz.ID, first.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("somebody else's attempt: %v", err)
	}
	mine, err := w.service.Attempt(context.Background(), learner, w.quiz.ID, first.ID)
	if err != nil || mine.Answers[w.quiz.Questions[1].ID][0] != "no" {
		t.Errorf("my attempt: %+v, %v", mine, err)
	}
	visit, err := w.service.Lesson(context.Background(), learner, w.quiz.ID)
	if err != nil || visit.Tries != 1 || visit.Best.Score != 50 {
		t.Errorf("visit: %+v, %v", visit, err)
	}
}

func TestEditedCriterionNeverTouchesACompletion(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	gentle := func(p int) courses.Criterion {
		return courses.Criterion{Mode: courses.All, Items: []courses.Item{{Kind: courses.ByPlaying, Percent: p}}}
	}
	done, half, none := person(t, w.db), person(t, w.db), person(t, w.db)
	for _, l := range []courses.Lesson{w.first, w.second} {
		w.play(t, done, l.Tracks[0].ID, courses.Interval{From: 0, To: 100_000})
	}
	w.answer(t, done, uuid.New(), "yes", "yes")
	w.play(t, half, w.first.Tracks[0].ID, courses.Interval{From: 0, To: 100_000})
	w.play(t, none, w.first.Tracks[0].ID, courses.Interval{From: 0, To: 1000})

	w.set(t, gentle(100)) // stricter for those who have 62 %
	if n := one(t, w.db, `select count(*) from completion where criterion_version = 1`); n != 1 {
		t.Fatalf("%d completions", n)
	}
	w.set(t, gentle(60)) // reached already by half
	for _, test := range []struct {
		who  account.Actor
		want int64
	}{{done, 1}, {half, 3}, {none, 0}} {
		got := one(t, w.db, `select coalesce(max(criterion_version), 0) from completion where person_id = ?`, test.who.PersonID)
		if got != test.want {
			t.Errorf("completed under version %d, want %d", got, test.want)
		}
	}
	if got := w.announced(t, "courses.module_completed"); len(got) != 2 {
		t.Errorf("announced %v", got)
	}
}

func TestAuthorsNeedThePermission(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, testdb.Tx(t))
	elsewhere := person(t, w.db)
	elsewhere.Grants = []account.Grant{{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: w.spaceID + 1}}
	for _, who := range []account.Actor{{}, person(t, w.db), elsewhere} {
		want := account.ErrForbidden
		if !who.SignedIn() {
			want = account.ErrSignInRequired
		}
		_, create := w.service.CreateModule(ctx, who, courses.NewModule{SpaceID: w.spaceID, Title: events.Text{"fr": "x"}})
		_, add := w.service.AddLesson(ctx, who, w.module, quiz())
		_, set := w.service.SetCriterion(ctx, who, w.module, courses.Criterion{})
		for _, err := range []error{create, add, set, w.service.PublishModule(ctx, who, w.module)} {
			if !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
		}
	}
	for name, l := range map[string]courses.Lesson{
		"no title": {Kind: courses.Quiz}, "no kind": {Title: events.Text{"fr": "x"}},
		"no tracks":    {Kind: courses.Video, Title: events.Text{"fr": "x"}},
		"no questions": {Kind: courses.Quiz, Title: events.Text{"fr": "x"}},
		"late chapter": func() courses.Lesson { l := video(1000); l.Tracks[0].Chapters[0].FromMS = 1000; return l }(),
		"no right one": func() courses.Lesson { l := quiz(); l.Questions[0].Options = l.Questions[0].Options[1:]; return l }(),
	} {
		_, err := w.service.AddLesson(ctx, w.editor, w.module, l)
		if _, ok := account.InvalidsOf(err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.module = w.draft(t)
	if _, ok := account.InvalidsOf(w.service.PublishModule(ctx, w.editor, w.module)); !ok {
		t.Error("a module without criterion was published")
	}
}
