// Package content carries the learning modules of the demonstration: the videos,
// their captions and posters, and the quizzes, in French, Arabic and English.
//
// Everything is rendered beforehand by the command in the folder render and
// embedded in the binary, so that loading the demonstration needs neither a
// network nor ffmpeg.
package content

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Kinds of lesson.
const (
	KindVideo = "video"
	KindQuiz  = "quiz"
)

// Kinds of question.
const (
	KindSingle   = "single"
	KindMultiple = "multiple"
)

// Names of the files of a track, the keys of [Track.Files].
const (
	FileVideo    = "240p"
	FileAudio    = "audio"
	FileCaptions = "captions"
	FilePoster   = "poster"
)

// Text is one text in several languages, by language code (fr, ar, en).
type Text map[string]string

// In returns the text in the given language, else in French, in which every
// module was first written.
func (t Text) In(lang string) string {
	if s := t[lang]; s != "" {
		return s
	}
	return t["fr"]
}

// Manifest is the whole of manifest.json, which the render command writes.
type Manifest struct {
	Version   int      `json:"version"`
	Languages []string `json:"languages"`
	Modules   []Module `json:"modules"`
}

// Module is one course unit of a space.
type Module struct {
	Key            string   `json:"key"`
	Space          string   `json:"space"`
	Title          Text     `json:"title"`
	Summary        Text     `json:"summary"`
	SyntheticVoice bool     `json:"synthetic_voice"`
	Lessons        []Lesson `json:"lessons"`
}

// Lesson is a video, with one track a language, or a quiz.
type Lesson struct {
	Key       string     `json:"key"`
	Kind      string     `json:"kind"`
	Title     Text       `json:"title"`
	Summary   Text       `json:"summary,omitempty"`
	Tracks    []Track    `json:"tracks,omitempty"`
	Questions []Question `json:"questions,omitempty"`
}

// Track returns the track of a video lesson in the given language.
func (l Lesson) Track(lang string) (Track, bool) {
	for _, t := range l.Tracks {
		if t.Lang == lang {
			return t, true
		}
	}
	return Track{}, false
}

// Track is a video lesson in one language.
type Track struct {
	Lang string `json:"lang"`
	// DurationMS is the duration of the 240p container, as ffprobe gives it.
	DurationMS int64 `json:"duration_ms"`
	// Voice names the synthesiser and voice that speak.
	Voice string `json:"voice"`
	// Files are the renditions by name: FileVideo, FileAudio, FileCaptions and FilePoster.
	Files    map[string]File `json:"files"`
	Chapters []Chapter       `json:"chapters"`
}

// File is one embedded file of a track; [Open] and [ReadFile] take its name.
type File struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
	Mime  string `json:"mime"`
}

// Chapter is a titled place in a track.
type Chapter struct {
	StartMS int64 `json:"start_ms"`
	// Title is in the language of the track.
	Title string `json:"title"`
	// Titles is the same title in every language, for a reader whose interface
	// isn't in the language of the track.
	Titles Text `json:"titles"`
}

// Question is one question of a quiz lesson.
type Question struct {
	Key         string   `json:"key"`
	Kind        string   `json:"kind"`
	Prompt      Text     `json:"prompt"`
	Options     []Option `json:"options"`
	Explanation Text     `json:"explanation"`
}

// Option is one answer offered by a question.
type Option struct {
	Key     string `json:"key"`
	Text    Text   `json:"text"`
	Correct bool   `json:"correct"`
}

// Media holds the folder media, one file a rendition. Names in the manifest are
// relative to that folder.
//
//go:embed media
var Media embed.FS

//go:embed manifest.json
var manifest []byte

// Load decodes the embedded manifest.
func Load() (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(manifest, &m); err != nil {
		return Manifest{}, fmt.Errorf("content: manifest: %w", err)
	}
	return m, nil
}

// Modules returns the modules of the demonstration, in their order.
func Modules() ([]Module, error) {
	m, err := Load()
	return m.Modules, err
}

// Open opens an embedded file by its name in the manifest.
func Open(name string) (fs.File, error) { return Media.Open(path.Join("media", name)) }

// ReadFile returns an embedded file by its name in the manifest.
func ReadFile(name string) ([]byte, error) { return Media.ReadFile(path.Join("media", name)) }

// Cue is one caption of a track.
type Cue struct {
	StartMS, EndMS int64
	// Text is what the caption shows; its lines are separated by a newline.
	Text string
}

// Cues returns the captions of a track, in order. Joined, their texts are the
// transcript.
func (t Track) Cues() ([]Cue, error) {
	b, err := ReadFile(t.Files[FileCaptions].Name)
	if err != nil {
		return nil, err
	}
	return ParseVTT(string(b))
}

// ParseVTT reads the subset of WebVTT that the render command writes: a header,
// notes, and cues without identifiers, settings or markup.
func ParseVTT(s string) ([]Cue, error) {
	if !strings.HasPrefix(s, "WEBVTT") {
		return nil, errors.New("content: not a WebVTT file")
	}
	var cues []Cue
	for _, block := range strings.Split(strings.TrimSpace(s), "\n\n")[1:] {
		timing, text, _ := strings.Cut(block, "\n")
		from, to, ok := strings.Cut(timing, " --> ")
		if !ok {
			if strings.HasPrefix(block, "NOTE") {
				continue
			}
			return nil, fmt.Errorf("content: no timing in %q", block)
		}
		c := Cue{Text: text}
		var err error
		if c.StartMS, err = parseTime(from); err != nil {
			return nil, err
		}
		if c.EndMS, err = parseTime(to); err != nil {
			return nil, err
		}
		cues = append(cues, c)
	}
	return cues, nil
}

// parseTime reads hh:mm:ss.mmm.
func parseTime(s string) (int64, error) {
	var h, m, sec, ms int64
	if _, err := fmt.Sscanf(s, "%02d:%02d:%02d.%03d", &h, &m, &sec, &ms); err != nil {
		return 0, fmt.Errorf("content: time %q: %w", s, err)
	}
	return ((h*60+m)*60+sec)*1000 + ms, nil
}
