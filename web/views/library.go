package views

import (
	"fmt"
	"strings"

	"halqa/community/account"
	"halqa/community/library"
	"halqa/events"
)

// LibraryView is the library, whole or of one space.
type LibraryView struct {
	Page
	Space     *account.Space // nil for the whole library
	Filter    Form
	Axes      []Option
	Spaces    []Option // of the whole library
	List      []library.Item
	Next      string         // address of the next page, or ""
	Waiting   []library.Item // for the moderators of the space
	Mine      []library.Item // that the person proposed: waiting, or refused
	MayGive   bool
	Moderates bool
}

func (v LibraryView) path() string {
	if v.Space == nil {
		return "/library"
	}
	return SpaceURL(v.Space.Key) + "/library"
}

// GiveView is the form that adds, proposes or edits a document.
type GiveView struct {
	Page
	Space     account.Space
	Form      Form
	Axes      []Option
	Moderates bool // it will be published at once

	Edited *library.Item // nil for a new document
}

// DocumentView is the page of a document.
type DocumentView struct {
	Page
	Item      library.Item
	AxisNames map[string]events.Text
	Moderates bool
	Own       bool
	MayEdit   bool
	Decision  Form
}

// DocumentURL is the address of a document's page.
func DocumentURL(id int64) string { return fmt.Sprintf("/documents/%d", id) }

func documentKinds(p Page) []Option {
	options := make([]Option, 0, len(library.Kinds))
	for _, k := range library.Kinds {
		options = append(options, Option{Value: k, Label: p.T("library.kind_" + k)})
	}
	return options
}

// fileWords say what a file is and costs: "PDF · 240 ko".
func fileWords(p Page, d library.Document) string {
	return strings.ToUpper(d.Extension()) + " · " + p.Bytes(d.Bytes)
}

// written names the languages of a document.
func written(p Page, d library.Document) string { return languagesSpoken(p, d.Languages) }

func documentLanguages(p Page) []Option {
	options := make([]Option, 0, len(events.Languages))
	for _, l := range events.Languages {
		options = append(options, Option{Value: l, Label: p.T("people.language_" + l)})
	}
	return options
}

func stateTone(s library.State) Tone {
	switch s {
	case library.Published:
		return Good
	case library.Proposed:
		return Info
	case library.Refused:
		return Bad
	}
	return Plain
}
