package views

import (
	"hash/fnv"
	"strings"
	"unicode"
)

// Initials are the first letters of the first and the last word of a name: two at most. Arabic ones stay apart, unjoined.
func Initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\'' })
	if len(words) == 0 {
		return "?"
	}
	first := initial(words[0])
	if len(words) == 1 {
		return first
	}
	last := initial(words[len(words)-1])
	if unicode.Is(unicode.Arabic, []rune(last)[0]) {
		return first + "\u200c" + last
	}
	return first + last
}

func initial(word string) string {
	if rest := strings.TrimPrefix(word, "ال"); len([]rune(rest)) > 1 {
		word = rest
	}
	return strings.ToUpper(string([]rune(word)[:1]))
}

func nameHue(name string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	return int(h.Sum32() % 360)
}
