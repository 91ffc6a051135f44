package courses

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// LessonTexts is what is written of a lesson by hand; Body is a reading's Markdown.
type LessonTexts struct{ Title, Summary, Body events.Text }

// tidy returns the texts to keep, or account.Invalids.
func (t LessonTexts) tidy() (LessonTexts, error) {
	var wrong account.Invalids
	t.Title = tidy("title", t.Title, MaxTitle, &wrong)
	t.Summary = tidy("summary", t.Summary, MaxSummary, &wrong)
	t.Body = tidy("body", t.Body, MaxBody, &wrong)
	return t, errors.Join(requireTitle(t.Title), wrong.Err())
}

// editLesson runs change on a lesson and its module, both locked as edit does.
func (s *Service) editLesson(ctx context.Context, actor account.Actor, lessonID int64, change func(context.Context, bun.Tx, Module, Lesson) error) error {
	l, err := lessonByID(ctx, s.db, lessonID)
	if err != nil {
		return err
	}
	return s.edit(ctx, actor, l.ModuleID, func(ctx context.Context, tx bun.Tx, m Module) error {
		l, err := lessonByID(ctx, tx, lessonID) // again, under the module's lock
		if err == nil {
			err = addContent(ctx, tx, &l)
		}
		if err != nil {
			return err
		}
		return change(ctx, tx, m, l)
	})
}

// writeLesson is editLesson for what is written by hand: version must be the one that was read.
func (s *Service) writeLesson(ctx context.Context, actor account.Actor, lessonID int64, version int, change func(context.Context, bun.Tx, Module, Lesson) error) error {
	return s.editLesson(ctx, actor, lessonID, func(ctx context.Context, tx bun.Tx, m Module, l Lesson) error {
		if l.Version != version {
			return ErrStale
		}
		if _, err := tx.NewRaw(`update lesson set version = version + 1 where id = ?`, l.ID).Exec(ctx); err != nil {
			return err
		}
		return change(ctx, tx, m, l)
	})
}

// visible tells whether learners see, or saw, the lesson: what they did in it must stay.
func visible(m Module, l Lesson) bool { return m.PublishedAt != nil && l.State != Unready }

// lessonsChanged follows a change of what learners have to do in m.
func (s *Service) lessonsChanged(ctx context.Context, tx bun.Tx, actor account.Actor, m Module) error {
	if err := s.settleAll(ctx, tx, m); err != nil || m.State != Published {
		return err
	}
	return announce(ctx, tx, actor, m)
}

// StartLesson adds a lesson with nothing in it yet at the end of a module. In a module that was published, learners see
// it only once ShowLesson is asked.
func (s *Service) StartLesson(ctx context.Context, actor account.Actor, moduleID int64, kind LessonKind, title events.Text) (Lesson, error) {
	texts, err := LessonTexts{Title: title}.tidy()
	if err != nil {
		return Lesson{}, err
	}
	if !slices.Contains(LessonKinds, kind) {
		return Lesson{}, account.Invalid{Field: "kind", Key: "courses.lesson_kind"}
	}
	l := Lesson{ModuleID: moduleID, Kind: kind, Title: texts.Title, State: Shown}
	err = s.edit(ctx, actor, moduleID, func(ctx context.Context, tx bun.Tx, m Module) error {
		if m.PublishedAt != nil {
			l.State = Unready
		}
		return insertLesson(ctx, tx, &l)
	})
	if err != nil {
		return Lesson{}, fmt.Errorf("start lesson in module %d: %w", moduleID, err)
	}
	return l, nil
}

