package main

import "strings"

// Marks of Arabic script.
const (
	fathatan = '\u064b'
	dammatan = '\u064c'
	kasratan = '\u064d'
	fatha    = '\u064e'
	damma    = '\u064f'
	kasra    = '\u0650'
	shadda   = '\u0651'
	sukun    = '\u0652'
	dagger   = '\u0670'
)

func isMark(r rune) bool { return r >= fathatan && r <= sukun || r == dagger }

// unvowel gives a text as it is printed: without vowels, but for the ending -an,
// which readers expect to see.
func unvowel(s string) string {
	return strings.Map(func(r rune) rune {
		if isMark(r) && r != fathatan {
			return -1
		}
		return r
	}, s)
}

// letter is a letter with its marks.
type letter struct {
	base   rune
	vowel  rune // a short vowel, a tanwin, sukun or 0
	shadda bool
	dagger bool
}

func (l letter) bare() bool { return l.vowel == 0 && !l.shadda && !l.dagger }

func letters(word string) []letter {
	var ls []letter
	for _, r := range word {
		switch {
		case !isMark(r):
			ls = append(ls, letter{base: r})
		case len(ls) == 0:
		case r == shadda:
			ls[len(ls)-1].shadda = true
		case r == dagger:
			ls[len(ls)-1].dagger = true
		default:
			ls[len(ls)-1].vowel = r
		}
	}
	return ls
}

// pauses are the signs at which a reader stops and drops the last short vowel.
const pauses = "،؛.؟!:,"

// respell writes fully vowelled Arabic so that espeak-ng 1.51 says it as it is
// read aloud. Left alone, it loses the vowel after a doubled consonant,
// pronounces the lam of the article before sun letters, separates words that are
// read in one breath, and says the last vowel before a pause.
func respell(text string) string {
	words := strings.Fields(strings.ReplaceAll(text, "ـ", ""))
	var b strings.Builder
	joined := false // the word follows another without a pause
	for i, w := range words {
		core := strings.TrimRight(w, pauses)
		pause := core != w || i == len(words)-1
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(respellWord(letters(core), joined, pause))
		b.WriteString(w[len(core):])
		joined = !pause
	}
	return b.String()
}

func respellWord(ls []letter, joined, pause bool) string {
	var b strings.Builder
	ls = dropInnerWasl(respellStart(ls, joined, &b))
	for i := 0; i < len(ls); i++ {
		last := i == len(ls)-1
		// The alif that only carries a tanwin is silent.
		carrier := i == len(ls)-2 && ls[i].vowel == fathatan && (ls[i+1].base == 'ا' || ls[i+1].base == 'ى')
		if carrier && !pause {
			writeLetter(&b, ls[i], false)
			break
		}
		if carrier {
			ls[i].vowel = fatha
		}
		writeLetter(&b, ls[i], last && pause)
	}
	return b.String()
}

// respellStart deals with the prefixes and the article, and returns the rest.
func respellStart(ls []letter, joined bool, b *strings.Builder) []letter {
	for n := 0; n < 2 && len(ls) > 3 && strings.ContainsRune("وفبك", ls[0].base) && startsPrefix(ls[1:]); n++ {
		writeLetter(b, ls[0], false)
		ls, joined = ls[1:], true
	}
	switch {
	case isArticle(ls):
		return article(ls, joined, b)
	case len(ls) > 2 && ls[0].base == 'ل' && ls[0].vowel == kasra && ls[1].base == 'ل' && ls[1].bare() && ls[2].shadda:
		writeLetter(b, ls[0], false)
		return ls[2:]
	case joined && len(ls) > 1 && ls[0].base == 'ا':
		return ls[1:] // hamzat al-wasl: silent after another word
	}
	return ls
}

// dropInnerWasl removes the alif that a prefix makes silent, as in faʿtamidū: a
// long vowel isn't followed by a closed consonant inside a word.
func dropInnerWasl(ls []letter) []letter {
	for i := 1; i+2 < len(ls); i++ {
		before := ls[i-1]
		prefixed := before.vowel == kasra || before.vowel == damma || i == 1 && strings.ContainsRune("وفك", before.base) && before.vowel == fatha
		if ls[i].base == 'ا' && ls[i].bare() && ls[i+1].vowel == sukun && prefixed {
			return append(append([]letter{}, ls[:i]...), ls[i+1:]...)
		}
	}
	return ls
}

// startsPrefix reports whether an article follows, perhaps after one more prefix.
func startsPrefix(ls []letter) bool {
	return isArticle(ls) || len(ls) > 3 && strings.ContainsRune("بك", ls[0].base) && isArticle(ls[1:])
}

func isArticle(ls []letter) bool {
	return len(ls) > 2 && ls[0].base == 'ا' && ls[0].bare() && ls[1].base == 'ل' &&
		(ls[1].bare() || ls[1].vowel == sukun || ls[1].shadda)
}

func article(ls []letter, joined bool, b *strings.Builder) []letter {
	sun := ls[2].shadda && !ls[1].shadda
	if !joined {
		b.WriteRune('ا')
		if sun || ls[1].shadda {
			b.WriteRune(fatha)
		}
	}
	if sun {
		return ls[2:]
	}
	return ls[1:]
}

// writeLetter writes a letter as it sounds; final says that the voice stops on it.
func writeLetter(b *strings.Builder, l letter, final bool) {
	if l.base == 'ة' {
		if final || l.vowel == 0 {
			return
		}
		l.base = 'ت'
	}
	if l.shadda {
		b.WriteRune(l.base)
		b.WriteRune(sukun)
	}
	b.WriteRune(l.base)
	if l.dagger {
		b.WriteRune(fatha)
		b.WriteRune('ا')
		return
	}
	writeVowel(b, l.vowel, final)
}

func writeVowel(b *strings.Builder, v rune, final bool) {
	short := map[rune]rune{fathatan: fatha, dammatan: damma, kasratan: kasra}
	switch {
	case v == 0:
	case final:
		b.WriteRune(sukun)
	case short[v] != 0:
		b.WriteRune(short[v])
		b.WriteRune('ن')
		b.WriteRune(sukun)
	default:
		b.WriteRune(v)
	}
}
