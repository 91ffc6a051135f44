package web

import (
	"context"
	"strconv"
	"time"

	"halqa/community/account"
	"halqa/courses"
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/views"
)

// way is what separates a person from a seminar: the gate's decision with the newest progress, and what each module
// still takes.
type way struct {
	gate     enrolment.Rule
	decision enrolment.Decision
	titles   map[int64]events.Text
	left     map[int64]courses.Remaining
}

// wayTo joins enrolment's decision with what courses know: progress shows here even before enrolment has heard of it.
func (s *site) wayTo(ctx context.Context, a account.Actor, seminar enrolment.View) (way, error) {
	w := way{gate: seminar.Gate, decision: seminar.Decision, titles: seminar.Titles}
	modules := seminar.Gate.Modules()
	if len(modules) == 0 || s.Courses == nil {
		return w, nil
	}
	var err error
	if w.left, err = s.Courses.Remaining(ctx, a.PersonID, modules); err != nil {
		return w, err
	}
	facts := enrolment.Facts{}
	for _, leaf := range seminar.Decision.Leaves() {
		at := enrolment.Subject{Kind: leaf.Kind, ID: leaf.ModuleID}
		facts[at] = max(facts[at], leaf.Have)
	}
	for id, r := range w.left {
		if r.CompletedAt != nil {
			facts[enrolment.Subject{Kind: enrolment.Completed, ID: id}] = 1
		}
		// Only steps of 5 % are announced, so only they count.
		at := enrolment.Subject{Kind: enrolment.Progressed, ID: id}
		facts[at] = max(facts[at], r.Percent/5*5)
	}
	w.decision = enrolment.Decide(seminar.Gate, facts)
	return w, nil
}

func (w way) title(id int64) events.Text {
	if t := w.left[id].Title; t.String() != "" {
		return t
	}
	return w.titles[id]
}

// cost is the time that meeting a leaf still takes, in milliseconds; a quiz counts for two minutes.
func (w way) cost(leaf enrolment.Node) int {
	r, known := w.left[leaf.ModuleID]
	if !known {
		return int((100 * time.Hour).Milliseconds())
	}
	return int(w.share(leaf, r.MS)) + len(r.MissingQuiz)*int((2*time.Minute).Milliseconds())
}

// share is the part of what a module's completion takes that a leaf asks for.
func (w way) share(leaf enrolment.Node, whole int64) int64 {
	have := w.left[leaf.ModuleID].Percent
	if leaf.Kind != enrolment.Progressed || have >= 100 {
		return whole
	}
	return whole * int64(max(0, leaf.Need-have)) / int64(100-have)
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
	if n.Kind == "" {
		step := views.Step{Done: n.Met, Title: p.Said(groupText(p, n))}
		for _, b := range n.Branches {
			step.Steps = append(step.Steps, w.step(p, b))
		}
		return step
	}
	r := w.left[n.ModuleID]
	step := views.Step{Done: n.Met, Title: w.title(n.ModuleID), Detail: w.detail(p, n), Percent: r.Percent, Href: w.href(n.ModuleID)}
	if step.Title.String() == "" {
		step.Title, step.Href = p.Said(p.T("seminars.unknown_module")), ""
	}
	return step
}

func (w way) href(id int64) string {
	if r := w.left[id]; r.NextLessonID != 0 && r.CompletedAt == nil && r.Percent > 0 {
		return "/lessons/" + strconv.FormatInt(r.NextLessonID, 10)
	}
	return "/modules/" + strconv.FormatInt(id, 10)
}

// groupText says how many branches a group wants: "Two of these:".
func groupText(p views.Page, n enrolment.Node) string {
	if n.Mode == enrolment.All {
		return p.T("seminars.group_all")
	}
	return p.N("seminars.group_at_least", n.Need)
}

// detail says what a leaf asks and what is left of it.
func (w way) detail(p views.Page, n enrolment.Node) string {
	switch {
	case n.Met && n.Kind == enrolment.Progressed:
		return p.T("seminars.step_progressed", "Need", p.Percent(n.Need))
	case n.Met:
		return p.T("seminars.step_completed")
	}
	rest := w.rest(p, n)
	if n.Kind == enrolment.Progressed {
		text := p.T("seminars.step_progress", "Need", p.Percent(n.Need), "Have", p.Percent(max(n.Have, w.left[n.ModuleID].Percent)))
		if rest != "" {
			text += " · " + rest
		}
		return text
	}
	if rest == "" {
		return p.T("seminars.step_complete")
	}
	return rest
}

// rest says what meeting a leaf still takes: "7 min left, about 6 MB · 1 quiz".
func (w way) rest(p views.Page, n enrolment.Node) string {
	r := w.left[n.ModuleID]
	text := ""
	if ms := w.share(n, r.MS); ms > 0 {
		text = p.T("seminars.rest", "Time", p.Duration(time.Duration(ms)*time.Millisecond), "Weight", p.Bytes(w.share(n, r.Bytes)))
	}
	if quizzes := len(r.MissingQuiz); quizzes > 0 && n.Kind == enrolment.Completed {
		if text != "" {
			text += " · "
		}
		text += p.N("seminars.rest_quizzes", quizzes)
	}
	if readings := len(r.MissingRead); readings > 0 && n.Kind == enrolment.Completed {
		if text != "" {
			text += " · "
		}
		text += p.N("authoring.rest_readings", readings)
	}
	return text
}

// summary says where the person stands: "1 of 2 modules".
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

// next is the first module of the shortest way to the seat.
func (w way) next(p views.Page) *views.Next {
	way := w.decision.Shortest(w.cost)
	if len(way) == 0 || w.title(way[0].ModuleID).String() == "" {
		return nil
	}
	leaf := way[0]
	return &views.Next{Title: w.title(leaf.ModuleID), Href: w.href(leaf.ModuleID), Detail: w.rest(p, leaf)}
}
