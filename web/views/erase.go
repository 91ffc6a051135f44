package views

import (
	"halqa/community/account"
	"halqa/enrolment"
)

// EraseView is the page at "/profile/erase".
type EraseView struct {
	Page
	Form     Form
	Outlook  account.EraseOutlook
	Seats    []enrolment.Card // that will be given back
	Email    string           // theirs, for password managers
	Password bool             // they have one
	Code     string           // of the link that they came by, or ""
}

// textChoices are what may become of what somebody wrote.
func (v EraseView) textChoices() []Option {
	return []Option{{Value: "keep", Label: v.T("erase.texts_keep"), Hint: v.T("erase.texts_keep_hint")},
		{Value: "go", Label: v.T("erase.texts_go"), Hint: v.T("erase.texts_go_hint")}}
}

// EraseForView is the page at "/admin/people/:id/erase".
type EraseForView struct {
	Page
	Form  Form
	Sheet account.PersonSheet
}

// textChoices are what may become of what the person wrote.
func (v EraseForView) textChoices() []Option {
	return []Option{{Value: "keep", Label: v.T("erase.for_texts_keep")}, {Value: "go", Label: v.T("erase.for_texts_go")}}
}

// told are the parts of what is said before anything happens: a heading and the lines under it.
func (v EraseView) told() []eraseTold {
	return []eraseTold{
		{"erase.goes", []string{"erase.goes_account", "erase.goes_learning", "erase.goes_attestations", "erase.goes_words", "erase.goes_places", "erase.goes_files"}},
		{"erase.stays", []string{"erase.stays_posts", "erase.stays_documents", "erase.stays_others", "erase.stays_figures", "erase.stays_log", "erase.stays_copies"}},
	}
}

type eraseTold struct {
	title string
	lines []string
}
