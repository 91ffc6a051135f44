package enrolment

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// retirements hears which modules left every list and which came back. The later of the two moments decides, so that the
// order of events doesn't matter.
func (s *Service) retirements() events.Consumer {
	return events.Consumer{
		Name:  "enrolment_retired",
		Types: []string{events.ModulePublished{}.EventType(), events.ModuleRetired{}.EventType()},
		Reset: func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, `delete from module_retirement`)
			return err
		},
		Handle: func(ctx context.Context, tx bun.Tx, e events.Event) error {
			if e.Type == (events.ModuleRetired{}).EventType() {
				p, err := events.Decode[events.ModuleRetired](e)
				if err != nil {
					return err
				}
				_, err = tx.ExecContext(ctx, `insert into module_retirement as m (module_id, retired_at) values (?, ?)
					on conflict (module_id) do update set retired_at = greatest(m.retired_at, excluded.retired_at)`, p.ModuleID, e.Time)
				return err
			}
			p, err := events.Decode[events.ModulePublished](e)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `insert into module_retirement as m (module_id, opened_at) values (?, ?)
				on conflict (module_id) do update set opened_at = greatest(m.opened_at, excluded.opened_at)`, p.ModuleID, e.Time)
			return err
		},
	}
}

// Retired tells which of some modules nobody can begin any more, for whoever asks.
func (s *Service) Retired(ctx context.Context, modules []int64) ([]int64, error) {
	return retired(ctx, s.db, modules)
}

func retired(ctx context.Context, db bun.IDB, modules []int64) ([]int64, error) {
	var ids []int64
	err := db.NewRaw(`select module_id from module_retirement where module_id = any(?::bigint[])
		and retired_at > coalesce(opened_at, '-infinity') order by module_id`, pgdialect.Array(modules)).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("retired modules: %w", err)
	}
	return ids, nil
}

// checkRetired refuses a gate that newly asks for a module which nobody can begin any more. One that asked for it before
// it was retired stays as it is, until somebody changes it.
func checkRetired(ctx context.Context, db bun.IDB, old, rule Rule) error {
	had := old.Modules()
	added := slices.DeleteFunc(rule.Modules(), func(id int64) bool { return slices.Contains(had, id) })
	if len(added) == 0 {
		return nil
	}
	gone, err := retired(ctx, db, added)
	if err == nil && len(gone) > 0 {
		err = account.Invalid{Field: "gate", Key: "gates.error_module_unpublished"}
	}
	return err
}
