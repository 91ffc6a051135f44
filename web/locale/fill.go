package locale

import (
	"fmt"
	"regexp"
	"strings"
)

var hole = regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)

// part is a piece of a message: text, and the name of the placeholder after it ("" at the end).
type part struct {
	text, name string
}

// split cuts a message at its placeholders.
func split(message string) []part {
	var parts []part
	from := 0
	for _, m := range hole.FindAllStringSubmatchIndex(message, -1) {
		parts = append(parts, part{message[from:m[0]], message[m[2]:m[3]]})
		from = m[1]
	}
	return append(parts, part{message[from:], ""})
}

// fill puts the values of pairs into the placeholders. One without a value is shown by its name, and logged.
func (l *Localizer) fill(key string, parts []part, pairs []any) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.text)
		if p.name == "" {
			continue
		}
		value, ok := find(pairs, p.name)
		if !ok {
			l.complain(key, fmt.Errorf("no value for %s", p.name))
			value = p.name
		}
		_, _ = fmt.Fprint(&b, l.value(value)) // never fails
	}
	return b.String()
}

func find(pairs []any, name string) (any, bool) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return pairs[i+1], true
		}
	}
	return nil, false
}
