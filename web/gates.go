package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/web/views"
)

// gateDesk reads the gate of the address and starts its page.
func (s *site) gateDesk(c *fiber.Ctx) (enrolment.GateDesk, views.GateView, error) {
	id, err := idOf(c, "id")
	if err != nil {
		return enrolment.GateDesk{}, views.GateView{}, err
	}
	use := enrolment.Use(c.Params("use"))
	if !slices.Contains(enrolment.Uses, use) {
		return enrolment.GateDesk{}, views.GateView{}, account.ErrNotFound
	}
	d, err := s.Enrolment.GateDesk(c.UserContext(), actor(c), id, use)
	if err != nil {
		return d, views.GateView{}, err
	}
	v := views.GateView{Page: s.seminarPage(c, "gates.title_"+string(use)), Seminar: d.View, Use: use}
	v.Page.Localizer = v.In(d.Location())
	v.Tinted, v.Hue = true, d.SpaceHue
	v.Crumbs = []views.Crumb{{Href: "/desk", Label: v.Said(v.T("common.nav_desk"))}, {Href: deskPath(id), Label: d.Title}, {Label: v.Said(v.Page.Title)}}
	return d, v, nil
}

func (s *site) showGate(c *fiber.Ctx) error {
	d, v, err := s.gateDesk(c)
	if err != nil {
		return err
	}
	v.Root = asGroup(d.Rule(d.Use))
	v.Form = ruleFields(v.Root)
	v.Form.Values.Set("version", strconv.Itoa(d.RuleVersion(d.Use)))
	return s.gatePage(c, d, v)
}

// writeGate changes the tree, shows what it would do, or saves what was shown.
func (s *site) writeGate(c *fiber.Ctx) error {
	d, v, err := s.gateDesk(c)
	if err != nil {
		return err
	}
	typed := s.form(c)
	v.Root = readRule(typed, "", 1)
	do := typed.Get("do")
	if do == "" {
		do = "preview"
	}
	if old, isRestore := strings.CutPrefix(do, "restore "); isRestore {
		for _, version := range d.Versions {
			if strconv.Itoa(version.Version) == old {
				v.Root = asGroup(version.Rule)
			}
		}
		do = "preview"
	}
	v.Focus = change(&v.Root, do, typed)
	v.Form = ruleFields(v.Root)
	for _, name := range []string{"version", "release", "reason"} {
		v.Form.Values[name] = typed.All(name)
	}
	edit := enrolment.GateEdit{SeminarID: d.ID, Use: d.Use, Rule: asRule(v.Root, d.Rule(d.Use)), Version: typed.Int("version"),
		Release: typed.Get("release") == "yes", Reason: typed.Get("reason")}
	switch {
	case do == "save" && typed.Get("previewed") == fingerprint(edit.Rule):
		return s.saveGate(c, d, v, edit)
	case do == "save", do == "preview":
		return s.previewGate(c, d, v, edit)
	}
	return s.gatePage(c, d, v)
}

func (s *site) saveGate(c *fiber.Ctx, d enrolment.GateDesk, v views.GateView, edit enrolment.GateEdit) error {
	_, err := s.Enrolment.SaveGate(c.UserContext(), actor(c), edit)
	switch {
	case errors.Is(err, enrolment.ErrStale):
		return s.staleGate(c, d, v)
	case s.refused(c, &v.Form, err):
		return s.previewGate(c, d, v, edit)
	case err != nil:
		return s.refusedSeat(c, err, deskPath(d.ID))
	}
	return s.done(c, deskPath(d.ID), "gates.saved")
}

// previewGate shows the form again with what the rule would change.
func (s *site) previewGate(c *fiber.Ctx, d enrolment.GateDesk, v views.GateView, edit enrolment.GateEdit) error {
	effect, err := s.Enrolment.PreviewGate(c.UserContext(), actor(c), edit)
	switch {
	case errors.Is(err, enrolment.ErrStale):
		return s.staleGate(c, d, v)
	case s.refused(c, &v.Form, err):
		return s.gatePage(c, d, v)
	case err != nil:
		return s.refusedSeat(c, err, deskPath(d.ID))
	}
	v.Effect, v.Previewed = &effect, fingerprint(edit.Rule)
	return s.gatePage(c, d, v)
}

