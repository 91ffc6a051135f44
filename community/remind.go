package community

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// workEvery is how often Run looks for something to do.
const workEvery = 5 * time.Second

// Run reminds moderators of what waits too long, ends polls, composes newsletters and does what is left of batches, until ctx ends. Any number of nodes
// may run it: each piece is claimed and done in one transaction.
func (s *Service) Run(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(workEvery)
	defer tick.Stop()
	for {
		if _, err := s.RemindLate(ctx); err != nil && ctx.Err() == nil {
			log.Error("moderation: reminders", "error", err)
		}
		if _, err := s.RemindHeld(ctx); err != nil && ctx.Err() == nil {
			log.Error("moderation: reminders of what waits", "error", err)
		}
		if _, err := s.EndPolls(ctx); err != nil && ctx.Err() == nil {
			log.Error("polls that end", "error", err)
		}
		if _, err := s.ComposeNewsletters(ctx); err != nil && ctx.Err() == nil {
			log.Error("newsletters", "error", err)
		}
		if err := s.FinishBatches(ctx); err != nil && ctx.Err() == nil {
			log.Error("moderation: batches", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// RemindLate announces the reported posts that have waited for LateAfter, each once, and returns how many.
func (s *Service) RemindLate(ctx context.Context) (n int, err error) {
	for {
		var found bool
		err := s.inTx(ctx, "remind of a report", func(ctx context.Context, tx bun.Tx) (err error) {
			found, err = s.remindOne(ctx, tx)
			return err
		})
		if err != nil || !found {
			return n, err
		}
		n++
	}
}

func (s *Service) remindOne(ctx context.Context, tx bun.Tx) (found bool, err error) {
	var due []struct {
		ID, PostID, ThreadID, SpaceID, OfficeID, AssignedTo int64
	}
	err = tx.NewRaw(`select c.id, c.post_id, p.thread_id, case when t.seminar_id is null then t.space_id else 0 end as space_id,
			coalesce(t.office_id, sp.office_id, 0) as office_id, coalesce(c.assigned_to, 0) as assigned_to
		from moderation_case c join post p on p.id = c.post_id join thread t on t.id = p.thread_id join space sp on sp.id = t.space_id
		where c.remind_at <= ? and c.closed_at is null order by c.remind_at, c.id limit 1 for update of c skip locked`, s.now()).Scan(ctx, &due)
	if err != nil || len(due) == 0 {
		return false, err
	}
	c := due[0]
	if _, err := tx.ExecContext(ctx, `update moderation_case set remind_at = null where id = ?`, c.ID); err != nil {
		return false, fmt.Errorf("case %d: %w", c.ID, err)
	}
	return true, events.Publish(ctx, tx, events.CaseOverdue{PostID: c.PostID, ThreadID: c.ThreadID, SpaceID: c.SpaceID, OfficeID: c.OfficeID,
		AssignedTo: c.AssignedTo})
}

// RemindHeld announces again what has waited for LateAfter to be let through, each once, and returns how many.
func (s *Service) RemindHeld(ctx context.Context) (n int, err error) {
	for {
		var due []Held
		err := s.inTx(ctx, "remind of what waits", func(ctx context.Context, tx bun.Tx) error {
			err := tx.NewRaw(`select `+heldColumns+` from held_post h left join thread t on t.id = h.thread_id
				where h.remind_at <= ? and h.state = 'waiting' order by h.remind_at, h.id limit 1 for update of h skip locked`, s.now()).Scan(ctx, &due)
			if err != nil || len(due) == 0 {
				return err
			}
			if _, err := tx.ExecContext(ctx, `update held_post set remind_at = null where id = ?`, due[0].ID); err != nil {
				return err
			}
			return s.tellHeld(ctx, tx, due[0], true, true)
		})
		if err != nil || len(due) == 0 {
			return n, err
		}
		n++
	}
}
