package content

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

const (
	minModuleMS   = 3 * 60 * 1000
	maxModuleMS   = 6 * 60 * 1000
	maxMedia      = 25 << 20
	maxPoster     = 15 << 10
	maxVideoRate  = 150_000
	maxAudioRate  = 32_000
	cueLines      = 2
	cueLineLength = 42
	questions     = 5
)

// spaces are the spaces of the demonstration that may hold modules.
var spaces = map[string]bool{"funding": true, "projects": true, "local-democracy": true, "digital": true}

func modules(t *testing.T) []Module {
	t.Helper()
	ms, err := Modules()
	if err != nil {
		t.Fatal(err)
	}
	if len(ms) < 4 {
		t.Fatalf("%d modules, want at least 4", len(ms))
	}
	return ms
}

func TestModulesAreComplete(t *testing.T) {
	keys := map[string]bool{}
	once := func(key string) {
		if key == "" || keys[key] {
			t.Errorf("key %q is empty or used twice", key)
		}
		keys[key] = true
	}
	for _, m := range modules(t) {
		once(m.Key)
		if !spaces[m.Space] {
			t.Errorf("%s: space %q", m.Key, m.Space)
		}
		if !m.SyntheticVoice {
			t.Errorf("%s doesn't say that its voice is synthetic", m.Key)
		}
		inAllLanguages(t, m.Key+" title", m.Title)
		inAllLanguages(t, m.Key+" summary", m.Summary)
		kinds := map[string]int{}
		for _, l := range m.Lessons {
			once(l.Key)
			kinds[l.Kind]++
			inAllLanguages(t, l.Key, l.Title)
			if l.Kind == KindVideo {
				inAllLanguages(t, l.Key+" summary", l.Summary)
			}
		}
		if kinds[KindVideo] < 1 || kinds[KindQuiz] != 1 || len(kinds) != 2 {
			t.Errorf("%s: lessons %v", m.Key, kinds)
		}
	}
}

// inAllLanguages checks that a text is there in three languages, and that the
// Arabic is Arabic and the others aren't.
var brokenNumber = regexp.MustCompile(`\d \d{3}`)

func inAllLanguages(t *testing.T, where string, s Text) {
	t.Helper()
	for _, lang := range []string{"fr", "ar", "en"} {
		if strings.TrimSpace(s[lang]) == "" {
			t.Errorf("%s: no %s", where, lang)
		}
	}
	if arabic(s["fr"]) || arabic(s["en"]) {
		t.Errorf("%s: Arabic where French or English should be", where)
	}
	// A breakable space would turn the number round in a right-to-left text.
	if got := brokenNumber.FindString(s["ar"]); got != "" {
		t.Errorf("%s: %q falls apart in Arabic", where, got)
	}
	// An amount or a year has digits only.
	if strings.IndexFunc(s["ar"], unicode.IsLetter) >= 0 && !arabic(s["ar"]) {
		t.Errorf("%s: no Arabic letter in %q", where, s["ar"])
	}
}

func arabic(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r) }) >= 0
}

func TestQuizzes(t *testing.T) {
	for _, m := range modules(t) {
		for _, l := range m.Lessons {
			if l.Kind != KindQuiz {
				continue
			}
			if len(l.Questions) != questions {
				t.Errorf("%s: %d questions", l.Key, len(l.Questions))
			}
			kinds := map[string]bool{}
			for _, q := range l.Questions {
				kinds[q.Kind] = true
				checkQuestion(t, q)
			}
			if !kinds[KindSingle] || !kinds[KindMultiple] {
				t.Errorf("%s: kinds of question %v", l.Key, kinds)
			}
		}
	}
}

