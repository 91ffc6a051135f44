package views

import (
	"strconv"
	"strings"

	"halqa/enrolment"
	"halqa/events"
)

// MaxTrainerRows is how many trainers the form of a seminar holds.
const MaxTrainerRows = 10

// trainerRows is how many lines for trainers the form shows: those that were filled, and two to fill.
func trainerRows(f Form) int {
	last := -1
	for i := range MaxTrainerRows {
		at := strconv.Itoa(i)
		if f.Get("trainer_name_"+at) != "" || f.Get("trainer_email_"+at) != "" {
			last = i
		}
	}
	return min(last+3, MaxTrainerRows)
}

func spokenThere(p Page) []Option {
	all := make([]Option, len(events.Languages))
	for i, lang := range events.Languages {
		all[i] = Option{Value: lang, Label: p.T("training.language_" + lang)}
	}
	return all
}

func costOptions(p Page) []Option {
	all := make([]Option, len(enrolment.Costs))
	for i, c := range enrolment.Costs {
		all[i] = Option{Value: c, Label: p.T("training.cost_" + c)}
	}
	return all
}

// namedAll joins the names of some values of the catalogue.
func namedAll(p Page, prefix string, values []string) string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = p.T(prefix + v)
	}
	return strings.Join(names, p.T("training.and"))
}

// KnowledgeView is what those who come know already.
type KnowledgeView struct {
	Page
	enrolment.Knowledge
}

// known says how far a person is in a module.
func (v KnowledgeView) known(person, module int64) (Tone, string) {
	percent, begun := v.Percent[person][module]
	switch {
	case percent == 100:
		return Good, v.T("training.known_completed")
	case begun && percent > 0:
		return Info, v.Page.Percent(percent)
	}
	return Plain, v.T("training.known_not")
}
