package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/courses"
	"halqa/events"
	"halqa/web/views"
)

func (s *site) showAuthorLesson(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	return s.authorLessonPage(c, id, views.AuthorLessonView{})
}

// authorLessonPage shows a lesson to write in. v holds the form that was refused, if any.
func (s *site) authorLessonPage(c *fiber.Ctx, id int64, v views.AuthorLessonView) error {
	l, m, err := s.Courses.AuthoredLesson(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	v.Page = s.page(c, "").Belong(m.Space.Key, m.Space.Hue, m.Space.Name)
	v.Page.Title, _ = l.Title.In(v.Lang())
	v.Crumbs = append(v.Crumbs, views.Crumb{Href: views.ManageURL(m.Space.Key), Label: v.Said(v.T("authoring.manage"))},
		views.Crumb{Href: views.AuthorModuleURL(m.ID), Label: m.Title}, views.Crumb{Label: l.Title})
	v.Lesson, v.Module = l, m
	v.Scripts = []string{"upload.js"}
	if v.Editing == "" {
		v.Editing = c.Query("lang", v.Lang())
	}
	if !slices.Contains(events.Languages, v.Editing) {
		v.Editing = v.Lang()
	}
	if v.Quiz == nil {
		v.Quiz = views.DraftsOf(l.Questions)
	}
	return s.render(c, views.AuthorLesson(v))
}

// lessonRefused shows a lesson again with what is wrong in one of its forms; part names that form.
func (s *site) lessonRefused(c *fiber.Ctx, id int64, part string, f views.Form, err error) error {
	if !s.refused(c, &f, err) {
		return err
	}
	return s.authorLessonPage(c, id, views.AuthorLessonView{Form: f, Part: part})
}

func (s *site) saveLesson(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Courses.EditLesson(c.UserContext(), actor(c), id, f.Int("version"),
		courses.LessonTexts{Title: textsOf(f, "title"), Summary: textsOf(f, "summary"), Body: textsOf(f, "body")})
	if s.overtaken(c, err) {
		return s.authorLessonPage(c, id, views.AuthorLessonView{Form: f, Part: "texts", Stale: true})
	}
	if err != nil {
		return s.lessonRefused(c, id, "texts", f, inFirstLanguage(err))
	}
	return s.done(c, views.AuthorLessonURL(id), "authoring.saved")
}

func (s *site) moveLesson(c *fiber.Ctx) error {
	return s.changeLesson(c, func(id int64, f views.Form) (string, error) {
		return "", s.Courses.MoveLesson(c.UserContext(), actor(c), id, direction(f))
	})
}

func (s *site) removeLesson(c *fiber.Ctx) error {
	return s.changeLesson(c, func(id int64, _ views.Form) (string, error) {
		erased, err := s.Courses.RemoveLesson(c.UserContext(), actor(c), id)
		if erased {
			return "authoring.lesson_erased", err
		}
		return "authoring.lesson_removed", err
	})
}

func (s *site) unhideLesson(c *fiber.Ctx) error {
	return s.changeLesson(c, func(id int64, _ views.Form) (string, error) {
		return "authoring.lesson_shown", s.Courses.ShowLesson(c.UserContext(), actor(c), id)
	})
}

// changeLesson does something to a lesson from the page of its module, and comes back there.
func (s *site) changeLesson(c *fiber.Ctx, do func(id int64, f views.Form) (string, error)) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	l, _, err := s.Courses.AuthoredLesson(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	f := s.form(c)
	said, err := do(id, f)
	if s.refused(c, &f, withoutField(err)) {
		return s.authorModulePage(c, l.ModuleID, views.AuthorModuleView{Lessons: f})
	}
	if err != nil {
		return err
	}
	return s.done(c, fmt.Sprintf("%s#lessons", views.AuthorModuleURL(l.ModuleID)), said)
}

// withoutField says errors of what isn't a field of the form as errors of the whole.
func withoutField(err error) error {
	all, ok := account.InvalidsOf(err)
	if !ok {
		return err
	}
	for i := range all {
		all[i].Field = ""
	}
	return all
}

// saveQuestions saves a quiz, or does what one of its buttons says to the questions as they are typed.
func (s *site) saveQuestions(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	l, _, err := s.Courses.AuthoredLesson(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	if l.Kind != courses.Quiz {
		return account.ErrNotFound
	}
	f := s.form(c)
	drafts := views.ReadDrafts(f)
	if do := f.Get("do"); do != "save" {
		v := views.AuthorLessonView{Form: f, Part: "quiz", Editing: f.Get("editing")}
		v.Quiz, v.Focus = views.ChangeDrafts(drafts, do)
		if lang, ok := strings.CutPrefix(do, "lang "); ok {
			v.Editing = lang
		}
		return s.authorLessonPage(c, id, v)
	}
	err = s.Courses.SetQuestions(c.UserContext(), actor(c), id, f.Int("version"), views.QuestionsOf(drafts))
	if s.overtaken(c, err) {
		return s.authorLessonPage(c, id, views.AuthorLessonView{Form: f, Part: "quiz", Quiz: drafts, Stale: true, Editing: f.Get("editing")})
	}
	if all, ok := account.InvalidsOf(err); ok {
		s.refused(c, &f, views.AtDrafts(all))
		return s.authorLessonPage(c, id, views.AuthorLessonView{Form: f, Part: "quiz", Quiz: drafts, Editing: f.Get("editing")})
	}
	if err != nil {
		return err
	}
	return s.done(c, views.AuthorLessonURL(id)+"?lang="+f.Get("editing"), "authoring.saved")
}

func (s *site) saveChapters(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f, lang := s.form(c), c.Params("lang")
	part := "chapters_" + lang
	chapters, err := views.ReadChapters(f.Get("chapters"), lang)
	if err == nil {
		err = s.Courses.SetChapters(c.UserContext(), actor(c), id, f.Int("version"), lang, chapters)
	}
	if s.overtaken(c, err) {
		return s.authorLessonPage(c, id, views.AuthorLessonView{Form: f, Part: part, Stale: true})
	}
	if err != nil {
		return s.lessonRefused(c, id, part, f, err)
	}
	return s.done(c, views.AuthorLessonURL(id)+"#track-"+lang, "authoring.saved")
}

// previewLesson shows a lesson as a learner would see it, published or not. Nothing done there counts.
func (s *site) previewLesson(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	l, m, err := s.Courses.AuthoredLesson(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	v := views.PreviewView{Page: s.page(c, "").Belong(m.Space.Key, m.Space.Hue, m.Space.Name), Lesson: l, Module: m}
	v.Page.Title, _ = l.Title.In(v.Lang())
	v.Crumbs = append(v.Crumbs, views.Crumb{Href: views.AuthorModuleURL(m.ID), Label: m.Title}, views.Crumb{Href: views.AuthorLessonURL(id), Label: l.Title},
		views.Crumb{Label: v.Said(v.T("authoring.preview"))})
	v.Track, _ = l.Track(c.Query("lang", v.Lang()))
	return s.render(c, views.Preview(v))
}

// confirmRead notes that the person read a reading, and leads on.
func (s *site) confirmRead(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	out, err := s.Courses.ConfirmRead(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	said := "authoring.read_noted"
	if out.JustCompleted {
		said = "courses.module_just_completed"
	}
	return s.done(c, views.LessonURL(id), said)
}
