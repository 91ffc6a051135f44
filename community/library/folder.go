package library

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
)

// MaxBytes is the size of the largest file accepted.
const MaxBytes = 20 << 20

// What a Folder refuses.
var (
	ErrTooLarge    = errors.New("library: file too large")
	ErrEmpty       = errors.New("library: empty file")
	ErrUnknownType = errors.New("library: not a type of document that is accepted")
	errNoBlob      = errors.New("library: no such file")
)

// Blob is a stored file. Its name never means other bytes.
type Blob struct {
	Name  string // half of the SHA-256 in hexadecimal, and the extension of its type
	Bytes int64
}

// Folder is a store of files in one folder of the file system.
type Folder struct{ dir string }

// OpenFolder returns the store in dir, which it creates.
func OpenFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open library folder: %w", err)
	}
	return &Folder{dir: dir}, nil
}

// put stores what r holds; storing the same bytes again changes nothing. The type comes from the content; name, as its
// sender called it, only tells a table in plain text from other plain text. The file appears whole or not at all.
func (f *Folder) put(r io.Reader, name string) (Blob, error) {
	tmp, err := os.CreateTemp(f.dir, ".put-*")
	if err != nil {
		return Blob{}, fmt.Errorf("store file: %w", err)
	}
	defer func() { _, _ = os.Remove(tmp.Name()), tmp.Close() }() // the first fails, rightly, once renamed
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(tmp, hash), io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		return Blob{}, fmt.Errorf("store file: %w", err)
	case size > MaxBytes:
		return Blob{}, ErrTooLarge
	case size == 0:
		return Blob{}, ErrEmpty
	}
	ext, err := Detect(tmp, size, name)
	if err != nil {
		return Blob{}, err
	}
	blob := Blob{Name: hex.EncodeToString(hash.Sum(nil)[:16]) + "." + ext, Bytes: size}
	if err := f.keep(tmp, blob.Name); err != nil {
		return Blob{}, fmt.Errorf("store file %s: %w", blob.Name, err)
	}
	return blob, nil
}

// keep makes the temporary file durable, and only then gives it its name.
func (f *Folder) keep(tmp *os.File, name string) error {
	path := filepath.Join(f.dir, name)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := errors.Join(tmp.Chmod(0o644), tmp.Sync()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(f.dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

var blobName = regexp.MustCompile(`^[0-9a-f]{32}\.([a-z]{3,4})$`)

// path returns the file called name and its media type. A name that put can't have given is never looked up.
func (f *Folder) path(name string) (path, mime string, err error) {
	m := blobName.FindStringSubmatch(name)
	if m == nil || mimeOf[m[1]] == "" {
		return "", "", errNoBlob
	}
	path = filepath.Join(f.dir, name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", "", errNoBlob
	} else if err != nil {
		return "", "", fmt.Errorf("find file %s: %w", name, err)
	}
	return path, mimeOf[m[1]], nil
}
