package library

import (
	"io"

	"halqa/community/account"
)

// Keep stores a file that isn't of a space, under the same checks as every document; whoever asked says who may have it.
// It returns what the file is called in the store and for who takes it, or Invalids (field file).
func (s *Service) Keep(name string, file io.Reader) (blob Blob, called string, err error) {
	var wrong account.Invalids
	if blob, err = s.store(&wrong, name, file); err != nil {
		return Blob{}, "", err
	}
	if err := wrong.Err(); err != nil {
		return Blob{}, "", err
	}
	return blob, FileName(name, Document{Blob: blob.Name}.Extension()), nil
}

// Find returns the path and the media type of a file that Keep stored.
func (s *Service) Find(blob string) (path, mime string, err error) { return s.folder.path(blob) }
