package demo

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"halqa/community/account"
)

// TestTypographyOfTexts refuses ordinary spaces where French, as it is printed, wants one that doesn't break a line.
func TestTypographyOfTexts(t *testing.T) {
	loose := regexp.MustCompile(`\S [;!?»](?:[^\p{L}\d]|$)|« |\p{L} :(?:\s|$)`)
	err := fs.WalkDir(texts, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(texts, path)
		for line := range strings.Lines(string(raw)) {
			if bad := loose.FindString(line); bad != "" {
				t.Errorf("%s: %q in %s", path, bad, line)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// Everybody of the cast may be asked for by others, whatever number a database gives them.
func TestTheCastShowsItsNames(t *testing.T) {
	text, err := read[peopleText]("people.toml")
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range text.Cast {
		if to, hidden := cardOf(&player{person: p, number: i + 1, id: 5}).Shown[account.CardName]; hidden {
			t.Errorf("%s shows their name to %s alone", p.Email, to)
		}
	}
}
