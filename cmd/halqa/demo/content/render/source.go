package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"halqa/cmd/halqa/demo/content"
)

// source is a module as its author writes it.
type source struct {
	Order   int          `json:"order"`
	Key     string       `json:"key"`
	Space   string       `json:"space"`
	Hue     string       `json:"hue"` // colour of the marks on the slides
	Title   content.Text `json:"title"`
	Summary content.Text `json:"summary"`
	Lessons []lesson     `json:"lessons"`
}

// lesson is what the manifest says of it, plus the slides of a video.
type lesson struct {
	content.Lesson
	Slides []slide `json:"slides"`
}

// slide is one picture, built up item by item while the voice speaks.
type slide struct {
	// Chapter starts a chapter here, when there is one.
	Chapter content.Text `json:"chapter"`
	// Layout is title, points, table, bars, compare or ladder.
	Layout string `json:"layout"`
	FR     face   `json:"fr"`
	AR     face   `json:"ar"`
}

// face is a slide in one language. In its texts, *…* is strong and `…` is a
// formula, always read from left to right.
type face struct {
	Title  string     `json:"title"`
	Sub    string     `json:"sub"`
	Points []string   `json:"points"`
	Head   []string   `json:"head"`
	Rows   [][]string `json:"rows"`
	Foot   []string   `json:"foot"`
	Note   string     `json:"note"`
	// Say is the narration, one utterance a caption. A leading + reveals the
	// slide's next item, ++ the next two; {shown|spoken} lets the caption and the
	// voice differ.
	Say []string `json:"say"`
}

func (s slide) face(lang string) face {
	if lang == "ar" {
		return s.AR
	}
	return s.FR
}

// items counts what can be revealed: points, rows, the total and the note.
func (f face) items() int {
	n := len(f.Points) + len(f.Rows)
	if f.Foot != nil {
		n++
	}
	if f.Note != "" {
		n++
	}
	return n
}

// reveals counts the items that utterances reveal.
func (f face) reveals() int {
	n := 0
	for _, s := range f.Say {
		n += pluses(s)
	}
	return n
}

// pluses is how many items an utterance reveals.
func pluses(s string) int { return len(s) - len(strings.TrimLeft(s, "+")) }

// lineChars is how many characters a line of a caption holds; it has two lines.
const lineChars = 42

func readSource(path string) (source, error) {
	var s source
	b, err := os.ReadFile(path)
	if err != nil {
		return s, err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, err
	}
	return s, s.check()
}

// check returns everything that is wrong with a module's slides.
func (s source) check() error {
	var errs []error
	for _, l := range s.Lessons {
		for i, sl := range l.Slides {
			for _, lang := range narrated {
				if err := sl.face(lang).check(); err != nil {
					errs = append(errs, fmt.Errorf("%s, slide %d, %s: %w", l.Key, i+1, lang, err))
				}
			}
		}
	}
	return errors.Join(errs...)
}

// check refuses what could only be seen as a defect in the finished video.
func (f face) check() error {
	var errs []error
	if n := f.reveals(); n != 0 && n != f.items() {
		errs = append(errs, fmt.Errorf("%d reveals for %d items", n, f.items()))
	}
	for _, s := range f.Say {
		for _, line := range wrap(shown(s)) {
			if utf8.RuneCountInString(line) > lineChars {
				errs = append(errs, fmt.Errorf("line too long in a caption: %q", line))
			}
		}
	}
	return errors.Join(errs...)
}

var alternative = regexp.MustCompile(`\{([^|}]*)\|([^}]*)\}`)

// thousands matches the space inside a number, which must neither break a line
// nor turn the number round in a right-to-left text.
var thousands = regexp.MustCompile(`(\d) (\d{3})`)

func joinNumbers(s, sep string) string { return thousands.ReplaceAllString(s, "${1}"+sep+"${2}") }

// shown is the caption of an utterance: numbers in digits, Arabic without vowels.
func shown(s string) string {
	s = alternative.ReplaceAllString(strings.TrimLeft(s, "+"), "$1")
	return joinNumbers(unvowel(s), "\u00a0")
}

// spoken is what the synthesiser is given.
func spoken(s string) string {
	s = alternative.ReplaceAllString(strings.TrimLeft(s, "+"), "$2")
	return joinNumbers(s, "")
}

// wrap breaks a caption into at most two lines, about equally long.
func wrap(s string) []string {
	if utf8.RuneCountInString(s) <= lineChars {
		return []string{s}
	}
	words := strings.Split(s, " ")
	best, bestLen := 0, 1<<30
	for i := 1; i < len(words); i++ {
		a := utf8.RuneCountInString(strings.Join(words[:i], " "))
		b := utf8.RuneCountInString(strings.Join(words[i:], " "))
		if m := max(a, b); m < bestLen {
			best, bestLen = i, m
		}
	}
	return []string{strings.Join(words[:best], " "), strings.Join(words[best:], " ")}
}
