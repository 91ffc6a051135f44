package views

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"halqa/community"
)

// ExperiencesView is the list of a space's experience sheets.
type ExperiencesView struct {
	Page
	community.Experiences
	Filter Form // "words", "year" and "after"
}

// ExperiencesURL is the address of a space's experience sheets.
func ExperiencesURL(key string) string { return SpaceURL(key) + "/experiences" }

func (v ExperiencesView) years() []Option {
	options := []Option{{Label: v.T("forum.every_year")}}
	for _, y := range v.Years {
		options = append(options, Option{Value: strconv.Itoa(y), Label: strconv.Itoa(y)})
	}
	return options
}

// narrowed tells whether the list is only a part of what there is.
func (v ExperiencesView) narrowed() bool {
	return v.Filter.Get("words") != "" || v.Filter.Get("year") != ""
}

func (v ExperiencesView) older() string {
	q := url.Values{"after": {v.Next}}
	for _, name := range []string{"words", "year"} {
		if value := v.Filter.Get(name); value != "" {
			q.Set(name, value)
		}
	}
	return ExperiencesURL(v.Space.Key) + "?" + q.Encode()
}

// EditOf is the form that edits a post: that of a poll for one that asks, that of a sheet for the one that opens an experience sheet.
func EditOf(v PostFormView) templ.Component {
	if v.Post.Poll != nil {
		return EditPoll(v)
	}
	if v.Talk.Kind == community.Experience && v.Post.Opening {
		return EditSheet(v)
	}
	return EditPost(v)
}

// sheetPart is a part of an experience sheet: its field, and what it says.
type sheetPart struct{ name, text string }

func sheetParts(h community.Sheet) []sheetPart {
	return []sheetPart{{"context", h.Context}, {"action", h.Action}, {"result", h.Result}, {"lesson", h.Lesson}}
}
