// Package attachment keeps the files that people add to what they write: documents and sounds as they came, and pictures made
// anew, without what they tell of when and where they were taken, in a large and in a light rendition.
package attachment

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"halqa/community/library"
)

// MaxBytes is the size of the largest file accepted.
const MaxBytes = 20 << 20

// What a Folder refuses.
var (
	ErrTooLarge    = errors.New("attachment: file too large")
	ErrEmpty       = errors.New("attachment: empty file")
	ErrUnknownType = errors.New("attachment: not a type of file that is accepted")
	ErrTooManyDots = errors.New("attachment: picture of too many pixels")
	errNoBlob      = errors.New("attachment: no such file")
)

// Accept is what a browser should offer to choose from.
const Accept = "image/jpeg,image/png,image/webp,image/gif," + library.Accept + ",.mp3,.m4a"

// File is what a Folder made of a file.
type File struct {
	Ext   string // its true type, such as "pdf"; of a picture, that of its renditions
	Bytes int64
	Large Rendition // of a picture; the zero Rendition otherwise
	Light Rendition // the same one as Large, of a small picture
}

// Picture tells whether the file is one that is shown in place.
func (f File) Picture() bool { return f.Large.Width > 0 }

// Rendition is a picture of a certain size.
type Rendition struct {
	Ext           string
	Width, Height int // pixels
	Bytes         int64
}

// Sounds tells what a recording of sound is: see media.Sound.
type Sounds func(r io.ReaderAt, size int64) (ext, mime string, err error)

// Folder is a store of files in one folder of the file system. Each has a name of its own, drawn before it comes.
type Folder struct {
	dir    string
	sounds Sounds
	turns  chan struct{} // pictures are made one after the other: each takes much memory
}

// Open returns the store in dir, which it creates. A nil sounds accepts none.
func Open(dir string, sounds Sounds) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open folder of attachments: %w", err)
	}
	return &Folder{dir: dir, sounds: sounds, turns: make(chan struct{}, 1)}, nil
}

// NewName draws a name for a file.
func NewName() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// Keep stores what r holds under a name of NewName. The content decides what it is; sent, as its sender called it, only tells a
// table in plain text from other plain text. Each file appears whole or not at all.
func (f *Folder) Keep(ctx context.Context, name, sent string, r io.Reader) (File, error) {
	tmp, err := os.CreateTemp(f.dir, ".put-*")
	if err != nil {
		return File{}, fmt.Errorf("store file: %w", err)
	}
	defer func() { _, _ = os.Remove(tmp.Name()), tmp.Close() }() // the first fails, rightly, once renamed
	size, err := io.Copy(tmp, io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		return File{}, fmt.Errorf("store file: %w", err)
	case size > MaxBytes:
		return File{}, ErrTooLarge
	case size == 0:
		return File{}, ErrEmpty
	}
	if isPicture(tmp) {
		return f.keepPicture(ctx, name, tmp, size)
	}
	ext, err := f.detect(tmp, size, sent)
	if err != nil {
		return File{}, err
	}
	return File{Ext: ext, Bytes: size}, f.publish(tmp, name+"."+ext)
}

// detect asks those who know documents and sounds.
func (f *Folder) detect(r io.ReaderAt, size int64, sent string) (string, error) {
	if f.sounds != nil {
		if ext, _, err := f.sounds(r, size); err == nil {
			return ext, nil
		}
	}
	ext, err := library.Detect(r, size, sent)
	if errors.Is(err, library.ErrUnknownType) {
		err = ErrUnknownType
	}
	return ext, err
}

// keepPicture stores the renditions of a picture, and nothing of what came.
func (f *Folder) keepPicture(ctx context.Context, name string, r io.ReaderAt, size int64) (File, error) {
	select {
	case f.turns <- struct{}{}:
		defer func() { <-f.turns }()
	case <-ctx.Done():
		return File{}, ctx.Err()
	}
	large, light, err := renditions(io.NewSectionReader(r, 0, size))
	if err != nil {
		return File{}, err
	}
	file := File{Ext: large.ext, Bytes: int64(len(large.data)), Large: large.rendition(), Light: large.rendition()}
	if err := f.write(name+"."+large.ext, large.data); err != nil || light.data == nil {
		return file, err
	}
	file.Light = light.rendition()
	return file, f.write(lightName(name, light.ext), light.data)
}

func lightName(name, ext string) string { return name + "-light." + ext }

func (f *Folder) write(name string, data []byte) error {
	tmp, err := os.CreateTemp(f.dir, ".put-*")
	if err != nil {
		return fmt.Errorf("store file: %w", err)
	}
	defer func() { _, _ = os.Remove(tmp.Name()), tmp.Close() }()
	if _, err := tmp.Write(data); err != nil {
		return fmt.Errorf("store file: %w", err)
	}
	return f.publish(tmp, name)
}

// publish makes the temporary file durable, and only then gives it its name.
func (f *Folder) publish(tmp *os.File, name string) error {
	if err := errors.Join(tmp.Chmod(0o644), tmp.Sync()); err != nil {
		return fmt.Errorf("store file %s: %w", name, err)
	}
	if err := os.Rename(tmp.Name(), filepath.Join(f.dir, name)); err != nil {
		return fmt.Errorf("store file %s: %w", name, err)
	}
	d, err := os.Open(f.dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

var known = regexp.MustCompile(`^[0-9a-f]{32}$`)

// Path returns where a file is, and its media type. A name that NewName can't have drawn is never looked up.
func (f *Folder) Path(name, ext string, light bool) (path, mime string, err error) {
	if mime = mimeOf(ext); mime == "" || !known.MatchString(name) {
		return "", "", errNoBlob
	}
	if path = filepath.Join(f.dir, name+"."+ext); light {
		path = filepath.Join(f.dir, lightName(name, ext))
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", "", errNoBlob
	} else if err != nil {
		return "", "", fmt.Errorf("find file %s: %w", name, err)
	}
	return path, mime, nil
}

func mimeOf(ext string) string {
	switch ext {
	case "mp3":
		return "audio/mpeg"
	case "m4a":
		return "audio/mp4"
	}
	return library.MIME(ext)
}

// Remove deletes all that is kept under a name; what isn't there is deleted already.
func (f *Folder) Remove(name string) error {
	if !known.MatchString(name) {
		return errNoBlob
	}
	all, err := filepath.Glob(filepath.Join(f.dir, name) + "*")
	if err != nil {
		return err
	}
	for _, path := range all {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove file %s: %w", name, err)
		}
	}
	return nil
}

// SweepUnfinished deletes what was left of uploads that were cut more than a day before now.
func (f *Folder) SweepUnfinished(now time.Time) error {
	left, err := filepath.Glob(filepath.Join(f.dir, ".put-*"))
	if err != nil {
		return err
	}
	for _, path := range left {
		info, err := os.Stat(path)
		if err == nil && now.Sub(info.ModTime()) > 24*time.Hour {
			err = os.Remove(path)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("sweep attachments: %w", err)
		}
	}
	return nil
}
