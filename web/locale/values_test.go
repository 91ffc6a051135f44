package locale

import (
	"testing"
	"time"
)

func TestValues(t *testing.T) {
	tunis := time.FixedZone("Tunis", 3600)
	at := time.Date(2026, 8, 1, 8, 5, 0, 0, time.UTC)
	for lang, want := range map[string][]string{
		"fr": {"1er août 2026", "samedi 1er août 2026", "1er août 2026, 09:05", "2\u202f500", "-12\u202f345\u202f678", "999", "62\u00a0%", "6,2\u00a0Mo", "12\u00a0Mo", "1\u00a0ko", "1,5\u00a0Go", "7\u00a0min", "1\u00a0h\u00a005", "2\u00a0h", "a, b et c"},
		"ar": {"1 أوت 2026", "السبت، 1 أوت 2026", "1 أوت 2026، 09:05", "2.500", "-12.345.678", "999", "62%", "6,2\u00a0م.ب", "12\u00a0م.ب", "1\u00a0ك.ب", "1,5\u00a0ج.ب", "7\u00a0د", "1\u00a0س\u00a005", "2\u00a0س", "a، b وc"},
		"en": {"1 August 2026", "Saturday 1 August 2026", "1 August 2026, 09:05", "2,500", "-12,345,678", "999", "62%", "6.2\u00a0MB", "12\u00a0MB", "1\u00a0kB", "1.5\u00a0GB", "7\u00a0min", "1\u00a0h\u00a005", "2\u00a0h", "a, b and c"},
	} {
		l := For(lang).In(tunis)
		got := []string{
			l.Date(at), l.LongDate(at), l.DateTime(at), l.Number(2500), l.Number(-12345678), l.Number(999), l.Percent(62),
			l.Bytes(6_200_000), l.Bytes(12_400_000), l.Bytes(3), l.Bytes(1_500_000_000), l.Duration(6*time.Minute + 1), l.Duration(65 * time.Minute),
			l.Duration(2 * time.Hour), l.And([]string{"a", "b", "c"}),
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%s: %q, want %q", lang, got[i], want[i])
			}
		}
	}
}

// TestMonths holds the names that Tunisia gives to the months.
func TestMonths(t *testing.T) {
	want := []string{"جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"}
	for i, name := range want {
		if got := For("ar").Month(time.Date(2026, time.Month(i+1), 15, 0, 0, 0, 0, time.UTC)); got != name {
			t.Errorf("month %d is %q, want %q", i+1, got, name)
		}
	}
}

func TestArabicHasSixPlurals(t *testing.T) {
	for count, want := range map[int]string{
		0: "لا مقاعد شاغرة", 1: "مقعد شاغر واحد", 2: "مقعدان شاغران", 3: "3 مقاعد شاغرة", 10: "10 مقاعد شاغرة", 11: "11 مقعدًا شاغرًا",
		99: "99 مقعدًا شاغرًا", 100: "100 مقعد شاغر", 102: "102 مقعد شاغر", 103: "103 مقاعد شاغرة", 1011: "1.011 مقعدًا شاغرًا",
	} {
		if got := For("ar").N("home.places", count); got != want {
			t.Errorf("%d: %q, want %q", count, got, want)
		}
	}
	for count, want := range map[int]string{0: "0 place libre", 1: "1 place libre", 2: "2 places libres", 1000000: "1\u202f000\u202f000 places libres"} {
		if got := For("fr").N("home.places", count); got != want {
			t.Errorf("%d: %q, want %q", count, got, want)
		}
	}
}

func TestIsolate(t *testing.T) {
	for _, c := range []struct{ lang, text, want string }{
		{"fr", "Gafsa", "Gafsa"}, {"fr", "قفصة", "\u2068قفصة\u2069"}, {"ar", "قفصة", "قفصة"}, {"ar", "Gafsa", "\u2068Gafsa\u2069"},
		{"ar", "2026", "2026"}, {"ar", "", ""},
	} {
		if got := For(c.lang).Isolate(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.lang, got, c.want)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	if got := For("fr").T("design.step_left", "Time", 2500, "Size", "قفصة"); got != "Encore 2\u202f500, environ \u2068قفصة\u2069" {
		t.Errorf("filled as %q", got)
	}
}

func TestMissingKeysAreShown(t *testing.T) {
	if got := For("ar").T("common.no_such_key"); got != "common.no_such_key" {
		t.Errorf("shown as %q", got)
	}
}

func TestMatch(t *testing.T) {
	for header, want := range map[string]string{"": "fr", "ar": "ar", "ar-MA": "ar", "en-US,en;q=0.5": "en", "pt": "fr", "fr-TN, ar": "fr"} {
		if got := Match(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func BenchmarkPlainText(b *testing.B) {
	l := For("ar")
	for b.Loop() {
		_ = l.T("common.name")
	}
}

func BenchmarkFilled(b *testing.B) {
	l := For("ar")
	for b.Loop() {
		_ = l.T("design.step_left", "Time", "7", "Size", "6")
	}
}

func BenchmarkPlural(b *testing.B) {
	l := For("ar")
	for b.Loop() {
		_ = l.N("home.places", 11)
	}
}
