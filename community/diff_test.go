package community

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		before, after string
		want          []Block
	}{
		{"Un tableau simple", "Un tableur simple", []Block{{{Kept, "Un "}, {Removed, "tableau"}, {Added, "tableur"}, {Kept, " simple"}}}},
		{"أعددنا ميزانية", "أعددنا الميزانية", []Block{{{Kept, "أعددنا "}, {Removed, "ميزانية"}, {Added, "الميزانية"}}}},
		{"Le budget", "Le budget\nالميزانية", []Block{{{Kept, "Le budget"}}, {{Added, "الميزانية"}}}},
		{"a\nb\nc", "a\nc", []Block{{{Kept, "a"}}, {{Removed, "b"}}, {{Kept, "c"}}}},
		{"Oui.", "Oui !", []Block{{{Kept, "Oui"}, {Removed, "."}, {Added, " !"}}}},
	} {
		got := Compare(c.before, c.after)
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q to %q: %v, want %v", c.before, c.after, got, c.want)
		}
	}
}

// TestComparingLosesNothing finds both texts in what a comparison shows, and nothing changed between a text and itself.
func TestComparingLosesNothing(t *testing.T) {
	word := rapid.SampledFrom([]string{"a", "b", "budget", "ميزانية", " ", "\n", "\n\n", ".", "é", "سَنة", "١"})
	text := rapid.Map(rapid.SliceOfN(word, 0, 40), func(w []string) string { return strings.Join(w, "") })
	rapid.Check(t, func(t *rapid.T) {
		before, after := text.Draw(t, "before"), text.Draw(t, "after")
		side := func(without ChangeKind) string {
			var all strings.Builder
			for _, b := range Compare(before, after) {
				for _, c := range b {
					if c.What != without {
						all.WriteString(c.Text)
					}
				}
			}
			return all.String()
		}
		if got := side(Added); got != squeeze(before) {
			t.Fatalf("before: %q, want %q", got, before)
		}
		if got := side(Removed); got != squeeze(after) {
			t.Fatalf("after: %q, want %q", got, after)
		}
		for _, b := range Compare(before, before) {
			for _, c := range b {
				if c.What != Kept {
					t.Fatalf("a text differs from itself: %v", b)
				}
			}
		}
	})
}

// squeeze drops the ends of lines, which blocks stand for.
func squeeze(s string) string { return strings.ReplaceAll(s, "\n", "") }
