package web

import (
	"strconv"
	"time"

	"halqa/enrolment"
	"halqa/web/views"
)

// leaf says one condition: what it is, how far the person is, and where to meet it.
func (w way) leaf(p views.Page, n enrolment.Node) views.Step {
	step := views.Step{Done: n.Met && !w.bare}
	switch n.Kind {
	case enrolment.Completed, enrolment.Progressed:
		step.Title, step.Detail, step.Href = w.title(n.ModuleID), w.moduleDetail(p, n), w.moduleHref(n.ModuleID)
		step.Percent = w.left[n.ModuleID].Percent
	case enrolment.QuizScored:
		quiz := w.quizzes[n.LessonID]
		step.Title, step.Detail = quiz.Title, w.quizDetail(p, n)
		if quiz.Open {
			step.Href = "/lessons/" + strconv.FormatInt(n.LessonID, 10)
		}
	case enrolment.Contributed:
		w.contribution(p, n, &step)
	case enrolment.Attended, enrolment.NeverAttended:
		w.seminar(p, n, &step)
	case enrolment.Belongs:
		step.Title, step.Detail = p.Said(p.T("gates.belongs")), w.belongsDetail(p, n)
		if !n.Met && !w.bare {
			step.Href = "/organisations/join"
		}
	case enrolment.MembersCompleted:
		step.Title = p.Said(p.N("gates.members_completed", n.Count, "Title", p.Named(w.title(n.ModuleID))))
		step.Detail, step.Href = w.countDetail(p, n), w.moduleHref(n.ModuleID)
	}
	if step.Title.String() == "" {
		step.Title, step.Href = p.Said(p.T("seminars.unknown_module")), ""
	}
	return step
}

func (w way) moduleHref(id int64) string {
	if r := w.left[id]; r.NextLessonID != 0 && r.CompletedAt == nil && r.Percent > 0 {
		return "/lessons/" + strconv.FormatInt(r.NextLessonID, 10)
	}
	return "/modules/" + strconv.FormatInt(id, 10)
}

// moduleDetail says what a leaf about a module asks and what is left of it.
func (w way) moduleDetail(p views.Page, n enrolment.Node) string {
	partly := n.Kind == enrolment.Progressed
	switch {
	case partly && (n.Met || w.bare):
		return p.T("seminars.step_progressed", "Need", p.Percent(n.Need))
	case w.bare:
		return p.T("seminars.step_complete")
	case n.Met:
		return p.T("seminars.step_completed")
	}
	rest := w.rest(p, n)
	switch {
	case partly:
		text := p.T("seminars.step_progress", "Need", p.Percent(n.Need), "Have", p.Percent(max(n.Have, w.left[n.ModuleID].Percent)))
		return joined(text, rest)
	case rest == "":
		return p.T("seminars.step_complete")
	}
	return rest
}

func (w way) quizDetail(p views.Page, n enrolment.Node) string {
	need := p.T("gates.quiz_need", "Need", p.Percent(n.Need))
	module := w.quizzes[n.LessonID].ModuleTitle
	switch {
	case w.bare && module != nil:
		return joined(need, p.T("gates.quiz_of", "Title", p.Named(module)))
	case w.bare:
		return need
	case n.Met:
		return p.T("gates.quiz_met", "Have", p.Percent(n.Have))
	case n.Have > 0:
		return joined(need, p.T("gates.quiz_best", "Have", p.Percent(n.Have)))
	}
	return need
}

func (w way) contribution(p views.Page, n enrolment.Node, step *views.Step) {
	space, known := w.names.Spaces[n.SpaceID]
	name := p.Named(space.Name)
	switch n.As {
	case enrolment.Threads:
		step.Title = p.Said(p.N("gates.threads", n.Count, "Space", name))
	case enrolment.Replies:
		step.Title = p.Said(p.N("gates.replies", n.Count, "Space", name))
	case enrolment.OneOfEach:
		step.Title = p.Said(p.T("gates.one_of_each", "Space", name))
	default:
		step.Title = p.Said(p.N("gates.posts", n.Count, "Space", name))
	}
	if known {
		step.Detail, step.Href = w.countDetail(p, n), "/spaces/"+space.Key+"/forum"
	}
}

func (w way) countDetail(p views.Page, n enrolment.Node) string {
	if w.bare || n.Need == 1 {
		return ""
	}
	return p.T("gates.count", "Have", min(n.Have, n.Need), "Need", n.Need)
}

func (w way) seminar(p views.Page, n enrolment.Node, step *views.Step) {
	sem := w.names.Seminars[n.SeminarID]
	args := []any{"Title", p.Named(sem.Title), "Day", p.Date(sem.StartsAt)}
	step.Href = "/seminars/" + strconv.FormatInt(n.SeminarID, 10)
	if n.Kind == enrolment.NeverAttended {
		step.Title = p.Said(p.T("gates.never_attended", args...))
		if !n.Met && !w.bare {
			step.Detail = p.T("gates.never_unmet")
		}
		return
	}
	step.Title = p.Said(p.T("gates.attended", args...))
	if !n.Met && !w.bare && !p.Now.Before(sem.EndsAt) {
		step.Detail = p.T("gates.attended_over")
	}
}

// belongsDetail says which organisations count.
func (w way) belongsDetail(p views.Page, n enrolment.Node) string {
	text := ""
	if len(n.Kinds) > 0 {
		kinds := make([]string, len(n.Kinds))
		for i, k := range n.Kinds {
			kinds[i] = p.T("account.kind_" + k)
		}
		text = p.Or(kinds)
	}
	if len(n.Governorates) > 0 {
		places := make([]string, len(n.Governorates))
		for i, code := range n.Governorates {
			places[i] = p.Named(w.regions[code])
		}
		text = joined(text, p.T("gates.belongs_places", "Places", p.Or(places)))
	}
	return text
}

// rest says what meeting a leaf about a module still takes: "7 min left, about 6 MB · 1 quiz".
func (w way) rest(p views.Page, n enrolment.Node) string {
	r := w.left[n.ModuleID]
	text := ""
	if ms := w.share(n, r.MS); ms > 0 {
		text = p.T("seminars.rest", "Time", p.Duration(time.Duration(ms)*time.Millisecond), "Weight", p.Bytes(w.share(n, r.Bytes)))
	}
	if n.Kind != enrolment.Completed {
		return text
	}
	if quizzes := len(r.MissingQuiz); quizzes > 0 {
		text = joined(text, p.N("seminars.rest_quizzes", quizzes))
	}
	if readings := len(r.MissingRead); readings > 0 {
		text = joined(text, p.N("authoring.rest_readings", readings))
	}
	return text
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " · " + b
}
