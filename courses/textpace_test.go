package courses

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"halqa/courses/media"
)

// TestReadingTime: a text takes as long as its words, in whole seconds.
func TestReadingTime(t *testing.T) {
	for _, c := range []struct {
		language string
		words    int
		want     time.Duration
	}{
		{"fr", 0, 0}, {"fr", 1, 0}, {"fr", 390, time.Minute}, {"ar", 276, time.Minute}, {"en", 456, time.Minute}, {"fr", 1000, 153 * time.Second},
	} {
		track := Track{Language: c.language, Transcript: []media.Cue{{Text: strings.Repeat("mot ", c.words/2)}, {Text: strings.Repeat("mot\n", c.words-c.words/2)}}}
		if got := track.readingTime(); got != c.want {
			t.Errorf("%d words in %s take %s, want %s", c.words, c.language, got, c.want)
		}
	}
}

// TestNobodyReadsFasterThanTimePasses opens texts and says they were read, at any time and in any order: those that are
// believed never need more time together than passed, and each is believed when its moment has come.
func TestNobodyReadsFasterThanTimePasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []reading
		now := dawn
		for n := range rapid.IntRange(1, 6).Draw(t, "texts") {
			all = append(all, reading{LessonID: int64(n + 1), NeedMS: rapid.Int64Range(0, 600_000).Draw(t, "need"),
				OpenedAt: dawn.Add(time.Duration(rapid.IntRange(0, 10).Draw(t, "opened")) * time.Minute)})
		}
		for range rapid.IntRange(1, 20).Draw(t, "claims") {
			now = now.Add(time.Duration(rapid.IntRange(0, 240).Draw(t, "later")) * time.Second)
			r := &all[rapid.IntRange(0, len(all)-1).Draw(t, "which")]
			if r.Followed || r.OpenedAt.After(now) || r.readFrom(all).After(now) {
				continue
			}
			r.Followed = true
			credible(t, all, now)
		}
		for n := range all { // whoever waits is believed
			if !all[n].Followed {
				now = latest(now, all[n].readFrom(all))
				all[n].Followed = true
				credible(t, all, now)
			}
		}
	})
}

// credible recounts by definition.
func credible(t *rapid.T, all []reading, now time.Time) {
	for _, first := range all {
		var sum time.Duration
		for _, o := range all {
			if o.Followed && !o.OpenedAt.Before(first.OpenedAt) {
				sum += o.need()
			}
		}
		if passed := now.Sub(first.OpenedAt); sum > 0 && sum > passed {
			t.Fatalf("texts of %s were read in %s: %+v", sum, passed, all)
		}
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
