package views

import (
	"slices"
	"strconv"
	"strings"

	"halqa/enrolment"
	"halqa/events"
)

// MaxQuestions is how many questions a seminar may ask.
const MaxQuestions = 20

// CommonQuestion is a question ready to be asked, which the form calls by its key.
type CommonQuestion struct {
	Key string
	enrolment.Question
}

// QuestionsView is the form of the questions of a seminar.
type QuestionsView struct {
	Page
	ID        int64
	Form      Form
	Focus     string // the row that was just added or moved
	Stale     bool   // somebody changed the seminar meanwhile
	Common    []CommonQuestion
	Retired   []enrolment.Question // no longer asked
	Cancelled bool
}

// QuestionRows are the rows of a form of questions, in order: the number of a question that is asked already, "new1" and so
// on for others.
func QuestionRows(f Form) []string {
	var rows []string
	for _, row := range strings.Fields(f.Get("rows")) {
		if len(rows) < 2*MaxQuestions && !slices.Contains(rows, row) {
			rows = append(rows, row)
		}
	}
	return rows
}

// open tells whether a row comes unfolded: it is new or just added, or something is wrong in it.
func (v QuestionsView) open(row string) bool {
	return v.text(row) == "" || v.Focus == row && strings.HasPrefix(row, "new") || slices.ContainsFunc(v.Form.Errors, func(e FieldError) bool { return strings.HasSuffix(e.Field, "_"+row) })
}

// text is what a row asks, in the page's language or another that was written.
func (v QuestionsView) text(row string) string {
	text, _ := v.label(row).In(v.Lang())
	return text
}

func (v QuestionsView) label(row string) events.Text {
	all := events.Text{}
	for _, lang := range events.Languages {
		if text := strings.TrimSpace(v.Form.Get("label_" + lang + "_" + row)); text != "" {
			all[lang] = text
		}
	}
	return all
}

// kind is how a row is answered.
func (v QuestionsView) kind(row string) string {
	if k := enrolment.Asking(v.Form.Get("kind_" + row)); slices.Contains(enrolment.Askings, k) {
		return string(k)
	}
	return string(enrolment.Line)
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
