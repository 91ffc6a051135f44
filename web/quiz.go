package web

import (
	"fmt"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"halqa/courses"
	"halqa/web/views"
)

// showQuiz shows the questions or, with ?attempt, what became of one's answers.
func (s *site) showQuiz(c *fiber.Ctx, visit courses.Visit) error {
	v := views.QuizView{Page: s.lessonPage(c, visit), Visit: visit, Nonce: uuid.NewString()}
	if id := c.QueryInt("attempt"); id > 0 {
		attempt, err := s.Courses.Attempt(c.UserContext(), v.Actor, visit.Lesson.ID, int64(id))
		if err != nil {
			return err
		}
		v.Attempt = &attempt
	}
	return s.render(c, views.Quiz(v))
}

func (s *site) answerQuiz(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	visit, err := s.Courses.Lesson(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	f := s.form(c)
	nonce, err := uuid.Parse(f.Get("nonce"))
	if err != nil {
		return fiber.ErrBadRequest
	}
	answers := courses.Answers{}
	for _, q := range visit.Lesson.Questions {
		answers[q.ID] = f.All(courses.QuestionField(q.ID))
	}
	attempt, outcome, err := s.Courses.AnswerQuiz(c.UserContext(), actor(c), id, nonce, answers)
	if s.refused(c, &f, err) {
		return s.render(c, views.Quiz(views.QuizView{Page: s.lessonPage(c, visit), Visit: visit, Nonce: nonce.String(), Form: f}))
	}
	if err != nil {
		return err
	}
	said := ""
	if outcome.JustCompleted {
		said = "courses.module_just_completed"
	}
	return s.done(c, fmt.Sprintf("/lessons/%d?attempt=%d", id, attempt.ID), said)
}
