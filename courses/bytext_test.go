package courses_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/courses"
	"halqa/courses/media"
	"halqa/migrations/testdb"
)

// TestFollowingByTextCountsAsPlaying: where the author allows it, a transcript and three right answers count as the video.
func TestFollowingByTextCountsAsPlaying(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	learner := person(t, w.db)
	spoken := video(240_000)
	for n := range spoken.Tracks {
		spoken.Tracks[n].Transcript = []media.Cue{{FromMS: 0, ToMS: 1000, Text: "Bonjour"}}
	}
	spoken = w.add(t, spoken)
	way := func() error {
		_, err := w.service.ByText(ctx, learner, spoken.ID, "fr", uuid.New())
		return err
	}
	if err := way(); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("not allowed: %v", err)
	}
	if err := w.service.SetByText(ctx, learner, w.module, true); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("a learner allows it: %v", err)
	}
	must(t, w.service.SetByText(ctx, w.editor, w.module, true))
	if err := way(); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("two questions only: %v", err)
	}
	w.add(t, quiz())
	if _, err := w.service.ByText(ctx, learner, w.first.ID, "fr", uuid.New()); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("without transcript: %v", err)
	}
	nonce := uuid.New()
	b, err := w.service.ByText(ctx, learner, spoken.ID, "fr", nonce)
	if err != nil || len(b.Questions) != courses.TextQuestions || b.Followed || b.Track.Language != "fr" {
		t.Fatalf("the way: %+v, %v", b, err)
	}
	answers := courses.Answers{}
	if _, _, err := w.service.FollowText(ctx, learner, spoken.ID, nonce, answers); err == nil {
		t.Error("no answers were taken")
	}
	for _, q := range b.Questions {
		answers[q.ID] = []string{"yes"}
	}
	answers[b.Questions[0].ID] = []string{"no"}
	if out, right, err := w.service.FollowText(ctx, learner, spoken.ID, nonce, answers); err != nil || right || out.ModulePercent != 0 {
		t.Errorf("a wrong answer: %+v, %v, %v", out, right, err)
	}
	nonce = uuid.New()
	b, err = w.service.ByText(ctx, learner, spoken.ID, "fr", nonce)
	must(t, err)
	for _, q := range b.Questions {
		answers[q.ID] = []string{"yes"}
	}
	for range 2 {
		out, right, err := w.service.FollowText(ctx, learner, spoken.ID, nonce, answers)
		if err != nil || !right || out.LessonPercent != 100 || out.ModulePercent != 60 { // 240 of 400 s
			t.Errorf("all right: %+v, %v, %v", out, right, err)
		}
	}
	if n := one(t, w.db, `select count(*) from text_followed where not exists (select from played)`); n != 1 {
		t.Errorf("%d rows tell it apart from playing", n)
	}
	must(t, w.service.SetByText(ctx, w.editor, w.module, false)) // who did keeps it
	if o, err := w.service.Module(ctx, learner, w.module); err != nil || o.Percent != 60 {
		t.Errorf("afterwards %d %%, %v", o.Percent, err)
	}
}

// texts prepares two spoken videos of a module that may be followed by their text, of a minute's reading each, and a clock.
func texts(t *testing.T, db bun.IDB) (w *world, at *clock, first, second courses.Lesson) {
	at = &clock{}
	at.reach(noon)
	w = newWorld(t, db)
	w.service = courses.New(db, at.now)
	spoken := func() courses.Lesson {
		v := video(60_000)
		for n := range v.Tracks {
			v.Tracks[n].Transcript = []media.Cue{{FromMS: 0, ToMS: 1000, Text: strings.Repeat("mot ", 390)}}
		}
		return w.add(t, v)
	}
	first, second = spoken(), spoken()
	w.add(t, quiz())
	must(t, w.service.SetByText(ctx, w.editor, w.module, true))
	return w, at, first, second
}

// answerText opens a text with a nonce and answers all its questions alike.
func (w *world) answerText(t *testing.T, a account.Actor, lessonID int64, nonce uuid.UUID, key string) (bool, error) {
	t.Helper()
	b, err := w.service.ByText(ctx, a, lessonID, "fr", nonce)
	must(t, err)
	answers := courses.Answers{}
	for _, q := range b.Questions {
		answers[q.ID] = []string{key}
	}
	_, right, err := w.service.FollowText(ctx, a, lessonID, nonce, answers)
	return right, err
}

