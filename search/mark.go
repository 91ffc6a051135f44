package search

import (
	"strings"
	"unicode"

	"halqa/community/account"
)

// Span is a piece of a text; Found says that it is one of the words looked for.
type Span struct {
	Text  string
	Found bool
}

// excerptWords is about how many words are shown around what was found.
const excerptWords = 32

// word is where a word of a text is, in bytes.
type word struct {
	from, to int
	found    bool
}

// marker tells which words of a text were looked for.
type marker []string // folded beginnings, at least two characters long, the query's words and their stems

func (m marker) finds(text string) bool {
	folded := account.Fold(text)
	forms := []string{folded}
	for _, prefix := range []string{"و", "ال", "وال", "بال", "كال", "فال", "لل", "ب", "ل"} {
		if bare, ok := strings.CutPrefix(folded, prefix); ok && len(bare) >= 6 { // three Arabic letters
			forms = append(forms, bare)
		}
	}
	for _, beginning := range m {
		for _, form := range forms {
			if strings.HasPrefix(form, beginning) {
				return true
			}
		}
	}
	return false
}

// scan lists the words of a text.
func (m marker) scan(text string) []word {
	var words []word
	from := -1
	for i, r := range text {
		inside := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || r == 'ـ'
		switch {
		case inside && from < 0:
			from = i
		case !inside && from >= 0:
			words = append(words, word{from, i, m.finds(text[from:i])})
			from = -1
		}
	}
	if from >= 0 {
		words = append(words, word{from, len(text), m.finds(text[from:])})
	}
	return words
}

// whole marks a whole text.
func (m marker) whole(text string) []Span { return spans(text, m.scan(text)) }

// excerpt marks the part of a text where most was found, and says whether anything was.
func (m marker) excerpt(text string) (spansOfIt []Span, found bool) {
	words := m.scan(text)
	best, most, inside := 0, 0, 0
	for i, w := range words {
		if w.found {
			inside++
		}
		if i >= excerptWords && words[i-excerptWords].found {
			inside--
		}
		if inside > most {
			best, most = max(0, i-excerptWords+1), inside
		}
	}
	if most > 0 && best > 0 { // some words before the first one found, rather than many
		first := best
		for !words[first].found {
			first++
		}
		best = max(0, first-excerptWords/3)
	}
	chosen := words[best:min(len(words), best+excerptWords)]
	if len(chosen) == 0 {
		return nil, false
	}
	from, to := chosen[0].from, chosen[len(chosen)-1].to
	if best == 0 {
		from = 0
	}
	if best+excerptWords >= len(words) {
		to = len(text)
	}
	for i := range chosen {
		chosen[i].from, chosen[i].to = chosen[i].from-from, chosen[i].to-from
	}
	out := spans(text[from:to], chosen)
	if from > 0 {
		out = append([]Span{{Text: "… "}}, out...)
	}
	if to < len(text) {
		out = append(out, Span{Text: " …"})
	}
	return out, most > 0
}

// spans cuts a text at the words that were found, on one line.
func spans(text string, words []word) []Span {
	var out []Span
	add := func(s string, found bool) {
		if s != "" {
			out = append(out, Span{strings.Map(unbroken, s), found})
		}
	}
	at := 0
	for _, w := range words {
		if !w.found {
			continue
		}
		add(text[at:w.from], false)
		add(text[w.from:w.to], true)
		at = w.to
	}
	add(text[at:], false)
	return out
}

func unbroken(r rune) rune {
	if r == '\n' || r == '\r' || r == '\t' {
		return ' '
	}
	return r
}

// Plain is the text of spans.
func Plain(all []Span) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString(s.Text)
	}
	return b.String()
}
