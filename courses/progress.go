package courses

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// progress is one person's way through one module, while a transaction changes it.
type progress struct {
	personID, moduleID, spaceID int64
	lessonID                    int64 // what they did last; 0 leaves it
	at                          time.Time

	// Since lockAll.
	before     int // percent
	lastLesson int64
	touchedAt  time.Time
	// Since settle.
	standing      Standing
	percent       int
	completedAt   *time.Time
	justCompleted bool
}

func (p *progress) key() personModule { return personModule{p.personID, p.moduleID} }

func (p *progress) outcome(lessonID int64) Outcome {
	return Outcome{LessonID: lessonID, ModuleID: p.moduleID, LessonPercent: p.standing.Lesson(lessonID).Percent(),
		ModulePercent: p.percent, CompletedAt: p.completedAt, JustCompleted: p.justCompleted}
}

// keys are the people and the modules of some ways, side by side.
func keys(ways []*progress) (people, modules []int64) {
	for _, p := range ways {
		people, modules = append(people, p.personID), append(modules, p.moduleID)
	}
	return people, modules
}

// settleOne locks one way, lets change write, and settles it.
func (s *Service) settleOne(ctx context.Context, p *progress, change func(context.Context, bun.Tx) error) (Outcome, error) {
	ways := []*progress{p}
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		err := begin(ctx, tx, ways)
		if err == nil {
			err = lockAll(ctx, tx, ways)
		}
		if err == nil {
			err = change(ctx, tx)
		}
		if err == nil {
			err = settle(ctx, tx, ways)
		}
		return err
	})
	return p.outcome(p.lessonID), err
}

// begin writes the rows to lock that aren't there yet.
func begin(ctx context.Context, db bun.IDB, ways []*progress) error {
	people, modules := keys(ways)
	_, err := db.NewRaw(`
		insert into module_progress (person_id, module_id, opened_at, touched_at)
		select *, ?, ? from unnest(?::bigint[], ?::bigint[]) on conflict do nothing`,
		ways[0].at, ways[0].at, pgdialect.Array(people), pgdialect.Array(modules)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("begin modules: %w", err)
	}
	return nil
}

// playingLock is the class of the advisory locks under which a person's playing sessions change.
const playingLock = 18

// lockAll takes the rows that everything these people do in these modules waits for, in order of person and module. Each is
// updated once, in settle: a second update in one transaction would check its foreign keys again and wait for an edit
// that waits for this row.
func lockAll(ctx context.Context, tx bun.Tx, ways []*progress) error {
	var rows []lockedRow
	if err := (events.Tx{Tx: tx}).Together(ctx, lock(&rows, ways, nil)); err != nil {
		return fmt.Errorf("lock progress: %w", err)
	}
	if len(rows) != len(ways) {
		return fmt.Errorf("lock progress: %w", errNotBegun)
	}
	of := map[personModule]*progress{}
	for _, p := range ways {
		of[p.key()] = p
	}
	for _, r := range rows {
		r.tell(of[r.key])
	}
	return nil
}

// lockPlaying is lockAll for reports: first, the sessions of each person change one transaction at a time, whatever the
// modules.
func lockPlaying(rows *[]lockedRow, ways []*progress) events.Step {
	people, _ := keys(ways)
	return lock(rows, ways, slices.Compact(people))
}

// lockedRow is a row of module_progress.
type lockedRow struct {
	key        personModule
	percent    int
	lastLesson int64
	touchedAt  time.Time
}

func (r lockedRow) tell(p *progress) {
	p.before, p.lastLesson, p.touchedAt = r.percent, r.lastLesson, r.touchedAt
}

func lock(rows *[]lockedRow, ways []*progress, alone []int64) events.Step {
	people, modules := keys(ways)
	return events.Ask(rows, func(r *lockedRow) []any {
		return []any{&r.key.personID, &r.key.moduleID, &r.percent, &r.lastLesson, &r.touchedAt}
	}, `
		with people as materialized (select pg_advisory_xact_lock($1, (p % 2147483647)::int) from unnest($4::bigint[]) p)
		select mp.person_id, mp.module_id, mp.percent, coalesce(mp.last_lesson_id, 0), mp.touched_at
		from unnest($2::bigint[], $3::bigint[]) as w (person_id, module_id) join module_progress mp using (person_id, module_id)
		where (select count(*) from people) >= 0
		order by mp.person_id, mp.module_id for update of mp`, playingLock, people, modules, alone)
}

// settle works out, under the locks, where the people now stand, and announces what is new: each multiple of 5 % and the
// completion, once each, ever.
func settle(ctx context.Context, tx bun.Tx, ways []*progress) error {
	people, modules := keys(ways)
	all, err := standings(ctx, tx, people, modules)
	if err != nil {
		return err
	}
	rules, err := criteria(ctx, tx, modules)
	if err != nil {
		return err
	}
	lessons, percents := make([]int64, len(ways)), make([]int64, len(ways))
	for n, p := range ways {
		p.standing = all[p.key()]
		p.percent = p.standing.Percent()
		lessons[n], percents[n] = p.lessonID, int64(p.percent)
	}
	err = events.ExecPrepared(ctx, tx, `
		update module_progress mp set percent = w.percent, last_lesson_id = coalesce(nullif(w.lesson_id, 0), mp.last_lesson_id),
		  touched_at = case when w.lesson_id = 0 then mp.touched_at else $1::timestamptz end
		from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::int[]) as w (person_id, module_id, lesson_id, percent)
		where mp.person_id = w.person_id and mp.module_id = w.module_id`, ways[0].at, people, modules, lessons, percents)
	if err != nil {
		return fmt.Errorf("keep percents: %w", err)
	}
	if err := announceSteps(ctx, tx, ways); err != nil {
		return err
	}
	wrote, err := contributions(ctx, tx, people, modules, rules)
	if err != nil {
		return err
	}
	return completeAll(ctx, tx, ways, rules, wrote)
}

