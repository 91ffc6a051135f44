package markdown

import (
	"regexp"
	"strings"
)

// grouped are numbers in groups of three; before them, what is left as it is: code and marks.
var grouped = regexp.MustCompile(`(?s)<code>.*?</code>|<[^>]*>|\d(?: \d{3})+\b`)

// joinNumbers keeps 12 000 in one piece: an ordinary space would let a line end in it, and have it read 000 12 in Arabic.
func joinNumbers(html string) string {
	return grouped.ReplaceAllStringFunc(html, func(s string) string {
		if s[0] == '<' {
			return s
		}
		return strings.ReplaceAll(s, " ", "\u00a0")
	})
}
