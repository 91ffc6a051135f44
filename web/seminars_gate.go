package web

import (
	"context"
	"slices"

	"halqa/community/account"
	"halqa/courses"
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/views"
)

// way is what separates a person from a gate: its decision with the newest progress, and what each leaf still takes.
type way struct {
	gate     enrolment.Rule
	decision enrolment.Decision
	names    enrolment.Names
	left     map[int64]courses.Remaining // by module
	quizzes  map[int64]courses.QuizName  // by lesson
	regions  map[string]events.Text      // by code of governorate
	bare     bool                        // said of anybody: what is asked, not where somebody is
}

// wayTo joins enrolment's decision with what courses know: progress shows here even before enrolment has heard of it.
func (s *site) wayTo(ctx context.Context, a account.Actor, seminar enrolment.View, use enrolment.Use) (way, error) {
	w := way{gate: seminar.Rule(use), decision: seminar.Decision, names: seminar.Names}
	if use == enrolment.ToAttend {
		w.decision = seminar.ToAttend
	}
	if err := s.nameLeaves(ctx, a.PersonID, &w, w.gate); err != nil || s.Courses == nil {
		return w, err
	}
	var err error
	if modules := w.gate.Modules(); len(modules) > 0 {
		if w.left, err = s.Courses.Remaining(ctx, a.PersonID, modules); err != nil {
			return w, err
		}
	}
	w.decision = w.refresh(w.decision)
	return w, nil
}

// nameLeaves finds the names that enrolment doesn't have: of quizzes and of governorates.
func (s *site) nameLeaves(ctx context.Context, personID int64, w *way, rules ...enrolment.Rule) (err error) {
	all := enrolment.Rule{Of: rules}
	if lessons := all.Quizzes(); len(lessons) > 0 && s.Courses != nil {
		if w.quizzes, err = s.Courses.QuizNames(ctx, personID, lessons); err != nil {
			return err
		}
	}
	for leaf := range all.Leaves() {
		if len(leaf.Governorates) == 0 || w.regions != nil {
			continue
		}
		if w.regions, err = s.regionNames(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *site) regionNames(ctx context.Context) (map[string]events.Text, error) {
	governorates, err := s.Account.Governorates(ctx)
	names := map[string]events.Text{}
	for _, g := range governorates {
		names[g.Code] = g.Name
	}
	return names, err
}

// refresh judges again the leaves of which courses know more than enrolment has heard.
func (w way) refresh(d enrolment.Decision) enrolment.Decision {
	root := w.newer(d.Root)
	return enrolment.Decision{Eligible: root.Met, Root: root}
}

func (w way) newer(n enrolment.Node) enrolment.Node {
	switch n.Kind {
	case "":
		n.Have, n.Branches = 0, slices.Clone(n.Branches)
		for i, b := range n.Branches {
			n.Branches[i] = w.newer(b)
			if n.Branches[i].Met {
				n.Have++
			}
		}
	case enrolment.Completed:
		if w.left[n.ModuleID].CompletedAt != nil {
			n.Have = 1
		}
	case enrolment.Progressed:
		n.Have = max(n.Have, w.left[n.ModuleID].Percent/5*5) // only steps of 5 % are announced, so only they count
	case enrolment.QuizScored:
		n.Have = max(n.Have, w.quizzes[n.LessonID].Best)
	}
	n.Met = n.Have >= n.Need
	return n
}

func (w way) title(id int64) events.Text {
	if t := w.left[id].Title; t.String() != "" {
		return t
	}
	return w.names.Modules[id]
}

// steps says the gate as a check-list; the outermost group is said by summary.
func (w way) steps(p views.Page) []views.Step {
	if w.gate.Open() {
		return nil
	}
	root := w.step(p, w.decision.Root)
	if len(root.Steps) > 0 {
		return root.Steps
	}
	return []views.Step{root}
}

func (w way) step(p views.Page, n enrolment.Node) views.Step {
	if n.Kind != "" {
		return w.leaf(p, n)
	}
	step := views.Step{Done: n.Met && !w.bare, Title: p.Said(groupText(p, n))}
	for _, b := range n.Branches {
		step.Steps = append(step.Steps, w.step(p, b))
	}
	return step
}

// groupText says how many branches a group wants: "Two of these:".
func groupText(p views.Page, n enrolment.Node) string {
	if n.Mode == enrolment.All {
		return p.T("seminars.group_all")
	}
	return p.N("seminars.group_at_least", n.Need)
}

// summary says where the person stands: "1 of 2 conditions".
func (w way) summary(p views.Page) string {
	root := w.decision.Root
	switch {
	case w.gate.Open():
		return p.T("seminars.no_gate")
	case !p.SignedIn():
		return p.T("seminars.asks")
	case root.Met:
		return p.T("seminars.all_met")
	case root.Kind != "" || root.Need == 1:
		return p.T("seminars.one_missing")
	}
	return p.N("seminars.progress", root.Need, "Have", root.Have)
}

// words say how many of the steps are wanted, when not all of them are.
func (w way) words(p views.Page) string {
	if root := w.decision.Root; root.Need < len(root.Branches) {
		return groupText(p, root)
	}
	return ""
}

// gateInWords says what a rule asks of anybody.
func (w way) gateInWords(p views.Page) ([]views.Step, string) {
	w.bare = true
	w.decision = enrolment.Decide(w.gate, nil)
	if root := w.decision.Root; root.Kind == "" && !w.gate.Open() {
		return w.steps(p), groupText(p, root)
	}
	return w.steps(p), ""
}
