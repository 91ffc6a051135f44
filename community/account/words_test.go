package account

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCanonicalEmail(t *testing.T) {
	for in, want := range map[string]string{
		"amal@example.org":                        "amal@example.org",
		" Amal.BEN@Example.ORG\n":                 "amal.ben@example.org",
		"amal+halqa@mail.example.tn":              "amal+halqa@mail.example.tn",
		"info@bücher.example":                     "info@xn--bcher-kva.example",
		"ne\u0301@example.org":                    "né@example.org",
		"amal":                                    "",
		"@example.org":                            "",
		"amal@":                                   "",
		"amal@localhost":                          "",
		"amal@example..org":                       "",
		"a b@example.org":                         "",
		"amal@example.org, b@c.org":               "",
		"Amal <amal@example.org>":                 "",
		"amal@exa\nmple.org":                      "",
		"amal@example.org\r\nBcc: x":              "",
		strings.Repeat("a", 250) + "@example.org": "",
	} {
		got, ok := CanonicalEmail(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("CanonicalEmail(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
}

func TestCanonicalEmailIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		local := rapid.StringMatching(`[A-Za-zéÉ0-9._+-]{1,20}`).Draw(t, "local")
		domain := rapid.StringMatching(`[A-Za-zéل0-9]{1,10}\.[a-z]{2,4}`).Draw(t, "domain")
		once, ok := CanonicalEmail(local + "@" + domain)
		if !ok {
			return
		}
		if twice, ok := CanonicalEmail(once); !ok || twice != once {
			t.Fatalf("%q becomes %q, then %q, %v", local+"@"+domain, once, twice, ok)
		}
		if upper, ok := CanonicalEmail(strings.ToUpper(once)); !ok || upper != once {
			t.Fatalf("%q in capitals is %q, %v", once, upper, ok)
		}
	})
}

func TestFold(t *testing.T) {
	for _, same := range [][]string{
		{"Médenine", "medenine", "MÉDENINE", "me\u0301denine"},
		{"جمعيّة أمل", "جمعية امل", "جمعيه أمل", "جمعـــية إمل"},
		{"Les Amis de l'Oasis", "les amis de l’oasis", "  LES  AMIS DE L OASIS"},
		{"قرى الأطفال", "قري الاطفال"},
	} {
		for _, s := range same[1:] {
			if Fold(s) != Fold(same[0]) {
				t.Errorf("Fold(%q) = %q, Fold(%q) = %q", s, Fold(s), same[0], Fold(same[0]))
			}
		}
	}
}

func TestFoldIsStableAndSafeInAPattern(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		folded := Fold(s)
		if Fold(folded) != folded {
			t.Fatalf("%q folds to %q, then to %q", s, folded, Fold(folded))
		}
		if strings.ContainsAny(folded, `%_\`) {
			t.Fatalf("%q folds to %q", s, folded)
		}
	})
}
