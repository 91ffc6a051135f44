package courses

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// NewModule is what its author says of a module at first.
type NewModule struct {
	SpaceID int64
	Title   events.Text
	Summary events.Text
}

// CreateModule adds a draft at the end of a space and returns it. The actor needs EditModules over the space.
func (s *Service) CreateModule(ctx context.Context, actor account.Actor, n NewModule) (Module, error) {
	if err := mayEdit(ctx, s.db, actor, n.SpaceID); err != nil {
		return Module{}, err
	}
	var wrong account.Invalids
	n.Title, n.Summary = tidy("title", n.Title, MaxTitle, &wrong), tidy("summary", n.Summary, MaxSummary, &wrong)
	if err := errors.Join(requireTitle(n.Title), wrong.Err()); err != nil {
		return Module{}, err
	}
	m := Module{SpaceID: n.SpaceID, Title: n.Title, Summary: n.Summary, State: Draft, Version: 1}
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		// The space's row orders those who add modules to it.
		if _, err := tx.NewRaw(`select 1 from space where id = ? for update`, n.SpaceID).Exec(ctx); err != nil {
			return err
		}
		return tx.NewRaw(`
			insert into module (space_id, position, title, summary, created_at)
			values (?, (select coalesce(max(position), 0) + 1 from module where space_id = ?), ?, ?, ?)
			returning id, position`, n.SpaceID, n.SpaceID, asJSON(n.Title), asJSON(n.Summary), s.now()).Scan(ctx, &m.ID, &m.Position)
	})
	if err != nil {
		return Module{}, fmt.Errorf("create module: %w", err)
	}
	return m, nil
}

// AddLesson adds a lesson with its tracks or questions at the end of a module and returns it with their ids.
// ids and positions in l are ignored. It returns account.Invalids naming what is wrong.
func (s *Service) AddLesson(ctx context.Context, actor account.Actor, moduleID int64, l Lesson) (Lesson, error) {
	if err := l.validate(); err != nil {
		return Lesson{}, err
	}
	err := s.edit(ctx, actor, moduleID, func(ctx context.Context, tx bun.Tx, m Module) error {
		l.ModuleID = m.ID
		l.State = Shown
		if err := insertLesson(ctx, tx, &l); err != nil {
			return err
		}
		return s.lessonsChanged(ctx, tx, actor, m)
	})
	if err != nil {
		return Lesson{}, fmt.Errorf("add lesson to module %d: %w", moduleID, err)
	}
	return l, nil
}

func insertLesson(ctx context.Context, tx bun.Tx, l *Lesson) error {
	err := tx.NewRaw(`
		insert into lesson (module_id, position, kind, state, title, summary, body)
		values (?, (select coalesce(max(position), 0) + 1 from lesson where module_id = ?), ?, ?, ?, ?, ?) returning id, position, version`,
		l.ModuleID, l.ModuleID, l.Kind, l.State, asJSON(l.Title), asJSON(l.Summary), asJSON(l.Body)).Scan(ctx, &l.ID, &l.Position, &l.Version)
	if err != nil {
		return err
	}
	for i := range l.Tracks {
		l.Tracks[i].LessonID = l.ID
		if err := insertTrack(ctx, tx, &l.Tracks[i]); err != nil {
			return err
		}
	}
	for i := range l.Questions {
		l.Questions[i].LessonID, l.Questions[i].Position = l.ID, i+1
		if err := insertQuestion(ctx, tx, &l.Questions[i]); err != nil {
			return err
		}
	}
	return nil
}

func insertTrack(ctx context.Context, tx bun.Tx, t *Track) error {
	return tx.NewRaw(`
		insert into track (lesson_id, language, duration_ms, synthetic, files, chapters, transcript)
		values (?, ?, ?, ?, ?, ?, ?) returning id`, t.LessonID, t.Language, t.DurationMS, t.Synthetic,
		asJSON(t.Files), asJSON(orEmpty(t.Chapters)), asJSON(orEmpty(t.Transcript))).Scan(ctx, &t.ID)
}

func insertQuestion(ctx context.Context, tx bun.Tx, q *Question) error {
	return tx.NewRaw(`
		insert into question (lesson_id, position, kind, prompt, options, explanation)
		values (?, ?, ?, ?, ?, ?) returning id`, q.LessonID, q.Position, q.Kind,
		asJSON(q.Prompt), asJSON(q.Options), asJSON(q.Explanation)).Scan(ctx, &q.ID)
}

// orEmpty writes no list as [] rather than null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// PublishModule opens a module to the readers of its space. It returns account.Invalids saying all that is missing: a
// lesson, something in each lesson, a criterion that can be met. Publishing a published module changes nothing.
func (s *Service) PublishModule(ctx context.Context, actor account.Actor, moduleID int64) error {
	err := s.edit(ctx, actor, moduleID, func(ctx context.Context, tx bun.Tx, m Module) error {
		if m.State == Published {
			return nil
		}
		return s.open(ctx, tx, actor, m)
	})
	if err != nil {
		return fmt.Errorf("publish module %d: %w", moduleID, err)
	}
	return nil
}

// open publishes a module in which nothing is missing.
func (s *Service) open(ctx context.Context, tx bun.Tx, actor account.Actor, m Module) error {
	wrong, err := missing(ctx, tx, m)
	if err != nil {
		return err
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	_, err = tx.NewRaw(`update module set state = 'published', published_at = coalesce(published_at, ?) where id = ?`, s.now(), m.ID).Exec(ctx)
	if err != nil {
		return err
	}
	if err := s.settleAll(ctx, tx, m); err != nil {
		return err
	}
	return announce(ctx, tx, actor, m)
}

func announce(ctx context.Context, tx bun.Tx, actor account.Actor, m Module) error {
	return events.Publish(ctx, tx, events.ModulePublished{ModuleID: m.ID, SpaceID: m.SpaceID, Title: m.Title, By: actor.PersonID})
}

// edit runs change on a module that the actor may edit, locked against other editors, and against people's very first
// step in it (whose foreign key waits for this lock): a change of criterion misses nobody.
func (s *Service) edit(ctx context.Context, actor account.Actor, moduleID int64, change func(context.Context, bun.Tx, Module) error) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		m, err := moduleByID(ctx, tx, moduleID, "for update")
		if err != nil {
			return err
		}
		if err := mayEdit(ctx, tx, actor, m.SpaceID); err != nil {
			return err
		}
		return change(ctx, tx, m)
	})
}

func mayEdit(ctx context.Context, db bun.IDB, actor account.Actor, spaceID int64) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	space, err := account.FindSpace(ctx, db, spaceID)
	if err != nil {
		return err
	}
	if actor.Can(account.EditModules, space.Scope()) {
		return nil
	}
	if err := space.Refusal(actor); err != nil {
		return err
	}
	return account.ErrForbidden
}

func moduleByID(ctx context.Context, db bun.IDB, id int64, lock string) (Module, error) {
	var m Module
	err := db.NewRaw(`select id, space_id, position, title, summary, state, version, published_at, by_text from module where id = ? `+lock, id).Scan(ctx, &m)
	if errors.Is(err, sql.ErrNoRows) {
		return Module{}, fmt.Errorf("module %d: %w", id, account.ErrNotFound)
	}
	if err != nil {
		return Module{}, fmt.Errorf("module %d: %w", id, err)
	}
	return m, nil
}

// asJSON is v as text for a jsonb column. The types written here can't fail to encode.
func asJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encode %T: %v", v, err))
	}
	return string(data)
}
