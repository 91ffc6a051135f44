package views

import (
	"strconv"
	"strings"

	"halqa/enrolment"
)

// MaxQuestionRows is how many lines the form of questions holds: as many questions as a seminar may ask, and a few to fill.
const MaxQuestionRows = 22

// QuestionsView is the form of the questions of a seminar.
type QuestionsView struct {
	Page
	ID        int64
	Form      Form
	Retired   []enrolment.Question // no longer asked
	Cancelled bool
}

// rows is how many lines the form shows: those that were filled, and two to fill.
func (v QuestionsView) rows() int {
	last := -1
	for i := range MaxQuestionRows {
		at := strconv.Itoa(i)
		for name := range v.Form.Values {
			if (strings.HasPrefix(name, "label_") || strings.HasPrefix(name, "options_")) && strings.HasSuffix(name, "_"+at) && v.Form.Get(name) != "" {
				last = i
			}
		}
	}
	return min(last+3, MaxQuestionRows)
}

func kindOptions(p Page) []Option {
	all := make([]Option, len(enrolment.Askings))
	for i, k := range enrolment.Askings {
		all[i] = Option{Value: string(k), Label: p.T("training.kind_" + string(k))}
	}
	return all
}

// AnswersView asks a person the questions of a seminar: before they register, or again afterwards.
type AnswersView struct {
	Page
	enrolment.View
	Form Form
}

// open tells whether the person may still answer.
func (v AnswersView) open() bool {
	return v.State == enrolment.Published && v.Now.Before(v.Closes())
}

func (v AnswersView) action() string {
	if v.Mine == nil {
		return asksAt(v.View)
	}
	return seminarURL(v.ID) + "/answers"
}

// answerText is an answer in words.
func answerText(p Page, q enrolment.Question, given []string) string {
	words := make([]string, len(given))
	for i, value := range given {
		words[i] = value
		switch q.Kind {
		case enrolment.YesOrNo:
			words[i] = p.T("training.answer_" + value)
		case enrolment.One, enrolment.Many:
			if place, err := strconv.Atoi(value); err == nil && place < len(q.Options) {
				words[i] = p.Named(q.Options[place])
			}
		}
	}
	return strings.Join(words, p.T("training.and"))
}

func choicesOf(p Page, q enrolment.Question) []Option {
	if q.Kind == enrolment.YesOrNo {
		return []Option{{Value: "yes", Label: p.T("training.answer_yes")}, {Value: "no", Label: p.T("training.answer_no")}}
	}
	all := make([]Option, len(q.Options))
	for i, o := range q.Options {
		all[i] = Option{Value: strconv.Itoa(i), Label: p.Named(o)}
	}
	return all
}

// RegistrationSheet is everybody registered at a seminar as the rows of a sheet: with their answers, and a mark for each session.
func RegistrationSheet(v DeskSeminarView) (header []string, rows [][]any) {
	for _, key := range []string{"desk.col_person", "desk.col_organisation", "desk.col_governorate", "desk.col_state", "desk.col_since", "training.col_changed", "desk.reason"} {
		header = append(header, v.T(key))
	}
	for _, q := range v.Asked {
		header = append(header, v.Named(q.Label))
	}
	for _, s := range v.Sessions {
		header = append(header, v.DateTime(s.StartsAt))
	}
	for _, list := range [][]enrolment.Guest{v.Asking, v.Holders, v.Queue, v.Withdrawn} {
		for _, g := range list {
			_, state := standing(v.Page, g)
			row := []any{g.Name, g.Organisations, v.Named(g.GovernorateName), state, g.CreatedAt, g.ChangedAt, g.CancelReason}
			for _, q := range v.Asked {
				row = append(row, answerText(v.Page, q, g.Answers[q.ID]))
			}
			for _, s := range v.Sessions {
				row = append(row, markText(v.Page, g, s.ID))
			}
			rows = append(rows, row)
		}
	}
	return header, rows
}
