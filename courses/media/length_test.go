package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

// header is an mvhd box of a version.
func header(version byte, scale uint32, units uint64) []byte {
	b := []byte{version, 0, 0, 0}
	if version == 1 {
		b = append(b, make([]byte, 16)...)
		b = binary.BigEndian.AppendUint32(b, scale)
		return box("mvhd", binary.BigEndian.AppendUint64(b, units))
	}
	b = append(b, make([]byte, 8)...)
	b = binary.BigEndian.AppendUint32(b, scale)
	return box("mvhd", binary.BigEndian.AppendUint32(b, uint32(units)))
}

// film is an MP4 with those boxes in its moov and a track of a codec.
func film(codec string, boxes ...[]byte) []byte {
	hdlr := box("hdlr", make([]byte, 8), []byte("vide"), make([]byte, 13))
	stsd := box("stsd", make([]byte, 7), []byte{1}, box(codec, make([]byte, 70)))
	boxes = append(boxes, box("trak", box("mdia", hdlr, box("minf", box("stbl", stsd)))))
	return append(box("ftyp", []byte("isom\x00\x00\x02\x00")), box("moov", boxes...)...)
}

// sound is an MP3 of n frames of 26 ms, 128 kbit/s at 44,1 kHz.
func sound(n int) []byte {
	return bytes.Repeat(append([]byte{0xff, 0xfb, 0x90, 0x00}, make([]byte, 413)...), n)
}

func TestLengthComesFromTheFile(t *testing.T) {
	mehd := box("mvex", box("mehd", []byte{0, 0, 0, 0, 0, 0, 0x1d, 0x4c})) // 7500
	id3 := append([]byte("ID3\x04\x00\x00\x00\x00\x01\x00"), make([]byte, 128)...)
	for _, test := range []struct {
		name string
		data []byte
		want Recording
		err  error
	}{
		{"version 0", film("avc1", header(0, 600, 1500)), Recording{2500, true}, nil},
		{"version 1", film("avc1", header(1, 90_000, 90_000*3600)), Recording{3_600_000, true}, nil},
		{"fragments", film("av01", header(0, 1000, 0), mehd), Recording{7500, true}, nil},
		{"no length", film("avc1", header(0, 1000, 0)), Recording{0, true}, ErrNoLength},
		{"no scale", film("avc1", header(0, 0, 9)), Recording{0, true}, ErrNoLength},
		{"no header", film("avc1"), Recording{0, true}, ErrNoLength},
		{"header cut short", film("avc1", box("mvhd", []byte{0, 0})), Recording{0, true}, ErrNoLength},
		{"endless", film("avc1", header(1, 1, 1<<62)), Recording{0, true}, ErrNoLength},
		{"phone's HEVC", film("hvc1", header(0, 600, 1500)), Recording{0, true}, ErrUnplayable},
		{"MP3", sound(100), Recording{2612, false}, nil},
		{"MP3 with a tag", append(id3, sound(100)...), Recording{2612, false}, nil},
		{"MP3 with a tag at its end", append(sound(100), make([]byte, 128)...), Recording{2612, false}, nil},
		{"captions", []byte(captions), Recording{}, ErrNoLength},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := open(t)
			blob, err := f.Put(bytes.NewReader(test.data))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := f.Inspect(blob.Name); got != test.want || !errors.Is(err, test.err) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestWhatIsNoSoundIsRefused(t *testing.T) {
	page := "<script>alert(1)</script>"
	for name, data := range map[string]string{
		"a page in a tag":         "ID3\x04\x00\x00\x00\x00\x00\x19" + page,
		"a tag alone":             "ID3\x04\x00\x00\x00\x00\x00\x05aaaaa",
		"a tag longer than all":   "ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + string(sound(9)),
		"three frames":            string(sound(3)) + page,
		"frames, then a big page": string(sound(9)) + strings.Repeat(page, 50_000),
		"layer II":                strings.Repeat("\xff\xfd\x90\x00"+strings.Repeat("\x00", 413), 20),
		"executable":              "MZ\x90\x00",
		"archive":                 "PK\x03\x04",
		"picture with a script":   `<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>`,
		"Matroska":                "\x1a\x45\xdf\xa3",
	} {
		if blob, err := open(t).Put(strings.NewReader(data)); !errors.Is(err, ErrUnknownType) {
			t.Errorf("%s: stored as %v, %v", name, blob, err)
		}
	}
}

func TestRemove(t *testing.T) {
	f := open(t)
	blob, err := f.Put(bytes.NewReader(sound(9)))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := f.Remove(blob.Name); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := f.Path(blob.Name); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if err := f.Remove("../x"); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed %v", err)
	}
}

func FuzzLength(f *testing.F) {
	f.Add(film("avc1", header(0, 600, 1500)))
	f.Add(sound(9))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		if ms, err := mp4Length(r, int64(len(data))); err == nil && ms < 0 {
			t.Errorf("%d ms", ms)
		}
		if ms, err := mp3Length(r, int64(len(data))); err == nil && ms <= 0 {
			t.Errorf("%d ms", ms)
		}
	})
}
