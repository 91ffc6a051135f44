package courses

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Answers are the keys of the options chosen, by question.
type Answers map[int64][]string

// Attempt is one submitted quiz.
type Attempt struct {
	ID       int64
	PersonID int64
	LessonID int64
	Answers  Answers `bun:"type:jsonb"`
	Score    int     // percent of the questions answered rightly, rounded down
	At       time.Time
}

// QuestionField is the name of a question in forms and in field errors.
func QuestionField(id int64) string { return "q" + strconv.FormatInt(id, 10) }

// Validate refuses, per question, an answer that lacks or chooses what the question doesn't offer.
func (a Answers) Validate(questions []Question) error {
	var wrong account.Invalids
	for _, q := range questions {
		chosen, field := a[q.ID], QuestionField(q.ID)
		switch {
		case len(chosen) == 0:
			wrong.Add(field, "courses.answer_missing")
		case q.Kind == Single && len(chosen) > 1:
			wrong.Add(field, "courses.answer_one")
		case !q.offers(chosen):
			wrong.Add(field, "courses.answer_unknown")
		}
	}
	return wrong.Err()
}

func (q Question) offers(chosen []string) bool {
	for n, key := range chosen {
		offered := slices.ContainsFunc(q.Options, func(o Option) bool { return o.Key == key })
		if !offered || slices.Contains(chosen[:n], key) {
			return false
		}
	}
	return true
}

// Right tells whether exactly the right options are chosen.
func (q Question) Right(chosen []string) bool {
	for _, o := range q.Options {
		if o.Right != slices.Contains(chosen, o.Key) {
			return false
		}
	}
	return true
}

// Score is the percent of the questions answered rightly, rounded down.
func (a Answers) Score(questions []Question) int {
	right := 0
	for _, q := range questions {
		if q.Right(a[q.ID]) {
			right++
		}
	}
	return share(int64(right), int64(len(questions)))
}

// AnswerQuiz grades an attempt; there may be any number, and the best one counts. The nonce was drawn with the form:
// the same form sent again returns the attempt it made. It returns account.Invalids naming the questions to answer,
// ErrSignInRequired, ErrNotFound or ErrForbidden.
func (s *Service) AnswerQuiz(ctx context.Context, actor account.Actor, lessonID int64, nonce uuid.UUID, answers Answers) (Attempt, Outcome, error) {
	lesson, module, err := s.follow(ctx, actor, lessonID)
	if err != nil {
		return Attempt{}, Outcome{}, err
	}
	if lesson.Kind != Quiz || module.State == Draft {
		return Attempt{}, Outcome{}, fmt.Errorf("answer lesson %d: %w", lessonID, account.ErrNotFound)
	}
	if err := answers.Validate(lesson.Questions); err != nil {
		return Attempt{}, Outcome{}, err
	}
	attempt := Attempt{PersonID: actor.PersonID, LessonID: lessonID, Answers: answers, Score: answers.Score(lesson.Questions)}
	p := &progress{personID: actor.PersonID, moduleID: module.ID, spaceID: module.SpaceID, lessonID: lessonID, at: s.now()}
	out, err := s.settleOne(ctx, p, func(ctx context.Context, tx bun.Tx) error { return addAttempt(ctx, tx, &attempt, nonce, p) })
	if err != nil {
		return Attempt{}, Outcome{}, fmt.Errorf("answer lesson %d: %w", lessonID, err)
	}
	return attempt, out, nil
}

func addAttempt(ctx context.Context, tx bun.Tx, a *Attempt, nonce uuid.UUID, p *progress) error {
	a.At = p.at
	err := tx.NewRaw(`
		insert into quiz_attempt (person_id, lesson_id, nonce, answers, score, at) values (?, ?, ?, ?, ?, ?)
		on conflict (person_id, lesson_id, nonce) do nothing returning id`,
		a.PersonID, a.LessonID, nonce.String(), asJSON(a.Answers), a.Score, a.At).Scan(ctx, &a.ID)
	switch {
	case errors.Is(err, sql.ErrNoRows): // sent twice: the first one stands
		*a, err = attemptWhere(ctx, tx, "person_id = ? and lesson_id = ? and nonce = ?", a.PersonID, a.LessonID, nonce.String())
	case err == nil:
		err = events.Publish(ctx, tx, events.QuizAnswered{PersonID: a.PersonID, LessonID: a.LessonID, ModuleID: p.moduleID,
			SpaceID: p.spaceID, Score: a.Score})
	}
	return err
}

// Attempt returns one of the actor's own attempts in a lesson, or ErrNotFound.
func (s *Service) Attempt(ctx context.Context, actor account.Actor, lessonID, attemptID int64) (Attempt, error) {
	return attemptWhere(ctx, s.db, "id = ? and lesson_id = ? and person_id = ?", attemptID, lessonID, actor.PersonID)
}

func attemptWhere(ctx context.Context, db bun.IDB, where string, args ...any) (Attempt, error) {
	var a Attempt
	err := db.NewRaw(`select id, person_id, lesson_id, answers, score, at from quiz_attempt where `+where, args...).Scan(ctx, &a)
	if errors.Is(err, sql.ErrNoRows) {
		err = account.ErrNotFound
	}
	if err != nil {
		return Attempt{}, fmt.Errorf("attempt: %w", err)
	}
	return a, nil
}
