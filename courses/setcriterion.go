package courses

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// SetCriterion makes c the criterion in force of a module, as a new version, and returns that version. It never touches
// a completion. Whoever already meets a gentler criterion is completed at once. It returns account.Invalids naming what
// is wrong, and ErrForbidden without EditModules over the space.
func (s *Service) SetCriterion(ctx context.Context, actor account.Actor, moduleID int64, c Criterion) (int, error) {
	return s.setCriterion(ctx, actor, moduleID, -1, c)
}

// ReplaceCriterion is SetCriterion when version, 0 for none, is still the one in force: ErrStale otherwise. A criterion
// that says the same makes no new version.
func (s *Service) ReplaceCriterion(ctx context.Context, actor account.Actor, moduleID int64, version int, c Criterion) error {
	_, err := s.setCriterion(ctx, actor, moduleID, version, c)
	return err
}

func (s *Service) setCriterion(ctx context.Context, actor account.Actor, moduleID int64, version int, c Criterion) (int, error) {
	err := s.edit(ctx, actor, moduleID, func(ctx context.Context, tx bun.Tx, m Module) error {
		if err := c.fits(ctx, tx, m.ID); err != nil {
			return err
		}
		if version >= 0 {
			old, err := criterionOf(ctx, tx, m.ID)
			switch {
			case err != nil:
				return err
			case old.Version != version:
				return ErrStale
			}
			if c.Version = old.Version; asJSON(old) == asJSON(c) {
				return nil
			}
		}
		err := tx.NewRaw(`
			insert into criterion (module_id, version, rule, made_by, made_at)
			values (?, (select coalesce(max(version), 0) + 1 from criterion where module_id = ?), ?, ?, ?)
			returning version`, m.ID, m.ID, asJSON(c), actor.PersonID, s.now()).Scan(ctx, &c.Version)
		if err != nil {
			return err
		}
		return s.settleAll(ctx, tx, m)
	})
	if err != nil {
		return 0, fmt.Errorf("set criterion of module %d: %w", moduleID, err)
	}
	return c.Version, nil
}

// fits refuses, as account.Invalids, a criterion that the module's lessons can't meet.
func (c Criterion) fits(ctx context.Context, db bun.IDB, moduleID int64) error {
	var lessons []Lesson
	err := db.NewRaw(`select id, kind from lesson where module_id = ? and state = 'shown'`, moduleID).Scan(ctx, &lessons)
	if err != nil {
		return err
	}
	kinds := map[int64]LessonKind{}
	for _, l := range lessons {
		kinds[l.ID] = l.Kind
	}
	return c.validate(kinds)
}

// settleAll works out again where everybody stands who did anything in m, whose lessons or criterion changed: percents
// follow, and who meets the criterion is completed. Their rows are locked first: a report under way either sees the
// change, or is seen here. Nobody learns of a module that isn't published.
func (s *Service) settleAll(ctx context.Context, tx bun.Tx, m Module) error {
	var people []int64
	err := tx.NewRaw(`select person_id from module_progress where module_id = ? order by person_id for update`, m.ID).Scan(ctx, &people)
	if err != nil || len(people) == 0 {
		return err
	}
	ways := make([]*progress, len(people))
	for n, id := range people {
		ways[n] = &progress{personID: id, moduleID: m.ID, spaceID: m.SpaceID, at: s.now()}
	}
	if err := lockAll(ctx, tx, ways); err != nil {
		return err
	}
	return settle(ctx, tx, ways)
}

// criteria returns the criterion in force of each module that has one.
func criteria(ctx context.Context, db bun.IDB, modules []int64) (map[int64]Criterion, error) {
	type row struct {
		moduleID int64
		version  int
		rule     []byte
	}
	rows, err := events.Prepared(ctx, db, func(r *row) []any { return []any{&r.moduleID, &r.version, &r.rule} }, `
		select distinct on (module_id) module_id, version, rule from criterion
		where module_id = any ($1::bigint[]) order by module_id, version desc`, modules)
	if err != nil {
		return nil, fmt.Errorf("criteria: %w", err)
	}
	all := map[int64]Criterion{}
	for _, r := range rows {
		c := Criterion{Version: r.version}
		if err := json.Unmarshal(r.rule, &c); err != nil {
			return nil, fmt.Errorf("criterion %d of module %d: %w", r.version, r.moduleID, err)
		}
		all[r.moduleID] = c
	}
	return all, nil
}
