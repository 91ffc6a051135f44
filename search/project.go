package search

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// Consumers returns what keeps the documents as things are.
func (s *Service) Consumers() []events.Consumer {
	heard := map[string][]concern{}
	for _, source := range s.sources {
		for _, h := range source.Hears {
			heard[h.Type] = append(heard[h.Type], concern{source, h})
		}
	}
	if len(heard) == 0 {
		return nil
	}
	var types []string
	for t := range heard {
		types = append(types, t)
	}
	slices.Sort(types)
	return []events.Consumer{{Name: "search", Types: types, Reset: s.rebuild,
		Handle: func(ctx context.Context, tx bun.Tx, e events.Event) error {
			for _, c := range heard[e.Type] {
				id, err := c.hearing.id(e)
				if err != nil {
					return err
				}
				if err := s.refresh(ctx, tx, c.source, id); err != nil {
					return err
				}
			}
			return nil
		}}}
}

// concern is a source that an event type concerns.
type concern struct {
	source  Source
	hearing Hearing
}

// refresh writes a document as it is now. Two that refresh the same one do so one after the other, and the later one
// reads what is true then: the order of events doesn't matter.
func (s *Service) refresh(ctx context.Context, tx bun.Tx, source Source, id int64) error {
	_, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtext('search'), hashtext(?))`, fmt.Sprint(source.Kind, " ", id))
	if err != nil {
		return fmt.Errorf("lock %s %d: %w", source.Kind, id, err)
	}
	d, found, err := source.Read(ctx, tx, id)
	if err != nil {
		return fmt.Errorf("read %s %d: %w", source.Kind, id, err)
	}
	d.Ref = Ref{source.Kind, id}
	if found {
		err = Postgres{tx}.Put(ctx, []Document{d})
	} else {
		err = Postgres{tx}.Remove(ctx, []Ref{d.Ref})
	}
	if err != nil {
		return err
	}
	return s.send(ctx, tx, d.Ref)
}

// rebuild makes every document anew from its source. What handlers write meanwhile waits.
func (s *Service) rebuild(ctx context.Context, tx bun.Tx) error {
	if _, err := tx.ExecContext(ctx, `lock table search_document in share row exclusive mode`); err != nil {
		return fmt.Errorf("lock the index: %w", err)
	}
	if err := (Postgres{tx}).Clear(ctx); err != nil {
		return err
	}
	if err := s.send(ctx, tx, Ref{}); err != nil {
		return err
	}
	for _, source := range s.sources {
		ids, err := source.IDs(ctx, tx)
		if err != nil {
			return fmt.Errorf("list %ss: %w", source.Kind, err)
		}
		for _, id := range ids {
			d, found, err := source.Read(ctx, tx, id)
			if err != nil {
				return fmt.Errorf("read %s %d: %w", source.Kind, id, err)
			}
			if !found {
				continue
			}
			d.Ref = Ref{source.Kind, id}
			if err := (Postgres{tx}).Put(ctx, []Document{d}); err != nil {
				return err
			}
			if err := s.send(ctx, tx, d.Ref); err != nil {
				return err
			}
		}
	}
	return nil
}

// Reindex makes every document anew and returns how many there are. The running server brings them to the engine
// elsewhere, if there is one.
func (s *Service) Reindex(ctx context.Context) (int, error) {
	var n int
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := s.rebuild(ctx, tx); err != nil {
			return err
		}
		return tx.NewRaw(`select count(*) from (select distinct kind, id from search_document) d`).Scan(ctx, &n)
	})
	if err != nil {
		return 0, fmt.Errorf("reindex: %w", err)
	}
	return n, nil
}

// Build adds the documents that lack: all of them after an upgrade from a version that had no search, or of a kind that
// is new.
func (s *Service) Build(ctx context.Context) error {
	for _, source := range s.sources {
		ids, err := source.IDs(ctx, s.db)
		if err != nil {
			return fmt.Errorf("build the index: list %ss: %w", source.Kind, err)
		}
		var lacking []int64
		err = s.db.NewRaw(`select id from unnest(?::bigint[]) id
			where not exists (select from search_document d where d.kind = ? and d.id = id.id)`,
			pgdialect.Array(ids), source.Kind).Scan(ctx, &lacking)
		if err != nil {
			return fmt.Errorf("build the index: %w", err)
		}
		for _, id := range lacking {
			err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return s.refresh(ctx, tx, source, id) })
			if err != nil {
				return fmt.Errorf("build the index: %w", err)
			}
		}
	}
	return nil
}
