package incoming

import "strings"

// isMark tells whether a letter only steers the direction of a text, or is nothing: mail programs strew them around names and
// addresses in Arabic.
func isMark(r rune) bool {
	return '\u200b' <= r && r <= '\u200f' || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' || r == '\ufeff' || r == '\u061c'
}

// bare is a text as patterns know it: without marks, with one kind of space and of apostrophe.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case isMark(r):
			return -1
		case r == '\u00a0' || r == '\u202f' || r == '\t':
			return ' '
		case r == '’':
			return '\''
		}
		return r
	}, s)
}

// unflow joins the lines of a text that its program wrapped (RFC 3676): a line that ends with a space goes on in the next, when
// that is quoted as deeply. With delsp that space isn't said.
func unflow(text string, delsp bool) string {
	var out []string
	open := false // the last line goes on
	depth := 0
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		d := len(line) - len(strings.TrimLeft(line, ">"))
		said := strings.TrimPrefix(line[d:], " ")
		goesOn := strings.HasSuffix(said, " ") && said != "-- "
		if delsp && goesOn {
			said = strings.TrimSuffix(said, " ")
		}
		if open && d == depth && said != "-- " {
			out[len(out)-1] += said
		} else {
			if d > 0 {
				said = strings.Repeat(">", d) + " " + said
			}
			out = append(out, said)
		}
		open, depth = goesOn, d
	}
	return strings.Join(out, "\n")
}

// quotedBy is how deep a line is quoted, and the line without its marks.
func quotedBy(line string) (depth int, said string) {
	rest := strings.TrimLeft(strings.Map(func(r rune) rune {
		switch {
		case isMark(r):
			return -1
		case r == '\u00a0':
			return ' '
		}
		return r
	}, line), " ")
	for strings.HasPrefix(rest, ">") {
		depth++
		rest = strings.TrimLeft(rest[1:], " ")
	}
	return depth, rest
}