func checkQuestion(t *testing.T, q Question) {
	t.Helper()
	inAllLanguages(t, q.Key, q.Prompt)
	inAllLanguages(t, q.Key+" explanation", q.Explanation)
	correct, keys := 0, map[string]bool{}
	for _, o := range q.Options {
		inAllLanguages(t, q.Key+o.Key, o.Text)
		keys[o.Key] = true
		if o.Correct {
			correct++
		}
	}
	if len(keys) != len(q.Options) || len(q.Options) < 3 {
		t.Errorf("%s: %d options with %d keys", q.Key, len(q.Options), len(keys))
	}
	switch {
	case q.Kind == KindSingle && correct == 1:
	case q.Kind == KindMultiple && correct >= 2 && correct < len(q.Options):
	default:
		t.Errorf("%s: %s with %d correct of %d", q.Key, q.Kind, correct, len(q.Options))
	}
}

func eachTrack(t *testing.T, do func(t *testing.T, l Lesson, tr Track)) {
	for _, m := range modules(t) {
		for _, l := range m.Lessons {
			if l.Kind != KindVideo {
				continue
			}
			for _, lang := range []string{"fr", "ar"} {
				tr, ok := l.Track(lang)
				if !ok {
					t.Errorf("%s: no track in %s", l.Key, lang)
					continue
				}
				t.Run(l.Key+"."+lang, func(t *testing.T) { do(t, l, tr) })
			}
		}
	}
}

func TestDurations(t *testing.T) {
	for _, m := range modules(t) {
		total := map[string]int64{}
		for _, l := range m.Lessons {
			for _, tr := range l.Tracks {
				total[tr.Lang] += tr.DurationMS
			}
		}
		for _, lang := range []string{"fr", "ar"} {
			if total[lang] < minModuleMS || total[lang] > maxModuleMS {
				t.Errorf("%s in %s lasts %d ms", m.Key, lang, total[lang])
			}
		}
	}
}

func TestFiles(t *testing.T) {
	eachTrack(t, func(t *testing.T, _ Lesson, tr Track) {
		magic := map[string]string{FileVideo: "ftyp", FileAudio: "ftyp", FileCaptions: "WEBVTT", FilePoster: "\xff\xd8\xff"}
		for kind, sign := range magic {
			f, ok := tr.Files[kind]
			b, err := ReadFile(f.Name)
			if !ok || err != nil {
				t.Errorf("%s: %v", kind, err)
				continue
			}
			if int64(len(b)) != f.Bytes || f.Mime == "" || !bytes.Contains(b[:16], []byte(sign)) {
				t.Errorf("%s: %d bytes, manifest says %d, type %q, begins %q", f.Name, len(b), f.Bytes, f.Mime, b[:16])
			}
		}
		rate := func(kind string) int64 { return tr.Files[kind].Bytes * 8 * 1000 / tr.DurationMS }
		if r := rate(FileVideo); r > maxVideoRate {
			t.Errorf("video: %d bit/s", r)
		}
		if r := rate(FileAudio); r > maxAudioRate {
			t.Errorf("audio: %d bit/s", r)
		}
		if n := tr.Files[FilePoster].Bytes; n > maxPoster {
			t.Errorf("poster: %d bytes", n)
		}
	})
}

// TestFastStart checks that players can begin before the whole file has come:
// the index (moov) precedes the data (mdat).
func TestFastStart(t *testing.T) {
	eachTrack(t, func(t *testing.T, _ Lesson, tr Track) {
		for _, kind := range []string{FileVideo, FileAudio} {
			b, err := ReadFile(tr.Files[kind].Name)
			if err != nil {
				t.Fatal(err)
			}
			moov, mdat := boxAt(b, "moov"), boxAt(b, "mdat")
			if moov < 0 || mdat < 0 || moov > mdat {
				t.Errorf("%s: moov at %d, mdat at %d", kind, moov, mdat)
			}
		}
	})
}

// boxAt returns where a top-level box of an MP4 file starts, or -1.
func boxAt(b []byte, name string) int {
	for at := 0; at+8 <= len(b); {
		if string(b[at+4:at+8]) == name {
			return at
		}
		size := int(binary.BigEndian.Uint32(b[at:]))
		if size < 8 {
			return -1
		}
		at += size
	}
	return -1
}

