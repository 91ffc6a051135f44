package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/events"
	"halqa/web/views"
)

func (s *site) showAsked(c *fiber.Ctx) error { return s.askedPage(c, views.Form{}, "") }

// askedPage shows the form of questions with what f holds, or with what is asked today; focus is the row that changed.
func (s *site) askedPage(c *fiber.Ctx, f views.Form, focus string) error {
	d, err := s.deskSeminar(c, "training.questions_edit")
	if err != nil {
		return err
	}
	if !d.Runs {
		return account.ErrForbidden
	}
	v := views.QuestionsView{Page: d.Page, ID: d.ID, Form: f, Focus: focus, Common: commonQuestions, Cancelled: d.State == enrolment.Cancelled}
	v.Wide = false
	for _, q := range d.Asked {
		if !q.RetiredAt.IsZero() {
			v.Retired = append(v.Retired, q)
		}
	}
	if f.Values == nil {
		v.Form = questionValues(d.Questions, d.Version)
	}
	if v.Stale = v.Form.Int("version") != d.Version; v.Stale {
		c.Status(fiber.StatusConflict)
		v.Form.Values.Set("version", strconv.Itoa(d.Version)) // saving once more is then a decision
	}
	return s.render(c, views.DeskQuestions(v))
}

// questionValues fills the form's fields from questions. A row is called by the number of its question, so that what a
// browser kept finds its question again.
func questionValues(asked []enrolment.Question, version int) views.Form {
	f := views.Form{Values: map[string][]string{}}
	f.Values.Set("version", strconv.Itoa(version))
	var rows []string
	for _, q := range asked {
		rows = append(rows, strconv.FormatInt(q.ID, 10))
		fillQuestion(f, rows[len(rows)-1], q)
	}
	f.Values.Set("rows", strings.Join(rows, " "))
	return f
}

func fillQuestion(f views.Form, row string, q enrolment.Question) {
	f.Values.Set("kind_"+row, string(q.Kind))
	if q.Required {
		f.Values.Set("required_"+row, "yes")
	}
	for _, lang := range events.Languages {
		f.Values.Set("label_"+lang+"_"+row, q.Label[lang])
		lines := make([]string, len(q.Options))
		for n, o := range q.Options {
			lines[n] = o[lang]
		}
		f.Values.Set("options_"+lang+"_"+row, strings.TrimRight(strings.Join(lines, "\n"), "\n"))
	}
}

// readQuestions reads the rows of the form. A choice is the same line of each language.
func readQuestions(f views.Form) []enrolment.Question {
	var all []enrolment.Question
	for _, row := range views.QuestionRows(f) {
		id, _ := strconv.ParseInt(row, 10, 64) // 0 for a new one
		q := enrolment.Question{ID: id, Kind: enrolment.Asking(f.Get("kind_" + row)), Required: f.Get("required_"+row) == "yes", Label: events.Text{}}
		for _, lang := range events.Languages {
			q.Label[lang] = f.Get("label_" + lang + "_" + row)
			for n, line := range strings.Split(strings.ReplaceAll(f.Get("options_"+lang+"_"+row), "\r", ""), "\n") {
				for len(q.Options) <= n {
					q.Options = append(q.Options, events.Text{})
				}
				q.Options[n][lang] = line
			}
		}
		all = append(all, q)
	}
	return all
}

// arrange does what a button of the form says to its rows: "up 12", "down 12", "remove 12", "add", "add meals". It returns
// the row to go on with.
func arrange(f views.Form, do string) (focus string) {
	rows := views.QuestionRows(f)
	what, row, _ := strings.Cut(do, " ")
	at := slices.Index(rows, row)
	switch {
	case what == "add" && len(rows) < views.MaxQuestions:
		focus = newRow(rows)
		rows = append(rows, focus)
		f.Values.Set("kind_"+focus, string(enrolment.Line))
		if n := slices.IndexFunc(commonQuestions, func(q views.CommonQuestion) bool { return q.Key == row }); n >= 0 {
			fillQuestion(f, focus, commonQuestions[n].Question)
		}
	case what == "remove" && at >= 0:
		rows = slices.Delete(rows, at, at+1)
	case what == "up" && at > 0:
		rows[at-1], rows[at], focus = rows[at], rows[at-1], row
	case what == "down" && at >= 0 && at+1 < len(rows):
		rows[at+1], rows[at], focus = rows[at], rows[at+1], row
	}
	f.Values.Set("rows", strings.Join(rows, " "))
	return focus
}

// newRow names a row that no row is called like.
func newRow(rows []string) string {
	for n := 1; ; n++ {
		if row := "new" + strconv.Itoa(n); !slices.Contains(rows, row) {
			return row
		}
	}
}

func (s *site) writeQuestions(c *fiber.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	f := s.form(c)
	if do := f.Get("do"); do != "save" {
		return s.askedPage(c, f, arrange(f, do))
	}
	err = s.Enrolment.SetQuestions(c.UserContext(), actor(c), id, f.Int("version"), readQuestions(f))
	if errors.Is(err, enrolment.ErrStale) {
		return s.askedPage(c, f, "")
	}
	if s.refused(c, &f, questionFields(err, views.QuestionRows(f), s.page(c, "").Lang())) {
		return s.askedPage(c, f, "")
	}
	if err != nil {
		return s.refusedSeat(c, err, deskPath(id))
	}
	return s.done(c, deskPath(id), "training.questions_saved")
}

// questionFields names errors as the form names its fields: the place of a question becomes its row, and a text that is
// missing is asked for in the reader's language.
func questionFields(err error, rows []string, lang string) error {
	all, ok := account.InvalidsOf(err)
	if !ok {
		return err
	}
	for i, e := range all {
		name, at, _ := strings.Cut(e.Field, "_")
		n, wrong := strconv.Atoi(at)
		if wrong != nil || n >= len(rows) {
			continue
		}
		if name != "kind" {
			name += "_" + lang
		}
		all[i].Field = name + "_" + rows[n]
	}
	return all
}
