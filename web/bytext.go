package web

import (
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"halqa/community/account"
	"halqa/courses"
	"halqa/web/views"
)

// showByText shows a video's transcript, then three questions: hardly any data.
func (s *site) showByText(c *fiber.Ctx) error {
	return s.byTextPage(c, uuid.New(), views.Form{}, views.TextUnsent)
}

func (s *site) byTextPage(c *fiber.Ctx, nonce uuid.UUID, f views.Form, said views.TextSaid) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	b, err := s.Courses.ByText(c.UserContext(), actor(c), id, visitOf(c).language, nonce)
	if err != nil {
		return err
	}
	p := s.lessonPage(c, b.Visit)
	return s.render(c, views.ByText(views.ByTextView{Page: p, ByText: b, Nonce: nonce.String(), Form: f, Said: said, At: s.Now()}))
}

func (s *site) followText(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	nonce, err := uuid.Parse(f.Get("nonce"))
	if err != nil {
		return fiber.ErrBadRequest
	}
	b, err := s.Courses.ByText(c.UserContext(), actor(c), id, visitOf(c).language, nonce)
	if err != nil {
		return err
	}
	answers := courses.Answers{}
	for _, q := range b.Questions {
		answers[q.ID] = f.All(courses.QuestionField(q.ID))
	}
	out, right, err := s.Courses.FollowText(c.UserContext(), actor(c), id, nonce, answers)
	if s.refused(c, &f, err) {
		return s.byTextPage(c, nonce, f, views.TextUnsent)
	}
	if wait := s.waitOf(err); wait > 0 { // what was answered waits in the form
		c.Status(fiber.StatusTooManyRequests)
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		return s.byTextPage(c, nonce, f, views.TextWaits)
	}
	if err != nil {
		return err
	}
	if !right { // other questions: guessing gets nowhere
		c.Status(fiber.StatusUnprocessableEntity)
		return s.byTextPage(c, uuid.New(), views.Form{}, views.TextWrong)
	}
	said := "bytext.done"
	if out.JustCompleted {
		said = "courses.module_just_completed"
	}
	return s.done(c, views.LessonURL(id), said)
}

// waitOf is how long a refusal asks to wait, 0 for other errors.
func (s *site) waitOf(err error) time.Duration {
	var early courses.TooEarly
	var many account.TooMany
	switch {
	case errors.As(err, &early):
		return max(time.Second, early.Until.Sub(s.Now()))
	case errors.As(err, &many):
		return max(time.Second, many.RetryAfter)
	}
	return 0
}

func (s *site) setByText(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	on := s.form(c).Get("do") == "on"
	if err := s.Courses.SetByText(c.UserContext(), actor(c), id, on); err != nil {
		return err
	}
	return s.done(c, views.AuthorModuleURL(id)+"#by-text", "authoring.saved")
}
