package courses_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

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
	answers[b.Questions[0].ID] = []string{"yes"}
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
