// Package media keeps the files of lessons: immutable blobs named by their content.
package media

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// Errors of a Folder.
var (
	ErrNotFound    = errors.New("media: no such blob")
	ErrUnknownType = errors.New("media: neither MP4, M4A, MP3, WebVTT nor JPEG")
)

// Blob is a stored file. Its name never means other bytes, so it may be cached for ever.
type Blob struct {
	Name  string `json:"name"` // half of the SHA-256 in hexadecimal, and the extension of its type
	MIME  string `json:"mime"`
	Bytes int64  `json:"bytes"`
}

// Folder is a store of blobs in one folder of the file system.
type Folder struct{ dir string }

// Open returns the store in dir, which it creates.
func Open(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open media folder: %w", err)
	}
	return &Folder{dir: dir}, nil
}

// Put stores what r holds and returns its blob; storing the same bytes again changes nothing. The type comes from the
// content alone: ErrUnknownType when it is none that a lesson uses. The blob appears whole or not at all, and is on
// disk when Put returns.
func (f *Folder) Put(r io.Reader) (Blob, error) {
	tmp, err := os.CreateTemp(f.dir, ".put-*")
	if err != nil {
		return Blob{}, fmt.Errorf("store blob: %w", err)
	}
	defer os.Remove(tmp.Name()) // fails, rightly, once renamed
	defer tmp.Close()
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(tmp, hash), r)
	if err != nil {
		return Blob{}, fmt.Errorf("store blob: %w", err)
	}
	kind, err := detect(tmp, size)
	if err != nil {
		return Blob{}, err
	}
	blob := Blob{Name: hex.EncodeToString(hash.Sum(nil)[:16]) + kind.ext, MIME: kind.mime, Bytes: size}
	if err := f.keep(tmp, blob.Name); err != nil {
		return Blob{}, fmt.Errorf("store blob %s: %w", blob.Name, err)
	}
	return blob, nil
}

// keep makes the temporary file durable, and only then gives it its name.
func (f *Folder) keep(tmp *os.File, name string) error {
	path := filepath.Join(f.dir, name)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	err := errors.Join(tmp.Chmod(0o644), tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(f.dir)
}

// Remove deletes a blob that nothing uses any more; one that isn't there is deleted already.
func (f *Folder) Remove(name string) error {
	if !blobName.MatchString(name) {
		return ErrNotFound
	}
	if err := os.Remove(filepath.Join(f.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove blob %s: %w", name, err)
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
			return fmt.Errorf("sweep uploads: %w", err)
		}
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

var blobName = regexp.MustCompile(`^[0-9a-f]{32}\.(mp4|m4a|mp3|vtt|jpg)$`)

// Path returns the file of the blob called name and its media type, or ErrNotFound. A name that Put can't have given
// is never looked up.
func (f *Folder) Path(name string) (path, mime string, err error) {
	if !blobName.MatchString(name) {
		return "", "", ErrNotFound
	}
	path = filepath.Join(f.dir, name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", "", ErrNotFound
	} else if err != nil {
		return "", "", fmt.Errorf("find blob %s: %w", name, err)
	}
	return path, mimeOf[filepath.Ext(name)], nil
}
