package media

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

const srt = "1\r\n00:00:01,500 --> 00:00:03,250\r\n<i>Un</i> & deux {\\an8}\r\ntrois\r\n\r\n2\r\n0:04 --> 0:05,5\r\nأهلا — café\r\n\r\n3\r\n\r\n"

var srtCues = []Cue{{1500, 3250, "Un & deux\ntrois"}, {4000, 5500, "أهلا — café"}}

func TestCaptionsInEveryForm(t *testing.T) {
	encode := func(text string, e interface{ String(string) (string, error) }) string {
		out, err := e.String(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	vtt := "\ufeffWEBVTT - title\nKind: captions\n\nNOTE of\ntwo lines\n\nSTYLE\n::cue{}\n\nname\n00:01.500 --> 00:00:03.250 align:start\n<v Ana>Un &amp; <b>deux</b>\ntrois\n\n00:04.000-->00:05.500\nأهلا — café\n"
	for name, in := range map[string]struct{ data, lang string }{
		"SRT":       {srt, "fr"},
		"WebVTT":    {vtt, "ar"},
		"UTF-16 LE": {encode(srt, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()), "fr"},
		"UTF-16 BE": {encode(srt, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder()), "ar"},
		"1256":      {encode(strings.ReplaceAll(srt, "é", "é"), charmap.Windows1256.NewEncoder()), "ar"},
	} {
		got, err := ParseCaptions([]byte(in.data), in.lang)
		if err != nil || !slices.Equal(got, srtCues) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	got, err := ParseCaptions([]byte(encode("0:01 --> 0:02\ncafé", charmap.Windows1252.NewEncoder())), "fr")
	if err != nil || got[0].Text != "café" {
		t.Errorf("Windows-1252: %v, %v", got, err)
	}
}

func TestBadCaptionsNameTheLine(t *testing.T) {
	for in, want := range map[string]BadCaptions{
		"":                                       {0, "authoring.captions_none"},
		"WEBVTT\n\nNOTE nothing":                 {0, "authoring.captions_none"},
		"1\n0:01 --> 0:02\na\n\n2\nno time\nb":   {6, "authoring.captions_no_time"},
		"hello":                                  {1, "authoring.captions_no_time"},
		"\n\n1\n0:05 --> 0:02\na":                {4, "authoring.captions_backwards"},
		"0:61 --> 0:62\na":                       {1, "authoring.captions_no_time"},
		"0:01 -> 0:02\na":                        {2, "authoring.captions_no_time"},
		"a\x00b":                                 {0, "authoring.captions_encoding"},
		strings.Repeat("x", MaxCaptions+1):       {0, "authoring.captions_large"},
		"<script>alert(1)</script>\n<b>page</b>": {2, "authoring.captions_no_time"},
	} {
		_, err := ParseCaptions([]byte(in), "fr")
		var bad BadCaptions
		if !errors.As(err, &bad) || bad != want {
			t.Errorf("%.40q: %v, want %v", in, err, want)
		}
	}
}

// TestCaptionsSurviveWriting writes what was read and reads it again, as WebVTT and as SRT.
func TestCaptionsSurviveWriting(t *testing.T) {
	word := rapid.StringMatching(`[a-z&<>ةبي"'-]{1,8}`)
	rapid.Check(t, func(t *rapid.T) {
		var cues []Cue
		at := int64(0)
		for range rapid.IntRange(1, 20).Draw(t, "cues") {
			at += rapid.Int64Range(0, 400_000).Draw(t, "pause")
			cues = append(cues, Cue{at, at + rapid.Int64Range(1, 9000).Draw(t, "length"),
				strings.Join(rapid.SliceOfN(word, 1, 3).Draw(t, "lines"), "\n")})
		}
		out := WriteVTT(cues)
		for name, read := range map[string]func([]byte) ([]Cue, error){"ParseVTT": ParseVTT,
			"ParseCaptions": func(b []byte) ([]Cue, error) { return ParseCaptions(b, "fr") },
			"as SRT": func(b []byte) ([]Cue, error) {
				return ParseCaptions([]byte(strings.ReplaceAll(strings.TrimPrefix(string(b), "WEBVTT\n"), ".", ",")), "fr")
			}} {
			if got, err := read(out); err != nil || !slices.Equal(got, cues) {
				t.Fatalf("%s: %v, %v\n%s", name, got, err, out)
			}
		}
	})
}

func FuzzCaptions(f *testing.F) {
	f.Add([]byte(srt))
	f.Add([]byte(captions))
	f.Add([]byte("\xff\xfea\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cues, err := ParseCaptions(data, "ar")
		if err != nil {
			return
		}
		out := WriteVTT(cues)
		if again, err := ParseVTT(out); err != nil || len(again) != len(cues) {
			t.Errorf("%d cues became %d: %v", len(cues), len(again), err)
		}
		if strings.ContainsRune(string(out), '<') {
			t.Errorf("a mark is left in %q", out)
		}
	})
}
