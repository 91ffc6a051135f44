package views

import (
	"strconv"

	"halqa/community"
)

// DraftView is the draft that a form was filled with; its ID is 0 for none.
type DraftView struct {
	community.Draft
	Others []community.Draft // of the same place, from devices that went their own way
}

// DraftsView is the list of all drafts of a person.
type DraftsView struct {
	Page
	Drafts []community.DraftLine
}

// draftURL leads to the form that a draft belongs to, filled with it; "" when that can't be read any more.
func draftURL(l community.DraftLine) string {
	if l.Space.ID == 0 {
		return ""
	}
	which := "?draft=" + ms(l.ID)
	switch l.Kind {
	case community.DraftReply:
		return ThreadURL(l.SubjectID) + which + "#f-body"
	case community.DraftEdit:
		return PostURL(l.SubjectID) + "/edit" + which
	case community.DraftExperience:
		return ExperiencesURL(l.Space.Key) + "/new" + which
	case community.DraftPoll:
		return PollsURL(l.Space.Key) + "/new" + which
	}
	return ForumURL(l.Space.Key) + "/new" + which
}

// excerptOf is the beginning of what a draft says, or how many files say all of it.
func excerptOf(p Page, d community.Draft) string {
	words := []rune(d.Words())
	if len(words) == 0 && len(d.Attached) > 0 {
		return p.N("writing.files_count", len(d.Attached))
	}
	if len(words) > 240 {
		return string(words[:240]) + "…"
	}
	return string(words)
}

func dropURL(id int64) string { return "/drafts/" + strconv.FormatInt(id, 10) + "/drop" }
