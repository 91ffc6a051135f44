package views

import (
	"fmt"

	"halqa/community/account"
	"halqa/community/introduction"
)

// IntroductionsView is the page of a person's introductions.
type IntroductionsView struct {
	Page
	List  []introduction.Entry
	Wrong int64 // the one whose form was refused, or 0
	Form  Form  // what was typed in it
}

// IntroductionView is the form with which a person asks another to get to know them.
type IntroductionView struct {
	Page
	Form   Form
	Person account.Acquaintance
}

// IntroductionURL is where an introduction stands in the list.
func IntroductionURL(id int64) string { return fmt.Sprintf("/introductions#introduction-%d", id) }

// part is one heading of the list.
type introductionPart struct {
	key  string // of the heading
	list []introduction.Entry
}

// parts are the introductions by what is to be done about them; empty parts are left out.
func (v IntroductionsView) parts() []introductionPart {
	all := []introductionPart{{key: "introduction.to_answer"}, {key: "introduction.waiting"}, {key: "introduction.known"}, {key: "introduction.past"}}
	for _, e := range v.List {
		at := 3
		switch {
		case e.State == introduction.Asked && !e.Mine():
			at = 0
		case e.State == introduction.Asked:
			at = 1
		case e.State == introduction.Accepted:
			at = 2
		}
		all[at].list = append(all[at].list, e)
	}
	var parts []introductionPart
	for _, p := range all {
		if len(p.list) > 0 {
			parts = append(parts, p)
		}
	}
	return parts
}

// formOf is what was typed about an introduction.
func (v IntroductionsView) formOf(id int64) Form {
	if id == v.Wrong {
		return v.Form
	}
	return Form{}
}

// introductionState says where an introduction stands, and how it looks.
func introductionState(p Page, e introduction.Entry) (Tone, string) {
	who := "theirs"
	if e.Mine() {
		who = "mine"
	}
	switch e.State {
	case introduction.Accepted:
		return Good, p.T("introduction.state_accepted")
	case introduction.Asked:
		return Info, p.T("introduction.state_asked_" + who)
	}
	return Info, p.T("introduction.state_" + string(e.State))
}

func outcomes(p Page) []Option {
	var options []Option
	for _, o := range introduction.Outcomes {
		options = append(options, Option{Value: string(o), Label: p.T("introduction.outcome_" + string(o))})
	}
	return options
}

// reachable is the choice of who may ask the person for an introduction.
func reachable(p Page) Input {
	in := Input{Name: "card_reachable", Label: p.T("introduction.reachable"), Hint: p.T("introduction.reachable_hint")}
	for _, a := range account.Audiences {
		in.Options = append(in.Options, Option{Value: string(a), Label: p.T("introduction.reachable_" + string(a))})
	}
	return in
}
