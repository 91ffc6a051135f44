package web

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/courses"
	"halqa/events"
	"halqa/web/views"
)

func (s *site) authorRoutes() []Route {
	may := May(account.EditModules)
	return []Route{
		{"GET", "/author", may, s.showAuthorHome},
		{"GET", "/spaces/:key/modules", may, s.manageModules},
		{"GET", "/author/modules/new", may, s.newModule},
		{"POST", "/author/modules/new", may, s.createModule},
		{"GET", "/author/modules/:id", may, s.showAuthorModule},
		{"POST", "/author/modules/:id", may, s.saveModule},
		{"POST", "/author/modules/:id/move", may, s.moveModule},
		{"POST", "/author/modules/:id/criterion", may, s.saveCriterion},
		{"POST", "/author/modules/:id/by-text", may, s.setByText},
		{"POST", "/author/modules/:id/publish", may, s.publishModule},
		{"POST", "/author/modules/:id/retire", may, s.retireModule},
		{"POST", "/author/modules/:id/restore", may, s.restoreModule},
		{"POST", "/author/modules/:id/lessons", may, s.startLesson},
		{"GET", "/author/lessons/:id", may, s.showAuthorLesson},
		{"POST", "/author/lessons/:id", may, s.saveLesson},
		{"GET", "/author/lessons/:id/preview", may, s.previewLesson},
		{"POST", "/author/lessons/:id/move", may, s.moveLesson},
		{"POST", "/author/lessons/:id/remove", may, s.removeLesson},
		{"POST", "/author/lessons/:id/show", may, s.unhideLesson},
		{"POST", "/author/lessons/:id/questions", may, s.saveQuestions},
		{"POST", "/author/lessons/:id/tracks/:lang/chapters", may, s.saveChapters},
		{"POST", "/author/lessons/:id/tracks/:lang/file", Streaming(may), s.uploadFile},
		{"POST", "/author/lessons/:id/tracks/:lang/remove", may, s.removeFile},
		{"POST", "/lessons/:id/read", SignedIn, s.confirmRead},
	}
}

func (s *site) manageModules(c *fiber.Ctx) error {
	space, err := s.Account.Space(c.UserContext(), actor(c), c.Params("key"))
	if err != nil {
		return err
	}
	v := views.ManageView{Page: s.page(c, "authoring.manage").Belong(space.Key, space.Hue, space.Name), Space: space}
	v.Crumbs = append(v.Crumbs, views.Crumb{Label: v.Said(v.Page.Title)})
	if v.Modules, err = s.Courses.ManagedModules(c.UserContext(), v.Actor, space.ID); err != nil {
		return err
	}
	if v.Attests, err = s.Courses.Attests(c.UserContext(), space.ID); err != nil {
		return err
	}
	return s.render(c, views.Manage(v))
}

func (s *site) newModule(c *fiber.Ctx) error { return s.newModulePage(c, views.Form{}) }

// newModulePage asks first for the space, unless the address names it.
func (s *site) newModulePage(c *fiber.Ctx, f views.Form) error {
	v := views.NewModuleView{Page: s.page(c, "authoring.new_module"), Form: f}
	spaces, err := s.Account.Spaces(c.UserContext(), v.Actor)
	if err != nil {
		return err
	}
	asked, _ := strconv.ParseInt(c.Query("space"), 10, 64)
	for _, sp := range spaces {
		if !v.Actor.Can(account.EditModules, sp.Scope()) {
			continue
		}
		v.Spaces = append(v.Spaces, sp)
		if sp.ID == asked {
			v.Space = &sp
		}
	}
	if asked != 0 && v.Space == nil {
		return account.ErrForbidden
	}
	if v.Space != nil {
		v.Page = v.Page.Belong(v.Space.Key, v.Space.Hue, v.Space.Name)
		v.Crumbs = append(v.Crumbs, views.Crumb{Href: views.ManageURL(v.Space.Key), Label: v.Said(v.T("authoring.manage"))})
	}
	v.Crumbs = append(v.Crumbs, views.Crumb{Label: v.Said(v.Page.Title)})
	return s.render(c, views.NewModule(v))
}

func (s *site) createModule(c *fiber.Ctx) error {
	id, err := strconv.ParseInt(c.Query("space"), 10, 64)
	if err != nil {
		return fiber.ErrBadRequest
	}
	f := s.form(c)
	m, err := s.Courses.CreateModule(c.UserContext(), actor(c), courses.NewModule{SpaceID: id, Title: textsOf(f, "title"), Summary: textsOf(f, "summary")})
	if s.refused(c, &f, inFirstLanguage(err)) {
		return s.newModulePage(c, f)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.AuthorModuleURL(m.ID), "authoring.module_created")
}

