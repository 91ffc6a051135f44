package views

import (
	"strings"
	"unicode/utf8"

	"halqa/community"
)

// OrganiseView is the page at "/threads/:id/organise".
type OrganiseView struct {
	Page
	Form
	Refused string // the form that Form is of: "move", "merge", "split"; "" for none
	Talk    community.Page
	From    int64    // the post that the page begins with, or 0
	Spaces  []Option // where it may go
}

// formOf is what was typed in one of the forms.
func (v OrganiseView) formOf(name string) Form {
	if name != v.Refused {
		return Form{}
	}
	return v.Form
}

func organiseAt(id, from int64) string {
	return strings.Replace(threadAt(id, from), ThreadURL(id), ThreadURL(id)+"/organise", 1)
}

// splittable are the posts of the page that may go, as choices: each with who wrote it and how it begins.
func (v OrganiseView) splittable() []Option {
	var options []Option
	for _, l := range v.Talk.Lines {
		if l.Opening {
			continue
		}
		label := "\u2068" + v.writer(l.Author) + "\u2069 · " + v.DateTime(l.CreatedAt)
		switch {
		case l.Deleted():
			label = v.T("forum.trace_deleted")
		case l.Hidden():
			label += " · " + v.T("forum.hidden")
		}
		options = append(options, Option{Value: ms(l.ID), Label: label, Hint: begins(gist(v.Page, l), 120)})
	}
	return options
}

// begins is the beginning of a text, n characters at most.
func begins(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}