// announceSteps publishes the multiples of 5 % that were never announced, in order. All up to the percent before were.
func announceSteps(ctx context.Context, tx bun.Tx, ways []*progress) error {
	var people, modules, percents []int64
	of := map[personModule]*progress{}
	for _, p := range ways {
		if p.percent/5 > p.before/5 {
			people, modules, percents = append(people, p.personID), append(modules, p.moduleID), append(percents, int64(p.percent))
			of[p.key()] = p
		}
	}
	if len(people) == 0 {
		return nil
	}
	var steps []struct {
		PersonID, ModuleID int64
		Step               int
	}
	err := tx.NewRaw(`
		with new as (
		  insert into progress_step (person_id, module_id, step, at)
		  select w.person_id, w.module_id, step, ?
		  from unnest(?::bigint[], ?::bigint[], ?::int[]) as w (person_id, module_id, percent), generate_series(5, w.percent, 5) step
		  on conflict do nothing returning person_id, module_id, step)
		select person_id, module_id, step from new order by person_id, module_id, step`,
		ways[0].at, pgdialect.Array(people), pgdialect.Array(modules), pgdialect.Array(percents)).Scan(ctx, &steps)
	if err != nil {
		return fmt.Errorf("take progress steps: %w", err)
	}
	news := make([]events.Payload, len(steps))
	for n, s := range steps {
		p := of[personModule{s.PersonID, s.ModuleID}]
		news[n] = events.ModuleProgressed{PersonID: p.personID, ModuleID: p.moduleID, SpaceID: p.spaceID, Percent: s.Step}
	}
	return events.PublishAll(ctx, tx, news)
}

// completeAll finds who completed their module before, and completes those who now meet its criterion for the first time.
func completeAll(ctx context.Context, tx bun.Tx, ways []*progress, rules map[int64]Criterion, wrote map[personModule]int) error {
	people, modules := keys(ways)
	var rows []completionRow
	if err := (events.Tx{Tx: tx}).Together(ctx, readCompletions(&rows, people, modules)); err != nil {
		return fmt.Errorf("read completions: %w", err)
	}
	at := map[personModule]*time.Time{}
	for _, r := range rows {
		at[r.key] = &r.at
	}
	var done []*progress
	for _, p := range ways {
		p.completedAt = at[p.key()]
		if p.completedAt == nil && rules[p.moduleID].Check(p.standing, wrote[p.key()]).Met {
			done = append(done, p)
		}
	}
	return complete(ctx, tx, done, rules)
}

type completionRow struct {
	key personModule
	at  time.Time
}

func readCompletions(rows *[]completionRow, people, modules []int64) events.Step {
	return events.Ask(rows, func(r *completionRow) []any { return []any{&r.key.personID, &r.key.moduleID, &r.at} }, `
		select c.person_id, c.module_id, c.at from unnest($1::bigint[], $2::bigint[]) as w (person_id, module_id)
		join completion c using (person_id, module_id)`, people, modules)
}

// complete writes and announces completions. They are never written again, nor undone.
func complete(ctx context.Context, tx bun.Tx, done []*progress, rules map[int64]Criterion) error {
	if len(done) == 0 {
		return nil
	}
	people, modules := keys(done)
	versions, at := make([]int64, len(done)), make([]time.Time, len(done))
	for n, p := range done {
		versions[n], at[n] = int64(rules[p.moduleID].Version), p.at
	}
	err := events.ExecPrepared(ctx, tx, `insert into completion (person_id, module_id, criterion_version, at)
		select * from unnest($1::bigint[], $2::bigint[], $3::int[], $4::timestamptz[])`, people, modules, versions, at)
	if err != nil {
		return fmt.Errorf("complete: %w", err)
	}
	titles, err := titlesOf(ctx, tx, modules)
	if err != nil {
		return fmt.Errorf("complete: %w", err)
	}
	news := make([]events.Payload, len(done))
	for n, p := range done {
		p.completedAt, p.justCompleted = &p.at, true
		news[n] = events.ModuleCompleted{PersonID: p.personID, ModuleID: p.moduleID,
			SpaceID: p.spaceID, Title: titles[p.moduleID], CriterionVersion: rules[p.moduleID].Version, CompletedAt: p.at}
	}
	return events.PublishAll(ctx, tx, news)
}

func titlesOf(ctx context.Context, db bun.IDB, modules []int64) (map[int64]events.Text, error) {
	var rows []struct {
		ID    int64
		Title events.Text `bun:"type:jsonb"`
	}
	err := db.NewRaw(`select id, title from module where id = any(?::bigint[])`, pgdialect.Array(modules)).Scan(ctx, &rows)
	titles := map[int64]events.Text{}
	for _, r := range rows {
		titles[r.ID] = r.Title
	}
	return titles, err
}

// criterionOf returns the criterion in force; one of version 0, which nobody meets, when the module has none.
func criterionOf(ctx context.Context, db bun.IDB, moduleID int64) (Criterion, error) {
	all, err := criteria(ctx, db, []int64{moduleID})
	return all[moduleID], err
}
