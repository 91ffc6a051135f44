package media

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// MaxCaptions is the largest file of captions, in bytes.
const MaxCaptions = 1 << 20

// BadCaptions says what is wrong with captions, and where.
type BadCaptions struct {
	Line int    // from 1; 0 for the whole
	Key  string // of the catalogue: "authoring.captions_…"
}

func (e BadCaptions) Error() string {
	return fmt.Sprintf("media: captions, line %d: %s", e.Line, e.Key)
}

var (
	braces = regexp.MustCompile(`\{\\[^}]*\}`) // positions of old SRT players
	timing = regexp.MustCompile(`^\s*((?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?)\s*-->\s*((?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?)(?:\s.*)?$`)
)

// ParseCaptions reads WebVTT or SRT captions in UTF-8, UTF-16 or the Windows code page of a language (1256 for Arabic,
// else 1252), as plain text in order of time. It returns BadCaptions.
func ParseCaptions(data []byte, language string) ([]Cue, error) {
	if len(data) > MaxCaptions {
		return nil, BadCaptions{0, "authoring.captions_large"}
	}
	text, err := decode(data, language)
	if err != nil || strings.ContainsRune(text, 0) {
		return nil, BadCaptions{0, "authoring.captions_encoding"}
	}
	lines := strings.Split(newline.Replace(text), "\n")
	at, web := 0, strings.HasPrefix(lines[0], "WEBVTT")
	if web {
		at = blockEnd(lines, 0)
	}
	var cues []Cue
	for at < len(lines) {
		if strings.TrimSpace(lines[at]) == "" {
			at++
			continue
		}
		end := blockEnd(lines, at)
		cue, ok, err := readBlock(lines[at:end], at+1, web)
		if err != nil {
			return nil, err
		}
		if ok {
			cues = append(cues, cue)
		}
		at = end
	}
	if len(cues) == 0 {
		return nil, BadCaptions{0, "authoring.captions_none"}
	}
	slices.SortStableFunc(cues, func(a, b Cue) int { return int(a.FromMS - b.FromMS) })
	return cues, nil
}

// blockEnd is the first empty line from at on.
func blockEnd(lines []string, at int) int {
	for at < len(lines) && strings.TrimSpace(lines[at]) != "" {
		at++
	}
	return at
}

// readBlock reads the lines of a cue, the first being number; not ok for a note, or a cue without words.
func readBlock(lines []string, number int, web bool) (Cue, bool, error) {
	if web && isComment(lines[0]) {
		return Cue{}, false, nil
	}
	at := 0
	if !strings.Contains(lines[0], "-->") {
		at = 1 // a number or a name comes first
	}
	if at == len(lines) {
		if _, err := strconv.Atoi(strings.TrimSpace(lines[0])); err == nil {
			return Cue{}, false, nil // a number without anything
		}
		return Cue{}, false, BadCaptions{number, "authoring.captions_no_time"}
	}
	found := timing.FindStringSubmatch(lines[at])
	if found == nil {
		return Cue{}, false, BadCaptions{number + at, "authoring.captions_no_time"}
	}
	from, errA := readClock(found[1])
	to, errB := readClock(found[2])
	if errA != nil || errB != nil {
		return Cue{}, false, BadCaptions{number + at, "authoring.captions_no_time"}
	}
	if to <= from {
		return Cue{}, false, BadCaptions{number + at, "authoring.captions_backwards"}
	}
	text := plainCue(lines[at+1:])
	return Cue{FromMS: from, ToMS: to, Text: text}, text != "", nil
}

// plainCue is the words of a cue without marks, one line under the other.
func plainCue(lines []string) string {
	var kept []string
	for _, line := range lines {
		line = html.UnescapeString(vttTag.ReplaceAllString(braces.ReplaceAllString(line, ""), ""))
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// readClock reads [h:]m:s[,mmm] in milliseconds.
func readClock(s string) (int64, error) {
	clock, fraction, _ := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	var seconds int64
	for n, p := range strings.Split(clock, ":") {
		v, err := strconv.ParseInt(p, 10, 32)
		if err != nil || n > 0 && v > 59 {
			return 0, ErrNotVTT
		}
		seconds = seconds*60 + v
	}
	ms, err := strconv.ParseInt((fraction + "000")[:3], 10, 32)
	return seconds*1000 + ms, err
}

// decode turns the bytes of a text file into UTF-8.
func decode(data []byte, language string) (string, error) {
	var from encoding.Encoding
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		from = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case utf8.Valid(data):
		return strings.TrimPrefix(string(data), "\ufeff"), nil
	case language == "ar":
		from = charmap.Windows1256
	default:
		from = charmap.Windows1252
	}
	text, err := from.NewDecoder().Bytes(data)
	return strings.TrimPrefix(string(text), "\ufeff"), err
}

var vttText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// WriteVTT writes cues as WebVTT, the words alone.
func WriteVTT(cues []Cue) []byte {
	var b bytes.Buffer
	b.WriteString("WEBVTT\n")
	for _, c := range cues {
		fmt.Fprintf(&b, "\n%s --> %s\n%s\n", vttClock(c.FromMS), vttClock(c.ToMS), vttText.Replace(c.Text))
	}
	return b.Bytes()
}

func vttClock(ms int64) string {
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}