func TestCaptions(t *testing.T) {
	eachTrack(t, func(t *testing.T, _ Lesson, tr Track) {
		cues, err := tr.Cues()
		if err != nil {
			t.Fatal(err)
		}
		if len(cues) < 10 {
			t.Fatalf("%d cues", len(cues))
		}
		var end int64
		for _, c := range cues {
			if c.StartMS < end || c.EndMS <= c.StartMS || c.EndMS > tr.DurationMS {
				t.Errorf("cue %d–%d after %d of %d: %q", c.StartMS, c.EndMS, end, tr.DurationMS, c.Text)
			}
			end = c.EndMS
			checkCueText(t, tr.Lang, c.Text)
		}
		// Speech to the end: captions that drift would leave a long silence.
		if tr.DurationMS-end > 3000 {
			t.Errorf("last cue ends at %d of %d", end, tr.DurationMS)
		}
	})
}

func checkCueText(t *testing.T, lang, s string) {
	t.Helper()
	if !utf8.ValidString(s) || arabic(s) != (lang == "ar") || strings.ContainsAny(s, "{}|+") {
		t.Errorf("cue in %s: %q", lang, s)
	}
	lines := strings.Split(s, "\n")
	if len(lines) > cueLines {
		t.Errorf("cue of %d lines: %q", len(lines), s)
	}
	for _, l := range lines {
		if n := utf8.RuneCountInString(l); n == 0 || n > cueLineLength {
			t.Errorf("line of %d characters: %q", n, l)
		}
	}
}

func TestChapters(t *testing.T) {
	eachTrack(t, func(t *testing.T, _ Lesson, tr Track) {
		if len(tr.Chapters) < 3 || tr.Chapters[0].StartMS != 0 {
			t.Fatalf("chapters %v", tr.Chapters)
		}
		last := int64(-1)
		for _, c := range tr.Chapters {
			if c.StartMS <= last || c.StartMS >= tr.DurationMS {
				t.Errorf("chapter %q starts at %d, after %d of %d", c.Title, c.StartMS, last, tr.DurationMS)
			}
			last = c.StartMS
			inAllLanguages(t, c.Title, c.Titles)
			if c.Title != c.Titles[tr.Lang] {
				t.Errorf("chapter %q in %s", c.Title, tr.Lang)
			}
		}
	})
}

// TestMedia checks that the binary carries what the manifest names, no more, and
// within the budget.
func TestMedia(t *testing.T) {
	named := map[string]bool{"NOTICE.txt": true}
	for _, m := range modules(t) {
		for _, l := range m.Lessons {
			for _, tr := range l.Tracks {
				for _, f := range tr.Files {
					named[f.Name] = true
				}
			}
		}
	}
	entries, err := fs.ReadDir(Media, "media")
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	for _, e := range entries {
		if !named[e.Name()] {
			t.Errorf("%s isn't in the manifest", e.Name())
		}
		if info, err := e.Info(); err == nil {
			total += info.Size()
		}
	}
	if total > maxMedia {
		t.Errorf("%d bytes of media", total)
	}
}

func TestParseVTTRefuses(t *testing.T) {
	for _, s := range []string{"", "1\n00:00:00.000 --> 00:00:01.000\nx", "WEBVTT\n\nno timing", "WEBVTT\n\n0:1 --> 2\nx"} {
		if _, err := ParseVTT(s); err == nil {
			t.Errorf("%q accepted", s)
		}
	}
}

func TestTextFallsBack(t *testing.T) {
	s := Text{"fr": "bonjour", "ar": "مرحبا"}
	if s.In("ar") != "مرحبا" || s.In("en") != "bonjour" {
		t.Errorf("In: %q, %q", s.In("ar"), s.In("en"))
	}
}
