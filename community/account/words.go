package account

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Longest texts accepted, in characters.
const (
	MaxName     = 100
	MaxText     = 2000
	maxEmail    = 254 // in bytes, RFC 5321
	MinPassword = 10
	maxPassword = 200
)

// CanonicalEmail is the form under which an address is kept and found: trimmed, composed, lower case, with its domain
// in ASCII (xn--). It reports false when s isn't a plain address.
func CanonicalEmail(s string) (string, bool) {
	s = strings.ToLower(norm.NFC.String(strings.TrimSpace(s)))
	local, domain, found := cutLast(s, "@")
	if !found || local == "" {
		return "", false
	}
	domain, err := idna.Lookup.ToASCII(domain)
	if err != nil || !strings.Contains(strings.Trim(domain, "."), ".") {
		return "", false
	}
	s = local + "@" + domain
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Address != s || parsed.Name != "" || len(s) > maxEmail {
		return "", false
	}
	return s, true
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// line tidies a typed line: composed (NFC), without control or direction-override characters, single spaces.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == utf8.RuneError, isOverride(r):
			return -1
		}
		return r
	}, norm.NFC.String(s))
	return strings.Join(strings.Fields(s), " ")
}

// paragraph tidies a typed text of several lines.
func paragraph(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = line(lines[i])
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// Paragraphs tidies a typed text of several lines. It returns Invalids of field when it has fewer characters than least or
// more than most.
func Paragraphs(field, text string, least, most int) (string, error) {
	text = paragraph(text)
	var wrong Invalids
	switch n := utf8.RuneCountInString(text); {
	case n < least:
		wrong.Add(field, "account.error_short", "Min", least)
	case n > most:
		wrong.Add(field, "account.error_long", "Max", most)
	}
	return text, wrong.Err()
}

// isOverride tells the characters that could make the text around a name read backwards.
func isOverride(r rune) bool { return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }

// Fold reduces a name to what people type when they look for it: lower case, without accents, harakat or tatweel,
// with the Arabic letters that are commonly exchanged made one.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(norm.NFKD.String(s))) {
		switch {
		case unicode.Is(unicode.Mn, r), r == 'ـ':
			continue
		case r == 'ى':
			r = 'ي'
		case r == 'ة':
			r = 'ه'
		case r == 'ٱ':
			r = 'ا'
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			r = ' '
		}
		b.WriteRune(r)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
