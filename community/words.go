package community

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"halqa/community/account"
)

// Longest texts accepted, in characters.
const (
	MaxTitle = 150
	MaxBody  = 20000
	MaxNote  = 500 // of a report or of a reason for hiding
)

// tidyLine is a typed line as it is kept: composed (NFC), on one line, without what can't be seen.
func tidyLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if breaks(r) {
			return ' '
		}
		return seen(r)
	}, s)
	return strings.TrimSpace(strings.Join(strings.FieldsFunc(norm.NFC.String(s), breaks), " "))
}

// breaks tells the spaces that a line may break at. French hangs its marks on the others.
func breaks(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' }

// tidyText is a typed text as it is kept: composed (NFC), its line ends made one, without what can't be seen. The spaces
// at the ends of lines stay: they mean something in Markdown.
func tidyText(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return seen(r)
	}, s)
	return strings.TrimRightFunc(strings.Trim(norm.NFC.String(s), "\n"), unicode.IsSpace)
}

// seen drops the characters that show nothing and can hide or turn round what is around them. The two joiners stay, which
// Arabic writing and emoji need, and so do the plain direction marks, which reach no further than themselves.
func seen(r rune) rune {
	switch {
	case unicode.IsControl(r), r == utf8.RuneError:
		return -1
	case r == '\u200b', r == '\u2060', r == '\ufeff', r == '\u00ad', r == '\u180e': // zero width, soft hyphen
		return -1
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u206f': // embeddings, overrides, isolates
		return -1
	case r >= '\ufff9' && r <= '\ufffb': // interlinear annotation
		return -1
	}
	return r
}

// blank tells whether a text would show nothing at all.
func blank(s string) bool {
	for _, r := range s {
		if unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.Mn, r) && r != '\u115f' && r != '\u3164' {
			return false
		}
	}
	return true
}

// checkTitle is the title of a thread of a kind as it is kept.
func checkTitle(wrong *account.Invalids, kind Kind, title string) string {
	title = tidyLine(title)
	switch {
	case blank(title) && kind == Voting:
		wrong.Add("title", "poll.error_question")
	case blank(title):
		wrong.Add("title", "forum.error_title")
	case utf8.RuneCountInString(title) > MaxTitle:
		wrong.Add("title", "forum.error_long", "Max", MaxTitle)
	}
	return title
}

// checkBody is a post's text as it is kept: "" when nothing is said with the files that come with it.
func checkBody(wrong *account.Invalids, body string, with ...Attached) string {
	body = tidyText(body)
	switch {
	case blank(body) && len(with) > 0:
		return ""
	case blank(body):
		wrong.Add("body", "forum.error_body")
	case utf8.RuneCountInString(body) > MaxBody:
		wrong.Add("body", "forum.error_long", "Max", MaxBody)
	}
	return body
}

func checkNote(wrong *account.Invalids, note string) string {
	note = tidyText(note)
	if utf8.RuneCountInString(note) > MaxNote {
		wrong.Add("note", "forum.error_long", "Max", MaxNote)
	}
	return note
}
