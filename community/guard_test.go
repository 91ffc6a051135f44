package community

import (
	"reflect"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"halqa/community/account"
)

func TestTheWordsOfAGuardAreFoundHoweverTheyAreWritten(t *testing.T) {
	g := Guard{Words: "crédit rapide\nكازينو\nمراهنة"}
	for text, want := range map[string]bool{
		"Un CREDIT  rapide !":             true,
		"du cre\u0301dit-rapide":          true,
		"un crédit très rapide":           false,
		"microcrédit rapide":              false,
		"هذا كازينو جديد":                 true,
		"والكازينو":                       true,
		"للكازينو":                        true,
		"كَازِينُو":                       true,
		"المُراهنه":                       true,
		"":                                false,
		"مكازينو":                         false,
		"Nous parlons de crédit.\nRapide": true,
	} {
		if g.says(text) != want {
			t.Errorf("says(%q) = %v", text, !want)
		}
	}
	if (Guard{}).says("crédit") {
		t.Error("no words, and something is found")
	}
}

func TestAWordIsFoundInAnyCaseAndWithAnyMarks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zéèàçابتثكلمن]{2,8}`).Filter(func(w string) bool { return account.Fold(w) != "" }).Draw(t, "word")
		var said strings.Builder
		for _, r := range word {
			if rapid.Bool().Draw(t, "upper") {
				r = unicode.ToUpper(r)
			}
			said.WriteRune(r)
			if rapid.Bool().Draw(t, "mark") {
				said.WriteRune(rapid.SampledFrom([]rune{'\u0301', '\u064e', '\u0651', 'ـ'}).Draw(t, "which"))
			}
		}
		text := "avant, " + said.String() + ". après"
		if !(Guard{Words: "autre\n" + word}).says(text) {
			t.Fatalf("%q isn't found in %q", word, text)
		}
	})
}

func TestWhatIsDoubted(t *testing.T) {
	guard := Guard{FirstPosts: 2, Words: "casino", Suspect: true}
	known := past{here: 5, anywhere: newcomerPosts}
	link := "Voir https://spam.example/x et [nous](https://halqa.tn/threads/3)"
	for name, c := range map[string]struct {
		g    Guard
		d    draft
		p    past
		want []string
	}{
		"nothing":                 {guard, draft{text: "Bonjour"}, known, nil},
		"first posts":             {guard, draft{text: "Bonjour"}, past{here: 1, anywhere: 3}, []string{"first"}},
		"an edit isn't a first":   {guard, draft{text: "Bonjour", edit: true}, past{}, nil},
		"a word":                  {guard, draft{text: "Le Casino"}, known, []string{"word"}},
		"a word that was there":   {guard, draft{text: "Le Casino ferme", before: "casino", edit: true}, known, nil},
		"a link of a newcomer":    {guard, draft{text: link}, past{here: 2}, []string{"link"}},
		"a link by an edit":       {guard, draft{text: link, before: "Voir", edit: true}, past{}, []string{"link"}},
		"a link that was there":   {guard, draft{text: link + " !", before: link, edit: true}, past{}, nil},
		"a link of one known":     {guard, draft{text: link}, known, nil},
		"a link to us":            {guard, draft{text: "https://halqa.tn/x https://HALQA.tn"}, past{here: 2}, nil},
		"said again":              {guard, draft{text: "x"}, past{here: 2, same: 1}, []string{"repeat"}},
		"said again by one known": {guard, draft{text: "x"}, past{here: 5, anywhere: 3, same: sameTimes}, nil},
		"said again and again":    {guard, draft{text: "x"}, past{here: 5, anywhere: 3, same: sameTimes + 1}, []string{"repeat"}},
		"in haste":                {guard, draft{text: "x"}, past{here: 2, hasty: hastyPosts}, []string{"rate"}},
		"trapped":                 {Guard{}, draft{text: "x", trapped: true}, known, []string{"trap"}},
		"nobody suspects":         {Guard{}, draft{text: link}, past{same: 9, hasty: 9}, nil},
		"all":                     {guard, draft{text: "casino www.spam.example", trapped: true}, past{same: 1, hasty: 9}, Doubts},
	} {
		if got := c.g.doubts(c.d, c.p, "halqa.tn"); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
