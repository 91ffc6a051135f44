package views

import (
	"slices"

	"halqa/courses"
)

// QuizView is the page of a quiz: its questions or, with an Attempt, what became of the answers.
type QuizView struct {
	Page
	Visit   courses.Visit
	Form    Form
	Nonce   string
	Attempt *courses.Attempt
}

// wanted is the score that the module's criterion asks for in this quiz; 0 when none.
func (v QuizView) wanted() int { return wantedScore(v.Visit.Outline, v.Visit.Lesson.ID) }

func (v QuizView) passed() bool { return v.Attempt.Score >= v.wanted() }

func (v QuizView) chosen(q courses.Question, o courses.Option) bool {
	if v.Attempt != nil {
		return slices.Contains(v.Attempt.Answers[q.ID], o.Key)
	}
	return slices.Contains(v.Form.All(courses.QuestionField(q.ID)), o.Key)
}

func (v QuizView) right(q courses.Question) bool { return q.Right(v.Attempt.Answers[q.ID]) }

// rightOnes counts the questions answered rightly.
func (v QuizView) rightOnes() int {
	n := 0
	for _, q := range v.Visit.Lesson.Questions {
		if v.right(q) {
			n++
		}
	}
	return n
}

func inputType(q courses.Question) string {
	if q.Kind == courses.Single {
		return "radio"
	}
	return "checkbox"
}

// groupRole is the role of a question's answers for screen readers. It is no fieldset because a legend can't stand within
// the card.
func groupRole(q courses.Question) string {
	if q.Kind == courses.Single {
		return "radiogroup"
	}
	return "group"
}
