package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// box is one ISO base media box.
func box(name string, body ...[]byte) []byte {
	inner := bytes.Join(body, nil)
	out := binary.BigEndian.AppendUint32(nil, uint32(8+len(inner)))
	return append(append(out, name...), inner...)
}

// movie is the smallest MP4 with tracks of the given handlers.
func movie(handlers ...string) []byte {
	var traks [][]byte
	for _, h := range handlers {
		hdlr := box("hdlr", make([]byte, 8), []byte(h), make([]byte, 13))
		traks = append(traks, box("trak", box("tkhd", make([]byte, 20)), box("mdia", hdlr)))
	}
	return append(box("ftyp", []byte("isom\x00\x00\x02\x00")), box("moov", traks...)...)
}

const captions = "WEBVTT\n\n00:00.000 --> 00:02.000\nBonjour\n"

func TestTypeComesFromContent(t *testing.T) {
	large := append(box("ftyp", []byte("isom\x00\x00\x02\x00")), 0, 0, 0, 1)
	large = append(large, "moov\xff\xff\xff\xff\xff\xff\xff\xff"...)
	for _, test := range []struct {
		name, data, ext string
	}{
		{"video", string(movie("soun", "vide")), ".mp4"},
		{"audio", string(movie("soun")), ".m4a"},
		{"captions", captions, ".vtt"},
		{"picture", "\xff\xd8\xff\xe0 and so on", ".jpg"},
		{"subtitles only", string(movie("sbtl")), ""},
		{"cut short", string(movie("vide")[:40]), ""},
		{"box larger than any file", string(large), ""},
		{"page", "<!doctype html><script>alert(1)</script>", ""},
		{"captions by name only", "WEBVTT\n\n00:02.000 --> 00:01.000\nx", ""},
		{"empty", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := open(t)
			blob, err := f.Put(strings.NewReader(test.data))
			if test.ext == "" {
				if !errors.Is(err, ErrUnknownType) {
					t.Fatalf("stored as %v, %v", blob, err)
				}
				return
			}
			if err != nil || filepath.Ext(blob.Name) != test.ext || blob.Bytes != int64(len(test.data)) {
				t.Fatalf("stored as %+v, %v", blob, err)
			}
			path, mime, err := f.Path(blob.Name)
			if err != nil || mime != blob.MIME {
				t.Fatalf("found %s %s, %v", path, mime, err)
			}
			if got, _ := os.ReadFile(path); string(got) != test.data {
				t.Error("other bytes came back")
			}
		})
	}
}

func open(t *testing.T) *Folder {
	f, err := Open(filepath.Join(t.TempDir(), "media"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestOnlyGivenNamesAreFound(t *testing.T) {
	f := open(t)
	for _, name := range []string{"", "../../etc/passwd", "..", strings.Repeat("a", 32) + ".vtt", strings.Repeat("a", 32) + ".html",
		strings.Repeat("A", 32) + ".vtt", strings.Repeat("a", 32) + ".vtt/../x"} {
		if _, _, err := f.Path(name); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestBlobsAppearWholeOrNotAtAll(t *testing.T) {
	f := open(t)
	broken := errors.New("connection lost")
	if _, err := f.Put(io.MultiReader(strings.NewReader(captions), failing{broken})); !errors.Is(err, broken) {
		t.Fatalf("error is %v", err)
	}
	var together sync.WaitGroup
	for range 8 {
		together.Go(func() {
			if _, err := f.Put(strings.NewReader(captions)); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
	left, err := os.ReadDir(f.dir)
	if err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v, %v; want one blob", left, err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestParseVTT(t *testing.T) {
	in := "\ufeffWEBVTT - title\r\nKind: captions\r\n\r\nNOTE a note\r\nof two lines\r\n\r\nSTYLE\r\n::cue{}\r\n\r\n" +
		"1\r\n00:01.500 --> 00:00:03.250 align:start position:10%\r\n<v Ana>Un &amp; <b>deux</b>\r\ntrois\r\n\r\n\r\n" +
		"01:00:00.000 --> 01:00:01.000\nأهلا"
	cues, err := ParseVTT([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	want := []Cue{{1500, 3250, "Un & deux\ntrois"}, {3_600_000, 3_601_000, "أهلا"}}
	if len(cues) != len(want) || cues[0] != want[0] || cues[1] != want[1] {
		t.Errorf("got %+v", cues)
	}
	for _, bad := range []string{"", "hello", "WEBVTT\n\n0:x --> 00:01.000\n", "WEBVTT\n\n00:01 --> 00:02\nx"} {
		if _, err := ParseVTT([]byte(bad)); !errors.Is(err, ErrNotVTT) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzDetect(f *testing.F) {
	f.Add(movie("vide"))
	f.Add([]byte(captions))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = detect(bytes.NewReader(data), int64(len(data)))
	})
}
