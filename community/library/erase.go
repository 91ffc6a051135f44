package library

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// Erase removes the documents that somebody who erased their account proposed and that no library has, with their files. What
// was published stays, of nobody.
func (s *Service) Erase(ctx context.Context, e account.Erased) error {
	var gone []Document
	err := s.db.NewSelect().Model(&gone).Where("given_by = any(?) and state <> ?", pgdialect.Array(e.IDs), Published).Order("id").Scan(ctx)
	if err != nil {
		return fmt.Errorf("documents of somebody who goes: %w", err)
	}
	for _, d := range gone {
		if err := s.erase(ctx, d); err != nil {
			return fmt.Errorf("document %d of somebody who goes: %w", d.ID, err)
		}
	}
	return nil
}

// erase removes the file of a document, then its row: who dies in between finds the row again.
func (s *Service) erase(ctx context.Context, d Document) error {
	used, err := s.db.NewSelect().Table("document").Where("blob = ? and id <> ?", d.Blob, d.ID).Exists(ctx)
	if err == nil && !used && s.Elsewhere != nil {
		used, err = s.Elsewhere(ctx, d.Blob)
	}
	if err == nil && !used {
		err = s.folder.remove(d.Blob)
	}
	if err != nil {
		return err
	}
	_, err = s.db.NewDelete().Model(&d).Where("id = ? and state <> ?", d.ID, Published).Exec(ctx)
	return err
}

// remove removes a file; one that isn't there is no error.
func (f *Folder) remove(name string) error {
	if !blobName.MatchString(name) {
		return errNoBlob
	}
	if err := os.Remove(filepath.Join(f.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
