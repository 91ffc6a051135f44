package notify

import (
	"slices"
)

// stance is all that bears on whether one person hears of one post.
type stance struct {
	personID              int64
	space, thread, author Level // chosen, or ""
	part                  int64 // the event by which they take part in the thread; -1 when they don't
}

// heeds tells as which kind of notification a person hears of a post, or "" for not at all. Nobody hears of themselves.
// Mute wins, the nearest first: whom they muted stays silent even in a thread they watch, a thread they watch is heard even
// in a space they muted, so is what names them, and a muted space silences all else in it. An announcement is for all who are
// in its space, and what is said in the circle of a seminar for all who are in it.
func heeds(st stance, p said, seq int64) Kind {
	takesPart := st.part >= 0 && st.part < seq || st.personID == p.ThreadAuthorID
	answered := st.personID == p.ReplyToAuthor
	switch {
	case st.personID == p.PersonID || st.author == Mute || st.thread == Mute:
		return ""
	case slices.Contains(p.Mentions, st.personID):
		return Mentioned
	case st.thread == "" && st.space == Mute:
		return ""
	}
	takesPart = takesPart || slices.Contains(p.Audience, st.personID)
	everything := st.thread == Watch || st.author == Watch || st.space == Watch || st.space == Listed
	switch {
	case p.Kind != "reply":
		if everything || p.ThreadKind == "announcement" {
			return ThreadOpened
		}
		return ""
	case answered:
		return PostAnswered
	case st.thread == Track && st.author != Watch: // only the answers to them
		return ""
	case st.personID == p.ThreadAuthorID:
		return ThreadReplied
	case everything || takesPart:
		return PostFollowed
	}
	return ""
}
