package demo

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
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
