package views

import (
	"strconv"
	"strings"

	"halqa/enrolment"
)

// PapersView is where the documents of a seminar are added.
type PapersView struct {
	Page
	enrolment.View
	File, Link Form // what was refused
}

// titleOf is the id of the title in one of the two forms: the usual one where something was refused, for the links to it.
func (v PapersView) titleOf(f Form, form string) string {
	if len(f.Errors) > 0 {
		return ""
	}
	return form + "-name"
}

func papersURL(seminarID int64) string { return deskURL(seminarID) + "/papers" }

func paperURL(p enrolment.Paper) string {
	return seminarURL(p.SeminarID) + "/papers/" + strconv.FormatInt(p.ID, 10)
}

// paperType is what its tile says.
func paperType(p Page, one enrolment.Paper) string {
	if one.URL != "" {
		return p.T("training.paper_tile")
	}
	return one.Extension()
}

func paperWords(p Page, one enrolment.Paper) string {
	return strings.ToUpper(one.Extension()) + " · " + p.Bytes(one.Bytes)
}
