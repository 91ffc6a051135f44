package views

import (
	"net/url"
	"strconv"

	"halqa/community/account"
	"halqa/community/introduction"
	"halqa/events"
)

// Atlas are the names of what directories mention.
type Atlas struct {
	Governorates  map[string]events.Text // by code
	Axes          map[string]events.Text // by key
	Organisations map[int64]account.Organisation
}

// Lists are the choices of a directory's filters.
type Lists struct {
	Governorates, Axes, Kinds, Spaces []Option
}

// PeopleView is the directory of people.
type PeopleView struct {
	Page
	Lists
	Atlas
	Filter        Form // what it is narrowed by
	People        []account.Acquaintance
	Introductions int    // that wait for the reader's answer
	Next          string // address of the next page, or ""
}

// OrganisationsView is the directory of organisations.
type OrganisationsView struct {
	Page
	Lists
	Atlas
	Filter        Form
	Organisations []account.Organisation
	Next          string
}

// PersonView is the page of a person, as they show themselves.
type PersonView struct {
	Page
	Atlas
	Person account.Acquaintance
	Own    bool // the person looks at themselves
	Follow FollowView

	Introduction introduction.Introduction // the latest between the person and the reader
}

// SpacePeopleView is who is in a space.
type SpacePeopleView struct {
	Page
	Atlas
	Space      account.Space
	Filter     Form
	Moderators []account.Acquaintance // on the first page only
	People     []account.Acquaintance
	Next       string
}

// PersonURL is the address of a person's page.
func PersonURL(id int64) string { return "/people/" + strconv.FormatInt(id, 10) }

// OrganisationURL is the address of an organisation's page.
func OrganisationURL(id int64) string { return "/organisations/" + strconv.FormatInt(id, 10) }

// anyOf puts "All" before the options of a filter.
func anyOf(p Page, options []Option) []Option {
	return append([]Option{{Label: p.T("people.any")}}, options...)
}

// narrowed tells whether a filter asks for anything.
func narrowed(f Form) bool {
	for _, values := range f.Values {
		for _, v := range values {
			if v != "" {
				return true
			}
		}
	}
	return false
}

// CardForm fills a form with a card.
func CardForm(c account.Card) Form {
	f := Form{Values: url.Values{"card_bio": {c.Bio}, "card_occupation": {c.Occupation}, "card_expertise": {c.Expertise},
		"card_seeking": {c.Seeking}, "card_reachable": {string(c.Reachable)}, "card_email": {c.Email}, "card_phone": {c.Phone}, "card_axes": c.Axes, "card_languages": c.Languages}}
	for _, field := range account.CardFields {
		f.Values.Set("card_"+string(field)+"_for", string(c.To(field)))
	}
	return f
}

// audience is the choice of who sees a field.
func audience(p Page, field account.CardField) Input {
	in := Input{Name: "card_" + string(field) + "_for", Label: p.T("people.shown", "Field", p.T("people.field_"+string(field)))}
	for _, a := range account.Audiences {
		in.Options = append(in.Options, Option{Value: string(a), Label: p.T("people.to_" + string(a))})
	}
	return in
}

func spokenOptions(p Page) []Option {
	options := make([]Option, 0, len(account.SpokenLanguages))
	for _, l := range account.SpokenLanguages {
		options = append(options, Option{Value: l, Label: p.T("people.language_" + l)})
	}
	return options
}

func languagesSpoken(p Page, languages []string) string {
	words := make([]string, 0, len(languages))
	for _, l := range languages {
		words = append(words, p.T("people.language_"+l))
	}
	return p.And(words)
}
