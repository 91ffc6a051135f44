package library

import (
	"context"
	"fmt"
	"io"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// MayEdit tells whether the actor may change a document: its moderators while it waits or is published, whoever proposed
// it while it waits.
func MayEdit(actor account.Actor, d Document, sp account.Space) bool {
	own := actor.SignedIn() && d.GivenBy == actor.PersonID && d.State == Proposed
	return own || actor.Can(account.Moderate, sp.Scope()) && (d.State == Proposed || d.State == Published)
}

// Edit changes what is said of a document and, with a file, the file: links to it stay. It returns ErrForbidden for those
// who may not (see MayEdit), Invalids, with the fields of Give, and account.ErrStale unless d has the document's last version.
func (s *Service) Edit(ctx context.Context, actor account.Actor, id int64, d Draft, name string, file io.Reader) (Document, error) {
	before, sp, err := visible(ctx, s.db, s.db.NewSelect(), actor, id)
	if err != nil {
		return Document{}, err
	}
	if !MayEdit(actor, before, sp) {
		return Document{}, fmt.Errorf("edit document %d: %w", id, refuse(actor))
	}
	axes, err := s.axes(ctx, before.Axes...)
	if err != nil {
		return Document{}, err
	}
	wrong := d.check(axes)
	blob := Blob{Name: before.Blob, Bytes: before.Bytes}
	if file != nil {
		if blob, err = s.store(&wrong, name, file); err != nil {
			return Document{}, err
		}
	}
	if err := wrong.Err(); err != nil {
		return Document{}, err
	}
	var doc Document
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if doc, sp, err = visible(ctx, tx, tx.NewSelect().For("update"), actor, id); err != nil {
			return err
		}
		if !MayEdit(actor, doc, sp) { // decided or withdrawn meanwhile
			return fmt.Errorf("document %d is %s: %w", id, doc.State, account.ErrConflict)
		}
		if doc.Version != d.Version {
			return fmt.Errorf("document %d: %w", id, account.ErrStale)
		}
		doc.describe(d)
		doc.Version++
		if file != nil {
			doc.Blob, doc.Bytes = blob.Name, blob.Bytes
			doc.Name = FileName(name, doc.Extension())
		}
		_, err := tx.NewUpdate().Model(&doc).Column("title", "summary", "words", "kind", "axes", "languages", "blob", "name", "bytes", "version").WherePK().Exec(ctx)
		if err != nil {
			return fmt.Errorf("edit document %d: %w", id, err)
		}
		return events.Publish(ctx, tx, events.DocumentChanged{DocumentID: doc.ID, SpaceID: doc.SpaceID, Title: doc.Title, GivenBy: doc.GivenBy,
			By: actor.PersonID})
	})
	return doc, err
}

// describe takes over what a checked draft says.
func (d *Document) describe(draft Draft) {
	d.Title, d.Summary, d.Words = draft.Title, draft.Summary, draft.words()
	d.Kind, d.Axes, d.Languages = draft.Kind, draft.Axes, draft.Languages
}

// axes are those that may be chosen for a document that has held.
func (s *Service) axes(ctx context.Context, held ...string) ([]account.Axis, error) {
	var axes []account.Axis
	if err := s.db.NewSelect().Model(&axes).Order("position", "key").Scan(ctx); err != nil {
		return nil, fmt.Errorf("axes: %w", err)
	}
	return account.Choosable(axes, held...), nil
}
