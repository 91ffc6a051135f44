package courses

import (
	"context"
	"fmt"

	"halqa/community/account"
)

// Authored is a module as those who write it see it.
type Authored struct {
	Module
	Space     account.Space
	Lessons   []Lesson // all of them with their content: shown, in preparation, and retired
	Criterion Criterion
	Missing   account.Invalids // what it lacks to be published
	Learners  int              // who did anything in it
	Completed int              // who completed it
}

// Managed is a line of the list of a space's modules.
type Managed struct {
	Module
	Lessons   int // shown
	Learners  int
	Completed int
}

// ManagedModules lists all modules of a space, drafts and retired ones too, in order. The actor needs EditModules over it.
func (s *Service) ManagedModules(ctx context.Context, actor account.Actor, spaceID int64) ([]Managed, error) {
	if err := mayEdit(ctx, s.db, actor, spaceID); err != nil {
		return nil, err
	}
	var all []Managed
	err := s.db.NewRaw(`
		select m.id, m.space_id, m.position, m.title, m.summary, m.state, m.version, m.published_at,
		  (select count(*) from lesson l where l.module_id = m.id and l.state = 'shown') as lessons,
		  (select count(*) from module_progress p where p.module_id = m.id) as learners,
		  (select count(*) from completion c where c.module_id = m.id) as completed
		from module m where m.space_id = ? order by m.state = 'retired', m.position`, spaceID).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("modules to manage: %w", err)
	}
	return all, nil
}

// AuthoredModule returns a module to whoever may edit it; ErrForbidden for the others.
func (s *Service) AuthoredModule(ctx context.Context, actor account.Actor, moduleID int64) (Authored, error) {
	m, err := moduleByID(ctx, s.db, moduleID, "")
	if err != nil {
		return Authored{}, err
	}
	if err := mayEdit(ctx, s.db, actor, m.SpaceID); err != nil {
		return Authored{}, err
	}
	a := Authored{Module: m}
	if a.Space, err = account.FindSpace(ctx, s.db, m.SpaceID); err != nil {
		return Authored{}, err
	}
	err = s.db.NewRaw(`
		select id, module_id, position, kind, state, version, title, summary, body from lesson
		where module_id = ? order by state = 'retired', position`, moduleID).Scan(ctx, &a.Lessons)
	if err != nil {
		return Authored{}, fmt.Errorf("module %d: %w", moduleID, err)
	}
	for n := range a.Lessons {
		if err := addContent(ctx, s.db, &a.Lessons[n]); err != nil {
			return Authored{}, fmt.Errorf("module %d: %w", moduleID, err)
		}
	}
	if a.Criterion, err = criterionOf(ctx, s.db, moduleID); err != nil {
		return Authored{}, err
	}
	if a.Missing, err = missing(ctx, s.db, m); err != nil {
		return Authored{}, fmt.Errorf("module %d: %w", moduleID, err)
	}
	err = s.db.NewRaw(`select (select count(*) from module_progress where module_id = ?), (select count(*) from completion where module_id = ?)`,
		moduleID, moduleID).Scan(ctx, &a.Learners, &a.Completed)
	if err != nil {
		return Authored{}, fmt.Errorf("module %d: %w", moduleID, err)
	}
	return a, nil
}

// AuthoredLesson returns a lesson with its module to whoever may edit it; ErrForbidden for the others.
func (s *Service) AuthoredLesson(ctx context.Context, actor account.Actor, lessonID int64) (Lesson, Authored, error) {
	l, err := lessonByID(ctx, s.db, lessonID)
	if err != nil {
		return Lesson{}, Authored{}, err
	}
	a, err := s.AuthoredModule(ctx, actor, l.ModuleID)
	if err != nil {
		return Lesson{}, Authored{}, err
	}
	for _, found := range a.Lessons {
		if found.ID == lessonID {
			return found, a, nil
		}
	}
	return Lesson{}, Authored{}, account.ErrNotFound
}

// Ready tells whether there is something in the lesson to learn from.
func (l Lesson) Ready() bool { return l.validate() == nil }
