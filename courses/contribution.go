package courses

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// Consumers are what courses hears: that people wrote in a space, which a criterion may count.
func (s *Service) Consumers() []events.Consumer {
	return []events.Consumer{{
		Name: "courses_contributions",
		Types: []string{events.Contributed{}.EventType(), events.ContributionHidden{}.EventType(),
			events.ContributionRestored{}.EventType(), events.ContributionDeleted{}.EventType()},
		Handle: s.hearContribution,
		Reset: func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(`delete from contribution`).Exec(ctx)
			return err
		},
	}}
}

// written is what an event says of a post.
type written struct {
	PostID, SpaceID, PersonID int64
	visible                   bool
}

func writtenOf(e events.Event) (w written, err error) {
	switch e.Type {
	case events.Contributed{}.EventType():
		var p events.Contributed
		p, err = events.Decode[events.Contributed](e)
		w = written{p.PostID, p.SpaceID, p.PersonID, !p.Hidden}
	case events.ContributionRestored{}.EventType():
		var p events.ContributionRestored
		p, err = events.Decode[events.ContributionRestored](e)
		w = written{p.PostID, p.SpaceID, p.PersonID, true}
	case events.ContributionHidden{}.EventType():
		var p events.ContributionHidden
		p, err = events.Decode[events.ContributionHidden](e)
		w = written{p.PostID, p.SpaceID, p.PersonID, false}
	case events.ContributionDeleted{}.EventType():
		var p events.ContributionDeleted
		p, err = events.Decode[events.ContributionDeleted](e)
		w = written{p.PostID, p.SpaceID, p.PersonID, false}
	}
	return w, err
}

// hearContribution keeps the last thing said of a post, then settles the modules of its space that count contributions and
// that its author has begun.
func (s *Service) hearContribution(ctx context.Context, tx bun.Tx, e events.Event) error {
	w, err := writtenOf(e)
	if err != nil || w.PersonID == 0 || w.SpaceID == 0 { // what is said in a circle counts in no space
		return err
	}
	_, err = tx.NewRaw(`
		insert into contribution as c (post_id, person_id, space_id, visible, since)
		select ?, id, ?, ?, ? from person where id = ? and mask_of is null
		on conflict (post_id) do update set visible = excluded.visible, since = excluded.since where c.since <= excluded.since`,
		w.PostID, w.SpaceID, w.visible, e.Time, w.PersonID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep contribution: %w", err)
	}
	var modules []int64
	err = tx.NewRaw(`
		select mp.module_id from module_progress mp join module m on m.id = mp.module_id
		where mp.person_id = ? and m.space_id = ? order by mp.module_id`, w.PersonID, w.SpaceID).Scan(ctx, &modules)
	if err != nil || len(modules) == 0 {
		return err
	}
	rules, err := criteria(ctx, tx, modules)
	if err != nil {
		return err
	}
	modules = slices.DeleteFunc(modules, func(id int64) bool { return !rules[id].countsContributions() })
	if len(modules) == 0 {
		return nil
	}
	ways := make([]*progress, len(modules))
	for n, id := range modules {
		ways[n] = &progress{personID: w.PersonID, moduleID: id, spaceID: w.SpaceID, at: s.now()}
	}
	if err := lockAll(ctx, tx, ways); err != nil {
		return err
	}
	return settle(ctx, tx, ways)
}

// contributions counts what each person wrote, and everybody may read, in the space of the module beside them: for the
// modules whose rule asks.
func contributions(ctx context.Context, db bun.IDB, people, modules []int64, rules map[int64]Criterion) (map[personModule]int, error) {
	asks := false
	for _, rule := range rules {
		asks = asks || rule.countsContributions()
	}
	if !asks {
		return nil, nil
	}
	var rows []struct {
		PersonID, ModuleID int64
		N                  int
	}
	err := db.NewRaw(`
		select w.person_id, w.module_id, count(*) as n
		from unnest(?::bigint[], ?::bigint[]) as w (person_id, module_id) join module m on m.id = w.module_id
		join contribution c on c.person_id = w.person_id and c.space_id = m.space_id and c.visible
		group by w.person_id, w.module_id`, pgdialect.Array(people), pgdialect.Array(modules)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("contributions: %w", err)
	}
	all := map[personModule]int{}
	for _, r := range rows {
		all[personModule{r.PersonID, r.ModuleID}] = r.N
	}
	return all, nil
}
