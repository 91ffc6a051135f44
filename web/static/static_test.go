package static

import (
	"regexp"
	"strings"
	"testing"
)

// TestWeights holds the budget: the stylesheet and the script of every page, as they travel.
func TestWeights(t *testing.T) {
	files, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, budget := range map[string]int{"halqa.css": 12 << 10, "halqa.js": 6 << 10, "player.css": 2 << 10, "player.js": 10 << 10, "kept.js": 6 << 10, "favicon.svg": 1 << 10} {
		f := files.Find(strings.TrimPrefix(files.URL(name), "/static/"))
		if f == nil {
			t.Errorf("no %s", name)
			continue
		}
		body, encoding := f.Encoded("gzip, br")
		t.Logf("%s: %d bytes, %d as %s", name, len(f.Body), len(body), encoding)
		if len(body) > budget {
			t.Errorf("%s weighs %d bytes as sent, more than %d", name, len(body), budget)
		}
	}
}

var physical = regexp.MustCompile(`(?m)(^|[;{\s-])(left|right)\s*:|(margin|padding|border)-(left|right|top|bottom)|text-align:\s*(left|right)|float:`)

// TestLogical refuses stylesheets that know left from right.
func TestLogical(t *testing.T) {
	entries, err := sources.ReadDir("css")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		raw, err := sources.ReadFile("css/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if found := physical.FindString(string(raw)); found != "" {
			t.Errorf("%s uses %q: logical properties only", e.Name(), strings.TrimSpace(found))
		}
	}
}
