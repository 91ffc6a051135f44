package search

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// send notes that a document has to be carried to the engine elsewhere; the zero Ref empties that engine first.
func (s *Service) send(ctx context.Context, tx bun.Tx, r Ref) error {
	if s.external == nil {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `insert into search_outbound (kind, id) values (?, ?)`, r.Kind, r.ID); err != nil {
		return fmt.Errorf("send %s %d: %w", r.Kind, r.ID, err)
	}
	return nil
}

// carried is how many notes are carried at once.
const carried = 200

// pauses between rounds: when there is nothing to carry, and when the engine doesn't take it.
const (
	idle  = 2 * time.Second
	after = 30 * time.Second
)

// Run carries documents to the engine elsewhere until ctx ends. Without such an engine it returns at once.
func (s *Service) Run(ctx context.Context) {
	if s.external == nil {
		return
	}
	ready := false
	for ctx.Err() == nil {
		pause, n := idle, 0
		err := s.begin(ctx, &ready)
		if err == nil {
			n, err = s.Carry(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.log.Warn("carry documents to the search engine", "error", err, "again_in", after)
			pause = after
		}
		if n > 0 && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// begin makes the engine elsewhere ready, once. An engine that is empty, because it is new or lost its data, gets all
// there is.
func (s *Service) begin(ctx context.Context, ready *bool) error {
	if *ready {
		return nil
	}
	filled, err := s.external.Prepare(ctx)
	if err == nil && !filled {
		_, err = s.db.NewRaw(`insert into search_outbound (kind, id) select distinct kind, id from search_document`).Exec(ctx)
	}
	*ready = err == nil
	return err
}

// patience bounds how long an engine may take for a batch.
const patience = 5 * time.Minute

// note is one document to carry.
type note struct {
	Seq int64
	Ref `bun:",extend"`
}

// Carry brings what waits, up to a batch, to the engine elsewhere and returns how many notes that was. One node does so at
// a time, in order; a note is gone once the engine has said that it is done, so that a crash only repeats work.
func (s *Service) Carry(ctx context.Context) (n int, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var mine bool
		if err := tx.NewRaw(`select pg_try_advisory_xact_lock(hashtext('search outbound'))`).Scan(ctx, &mine); err != nil || !mine {
			return err
		}
		var notes []note
		if err := tx.NewRaw(`select seq, kind, id from search_outbound order by seq limit ?`, carried).Scan(ctx, &notes); err != nil {
			return err
		}
		if n = len(notes); n == 0 {
			return nil
		}
		if err := s.deliver(ctx, tx, notes); err != nil {
			return err
		}
		seqs := make([]int64, n)
		for i, note := range notes {
			seqs[i] = note.Seq
		}
		_, err := tx.ExecContext(ctx, `delete from search_outbound where seq = any(?::bigint[])`, pgdialect.Array(seqs))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("carry documents: %w", err)
	}
	return n, nil
}

// deliver brings each document as it is now, after emptying the engine if that is asked for.
func (s *Service) deliver(ctx context.Context, tx bun.Tx, notes []note) error {
	wanted := map[Ref]bool{}
	for _, note := range notes {
		if note.Ref == (Ref{}) {
			if err := s.external.Clear(ctx); err != nil {
				return err
			}
			continue
		}
		wanted[note.Ref] = true
	}
	var documents []Document
	var gone []Ref
	for ref := range wanted {
		d, found, err := read(ctx, tx, ref)
		switch {
		case err != nil:
			return err
		case found:
			documents = append(documents, d)
		default:
			gone = append(gone, ref)
		}
	}
	if len(documents) > 0 {
		if err := s.external.Put(ctx, documents); err != nil {
			return err
		}
	}
	if len(gone) > 0 {
		return s.external.Remove(ctx, gone)
	}
	return nil
}

// read puts a document together again from its rows.
func read(ctx context.Context, db bun.IDB, ref Ref) (Document, bool, error) {
	var rows []row
	err := db.NewRaw(`select kind, id, language, shelf, coalesce(space_id, 0) as space_id, path, title, summary, body
		from search_document where kind = ? and id = ?`, ref.Kind, ref.ID).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return Document{}, false, err
	}
	d := Document{Ref: ref, Shelf: rows[0].Shelf, SpaceID: rows[0].SpaceID, Path: rows[0].Path, Texts: map[string]Content{}}
	for _, r := range rows {
		d.Texts[r.Language] = Content{Title: r.Title, Summary: r.Summary, Body: r.Body}
	}
	return d, true, nil
}
