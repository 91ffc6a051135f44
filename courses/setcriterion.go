package courses

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// SetCriterion makes c the criterion in force of a module, as a new version, and returns that version. It never touches
// a completion. Whoever already meets a gentler criterion is completed at once. It returns account.Invalids naming what
// is wrong, and ErrForbidden without EditModules over the space.
func (s *Service) SetCriterion(ctx context.Context, actor account.Actor, moduleID int64, c Criterion) (int, error) {
	err := s.edit(ctx, actor, moduleID, func(ctx context.Context, tx bun.Tx, m Module) error {
		if err := c.fits(ctx, tx, m.ID); err != nil {
			return err
		}
		err := tx.NewRaw(`
			insert into criterion (module_id, version, rule, made_by, made_at)
			values (?, (select coalesce(max(version), 0) + 1 from criterion where module_id = ?), ?, ?, ?)
			returning version`, m.ID, m.ID, asJSON(c), actor.PersonID, s.now()).Scan(ctx, &c.Version)
		if err != nil {
			return err
		}
		return s.completeThose(ctx, tx, m, c)
	})
	if err != nil {
		return 0, fmt.Errorf("set criterion of module %d: %w", moduleID, err)
	}
	return c.Version, nil
}

func (c Criterion) fits(ctx context.Context, tx bun.Tx, moduleID int64) error {
	var lessons []Lesson
	err := tx.NewRaw(`select id, kind from lesson where module_id = ?`, moduleID).Scan(ctx, &lessons)
	if err != nil {
		return err
	}
	hasVideo, quizzes := false, map[int64]bool{}
	for _, l := range lessons {
		hasVideo = hasVideo || l.Kind == Video
		quizzes[l.ID] = l.Kind == Quiz
	}
	return c.validate(hasVideo, quizzes)
}

// completeThose completes the people who meet c. Their rows are locked first: a report under way either sees c, or is
// seen here.
func (s *Service) completeThose(ctx context.Context, tx bun.Tx, m Module, c Criterion) error {
	var people []int64
	err := tx.NewRaw(`select person_id from module_progress where module_id = ? order by person_id for update`, m.ID).Scan(ctx, &people)
	if err != nil || len(people) == 0 {
		return err
	}
	all, err := standings(ctx, tx, people, []int64{m.ID})
	if err != nil {
		return err
	}
	for _, person := range people {
		if !c.Check(all[personModule{person, m.ID}]).Met {
			continue
		}
		p := progress{personID: person, moduleID: m.ID, spaceID: m.SpaceID, title: m.Title, at: s.now()}
		if _, _, err := p.complete(ctx, tx, c, true); err != nil {
			return err
		}
	}
	return nil
}

// criteria returns the criterion in force of each module that has one.
func criteria(ctx context.Context, db bun.IDB, modules []int64) (map[int64]Criterion, error) {
	var rows []struct {
		ModuleID int64
		Version  int
		Rule     Criterion `bun:"type:jsonb"`
	}
	err := db.NewRaw(`
		select distinct on (module_id) module_id, version, rule from criterion
		where module_id = any (?::bigint[]) order by module_id, version desc`, pgdialect.Array(modules)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("criteria: %w", err)
	}
	all := map[int64]Criterion{}
	for _, r := range rows {
		r.Rule.Version = r.Version
		all[r.ModuleID] = r.Rule
	}
	return all, nil
}
