package courses

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// progress is one person's way through one module, while a transaction changes it.
type progress struct {
	personID, moduleID, spaceID int64
	title                       events.Text
	at                          time.Time
}

// lock takes the row that everything this person does in this module waits for. It is updated once, in settle: a second
// update in one transaction would check its foreign keys again and wait for an edit that waits for this row.
func (p progress) lock(ctx context.Context, tx bun.Tx) error {
	const take = `select 1 from module_progress where person_id = ? and module_id = ? for update`
	var row int
	err := tx.NewRaw(take, p.personID, p.moduleID).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = tx.NewRaw(`
			insert into module_progress (person_id, module_id, opened_at, touched_at) values (?, ?, ?, ?)
			on conflict do nothing`, p.personID, p.moduleID, p.at, p.at).Exec(ctx)
		if err == nil {
			err = tx.NewRaw(take, p.personID, p.moduleID).Scan(ctx, &row)
		}
	}
	if err != nil {
		return fmt.Errorf("lock progress: %w", err)
	}
	return nil
}

// settle works out, under the lock, where the person now stands, and announces what is new: each multiple of 5 % and
// the completion, once each, ever.
func (p progress) settle(ctx context.Context, tx bun.Tx, lessonID int64) (Outcome, error) {
	standing, err := standing(ctx, tx, p.personID, p.moduleID)
	if err != nil {
		return Outcome{}, err
	}
	criterion, err := criterionOf(ctx, tx, p.moduleID)
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{LessonID: lessonID, ModuleID: p.moduleID, LessonPercent: standing.Lesson(lessonID).Percent(),
		ModulePercent: standing.Percent()}
	_, err = tx.NewRaw(`
		update module_progress set percent = ?, last_lesson_id = ?, touched_at = ? where person_id = ? and module_id = ?`,
		out.ModulePercent, lessonID, p.at, p.personID, p.moduleID).Exec(ctx)
	if err != nil {
		return Outcome{}, fmt.Errorf("keep percent: %w", err)
	}
	if err := p.announceSteps(ctx, tx, out.ModulePercent); err != nil {
		return Outcome{}, err
	}
	out.CompletedAt, out.JustCompleted, err = p.complete(ctx, tx, criterion, criterion.Check(standing).Met)
	return out, err
}

// announceSteps publishes the multiples of 5 % that were never announced, in order.
func (p progress) announceSteps(ctx context.Context, tx bun.Tx, percent int) error {
	var steps []int
	err := tx.NewRaw(`
		with new as (
		  insert into progress_step (person_id, module_id, step, at)
		  select ?, ?, step, ? from generate_series(5, ?, 5) step
		  on conflict do nothing returning step)
		select step from new order by step`, p.personID, p.moduleID, p.at, percent).Scan(ctx, &steps)
	if err != nil {
		return fmt.Errorf("take progress steps: %w", err)
	}
	for _, step := range steps {
		err := events.Publish(ctx, tx, events.ModuleProgressed{PersonID: p.personID, ModuleID: p.moduleID, SpaceID: p.spaceID, Percent: step})
		if err != nil {
			return err
		}
	}
	return nil
}

// complete writes and announces the completion if the criterion is met for the first time. It returns when the module
// was completed, if ever, and whether just now.
func (p progress) complete(ctx context.Context, tx bun.Tx, c Criterion, met bool) (*time.Time, bool, error) {
	if met {
		res, err := tx.NewRaw(`insert into completion (person_id, module_id, criterion_version, at) values (?, ?, ?, ?) on conflict do nothing`,
			p.personID, p.moduleID, c.Version, p.at).Exec(ctx)
		if err != nil {
			return nil, false, fmt.Errorf("complete: %w", err)
		}
		if n, _ := res.RowsAffected(); n == 1 {
			return &p.at, true, events.Publish(ctx, tx, events.ModuleCompleted{PersonID: p.personID, ModuleID: p.moduleID,
				SpaceID: p.spaceID, Title: p.title, CriterionVersion: c.Version, CompletedAt: p.at})
		}
	}
	var at time.Time
	err := tx.NewRaw(`select at from completion where person_id = ? and module_id = ?`, p.personID, p.moduleID).Scan(ctx, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read completion: %w", err)
	}
	return &at, false, nil
}

// criterionOf returns the criterion in force; one of version 0, which nobody meets, when the module has none.
func criterionOf(ctx context.Context, db bun.IDB, moduleID int64) (Criterion, error) {
	all, err := criteria(ctx, db, []int64{moduleID})
	return all[moduleID], err
}
