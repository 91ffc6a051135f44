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

// Knowledge is what those who come have done already of the modules that a seminar's gates ask for.
type Knowledge struct {
	DeskView

	Asked   []AskedModule           // in the order of the gates
	Percent map[int64]map[int64]int // by person and module: 100 once completed; no entry: not begun
	All     map[int64]int           // by module, the holders who completed it
}

// AskedModule is a module that a gate asks for.
type AskedModule struct {
	ID    int64
	Title events.Text
}

// Knowledge reads what the holders of seats know already, for those who run the seminar, keep its door or train there. It
// returns what DeskSeminar does.
func (s *Service) Knowledge(ctx context.Context, actor account.Actor, id int64) (Knowledge, error) {
	d, err := s.DeskSeminar(ctx, actor, id)
	if err != nil {
		return Knowledge{}, err
	}
	k := Knowledge{DeskView: d, Percent: map[int64]map[int64]int{}, All: map[int64]int{}}
	var modules []int64
	for _, m := range slices.Concat(d.Gate.Modules(), d.Attend.Modules()) {
		if !slices.Contains(modules, m) {
			modules = append(modules, m)
			k.Asked = append(k.Asked, AskedModule{m, d.Names.Modules[m]})
		}
	}
	if len(modules) == 0 {
		return k, nil
	}
	return k, k.read(ctx, s.db, modules)
}

func (k *Knowledge) read(ctx context.Context, db bun.IDB, modules []int64) error {
	people := make([]int64, len(k.Holders))
	for i, g := range k.Holders {
		people[i] = g.PersonID
	}
	var rows []struct {
		PersonID, SubjectID int64
		Percent             int
	}
	err := db.NewRaw(`select person_id, subject_id, max(case when kind = 'completed' then 100 else least(value, 99) end) as percent from fact
		where kind in ('completed', 'progressed') and person_id = any(?::bigint[]) and subject_id = any(?::bigint[]) group by 1, 2`,
		pgdialect.Array(people), pgdialect.Array(modules)).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("what those who come to seminar %d know: %w", k.ID, err)
	}
	for _, r := range rows {
		if k.Percent[r.PersonID] == nil {
			k.Percent[r.PersonID] = map[int64]int{}
		}
		k.Percent[r.PersonID][r.SubjectID] = r.Percent
		if r.Percent == 100 {
			k.All[r.SubjectID]++
		}
	}
	return nil
}
