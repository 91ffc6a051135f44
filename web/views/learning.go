package views

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"halqa/community/account"
	"halqa/courses"
	"halqa/enrolment"
	"halqa/events"
)

// SpacesView is the list of spaces.
type SpacesView struct {
	Page
	Spaces []SpaceCard
}

// SpaceCard is a space in that list.
type SpaceCard struct {
	account.Space
	Summary courses.Summary
	Member  bool
}

// SpaceView is the page of a space.
type SpaceView struct {
	Page
	Space    account.Space
	Readable bool              // the person may see what is in it
	Asked    bool              // they asked to enter and wait
	Modules  []courses.Outline // in order, when Readable
	Seminars []enrolment.Card  // coming ones, soonest first
	Agenda   string            // address that subscribes a calendar to them, or ""
	Follow   FollowView

	FirstSteps []FirstSteps // of a new space, to those who moderate it
}

// ModuleView is the page of a module.
type ModuleView struct {
	Page
	Outline courses.Outline
	Attests bool // it gives the person an attestation
}

// SpaceURL is the address of a space.
func SpaceURL(key string) string { return "/spaces/" + url.PathEscape(key) }

// ModuleURL is the address of a module.
func ModuleURL(id int64) string { return "/modules/" + strconv.FormatInt(id, 10) }

// LessonURL is the address of a lesson.
func LessonURL(id int64) string { return "/lessons/" + strconv.FormatInt(id, 10) }

func millis(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

// length says how long a module's videos last: "6 min".
func length(p Page, o courses.Outline) string {
	return p.Duration(millis(o.LengthMS(p.Lang())))
}

// criterionSteps is what completes a module, each condition in words with what is left of it.
func criterionSteps(p Page, o courses.Outline) []Step {
	var steps []Step
	for _, item := range o.Check.Items {
		switch item.Kind {
		case courses.ByQuiz:
			steps = append(steps, quizStep(p, o, item))
		case courses.ByReading:
			steps = append(steps, readingStep(p, o, item))
		case courses.ByContribution:
			steps = append(steps, contributionStep(p, o, item))
		default:
			steps = append(steps, playedStep(p, o, item))
		}
	}
	return steps
}

func playedStep(p Page, o courses.Outline, item courses.ItemCheck) Step {
	step := Step{Done: item.Met, Title: p.Said(p.T("courses.need_played", "Percent", item.Percent)), Percent: item.Have}
	if item.Met {
		step.Detail = p.T("courses.have_played", "Percent", item.Have)
		return step
	}
	weight := o.Standing.WeightMS()
	left := (weight*int64(item.Percent)+99)/100 - o.Standing.CreditMS()
	step.Detail = p.T("courses.left_played", "Time", p.Duration(millis(left)),
		"Video", p.Bytes(o.Weight(courses.Film, p.Lang())*left/max(weight, 1)),
		"Audio", p.Bytes(o.Weight(courses.Audio, p.Lang())*left/max(weight, 1)))
	return step
}

func quizStep(p Page, o courses.Outline, item courses.ItemCheck) Step {
	step := Step{Done: item.Met, Href: LessonURL(item.LessonID), Percent: item.Have}
	for n, l := range o.Lessons {
		if l.ID != item.LessonID {
			continue
		}
		title, _ := l.Title.In(p.Lang())
		step.Title = p.Said(p.T("courses.need_quiz", "Percent", item.Percent, "Title", title))
		step.Detail = p.T("courses.not_tried")
		if o.Standing[n].Answered {
			step.Detail = p.T("courses.best_score", "Percent", item.Have)
		}
	}
	return step
}

func readingStep(p Page, o courses.Outline, item courses.ItemCheck) Step {
	step := Step{Done: item.Met, Href: LessonURL(item.LessonID)}
	for _, l := range o.Lessons {
		if l.ID == item.LessonID {
			step.Title = p.Said(p.T("authoring.need_reading", "Title", plain(p, l.Title)))
		}
	}
	if !item.Met {
		step.Detail = p.T("authoring.not_read")
	}
	return step
}

func contributionStep(p Page, o courses.Outline, item courses.ItemCheck) Step {
	step := Step{Done: item.Met, Href: SpaceURL(o.Space.Key) + "/forum", Title: p.Said(p.N("courses.need_contributions", item.Count))}
	if !item.Met {
		step.Detail = p.N("courses.left_contributions", item.Count-item.Have)
	}
	return step
}

// criterionLead says how many of the conditions are needed.
func criterionLead(p Page, o courses.Outline) string {
	switch need := o.Check.Need; {
	case len(o.Check.Items) == 1:
		return p.T("courses.counts_one")
	case need == len(o.Check.Items):
		return p.T("courses.counts_all")
	case need == 1:
		return p.T("courses.counts_any")
	default:
		return p.N("courses.counts_k", need)
	}
}

// goOn is the label of the way into a module.
func goOn(p Page, o courses.Outline) string {
	switch {
	case o.CompletedAt != nil:
		return p.T("courses.again")
	case o.Started():
		return p.T("courses.go_on")
	}
	return p.T("courses.start")
}

// lessonKind says what a lesson is and costs: "Vidéo · 3 min · 0,8 Mo".
func lessonKind(p Page, l courses.Lesson) string {
	if l.Kind != courses.Video {
		return kindName(p, l.Kind)
	}
	t, ok := l.Track(p.Lang())
	if !ok {
		return p.T("courses.kind_video")
	}
	return fmt.Sprintf("%s · %s · %s", p.T("courses.kind_video"), p.Duration(millis(t.DurationMS)), p.Bytes(playable(t, false).Bytes))
}

// followed tells whether a lesson is done: nearly all played, or the wanted score reached.
func followed(o courses.Outline, n int) bool {
	s := o.Standing[n]
	if s.Kind == courses.Quiz {
		return s.Answered && s.Score >= wantedScore(o, s.LessonID)
	}
	if s.Kind == courses.Reading {
		return s.Read
	}
	return s.Percent() >= 95
}

func wantedScore(o courses.Outline, lessonID int64) int {
	for _, item := range o.Criterion.Items {
		if item.Kind == courses.ByQuiz && item.LessonID == lessonID {
			return item.Percent
		}
	}
	return 0
}

// plain is an authored text as plain words, for attributes.
func plain(p Page, t events.Text) string {
	s, _ := t.In(p.Lang())
	return s
}