// TestTextsAreReadBeforeTheyCount: answers come too early until the text can have been read, one text after the other.
func TestTextsAreReadBeforeTheyCount(t *testing.T) {
	w, at, first, second := texts(t, testdb.Tx(t))
	learner := person(t, w.db)
	learner.Language = "fr"
	nonce := uuid.New()
	b, err := w.service.ByText(ctx, learner, first.ID, "fr", nonce)
	if err != nil || b.Least != time.Minute || !b.ReadFrom.Equal(noon.Add(time.Minute)) || b.TriesLeft != courses.TextTries {
		t.Fatalf("at first: %+v, %v", b, err)
	}
	_, err = w.service.ByText(ctx, learner, second.ID, "fr", nonce)
	must(t, err)
	at.reach(noon.Add(59 * time.Second))
	var early courses.TooEarly
	for _, key := range []string{"no", "yes"} {
		if _, err := w.answerText(t, learner, first.ID, nonce, key); !errors.As(err, &early) || !early.Until.Equal(noon.Add(time.Minute)) {
			t.Errorf("a second too early: %v", err)
		}
	}
	at.reach(early.Until)
	if right, err := w.answerText(t, learner, first.ID, nonce, "yes"); err != nil || !right {
		t.Errorf("in time, after answers that came too early: %v, %v", right, err)
	}
	if _, err := w.answerText(t, learner, second.ID, nonce, "yes"); !errors.As(err, &early) || !early.Until.Equal(noon.Add(2*time.Minute)) {
		t.Errorf("the second at the same moment: %v", err)
	}
	at.reach(early.Until)
	if right, err := w.answerText(t, learner, second.ID, nonce, "yes"); err != nil || !right {
		t.Errorf("the second in its time: %v, %v", right, err)
	}
}

// TestTriesADay: each showing of the questions is one try, and after three wrong ones the next waits for a day.
func TestTriesADay(t *testing.T) {
	w, at, first, second := texts(t, testdb.Tx(t))
	learner := person(t, w.db)
	_, err := w.service.ByText(ctx, learner, first.ID, "fr", uuid.New())
	must(t, err)
	_, err = w.service.ByText(ctx, learner, second.ID, "fr", uuid.New())
	must(t, err)
	for n := range courses.TextTries {
		at.reach(noon.Add(time.Duration(n+1) * time.Hour))
		nonce := uuid.New()
		for _, key := range []string{"no", "no", "yes"} { // sent twice, and then better: the questions were seen
			if right, err := w.answerText(t, learner, first.ID, nonce, key); err != nil || right {
				t.Errorf("try %d: %v, %v", n, right, err)
			}
		}
	}
	var many account.TooMany
	if _, err := w.answerText(t, learner, first.ID, uuid.New(), "yes"); !errors.As(err, &many) || many.RetryAfter != 22*time.Hour {
		t.Errorf("one more: %v", err)
	}
	if b, err := w.service.ByText(ctx, learner, first.ID, "fr", uuid.New()); err != nil || b.TriesLeft != 0 || !b.TryAgain.Equal(noon.Add(25*time.Hour)) {
		t.Errorf("the page: %+v, %v", b, err)
	}
	if right, err := w.answerText(t, learner, second.ID, uuid.New(), "yes"); err != nil || !right {
		t.Errorf("another text: %v, %v", right, err)
	}
	at.reach(noon.Add(25 * time.Hour))
	if right, err := w.answerText(t, learner, first.ID, uuid.New(), "yes"); err != nil || !right {
		t.Errorf("the next day: %v, %v", right, err)
	}
}

// TestTriesAtOnce sends many answers at the same moment: the limit holds, and so does the time of reading.
func TestTriesAtOnce(t *testing.T) {
	w, at, first, second := texts(t, testdb.Clone(t))
	learner := person(t, w.db)
	for _, l := range []courses.Lesson{first, second} {
		_, err := w.service.ByText(ctx, learner, l.ID, "fr", uuid.New())
		must(t, err)
	}
	at.reach(noon.Add(time.Minute))
	var both, wrong sync.WaitGroup
	for _, l := range []courses.Lesson{first, second} { // time for one of them
		both.Go(func() { _, _ = w.answerText(t, learner, l.ID, uuid.New(), "yes") })
	}
	both.Wait()
	if n := one(t, w.db, `select count(*) from text_followed`); n != 1 {
		t.Errorf("%d texts were read in the time of one", n)
	}
	other := person(t, w.db)
	_, err := w.service.ByText(ctx, other, first.ID, "fr", uuid.New())
	must(t, err)
	at.reach(noon.Add(time.Hour))
	for range 12 {
		wrong.Go(func() { _, _ = w.answerText(t, other, first.ID, uuid.New(), "no") })
	}
	wrong.Wait()
	if n := one(t, w.db, `select count(*) from text_try`); n != courses.TextTries {
		t.Errorf("%d tries, want %d", n, courses.TextTries)
	}
}
