package enrolment

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Module is what enrolment knows of a module: enough to name it in a gate.
type Module struct {
	ModuleID int64
	SpaceID  int64
	Title    events.Text `bun:"type:jsonb"`
}

// startable are the modules in module_title that learners can begin.
const startable = `not exists (select from module_retirement r where r.module_id = module_title.module_id
	and r.retired_at > coalesce(r.opened_at, '-infinity'))`

// Modules lists the modules heard of that learners can begin, by space, for building gates.
func (s *Service) Modules(ctx context.Context) ([]Module, error) {
	var all []Module
	err := s.db.NewRaw(`select module_id, space_id, title from module_title where `+startable+` order by space_id, module_id`).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("modules: %w", err)
	}
	return all, nil
}

func titlesOf(ctx context.Context, db bun.IDB, ids []int64) (map[int64]events.Text, error) {
	titles := map[int64]events.Text{}
	if len(ids) == 0 {
		return titles, nil
	}
	var all []Module
	err := db.NewRaw(`select module_id, title from module_title where module_id in (?)`, bun.List(ids)).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("titles: %w", err)
	}
	for _, m := range all {
		titles[m.ModuleID] = m.Title
	}
	return titles, nil
}

// hearTitles keeps the newest title of each module. Completions repeat what was announced when it changed: they only fill a
// gap, since even a write that changes nothing would have all completions of a module wait for one another.
func hearTitles(ctx context.Context, tx bun.Tx, list []events.Event) error {
	var completed []int64
	for _, e := range list {
		switch e.Type {
		case events.ModulePublished{}.EventType():
			p, err := events.Decode[events.ModulePublished](e)
			if err == nil {
				err = keepTitle(ctx, tx, p.ModuleID, p.SpaceID, p.Title, e.Time, `update set space_id = excluded.space_id, title = excluded.title,
					at = excluded.at where module_title.at < excluded.at`)
			}
			if err != nil {
				return err
			}
		case events.ModuleCompleted{}.EventType():
			p, err := events.Decode[events.ModuleCompleted](e)
			if err == nil && !slices.Contains(completed, p.ModuleID) {
				completed = append(completed, p.ModuleID)
				err = keepTitle(ctx, tx, p.ModuleID, p.SpaceID, p.Title, e.Time, "nothing")
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func keepTitle(ctx context.Context, tx bun.Tx, module, space int64, title events.Text, at time.Time, known bun.Safe) error {
	if title.String() == "" {
		return nil
	}
	text, err := jsonOf(title)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw(`insert into module_title (module_id, space_id, title, at) values (?, ?, ?, ?) on conflict (module_id) do ?`,
		module, space, text, at, known).Exec(ctx)
	if err != nil {
		return fmt.Errorf("title of module %d: %w", module, err)
	}
	return nil
}