// textsOf reads a text in each language: the fields title_fr, title_ar…
func textsOf(f views.Form, name string) events.Text {
	t := events.Text{}
	for _, lang := range events.Languages {
		t[lang] = f.Get(name + "_" + lang)
	}
	return t
}

// inFirstLanguage says at the field of the first language what is wrong with a text in all of them.
func inFirstLanguage(err error) error {
	all, ok := account.InvalidsOf(err)
	if !ok {
		return err
	}
	for i, e := range all {
		if e.Field == "title" || e.Field == "body" {
			all[i].Field += "_" + events.Languages[0]
		}
	}
	return all
}

func (s *site) showAuthorModule(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	return s.authorModulePage(c, id, views.AuthorModuleView{})
}

// authorModulePage shows a module to write in. v holds the form that was refused, if any.
func (s *site) authorModulePage(c *fiber.Ctx, id int64, v views.AuthorModuleView) error {
	m, err := s.Courses.AuthoredModule(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	v.Page = s.page(c, "").Belong(m.Space.Key, m.Space.Hue, m.Space.Name)
	v.Module = m
	v.Page.Title, _ = m.Title.In(v.Lang())
	v.Crumbs = append(v.Crumbs, views.Crumb{Href: views.ManageURL(m.Space.Key), Label: v.Said(v.T("authoring.manage"))}, views.Crumb{Label: m.Title})
	v.Lacks = s.said(c, m.Missing)
	return s.render(c, views.AuthorModule(v))
}

func (s *site) saveModule(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Courses.EditModule(c.UserContext(), actor(c), id, f.Int("version"),
		courses.ModuleTexts{Title: textsOf(f, "title"), Summary: textsOf(f, "summary")})
	if stale := s.overtaken(c, err); stale || s.refused(c, &f, inFirstLanguage(err)) {
		return s.authorModulePage(c, id, views.AuthorModuleView{Form: f, Stale: stale})
	}
	if err != nil {
		return err
	}
	return s.done(c, views.AuthorModuleURL(id), "authoring.saved")
}

// overtaken tells whether err refuses a form because somebody else saved meanwhile. What was typed is shown again with the
// new version, so that saving once more is a decision.
func (s *site) overtaken(c *fiber.Ctx, err error) bool {
	if !errors.Is(err, account.ErrStale) {
		return false
	}
	c.Status(fiber.StatusConflict)
	return true
}

func (s *site) moveModule(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := s.Courses.MoveModule(c.UserContext(), actor(c), id, direction(s.form(c))); err != nil {
		return err
	}
	m, err := s.Courses.AuthoredModule(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	return s.done(c, fmt.Sprintf("%s#module-%d", views.ManageURL(m.Space.Key), id), "")
}

func direction(f views.Form) courses.Direction {
	if f.Get("do") == "up" {
		return courses.Up
	}
	return courses.Down
}

func (s *site) publishModule(c *fiber.Ctx) error {
	return s.changeModule(c, s.Courses.PublishModule, "authoring.published")
}

func (s *site) retireModule(c *fiber.Ctx) error {
	return s.changeModule(c, s.Courses.RetireModule, "authoring.module_retired")
}

func (s *site) restoreModule(c *fiber.Ctx) error {
	return s.changeModule(c, s.Courses.RestoreModule, "authoring.module_restored")
}

type moduleCase func(ctx context.Context, a account.Actor, id int64) error

func (s *site) changeModule(c *fiber.Ctx, do moduleCase, said string) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	err = do(c.UserContext(), actor(c), id)
	if _, invalid := account.InvalidsOf(err); invalid { // the page lists what is missing
		c.Status(fiber.StatusUnprocessableEntity)
		return s.authorModulePage(c, id, views.AuthorModuleView{Refused: true})
	}
	if err != nil {
		return err
	}
	return s.done(c, views.AuthorModuleURL(id), said)
}

func (s *site) startLesson(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	title := events.Text{visitOf(c).language: f.Get("new_title")}
	l, err := s.Courses.StartLesson(c.UserContext(), actor(c), id, courses.LessonKind(f.Get("kind")), title)
	if all, ok := account.InvalidsOf(err); ok {
		for i := range all {
			if all[i].Field != "kind" {
				all[i].Field = "new_title"
			}
		}
		s.refused(c, &f, all)
		return s.authorModulePage(c, id, views.AuthorModuleView{NewLesson: f})
	}
	if err != nil {
		return err
	}
	return s.done(c, views.AuthorLessonURL(l.ID), "authoring.lesson_started")
}
