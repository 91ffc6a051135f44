package courses_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"halqa/community/account"
	"halqa/courses"
	"halqa/migrations/testdb"
)

func TestOutlineTellsWhatIsLeft(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, testdb.Tx(t))
	learner := person(t, w.db)
	w.play(t, learner, w.first.Tracks[0].ID, courses.Interval{From: 0, To: 100_000})

	all, err := w.service.Modules(ctx, learner, w.spaceID)
	must(t, err)
	o := all[0]
	if len(all) != 1 || o.Percent != 62 || len(o.Lessons) != 3 || o.LengthMS("fr") != 160_000 || !o.Started() {
		t.Fatalf("outline %+v", o)
	}
	if resume, _ := o.Resume(); resume.ID != w.second.ID {
		t.Errorf("goes on with %d", resume.ID)
	}
	if next, ok := o.Next(w.first.ID); !ok || next.ID != w.second.ID {
		t.Errorf("next is %d, %v", next.ID, ok)
	}
	if _, ok := o.Next(w.quiz.ID); ok {
		t.Error("something follows the last lesson")
	}
	left, err := w.service.Remaining(ctx, learner.PersonID, []int64{w.module, 1 << 40})
	must(t, err)
	r := left[w.module]
	if len(left) != 1 || r.MS != 28_000 || r.Bytes != 28_000*20 || r.AudioBytes != 28_000*4 || len(r.MissingQuiz) != 1 || r.NextLessonID != w.second.ID {
		t.Errorf("left %+v", left)
	}
	visitor, err := w.service.Remaining(ctx, 0, []int64{w.module})
	must(t, err)
	if visitor[w.module].MS != 128_000 {
		t.Errorf("a visitor has left %+v", visitor)
	}
	w.play(t, learner, w.second.Tracks[0].ID, courses.Interval{From: 0, To: 28_000})
	w.answer(t, learner, uuid.New(), "yes", "yes")
	left, err = w.service.Remaining(ctx, learner.PersonID, []int64{w.module})
	must(t, err)
	if r := left[w.module]; r.CompletedAt == nil || r.MS != 0 || len(r.MissingQuiz) != 0 {
		t.Errorf("left after completion: %+v", r)
	}
}

func TestContinueIsTheModuleTouchedLast(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, testdb.Tx(t))
	learner := person(t, w.db)
	if _, found, err := w.service.Continue(ctx, learner); found || err != nil {
		t.Fatalf("before anything: %v, %v", found, err)
	}
	w.play(t, learner, w.first.Tracks[0].ID, courses.Interval{From: 0, To: 5000})
	o, found, err := w.service.Continue(ctx, learner)
	if err != nil || !found || o.ID != w.module {
		t.Fatalf("continue: %v, %v, %v", o.ID, found, err)
	}
	if _, err := w.db.NewRaw(`update space set visibility = 'invitation'`).Exec(ctx); err != nil {
		t.Fatal(err)
	}
	if _, found, err := w.service.Continue(ctx, learner); found || err != nil {
		t.Errorf("in a space closed since: %v, %v", found, err)
	}
	if _, _, err := w.service.Continue(ctx, account.Actor{}); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("visitor: %v", err)
	}
}

func TestWhoMayRead(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, testdb.Tx(t))
	visitor, learner := account.Actor{}, person(t, w.db)
	draft := w.draft(t)
	read := func(a account.Actor, id int64) error { _, err := w.service.Module(ctx, a, id); return err }
	must(t, read(visitor, w.module))
	must(t, read(w.editor, draft))
	if _, err := w.service.Lesson(ctx, visitor, w.first.ID); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("visitor in a lesson: %v", err)
	}
	if err := read(learner, draft); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("learner in a draft: %v", err)
	}
	if _, err := w.db.NewRaw(`update space set visibility = 'request'`).Exec(ctx); err != nil {
		t.Fatal(err)
	}
	_, list := w.service.Modules(ctx, learner, w.spaceID)
	_, lesson := w.service.Lesson(ctx, learner, w.first.ID)
	for _, err := range []error{read(learner, w.module), list, lesson} {
		if !errors.Is(err, account.ErrForbidden) {
			t.Errorf("learner in a closed space: %v", err)
		}
	}
	learner.Spaces = []int64{w.spaceID}
	must(t, read(learner, w.module))
}

func TestSummaries(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, testdb.Tx(t))
	learner := person(t, w.db)
	for _, l := range []courses.Lesson{w.first, w.second} {
		w.play(t, learner, l.Tracks[0].ID, courses.Interval{From: 0, To: 100_000})
	}
	w.answer(t, learner, uuid.New(), "yes", "yes")
	w.draft(t)
	for _, test := range []struct {
		who  account.Actor
		want courses.Summary
	}{{learner, courses.Summary{Modules: 1, Completed: 1}}, {account.Actor{}, courses.Summary{Modules: 1}}} {
		all, err := w.service.Summaries(ctx, test.who, []int64{w.spaceID, 1 << 40})
		if err != nil || len(all) != 1 || all[w.spaceID] != test.want {
			t.Errorf("summaries %v, %v; want %v", all, err, test.want)
		}
	}
}
