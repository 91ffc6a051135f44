package views

import (
	"strconv"

	"halqa/community"
	"halqa/community/account"
)

// NameChoice is under which name something may be published.
type NameChoice struct {
	Offered bool             // there is a choice
	Mask    string           // the person's pseudonym in the space; "" until it is drawn
	Before  community.Naming // how they wrote last in the thread
}

// PseudonymsView is the page of its reader's pseudonyms.
type PseudonymsView struct {
	Page
	List []account.Pseudonym
}

// LookView is the page that says who is behind a pseudonym, once it is said why.
type LookView struct {
	Page
	Pseudonym account.Pseudonym
	Form      Form
	Found     account.Person // the zero Person until then
}

// PseudonymURL is where those who may are told who is behind a pseudonym.
func PseudonymURL(id int64) string { return "/pseudonyms/" + strconv.FormatInt(id, 10) }

func (p Page) nameOptions(c NameChoice) []Option {
	mask := Option{Value: "pseudonym", Label: p.T("pseudonym.as_mask_new"), Hint: p.T("pseudonym.as_mask_new_hint")}
	if c.Mask != "" {
		mask = Option{Value: "pseudonym", Label: c.Mask, Hint: p.T("pseudonym.as_mask_hint")}
	}
	return []Option{{Value: "name", Label: p.Actor.Name, Hint: p.T("pseudonym.as_name_hint")}, mask}
}

// value is the name that is proposed.
func (c NameChoice) value() string {
	if c.Before == community.UnderPseudonym {
		return "pseudonym"
	}
	return "name"
}

func (p Page) lookCauses() []Option {
	var options []Option
	for _, cause := range account.LookCauses {
		options = append(options, Option{Value: cause, Label: p.T("pseudonym.cause_" + cause)})
	}
	return options
}

// looksBehind tells whether the reader may be told who is behind pseudonyms of a space.
func (p Page) looksBehind(sp account.Space) bool {
	return p.Actor.Can(account.LookBehindPseudonyms, sp.Scope())
}
