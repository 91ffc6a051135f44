package courses

import (
	"context"
	"fmt"

	"halqa/community/account"
)

// Effect is what a change of criterion would do.
type Effect struct {
	Learners int // who did anything in the module
	Keep     int // who completed it already: they keep it, whatever the criterion
	Gain     int // who would complete it at once
}

// CriterionEffect tells what making c the criterion of a module would do, without doing it. It returns account.Invalids
// naming what is wrong with c, and ErrForbidden without EditModules over the space.
func (s *Service) CriterionEffect(ctx context.Context, actor account.Actor, moduleID int64, c Criterion) (Effect, error) {
	e, err := s.criterionEffect(ctx, actor, moduleID, c)
	if err != nil {
		return Effect{}, fmt.Errorf("effect of a criterion of module %d: %w", moduleID, err)
	}
	return e, nil
}

func (s *Service) criterionEffect(ctx context.Context, actor account.Actor, moduleID int64, c Criterion) (Effect, error) {
	m, err := moduleByID(ctx, s.db, moduleID, "")
	if err != nil {
		return Effect{}, err
	}
	if err := mayEdit(ctx, s.db, actor, m.SpaceID); err != nil {
		return Effect{}, err
	}
	if err := c.fits(ctx, s.db, m.ID); err != nil {
		return Effect{}, err
	}
	var rows []struct {
		PersonID int64
		Done     bool
	}
	err = s.db.NewRaw(`
		select mp.person_id, c.at is not null as done from module_progress mp
		left join completion c using (person_id, module_id) where mp.module_id = ?`, m.ID).Scan(ctx, &rows)
	if err != nil {
		return Effect{}, err
	}
	e := Effect{Learners: len(rows)}
	var open []int64
	for _, r := range rows {
		if r.Done {
			e.Keep++
		} else {
			open = append(open, r.PersonID)
		}
	}
	modules := each(m.ID, open)
	all, err := standings(ctx, s.db, open, modules)
	if err != nil {
		return Effect{}, err
	}
	wrote, err := contributions(ctx, s.db, open, modules, map[int64]Criterion{m.ID: c})
	if err != nil {
		return Effect{}, err
	}
	for _, id := range open {
		if of := (personModule{id, m.ID}); c.Check(all[of], wrote[of]).Met {
			e.Gain++
		}
	}
	return e, nil
}
