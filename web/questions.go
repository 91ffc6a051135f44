package web

import (
	"mime"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web/views"
)

func (s *site) questionRoutes() []Route {
	runs := May(account.RunSeminars)
	return []Route{
		{"GET", "/seminars/:id/answers", SignedIn, s.showAnswers},
		{"POST", "/seminars/:id/answers", SignedIn, s.writeAnswers},
		{"GET", "/desk/seminars/:id/questions", runs, s.showAsked},
		{"POST", "/desk/seminars/:id/questions", runs, s.writeQuestions},
		{"GET", "/desk/seminars/:id/duplicate", runs, s.showDuplicate},
		{"POST", "/desk/seminars/:id/duplicate", runs, s.makeCopies},
		{"GET", "/desk/seminars/:id/registrations.xlsx", runs, s.exportRegistrations},
	}
}

// readAnswers reads the fields of questions.
func readAnswers(f views.Form) enrolment.Answers {
	answers := enrolment.Answers{}
	for name, values := range f.Values {
		rest, ok := strings.CutPrefix(name, enrolment.QuestionField(0)[:len("question_")])
		if id, err := strconv.ParseInt(rest, 10, 64); ok && err == nil {
			answers[id] = values
		}
	}
	return answers
}

// showAnswers asks the questions of somebody who is about to register, or shows what they answered.
func (s *site) showAnswers(c *fiber.Ctx) error { return s.answersPage(c, views.Form{}) }

func (s *site) answersPage(c *fiber.Ctx, f views.Form) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	seminar, err := s.Enrolment.Seminar(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	v := views.AnswersView{Page: s.seminarPage(c, "training.questions"), View: seminar, Form: f}
	v.Page.Localizer = v.In(seminar.Location())
	v.Page = v.Belong(seminar.SpaceKey, seminar.SpaceHue, seminar.SpaceName)
	v.Narrow = true
	v.Crumbs = append(v.Crumbs, views.Crumb{Href: "/seminars/" + strconv.FormatInt(id, 10), Label: seminar.Title},
		views.Crumb{Label: v.Said(v.Page.Title)})
	if f.Values == nil {
		v.Form.Values = map[string][]string{}
		for question, given := range seminar.Answers {
			v.Form.Values[enrolment.QuestionField(question)] = given
		}
	}
	return s.render(c, views.AnswerQuestions(v))
}

func (s *site) writeAnswers(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Enrolment.Answer(c.UserContext(), actor(c), f.ID("registration"), readAnswers(f))
	here := "/seminars/" + strconv.FormatInt(id, 10)
	if s.refused(c, &f, err) {
		return s.answersPage(c, f)
	}
	if err != nil {
		return s.refusedSeat(c, err, here)
	}
	return s.done(c, here, "training.answered")
}

// exportRegistrations hands over the registrations as a sheet: everybody, in every state, with what they answered and when
// they were there.
func (s *site) exportRegistrations(c *fiber.Ctx) error {
	d, err := s.deskSeminar(c, "training.sheet")
	if err != nil {
		return err
	}
	if !d.Runs {
		return account.ErrForbidden
	}
	header, rows := views.RegistrationSheet(d)
	c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": "halqa-" + strconv.FormatInt(d.ID, 10) + ".xlsx"}))
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return s.Monitoring.Table(c, d.Lang(), d.Page.Title, header, rows)
}
