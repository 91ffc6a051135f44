package attachment

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// photo is a JPEG of a red left half and a blue right half, with Exif that says how it lies and where it was taken.
func photo(t testing.TB, w, h, up int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{200, 0, 0, 255}
			if x >= w/2 {
				c = color.RGBA{0, 0, 200, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	tiff := []byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00")
	tiff = append(tiff, byte(up), 0, 0, 0, 0, 0, 0, 0)
	exif := append([]byte("Exif\x00\x00"), append(tiff, "GPS 34.4250 8.7842 Gafsa"...)...)
	segment := append([]byte{0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))...)
	return append(append([]byte{0xff, 0xd8}, append(segment, exif...)...), b.Bytes()[2:]...)
}

func folder(t testing.TB) *Folder {
	t.Helper()
	f, err := Open(filepath.Join(t.TempDir(), "attachments"), func(r io.ReaderAt, _ int64) (string, string, error) {
		head := make([]byte, 3)
		if _, err := r.ReadAt(head, 0); err == nil && string(head) == "ID3" {
			return "mp3", "audio/mpeg", nil
		}
		return "", "", errors.New("no sound")
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func keep(t testing.TB, f *Folder, sent string, data []byte) (string, File, error) {
	t.Helper()
	name := NewName()
	file, err := f.Keep(context.Background(), name, sent, bytes.NewReader(data))
	return name, file, err
}

func stored(t testing.TB, f *Folder, name, ext string, light bool) []byte {
	t.Helper()
	path, mime, err := f.Path(name, ext, light)
	if err != nil || mime == "" {
		t.Fatalf("%s.%s: %v", name, ext, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Whatever a phone says of how it was held, the picture stands upright, and says nothing of where it was taken.
func TestPicturesStandUprightAndTellNothing(t *testing.T) {
	f := folder(t)
	red := func(img image.Image, x, y int) bool { r, _, b, _ := img.At(x, y).RGBA(); return r > b }
	for up, corner := range map[int]func(w, h int) (int, int){ // a red one
		1: func(_, h int) (int, int) { return 5, h / 2 }, 2: func(w, h int) (int, int) { return w - 5, h / 2 },
		3: func(w, h int) (int, int) { return w - 5, h / 2 }, 4: func(_, h int) (int, int) { return 5, h / 2 },
		5: func(w, _ int) (int, int) { return w / 2, 5 }, 6: func(w, _ int) (int, int) { return w / 2, 5 },
		7: func(w, h int) (int, int) { return w / 2, h - 5 }, 8: func(w, h int) (int, int) { return w / 2, h - 5 },
	} {
		name, file, err := keep(t, f, "IMG.jpg", photo(t, 2000, 1000, up))
		if err != nil || file.Ext != "jpg" {
			t.Fatalf("orientation %d: %+v, %v", up, file, err)
		}
		w, h := 1600, 800
		if up >= 5 {
			w, h = h, w
		}
		if file.Large.Width != w || file.Large.Height != h || max(file.Light.Width, file.Light.Height) != 640 || file.Light.Bytes >= file.Large.Bytes {
			t.Errorf("orientation %d: %+v", up, file)
		}
		for _, light := range []bool{false, true} {
			data := stored(t, f, name, file.Ext, light)
			img, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			x, y := corner(img.Bounds().Dx(), img.Bounds().Dy())
			if !red(img, x, y) {
				t.Errorf("orientation %d lies still", up)
			}
			if bytes.Contains(data, []byte("Exif")) || bytes.Contains(data, []byte("Gafsa")) {
				t.Errorf("orientation %d: the picture says where it was taken", up)
			}
		}
	}
}

func drawing(t testing.TB, w, h int, c color.RGBA) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		img.SetRGBA(i%w, i/w, c)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPicturesOfEachSort(t *testing.T) {
	f := folder(t)
	for what, c := range map[string]struct {
		data         []byte
		ext          string
		width, light int
	}{
		"a small photo":      {photo(t, 300, 200, 1), "jpg", 300, 300},
		"a screen":           {drawing(t, 800, 600, color.RGBA{9, 9, 9, 255}), "png", 800, 640},
		"one seen through":   {drawing(t, 700, 10, color.RGBA{9, 0, 0, 90}), "png", 700, 640},
		"hardly a line":      {drawing(t, 9000, 2, color.RGBA{9, 9, 9, 255}), "png", 1600, 640},
		"a point":            {drawing(t, 1, 1, color.RGBA{9, 9, 9, 255}), "png", 1, 1},
		"a high photo":       {photo(t, 100, 3000, 1), "jpg", 53, 20},
		"one of a small GIF": {[]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"), "png", 1, 1},
	} {
		name, file, err := keep(t, f, "whatever.exe", c.data)
		if err != nil || file.Ext != c.ext || file.Large.Width != c.width || file.Light.Width != c.light || !file.Picture() {
			t.Errorf("%s: %+v, %v", what, file, err)
			continue
		}
		stored(t, f, name, file.Ext, file.Light != file.Large)
	}
}

func TestFilesThatArentPictures(t *testing.T) {
	f := folder(t)
	huge := drawing(t, 10, 10, color.RGBA{1, 1, 1, 255})
	binary.BigEndian.PutUint32(huge[16:], 60000) // what the header claims
	binary.BigEndian.PutUint32(huge[20:], 60000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	cut := photo(t, 400, 400, 1)
	for what, c := range map[string]struct {
		data []byte
		ext  string
		want error
	}{
		"a PDF": {[]byte("%PDF-1.7\n"), "pdf", nil}, "a sound": {[]byte("ID3\x04"), "mp3", nil}, "words": {[]byte("Bonjour à tous"), "txt", nil},
		"a page": {[]byte("<html><script>alert(1)</script>"), "", ErrUnknownType}, "a program": {[]byte("\x7fELF\x02\x01"), "", ErrUnknownType},
		"a drawing of scripts": {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "", ErrUnknownType},
		"nothing":              {nil, "", ErrEmpty}, "too much": {bytes.Repeat([]byte("a "), MaxBytes/2+1), "", ErrTooLarge},
		"a cut photo": {cut[:len(cut)/2], "", ErrUnknownType}, "only a head": {[]byte("\x89PNG\r\n\x1a\n"), "", ErrUnknownType},
		"a bomb": {huge, "", ErrTooManyDots},
	} {
		name, file, err := keep(t, f, "facture.pdf", c.data)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
		if err == nil && (file.Ext != c.ext || file.Picture() || !bytes.Equal(stored(t, f, name, file.Ext, false), c.data)) {
			t.Errorf("%s: %+v", what, file)
		}
	}
	left, err := filepath.Glob(filepath.Join(f.dir, "*"))
	if err != nil || len(left) != 3 {
		t.Errorf("the folder holds %v", left)
	}
}

func TestRemovingAndSweeping(t *testing.T) {
	f := folder(t)
	name, file, err := keep(t, f, "a.jpg", photo(t, 1000, 1000, 1))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := f.Remove(name); err != nil {
			t.Error(err)
		}
	}
	if _, _, err := f.Path(name, file.Ext, false); !errors.Is(err, errNoBlob) {
		t.Errorf("a removed file: %v", err)
	}
	for _, evil := range []string{"", "../../etc/passwd", strings.Repeat("g", 32), strings.Repeat("a", 31) + "*"} {
		if _, _, err := f.Path(evil, "jpg", false); !errors.Is(err, errNoBlob) {
			t.Errorf("%q is looked up: %v", evil, err)
		}
		if err := f.Remove(evil); !errors.Is(err, errNoBlob) {
			t.Errorf("%q is removed: %v", evil, err)
		}
	}
	old := filepath.Join(f.dir, ".put-1")
	if err := os.WriteFile(old, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.SweepUnfinished(time.Now().Add(23 * time.Hour)); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(old); err != nil {
		t.Error("an upload of today is swept")
	}
	if err := f.SweepUnfinished(time.Now().Add(25 * time.Hour)); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("an old one stays")
	}
}

// Whatever stands where Exif should be, reading it ends.
func TestOrientationOfAnything(t *testing.T) {
	whole := photo(t, 16, 16, 6)
	rapid.Check(t, func(t *rapid.T) {
		data := bytes.Clone(whole[:rapid.IntRange(0, 80).Draw(t, "length")])
		for range rapid.IntRange(0, 6).Draw(t, "changes") {
			if len(data) > 2 {
				data[rapid.IntRange(2, len(data)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
			}
		}
		if up := orientation(bytes.NewReader(data)); up < 1 || up > 8 {
			t.Fatalf("orientation %d", up)
		}
	})
}