// staleGate keeps what was built, beside the news that somebody saved another version; going on is then a decision.
func (s *site) staleGate(c *fiber.Ctx, d enrolment.GateDesk, v views.GateView) error {
	v.Stale = true
	v.Form.Values.Set("version", strconv.Itoa(d.RuleVersion(d.Use)))
	c.Status(fiber.StatusConflict)
	return s.gatePage(c, d, v)
}

func (s *site) gatePage(c *fiber.Ctx, d enrolment.GateDesk, v views.GateView) error {
	err := s.gateChoices(c, d, &v)
	if err != nil {
		return err
	}
	if v.Retired, err = s.retiredOf(c, d.View, v.Root); err != nil {
		return err
	}
	rules := make([]enrolment.Rule, len(d.Versions))
	for i, version := range d.Versions {
		rules[i] = version.Rule
	}
	w := way{names: d.Said}
	if err := s.nameLeaves(c.UserContext(), 0, &w, rules...); err != nil {
		return err
	}
	for _, version := range d.Versions {
		w.gate = version.Rule
		said := views.GateVersionInWords{GateVersion: version, GateInWords: views.GateInWords{Use: d.Use}}
		said.Steps, said.Words = w.gateInWords(v.Page)
		v.Versions = append(v.Versions, said)
	}
	return s.render(c, views.Gate(v))
}

// gateChoices are what the builder offers by name: what the seminar's space has comes first.
func (s *site) gateChoices(c *fiber.Ctx, d enrolment.GateDesk, v *views.GateView) error {
	ctx := c.UserContext()
	spaces, err := s.Account.Spaces(ctx, actor(c))
	if err != nil {
		return err
	}
	slices.SortStableFunc(spaces, func(a, b account.Space) int {
		switch {
		case a.ID == d.SpaceID:
			return -1
		case b.ID == d.SpaceID:
			return 1
		}
		return 0
	})
	quizzes, err := s.Courses.OpenQuizzes(ctx)
	if err != nil {
		return err
	}
	for _, sp := range spaces {
		name := v.Named(sp.Name)
		if sp.ReadableBy(actor(c)) {
			v.Spaces = append(v.Spaces, views.Option{Value: strconv.FormatInt(sp.ID, 10), Label: name})
		}
		modules, tests := views.OptionGroup{Label: name}, views.OptionGroup{Label: name}
		for _, m := range d.Modules {
			if m.SpaceID == sp.ID && sp.ReadableBy(actor(c)) {
				modules.Options = append(modules.Options, views.Option{Value: strconv.FormatInt(m.ModuleID, 10), Label: v.Named(m.Title)})
			}
		}
		for _, q := range quizzes {
			if q.SpaceID == sp.ID && sp.ReadableBy(actor(c)) {
				label := v.T("gates.quiz_in", "Quiz", v.Named(q.Title), "Module", v.Named(q.ModuleTitle))
				tests.Options = append(tests.Options, views.Option{Value: strconv.FormatInt(q.LessonID, 10), Label: label})
			}
		}
		v.Modules, v.Quizzes = append(v.Modules, modules), append(v.Quizzes, tests)
	}
	for _, sem := range d.Seminars {
		label := v.T("gates.seminar_on", "Title", v.Named(sem.Title), "Day", v.Date(sem.StartsAt))
		v.Seminars = append(v.Seminars, views.Option{Value: strconv.FormatInt(sem.ID, 10), Label: label})
	}
	for _, kind := range account.OrganisationKinds {
		v.Kinds = append(v.Kinds, views.Option{Value: kind, Label: v.T("account.kind_" + kind)})
	}
	governorates, err := s.Account.Governorates(ctx)
	for _, g := range governorates {
		v.Governorates = append(v.Governorates, views.Option{Value: g.Code, Label: v.Named(g.Name)})
	}
	return err
}