// EditLesson saves the texts of a lesson. version is the one that was read: ErrStale when it isn't the last one. It
// returns account.Invalids naming fields such as "title" or "body_ar".
func (s *Service) EditLesson(ctx context.Context, actor account.Actor, lessonID int64, version int, t LessonTexts) error {
	t, err := t.tidy()
	if err != nil {
		return err
	}
	err = s.writeLesson(ctx, actor, lessonID, version, func(ctx context.Context, tx bun.Tx, m Module, l Lesson) error {
		if l.Kind != Reading {
			t.Body = events.Text{}
		} else if t.Body.String() == "" && l.State == Shown && m.State == Published {
			return account.Invalid{Field: "body_" + events.Languages[0], Key: "authoring.body_missing"}
		}
		_, err := tx.NewRaw(`update lesson set title = ?, summary = ?, body = ? where id = ?`,
			asJSON(t.Title), asJSON(t.Summary), asJSON(t.Body), l.ID).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("edit lesson %d: %w", lessonID, err)
	}
	return nil
}

// SetQuestions replaces the questions of a quiz, in order. A question with the id of one of the lesson's keeps it; the
// others are new. Attempts and their scores stay as they are. It returns ErrStale as EditLesson does, and
// account.Invalids naming fields such as "questions.2.options".
func (s *Service) SetQuestions(ctx context.Context, actor account.Actor, lessonID int64, version int, questions []Question) error {
	err := s.writeLesson(ctx, actor, lessonID, version, func(ctx context.Context, tx bun.Tx, m Module, l Lesson) error {
		if l.Kind != Quiz {
			return account.ErrNotFound
		}
		known := map[int64]bool{}
		for _, q := range l.Questions {
			known[q.ID] = true
		}
		l.Questions = questions
		if err := l.validate(); err != nil {
			return err
		}
		if len(questions) > MaxQuestions {
			return account.Invalid{Field: "questions", Key: "authoring.questions_many", Args: map[string]any{"Max": MaxQuestions}}
		}
		return saveQuestions(ctx, tx, l, known)
	})
	if err != nil {
		return fmt.Errorf("set questions of lesson %d: %w", lessonID, err)
	}
	return nil
}

// MaxQuestions is how many questions a quiz may have.
const MaxQuestions = 50

func saveQuestions(ctx context.Context, tx bun.Tx, l Lesson, known map[int64]bool) error {
	kept := []int64{}
	for i, q := range l.Questions {
		if !known[q.ID] || slices.Contains(kept, q.ID) {
			l.Questions[i].ID = 0
			continue
		}
		kept = append(kept, q.ID)
	}
	_, err := tx.NewRaw(`delete from question where lesson_id = ? and id <> all (?::bigint[])`, l.ID, pgdialect.Array(kept)).Exec(ctx)
	if err != nil {
		return err
	}
	// Positions are unique at every moment, so the kept ones step aside first.
	if _, err := tx.NewRaw(`update question set position = -position where lesson_id = ?`, l.ID).Exec(ctx); err != nil {
		return err
	}
	for i := range l.Questions {
		q := &l.Questions[i]
		q.LessonID, q.Position = l.ID, i+1
		if q.ID == 0 {
			err = insertQuestion(ctx, tx, q)
		} else {
			_, err = tx.NewRaw(`update question set position = ?, kind = ?, prompt = ?, options = ?, explanation = ? where id = ?`,
				q.Position, q.Kind, asJSON(q.Prompt), asJSON(q.Options), asJSON(q.Explanation), q.ID).Exec(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ShowLesson lets learners see a lesson that was being prepared, or one that was removed. It returns account.Invalids
// when there is nothing in it.
func (s *Service) ShowLesson(ctx context.Context, actor account.Actor, lessonID int64) error {
	err := s.editLesson(ctx, actor, lessonID, func(ctx context.Context, tx bun.Tx, m Module, l Lesson) error {
		if l.State == Shown {
			return nil
		}
		if err := l.validate(); m.PublishedAt != nil && err != nil {
			return err
		}
		if _, err := tx.NewRaw(`update lesson set state = 'shown' where id = ?`, l.ID).Exec(ctx); err != nil {
			return err
		}
		return s.lessonsChanged(ctx, tx, actor, m)
	})
	if err != nil {
		return fmt.Errorf("show lesson %d: %w", lessonID, err)
	}
	return nil
}

// RemoveLesson takes a lesson out of its module. One that learners saw is retired: what they did in it stays, and
// ShowLesson brings it back. One that nobody saw is erased. erased tells which. A lesson that the criterion can't do
// without is refused as account.Invalid, and so is the last one of a published module.
func (s *Service) RemoveLesson(ctx context.Context, actor account.Actor, lessonID int64) (erased bool, err error) {
	err = s.editLesson(ctx, actor, lessonID, func(ctx context.Context, tx bun.Tx, m Module, l Lesson) error {
		if erased = !visible(m, l); erased {
			for _, table := range []string{"question", "track"} {
				if _, err := tx.NewRaw(`delete from ? where lesson_id = ?`, bun.Ident(table), l.ID).Exec(ctx); err != nil {
					return err
				}
			}
			if _, err := tx.NewRaw(`delete from lesson where id = ?`, l.ID).Exec(ctx); err != nil {
				return err
			}
		} else if _, err := tx.NewRaw(`update lesson set state = 'retired' where id = ?`, l.ID).Exec(ctx); err != nil {
			return err
		}
		if err := stillFits(ctx, tx, m); err != nil {
			return err
		}
		return s.lessonsChanged(ctx, tx, actor, m)
	})
	if err != nil {
		return false, fmt.Errorf("remove lesson %d: %w", lessonID, err)
	}
	return erased, nil
}

// stillFits refuses a removal that leaves a criterion nobody can meet.
func stillFits(ctx context.Context, tx bun.Tx, m Module) error {
	c, err := criterionOf(ctx, tx, m.ID)
	if err != nil || c.Version == 0 {
		return err
	}
	err = c.fits(ctx, tx, m.ID)
	if _, refused := account.InvalidsOf(err); refused {
		return account.Invalid{Key: "authoring.lesson_counts"}
	}
	return err
}

// lacking says that there is nothing in a lesson of that kind.
var lacking = map[LessonKind]string{Video: "authoring.missing_video", Reading: "authoring.missing_reading", Quiz: "authoring.missing_quiz"}

// missing is all that a module lacks to be published.
func missing(ctx context.Context, tx bun.IDB, m Module) (account.Invalids, error) {
	var wrong account.Invalids
	var lessons []Lesson
	err := tx.NewRaw(`select id, kind, title, body from lesson where module_id = ? and state = 'shown' order by position`, m.ID).Scan(ctx, &lessons)
	if err != nil {
		return nil, err
	}
	if len(lessons) == 0 {
		wrong.Add("lessons", "authoring.missing_lessons")
	}
	kinds := map[int64]LessonKind{}
	for _, l := range lessons {
		kinds[l.ID] = l.Kind
		if err := addContent(ctx, tx, &l); err != nil {
			return nil, err
		}
		if l.validate() != nil {
			wrong.Add("lessons", lacking[l.Kind], "Title", l.Title.String())
		}
	}
	c, err := criterionOf(ctx, tx, m.ID)
	switch {
	case err != nil:
		return nil, err
	case c.Version == 0:
		wrong.Add("criterion", "courses.publish_needs_criterion")
	case c.validate(kinds) != nil:
		wrong.Add("criterion", "authoring.missing_criterion")
	}
	return wrong, nil
}
