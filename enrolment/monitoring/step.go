package monitoring

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// steps are what learners do all the time: kept together.
var steps = []string{events.ModuleProgressed{}.EventType(), events.ModuleCompleted{}.EventType(), events.SeminarUnlocked{}.EventType()}

// progress is what became known of somebody and a module.
type progress struct {
	percent   int
	first     time.Time
	completed *time.Time
}

// unlock is when a seminar opened to somebody.
type unlock struct{ person, seminar int64 }

// walked is what some steps come to.
type walked struct {
	progress map[[2]int64]progress // by person and module
	unlocked map[unlock]time.Time
	titles   map[int64]bool // of modules that were seen to
}

// keepSteps keeps progress, completions and openings: the numbers grow, the first dates go back.
func keepSteps(ctx context.Context, tx bun.Tx, list []events.Event) error {
	w := walked{map[[2]int64]progress{}, map[unlock]time.Time{}, map[int64]bool{}}
	for _, e := range list {
		if err := w.add(ctx, tx, e); err != nil {
			return fmt.Errorf("keep the journey: %w", err)
		}
	}
	if err := w.keepProgress(ctx, tx); err != nil {
		return fmt.Errorf("keep the journey: progress: %w", err)
	}
	if err := w.keepUnlocks(ctx, tx); err != nil {
		return fmt.Errorf("keep the journey: openings: %w", err)
	}
	return nil
}

func (w walked) add(ctx context.Context, tx bun.Tx, e events.Event) error {
	switch e.Type {
	case events.ModuleProgressed{}.EventType():
		p, err := events.Decode[events.ModuleProgressed](e)
		w.walk([2]int64{p.PersonID, p.ModuleID}, progress{percent: p.Percent, first: e.Time})
		return err
	case events.ModuleCompleted{}.EventType():
		p, err := events.Decode[events.ModuleCompleted](e)
		if err != nil {
			return err
		}
		w.walk([2]int64{p.PersonID, p.ModuleID}, progress{first: p.CompletedAt, completed: &p.CompletedAt})
		if w.titles[p.ModuleID] {
			return nil
		}
		w.titles[p.ModuleID] = true
		// Announced before, but for a gap; and a row that all completions of a module wrote would have them wait for one another.
		return keepModuleTitle(ctx, tx, p.ModuleID, p.Title, e.Seq, "nothing")
	}
	p, err := events.Decode[events.SeminarUnlocked](e)
	if err != nil {
		return err
	}
	for _, o := range p.All() {
		key := unlock{p.PersonID, o.SeminarID}
		if at, known := w.unlocked[key]; !known || e.Time.Before(at) {
			w.unlocked[key] = e.Time
		}
	}
	return nil
}

// walk joins what became known to what was known of the same person and module.
func (w walked) walk(key [2]int64, p progress) {
	old, known := w.progress[key]
	if !known {
		w.progress[key] = p
		return
	}
	old.percent = max(old.percent, p.percent)
	if p.first.Before(old.first) {
		old.first = p.first
	}
	if old.completed == nil || p.completed != nil && p.completed.Before(*old.completed) {
		old.completed = p.completed
	}
	w.progress[key] = old
}

func (w walked) keepProgress(ctx context.Context, tx bun.Tx) error {
	if len(w.progress) == 0 {
		return nil
	}
	var people, modules, percents []int64
	var first []time.Time
	var completed []*time.Time
	for key, p := range w.progress {
		people, modules, percents = append(people, key[0]), append(modules, key[1]), append(percents, int64(p.percent))
		first, completed = append(first, p.first), append(completed, p.completed)
	}
	// In the order of the key, so that two transactions wait for one another instead of deadlocking; least ignores nulls.
	return events.ExecPrepared(ctx, tx, `insert into journey_progress as p (person_id, module_id, percent, first_at, completed_at)
		select * from unnest($1::bigint[], $2::bigint[], $3::int[], $4::timestamptz[], $5::timestamptz[])
			v (person_id, module_id, percent, first_at, completed_at) order by person_id, module_id
		on conflict (person_id, module_id) do update set percent = greatest(p.percent, excluded.percent),
			first_at = least(p.first_at, excluded.first_at), completed_at = least(p.completed_at, excluded.completed_at)`,
		people, modules, percents, first, completed)
}

func (w walked) keepUnlocks(ctx context.Context, tx bun.Tx) error {
	if len(w.unlocked) == 0 {
		return nil
	}
	var people, seminars []int64
	var at []time.Time
	for key, t := range w.unlocked {
		people, seminars, at = append(people, key.person), append(seminars, key.seminar), append(at, t)
	}
	return events.ExecPrepared(ctx, tx, `insert into journey_unlock as u (person_id, seminar_id, at)
		select * from unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) v (person_id, seminar_id, at) order by person_id, seminar_id
		on conflict (person_id, seminar_id) do update set at = least(u.at, excluded.at)`, people, seminars, at)
}
