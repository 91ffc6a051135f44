package search

import (
	"slices"
	"strings"
	"unicode/utf8"

	"halqa/community/account"
)

// Fold reduces a text to the words by which it is found: lower case, without accents or harakat, with the Arabic letters
// that are commonly exchanged made one. An Arabic word that begins with و, "and", is followed by the word without it.
func Fold(text string) string {
	words := strings.Fields(account.Fold(text))
	out := make([]string, 0, len(words))
	for _, w := range words {
		out = append(out, w)
		if bare := withoutAnd(w); bare != w {
			out = append(out, bare)
		}
	}
	return strings.Join(out, " ")
}

// withoutAnd takes the conjunction off an Arabic word, if enough remains for it to be one.
func withoutAnd(word string) string {
	bare, ok := strings.CutPrefix(word, "و")
	if !ok || utf8.RuneCountInString(bare) < 3 {
		return word
	}
	return bare
}

// maxWords bounds the words of a query that count, and maxQuery its length in bytes.
const (
	maxWords = 12
	maxQuery = 400
)

// littleWords say nothing of what is looked for, folded. PostgreSQL knows those of French and English, but no Arabic ones.
var littleWords = strings.Fields(account.Fold(`من في على إلى عن مع و أو أن إن هذا هذه ذلك التي الذي ما لا ثم بين كل قد هو هي كان`))

// wordsOf are the words of a query, each with its forms: the word, and the word without و.
func wordsOf(query string) [][]string {
	words := strings.Fields(account.Fold(cut(query, maxQuery)))
	if len(words) > maxWords {
		words = words[:maxWords]
	}
	said := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(littleWords, w) })
	if len(said) == 0 {
		said = words
	}
	out := make([][]string, len(said))
	for i, w := range said {
		out[i] = []string{w}
		if bare := withoutAnd(w); bare != w {
			out[i] = append(out[i], bare)
		}
	}
	return out
}

// cut shortens s to at most n bytes, between two characters, without bytes that are no text.
func cut(s string, n int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
