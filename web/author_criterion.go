package web

import (
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/courses"
	"halqa/web/views"
)

// saveCriterion reads what completes the module: one item for the videos, one for each quiz and reading.
func (s *site) saveCriterion(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	m, err := s.Courses.AuthoredModule(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	f := s.form(c)
	rule := courses.Criterion{Mode: courses.Mode(f.Get("mode"))}
	if rule.Mode == courses.AtLeast {
		rule.K = f.Int("k")
	}
	if f.Get("with_played") != "" {
		rule.Items = append(rule.Items, courses.Item{Kind: courses.ByPlaying, Percent: f.Int("percent_played")})
	}
	for _, l := range m.Lessons {
		at := strconv.FormatInt(l.ID, 10)
		switch {
		case l.State != courses.Shown || f.Get("with_"+at) == "":
		case l.Kind == courses.Quiz:
			rule.Items = append(rule.Items, courses.Item{Kind: courses.ByQuiz, LessonID: l.ID, Percent: f.Int("percent_" + at)})
		case l.Kind == courses.Reading:
			rule.Items = append(rule.Items, courses.Item{Kind: courses.ByReading, LessonID: l.ID, Percent: 100})
		}
	}
	if f.Get("with_contribution") != "" {
		rule.Items = append(rule.Items, courses.Item{Kind: courses.ByContribution, Percent: 100, Count: f.Int("count_contribution")})
	}
	if f.Get("do") == "effect" {
		return s.showEffect(c, id, f, rule)
	}
	err = s.Courses.ReplaceCriterion(c.UserContext(), actor(c), id, f.Int("version"), rule)
	if stale := s.overtaken(c, err); stale || s.refused(c, &f, atItems(rule, err)) {
		return s.authorModulePage(c, id, views.AuthorModuleView{Rule: f, StaleRule: stale})
	}
	if err != nil {
		return err
	}
	return s.done(c, views.AuthorModuleURL(id)+"#rule", "authoring.saved")
}

// showEffect tells what a criterion would do, without saving it.
func (s *site) showEffect(c *fiber.Ctx, id int64, f views.Form, rule courses.Criterion) error {
	effect, err := s.Courses.CriterionEffect(c.UserContext(), actor(c), id, rule)
	if s.refused(c, &f, atItems(rule, err)) {
		return s.authorModulePage(c, id, views.AuthorModuleView{Rule: f})
	}
	if err != nil {
		return err
	}
	return s.authorModulePage(c, id, views.AuthorModuleView{Rule: f, Effect: &effect})
}

// atItems names errors of a criterion's items as the form names their fields.
func atItems(rule courses.Criterion, err error) error {
	all, ok := account.InvalidsOf(err)
	if !ok {
		return err
	}
	for i, e := range all {
		var n int
		if _, scan := fmt.Sscanf(e.Field, "items.%d", &n); scan != nil || n >= len(rule.Items) {
			continue
		}
		all[i].Field = "percent_played"
		if rule.Items[n].Kind == courses.ByContribution {
			all[i].Field = "count_contribution"
		}
		if rule.Items[n].LessonID != 0 {
			all[i].Field = "percent_" + strconv.FormatInt(rule.Items[n].LessonID, 10)
		}
	}
	return all
}
