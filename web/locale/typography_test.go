package locale

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// Marks that a line must not begin or end with hang on their word by a space that doesn't break, as French is printed;
// and Arabic has its own comma, semicolon and question mark.
var (
	loose   = regexp.MustCompile(`[^\s] [:;!?»%](?:[^\p{L}\d]|$)|« `)
	missing = regexp.MustCompile(`[\p{L}\d][;!?»](?:\s|$)|\p{L}:\s|«[\p{L}\d]`)
	latin   = regexp.MustCompile(`[\p{Arabic}\x{2069})»][ \x{a0}]?[,;?](?:\s|$)`)
)

// TestTypography refuses ordinary spaces, or none, where French wants one that doesn't break, and Latin marks in Arabic.
func TestTypography(t *testing.T) {
	for sample, wrong := range map[string]bool{
		"Où ?": true, "Où?": true, "Où\u00a0?": false, "le « budget »": true, "le «\u00a0budget\u00a0»": false, "le «budget»": true,
		"Note : dix": true, "Note: dix": true, "à 12:30": false, "https://halqa": false, "62 %": true, "C’est fait\u00a0: oui": false, "« \u202f": true,
	} {
		if got := loose.MatchString(sample) || missing.MatchString(sample); got != wrong {
			t.Errorf("%q is found wrong: %t", sample, got)
		}
	}
	each(t, "fr", func(where, text string) {
		text = strings.TrimPrefix(text, "Re: ") // of an answer's subject, RFC 5322 section 3.6.5: mail programs look for it
		if bad := loose.FindString(text) + missing.FindString(text); bad != "" {
			t.Errorf("%s breaks its line at %q: %s", where, bad, text)
		}
	})
	each(t, "ar", func(where, text string) {
		if bad := latin.FindString(text); bad != "" {
			t.Errorf("%s has Latin marks in Arabic, %q: %s", where, bad, text)
		}
	})
}

// each calls check with the texts of a language's catalogue, line by line.
func each(t *testing.T, lang string, check func(where, text string)) {
	t.Helper()
	paths, err := fs.Glob(files, "catalogue/*."+lang+".toml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d catalogues, %v", len(paths), err)
	}
	for _, path := range paths {
		raw, err := fs.ReadFile(files, path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(raw)) {
			if name, text, found := strings.Cut(strings.TrimSpace(line), ` = "`); found {
				check(path+" "+name, strings.TrimSuffix(text, `"`))
			}
		}
	}
}
