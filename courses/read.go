package courses

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Modules returns the published modules of a space, in order, with how far the actor is in each. It returns
// the errors of account's Space.Refusal when the space is closed to the actor.
func (s *Service) Modules(ctx context.Context, actor account.Actor, spaceID int64) ([]Outline, error) {
	space, err := account.FindSpace(ctx, s.db, spaceID)
	if err != nil {
		return nil, err
	}
	if err := space.Refusal(actor); err != nil {
		return nil, fmt.Errorf("modules: %w", err)
	}
	modules, err := s.modulesWhere(ctx, "space_id = ? and state = 'published'", spaceID)
	if err != nil {
		return nil, err
	}
	outlines, err := s.outline(ctx, actor.PersonID, modules)
	for n := range outlines {
		outlines[n].Space = space
	}
	return outlines, err
}

// Module returns one module with how far the actor is. Drafts and retired modules exist for those who may edit them
// only: ErrNotFound for the others; the errors of account's Space.Refusal when the space is closed to the actor.
func (s *Service) Module(ctx context.Context, actor account.Actor, id int64) (Outline, error) {
	m, err := moduleByID(ctx, s.db, id, "")
	if err != nil {
		return Outline{}, err
	}
	space, err := readable(ctx, s.db, actor, m)
	if err != nil {
		return Outline{}, err
	}
	outlines, err := s.outline(ctx, actor.PersonID, []Module{m})
	if err != nil {
		return Outline{}, err
	}
	outlines[0].Space = space
	return outlines[0], nil
}

// readable returns the space of m if actor may read m.
func readable(ctx context.Context, db bun.IDB, actor account.Actor, m Module) (account.Space, error) {
	space, err := account.FindSpace(ctx, db, m.SpaceID)
	switch {
	case err != nil:
		return space, err
	case m.State != Published && !actor.Can(account.EditModules, space.Scope()):
		return space, fmt.Errorf("module %d: %w", m.ID, account.ErrNotFound)
	}
	if err := space.Refusal(actor); err != nil {
		return space, fmt.Errorf("module %d: %w", m.ID, err)
	}
	return space, nil
}

func (s *Service) modulesWhere(ctx context.Context, where string, args ...any) ([]Module, error) {
	var modules []Module
	err := s.db.NewRaw(`
		select id, space_id, position, title, summary, state, version, published_at, by_text from module
		where `+where+` order by space_id, position`, args...).Scan(ctx, &modules)
	if err != nil {
		return nil, fmt.Errorf("modules: %w", err)
	}
	return modules, nil
}

// outline adds to modules their lessons, criteria and the person's standing, in five queries whatever their number.
func (s *Service) outline(ctx context.Context, personID int64, modules []Module) ([]Outline, error) {
	if len(modules) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(modules))
	for n, m := range modules {
		ids[n] = m.ID
	}
	lessons, err := lessonsOf(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	all, err := standings(ctx, s.db, each(personID, ids), ids)
	if err != nil {
		return nil, err
	}
	rules, err := criteria(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	wrote, err := contributions(ctx, s.db, each(personID, ids), ids, rules)
	if err != nil {
		return nil, err
	}
	completed, err := completions(ctx, s.db, personID, ids)
	if err != nil {
		return nil, err
	}
	outlines := make([]Outline, len(modules))
	for n, m := range modules {
		o := Outline{Module: m, Lessons: lessons[m.ID], Standing: all[personModule{personID, m.ID}], Criterion: rules[m.ID]}
		o.Percent, o.Check = o.Standing.Percent(), o.Criterion.Check(o.Standing, wrote[personModule{personID, m.ID}])
		if at, ok := completed[m.ID]; ok {
			o.CompletedAt = &at
		}
		outlines[n] = o
	}
	return outlines, nil
}

func completions(ctx context.Context, db bun.IDB, personID int64, modules []int64) (map[int64]time.Time, error) {
	var rows []struct {
		ModuleID int64
		At       time.Time
	}
	err := db.NewRaw(`select module_id, at from completion where person_id = ? and module_id = any (?::bigint[])`,
		personID, pgdialect.Array(modules)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("completions: %w", err)
	}
	at := map[int64]time.Time{}
	for _, r := range rows {
		at[r.ModuleID] = r.At
	}
	return at, nil
}

// lessonsOf returns the lessons of each module in order, with tracks but without transcripts and questions.
func lessonsOf(ctx context.Context, db bun.IDB, modules []int64) (map[int64][]Lesson, error) {
	var lessons []Lesson
	err := db.NewRaw(`
		select id, module_id, position, kind, state, version, title, summary from lesson
		where module_id = any (?::bigint[]) and state = 'shown' order by module_id, position`, pgdialect.Array(modules)).Scan(ctx, &lessons)
	if err != nil {
		return nil, fmt.Errorf("lessons: %w", err)
	}
	var tracks []Track
	err = db.NewRaw(`
		select t.id, t.lesson_id, t.language, t.duration_ms, t.synthetic, t.files, t.chapters
		from track t join lesson l on l.id = t.lesson_id
		where l.module_id = any (?::bigint[]) and t.retired_at is null order by array_position(?::text[], t.language)`,
		pgdialect.Array(modules), pgdialect.Array(events.Languages)).Scan(ctx, &tracks)
	if err != nil {
		return nil, fmt.Errorf("tracks: %w", err)
	}
	of := map[int64][]Track{}
	for _, t := range tracks {
		of[t.LessonID] = append(of[t.LessonID], t)
	}
	all := map[int64][]Lesson{}
	for _, l := range lessons {
		l.Tracks = of[l.ID]
		all[l.ModuleID] = append(all[l.ModuleID], l)
	}
	return all, nil
}
