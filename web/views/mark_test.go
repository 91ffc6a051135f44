package views_test

import (
	"strings"
	"testing"

	"halqa/web/views"
)

// TestMarks checks that a mark depends on its key alone, and that the keys of the original setting have marks of their own
// even to an eye that doesn't see colours.
func TestMarks(t *testing.T) {
	keys := []string{"governance", "projects", "funding", "advocacy", "local-democracy", "rights", "women", "youth", "environment",
		"solidarity-economy", "culture", "digital"}
	seen := map[string]string{}
	for _, key := range keys {
		drawing := views.MarkSVG(key, 205, "mark")
		if drawing != views.MarkSVG(key, 205, "mark") {
			t.Errorf("%s is drawn in two ways", key)
		}
		if other := seen[drawing]; other != "" {
			t.Errorf("%s and %s have the same mark", key, other)
		}
		seen[drawing] = key
		if len(drawing) > 3500 || strings.Contains(drawing, "NaN") {
			t.Errorf("the mark of %s: %d bytes", key, len(drawing))
		}
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Leïla Ben Amor": "LA", "sami": "S", "محمد الطرابلسي": "م\u200cط", "": "?", "  ": "?", "Jean-Paul": "JP", "ال": "ا", "٣": "?", "É. Zola": "ÉZ",
	} {
		if got := views.Initials(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
