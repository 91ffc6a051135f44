package media

import (
	"errors"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
)

// Cue is one caption: what is said from FromMS to ToMS. Its lines are separated by "\n".
type Cue struct {
	FromMS int64  `json:"from_ms"`
	ToMS   int64  `json:"to_ms"`
	Text   string `json:"text"`
}

// ErrNotVTT says that captions aren't WebVTT.
var ErrNotVTT = errors.New("media: not WebVTT")

var (
	vttTag  = regexp.MustCompile(`<[^>]*>`)
	newline = strings.NewReplacer("\r\n", "\n", "\r", "\n")
)

// ParseVTT reads WebVTT captions as plain text, without their identifiers, positions, styles and notes.
func ParseVTT(data []byte) ([]Cue, error) {
	text := newline.Replace(strings.TrimPrefix(string(data), "\ufeff"))
	blocks := strings.Split(text, "\n\n")
	if !strings.HasPrefix(blocks[0], "WEBVTT") {
		return nil, ErrNotVTT
	}
	var cues []Cue
	for _, block := range blocks[1:] {
		block = strings.Trim(block, "\n")
		id, rest, found := strings.Cut(block, "\n")
		if !strings.Contains(id, "-->") && found { // an identifier, or a NOTE, STYLE or REGION
			block = rest
			if isComment(id) {
				continue
			}
		}
		timing, lines, _ := strings.Cut(block, "\n")
		if !strings.Contains(timing, "-->") {
			continue
		}
		cue, err := parseCue(timing, lines)
		if err != nil {
			return nil, err
		}
		cues = append(cues, cue)
	}
	return cues, nil
}

func isComment(line string) bool {
	for _, word := range []string{"NOTE", "STYLE", "REGION"} {
		if line == word || strings.HasPrefix(line, word+" ") {
			return true
		}
	}
	return false
}

func parseCue(timing, lines string) (Cue, error) {
	from, rest, _ := strings.Cut(timing, "-->")
	to, _, _ := strings.Cut(strings.TrimSpace(rest), " ") // settings follow
	a, errA := parseClock(strings.TrimSpace(from))
	b, errB := parseClock(to)
	if errA != nil || errB != nil || b < a {
		return Cue{}, fmt.Errorf("%w: timing %q", ErrNotVTT, timing)
	}
	return Cue{FromMS: a, ToMS: b, Text: html.UnescapeString(vttTag.ReplaceAllString(lines, ""))}, nil
}

// parseClock reads hh:mm:ss.mmm or mm:ss.mmm.
func parseClock(s string) (int64, error) {
	clock, fraction, _ := strings.Cut(s, ".")
	parts := strings.Split(clock, ":")
	if len(fraction) != 3 || len(parts) < 2 || len(parts) > 3 {
		return 0, ErrNotVTT
	}
	var seconds int64
	for _, p := range parts {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return 0, ErrNotVTT
		}
		seconds = seconds*60 + int64(n)
	}
	ms, err := strconv.ParseUint(fraction, 10, 16)
	if err != nil {
		return 0, ErrNotVTT
	}
	return seconds*1000 + int64(ms), nil
}
