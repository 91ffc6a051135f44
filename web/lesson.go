package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"halqa/community"
	"halqa/community/account"
	"halqa/courses"
	"halqa/web/views"
)

func (s *site) showLesson(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	visit, err := s.Courses.Lesson(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	if visit.Lesson.Kind == courses.Quiz {
		return s.showQuiz(c, visit)
	}
	if visit.Lesson.Kind == courses.Reading {
		return s.render(c, views.Reading(views.ReadingView{Page: s.lessonPage(c, visit), Visit: visit}))
	}
	track, ok := visit.Lesson.Track(c.Query("lang", visitOf(c).language))
	if !ok {
		return account.ErrNotFound
	}
	v := views.LessonView{Page: s.lessonPage(c, visit), Visit: visit, Track: track, Audio: c.Query("mode") == "audio"}
	v.Scripts = []string{"player.js"}
	v.StartMS, v.Nonce = startMS(c, visit, track), uuid.NewString()
	if v.Questions, err = s.moments(c, visit); err != nil {
		return err
	}
	if v.Names, err = s.nameChoice(c, visit.Outline.Space, community.UnderName); err != nil {
		return err
	}
	if v.Session, _, err = s.Courses.OpenPlaying(c.UserContext(), v.Actor, visit.Outline.ID); err != nil {
		return err
	}
	if v.ByText, err = s.Courses.OffersText(c.UserContext(), visit); err != nil {
		return err
	}
	return s.render(c, views.Lesson(v))
}

// moments are the questions that others pinned to the lesson's film.
func (s *site) moments(c *fiber.Ctx, v courses.Visit) ([]community.Thread, error) {
	if s.Community == nil {
		return nil, nil
	}
	return s.Community.Moments(c.UserContext(), actor(c), v.Outline.Space.ID, v.Lesson.ID)
}

func (s *site) lessonPage(c *fiber.Ctx, v courses.Visit) views.Page {
	o := v.Outline
	p := s.page(c, "").Belong(o.Space.Key, o.Space.Hue, o.Space.Name)
	p.Scripts, p.Sheets = []string{"kept.js"}, []string{"player.css"}
	p.Title, _ = v.Lesson.Title.In(p.Lang())
	p.Crumbs = append(p.Crumbs, views.Crumb{Href: views.ModuleURL(o.ID), Label: o.Title})
	return p
}

// startMS is where the video begins: at the chapter or moment asked for, or else where the person stopped.
func startMS(c *fiber.Ctx, v courses.Visit, t courses.Track) int64 {
	if n := c.QueryInt("chapter"); n > 0 && n <= len(t.Chapters) {
		return t.Chapters[n-1].FromMS
	}
	if c.Query("at") != "" {
		return min(max(int64(c.QueryInt("at")), 0), t.DurationMS)
	}
	position := v.Heard[t.ID].PositionMS
	if position < 5_000 || position > t.DurationMS-10_000 { // hardly begun, or at its end
		return 0
	}
	return position
}
