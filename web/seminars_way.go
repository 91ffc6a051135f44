package web

import (
	"time"

	"halqa/enrolment"
	"halqa/web/views"
)

// What can't be measured is guessed, so that ways can be compared: a quiz or a reading takes some minutes, a post more,
// and what depends on other people is done last.
const (
	quizTime   = 2 * time.Minute
	postTime   = 10 * time.Minute
	othersTime = 24 * time.Hour
)

// cost is what meeting a leaf still takes; false when the person can't meet it any more.
func (w way) cost(now time.Time) func(n enrolment.Node) (enrolment.Cost, bool) {
	return func(n enrolment.Node) (enrolment.Cost, bool) {
		missing := time.Duration(max(0, n.Need-n.Have))
		switch n.Kind {
		case enrolment.Completed, enrolment.Progressed:
			return w.moduleCost(n)
		case enrolment.QuizScored:
			return costOf(quizTime), w.quizzes[n.LessonID].Open
		case enrolment.Contributed:
			return costOf(missing * postTime), true
		case enrolment.Attended:
			sem, known := w.names.Seminars[n.SeminarID]
			open := known && sem.State == enrolment.Published && now.Before(sem.StartsAt)
			return costOf(othersTime + time.Duration(sem.Minutes)*time.Minute), open
		case enrolment.Belongs:
			return costOf(othersTime), true
		case enrolment.MembersCompleted:
			return costOf(missing * othersTime), true
		}
		return enrolment.Cost{}, false // what was attended stays attended
	}
}

func costOf(d time.Duration) enrolment.Cost { return enrolment.Cost{MS: d.Milliseconds()} }

func (w way) moduleCost(n enrolment.Node) (enrolment.Cost, bool) {
	r, known := w.left[n.ModuleID]
	if !known {
		return costOf(100 * othersTime), true // on its way here, or gone: what can be measured comes first
	}
	c := enrolment.Cost{MS: w.share(n, r.MS), Bytes: w.share(n, r.Bytes)}
	if n.Kind == enrolment.Completed {
		c.MS += int64(len(r.MissingQuiz)+len(r.MissingRead)) * quizTime.Milliseconds()
	}
	return c, true
}

// share is the part of what a module's completion takes that a leaf asks for.
func (w way) share(leaf enrolment.Node, whole int64) int64 {
	have := w.left[leaf.ModuleID].Percent
	if leaf.Kind != enrolment.Progressed || have >= 100 {
		return whole
	}
	return whole * int64(max(0, leaf.Need-have)) / int64(100-have)
}

// shortest is the way that takes least, step by step, with what it takes in all; nil when there is none or the gate is met.
func (w way) shortest(p views.Page) *views.Way {
	if w.decision.Eligible || w.gate.Open() {
		return nil
	}
	best, ok := w.decision.Shortest(w.cost(p.Now))
	if !ok {
		return &views.Way{}
	}
	v := &views.Way{}
	var media enrolment.Cost
	for _, leaf := range best.Leaves {
		step := w.leaf(p, leaf)
		if leaf.Kind == enrolment.Completed || leaf.Kind == enrolment.Progressed {
			step.Detail = w.rest(p, leaf)
			media = media.Plus(enrolment.Cost{MS: w.share(leaf, w.left[leaf.ModuleID].MS), Bytes: w.share(leaf, w.left[leaf.ModuleID].Bytes)})
		}
		v.Steps = append(v.Steps, views.Next{Title: step.Title, Href: step.Href, Detail: step.Detail})
	}
	if len(v.Steps) > 1 && media.MS > 0 {
		v.Total = p.T("gates.in_all", "Time", p.Duration(time.Duration(media.MS)*time.Millisecond), "Weight", p.Bytes(media.Bytes))
	}
	return v
}
