package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Service holds the use cases.
type Service struct {
	// Elsewhere tells whether something else than a document has a file of the store; nil: nothing has.
	Elsewhere func(ctx context.Context, blob string) (bool, error)

	db     bun.IDB
	folder *Folder
	now    func() time.Time
}

// New returns the use cases over db, with files in folder. A nil now is the system's clock.
func New(db bun.IDB, folder *Folder, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{db: db, folder: folder, now: now}
}

// MayGive tells whether the actor may give documents to a space: its moderators publish, its members propose.
func MayGive(actor account.Actor, sp account.Space) bool {
	return actor.SignedIn() && (sp.HasMember(actor) || actor.Can(account.Moderate, sp.Scope()))
}

// Give adds a document to a space: published when the actor moderates it, else proposed by a member. name is what the
// file is called on the sender's machine. It returns Invalids (fields title_fr, summary_fr…, kind, languages, file), and
// ErrForbidden for somebody who is neither.
func (s *Service) Give(ctx context.Context, actor account.Actor, spaceID int64, d Draft, name string, file io.Reader) (Document, error) {
	sp, err := account.FindSpace(ctx, s.db, spaceID)
	if err != nil {
		return Document{}, err
	}
	if err := sp.Refusal(actor); err != nil {
		return Document{}, err
	}
	if !MayGive(actor, sp) {
		return Document{}, refuse(actor)
	}
	if err := account.MayWrite(ctx, s.db, actor.PersonID, sp, s.now()); err != nil {
		return Document{}, err
	}
	axes, err := s.axes(ctx)
	if err != nil {
		return Document{}, err
	}
	wrong := d.check(axes)
	blob, err := s.store(&wrong, name, file)
	if err != nil {
		return Document{}, err
	}
	if err := wrong.Err(); err != nil {
		return Document{}, err
	}
	doc := Document{SpaceID: sp.ID, Blob: blob.Name, Bytes: blob.Bytes, State: Proposed, GivenBy: actor.PersonID, GivenAt: s.now()}
	doc.describe(d)
	doc.Name = FileName(name, doc.Extension())
	if actor.Can(account.Moderate, sp.Scope()) {
		doc.State, doc.DecidedBy, doc.DecidedAt = Published, actor.PersonID, s.now()
	}
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewInsert().Model(&doc).Exec(ctx); err != nil {
			return fmt.Errorf("add document: %w", err)
		}
		return announce(ctx, tx, doc, actor)
	})
	return doc, err
}

// store keeps a file, or says what is wrong with it.
func (s *Service) store(wrong *account.Invalids, name string, file io.Reader) (Blob, error) {
	if file == nil {
		wrong.Add("file", "library.error_file")
		return Blob{}, nil
	}
	blob, err := s.folder.put(file, name)
	switch {
	case errors.Is(err, ErrTooLarge):
		wrong.Add("file", "library.error_large", "Max", MaxBytes>>20)
	case errors.Is(err, ErrEmpty):
		wrong.Add("file", "library.error_empty")
	case errors.Is(err, ErrUnknownType):
		wrong.Add("file", "library.error_type")
	default:
		return blob, err
	}
	return Blob{}, nil
}

// announce publishes what the state of a document says now.
func announce(ctx context.Context, tx bun.Tx, d Document, by account.Actor) error {
	switch d.State {
	case Proposed:
		return events.Publish(ctx, tx, events.DocumentProposed{DocumentID: d.ID, SpaceID: d.SpaceID, Title: d.Title, GivenBy: d.GivenBy})
	case Published:
		return events.Publish(ctx, tx, events.DocumentPublished{DocumentID: d.ID, SpaceID: d.SpaceID, Title: d.Title,
			Kind: d.Kind, GivenBy: d.GivenBy, By: by.PersonID})
	case Refused:
		return events.Publish(ctx, tx, events.DocumentRefused{DocumentID: d.ID, SpaceID: d.SpaceID, Title: d.Title,
			GivenBy: d.GivenBy, By: by.PersonID})
	}
	return events.Publish(ctx, tx, events.DocumentWithdrawn{DocumentID: d.ID, SpaceID: d.SpaceID, Title: d.Title, By: by.PersonID})
}

