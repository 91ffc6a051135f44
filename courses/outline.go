package courses

import (
	"time"

	"halqa/community/account"
)

// Outline is a module as one person sees it: its lessons without their transcripts and questions, what counts, and how
// far they are.
type Outline struct {
	Module
	Space       account.Space
	Lessons     []Lesson
	Standing    Standing // in the order of Lessons; all zero for a visitor
	Percent     int
	Criterion   Criterion
	Check       Check
	CompletedAt *time.Time
}

// LengthMS is how long the videos last together, in lang or the language each falls back to.
func (o Outline) LengthMS(lang string) (sum int64) {
	for _, l := range o.Lessons {
		if t, ok := l.Track(lang); ok {
			sum += t.DurationMS
		}
	}
	return sum
}

// Weight is the size in bytes of the videos' files of one kind, in lang or the language each falls back to.
func (o Outline) Weight(kind FileKind, lang string) (sum int64) {
	for _, l := range o.Lessons {
		if t, ok := l.Track(lang); ok {
			sum += t.Form(kind).Bytes
		}
	}
	return sum
}

// Next returns the lesson after the given one, or false at the end.
func (o Outline) Next(lessonID int64) (Lesson, bool) {
	for n, l := range o.Lessons {
		if l.ID == lessonID && n+1 < len(o.Lessons) {
			return o.Lessons[n+1], true
		}
	}
	return Lesson{}, false
}

// Started tells whether the person played or answered anything in the module.
func (o Outline) Started() bool {
	for _, l := range o.Standing {
		if l.CreditMS > 0 || l.Answered || l.Read {
			return true
		}
	}
	return false
}

// nearlyAll is the percent from which a video counts as followed when choosing where to go on: few people play the
// last seconds.
const nearlyAll = 95

// Resume returns the first lesson that isn't wholly followed, or the first one when all are; false without lessons.
func (o Outline) Resume() (Lesson, bool) {
	for n, l := range o.Lessons {
		if !o.followed(n) {
			return l, true
		}
	}
	if len(o.Lessons) == 0 {
		return Lesson{}, false
	}
	return o.Lessons[0], true
}

func (o Outline) followed(n int) bool {
	s := o.Standing[n]
	switch o.Lessons[n].Kind {
	case Quiz:
		return s.Score >= o.wanted(s.LessonID)
	case Reading:
		return s.Read
	}
	return s.Percent() >= nearlyAll
}

// wanted is the score that the criterion wants in a quiz; at least that it be answered.
func (o Outline) wanted(lessonID int64) int {
	for _, item := range o.Criterion.Items {
		if item.Kind == ByQuiz && item.LessonID == lessonID {
			return item.Percent
		}
	}
	return 1
}