// Decide publishes a proposed document, or refuses it with a reason. It needs Moderate over its space, and returns
// ErrConflict when somebody else decided first and Invalids (field reason) for a refusal without one.
func (s *Service) Decide(ctx context.Context, actor account.Actor, id int64, accept bool, reason string) error {
	reason = tidy(reason)
	switch {
	case accept:
		reason = ""
	case reason == "":
		return account.Invalid{Field: "reason", Key: "account.error_reason"}
	case utf8.RuneCountInString(reason) > maxReason:
		return account.Invalid{Field: "reason", Key: "account.error_long", Args: map[string]any{"Max": maxReason}}
	}
	return s.change(ctx, id, actor, func(d *Document, sp account.Space) error {
		if !actor.Can(account.Moderate, sp.Scope()) {
			return refuse(actor)
		}
		if d.State != Proposed {
			return fmt.Errorf("document %d is %s: %w", id, d.State, account.ErrConflict)
		}
		d.State, d.Reason = Refused, reason
		if accept {
			d.State = Published
		}
		return nil
	})
}

// Withdraw takes a document out of the library. Its moderators may, and whoever proposed it while it waits. It returns
// ErrConflict for one that isn't there any more.
func (s *Service) Withdraw(ctx context.Context, actor account.Actor, id int64) error {
	return s.change(ctx, id, actor, func(d *Document, sp account.Space) error {
		own := d.State == Proposed && actor.SignedIn() && d.GivenBy == actor.PersonID
		if !own && !actor.Can(account.Moderate, sp.Scope()) {
			return refuse(actor)
		}
		if d.State != Published && !own {
			return fmt.Errorf("document %d is %s: %w", id, d.State, account.ErrConflict)
		}
		d.State = Withdrawn
		return nil
	})
}

// change locks a document that the actor may see, lets decide give it a new state, and announces it.
func (s *Service) change(ctx context.Context, id int64, actor account.Actor, decide func(*Document, account.Space) error) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		d, sp, err := visible(ctx, tx, tx.NewSelect().For("update"), actor, id)
		if err != nil {
			return err
		}
		if err := decide(&d, sp); err != nil {
			return err
		}
		d.DecidedBy, d.DecidedAt = actor.PersonID, s.now()
		if _, err := tx.NewUpdate().Model(&d).Column("state", "reason", "decided_by", "decided_at").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("document %d: %w", id, err)
		}
		return announce(ctx, tx, d, actor)
	})
}

// visible finds a document that the actor may see: a published one of a space they may read, any one of a space they
// moderate, and what they gave themselves. Others are ErrNotFound.
func visible(ctx context.Context, db bun.IDB, q *bun.SelectQuery, actor account.Actor, id int64) (Document, account.Space, error) {
	var d Document
	err := q.Model(&d).Where("document.id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Document{}, account.Space{}, fmt.Errorf("document %d: %w", id, account.ErrNotFound)
	}
	if err != nil {
		return Document{}, account.Space{}, fmt.Errorf("document %d: %w", id, err)
	}
	sp, err := account.FindSpace(ctx, db, d.SpaceID)
	if err != nil {
		return Document{}, account.Space{}, err
	}
	if err := sp.Refusal(actor); err != nil {
		return Document{}, account.Space{}, err
	}
	own := actor.SignedIn() && d.GivenBy == actor.PersonID && d.State != Withdrawn
	if d.State != Published && !own && !actor.Can(account.Moderate, sp.Scope()) {
		return Document{}, account.Space{}, fmt.Errorf("document %d: %w", id, account.ErrNotFound)
	}
	return d, sp, nil
}

func refuse(actor account.Actor) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	return account.ErrForbidden
}
