package community

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// HidePost hides a post from all but its author and those who moderate, and closes its reports. Hiding the post that opens
// a thread hides the thread. The reason is told to the author. Those may who decide on its reports; doing it twice is doing
// it once.
func (s *Service) HidePost(ctx context.Context, actor account.Actor, postID int64, reason string) error {
	var wrong account.Invalids
	reason = checkNote(&wrong, reason)
	return s.onPost(ctx, "hide", postID, func(ctx context.Context, tx bun.Tx, t Thread, p Post) error {
		if err := s.mayHide(ctx, tx, actor, t, p); err != nil {
			return err
		}
		if err := wrong.Err(); err != nil || p.Hidden() {
			return err
		}
		if err := s.hide(ctx, tx, actor, t, p, reason); err != nil {
			return err
		}
		_, err := s.closeReports(ctx, tx, actor, t, p, true)
		return err
	})
}

func (s *Service) hide(ctx context.Context, tx bun.Tx, actor account.Actor, t Thread, p Post, reason string) error {
	_, err := tx.ExecContext(ctx, `update post set hidden_at = ?, hidden_by = ?, hidden_reason = ? where id = ?`,
		s.now(), actor.PersonID, reason, p.ID)
	if err != nil {
		return err
	}
	if err := recount(ctx, tx, t.ID); err != nil {
		return err
	}
	return events.Publish(ctx, tx, events.ContributionHidden{PostID: p.ID, ThreadID: t.ID, SpaceID: p.writtenIn(t),
		PersonID: p.AuthorID, Kind: contribution(p), By: actor.PersonID})
}

// RestorePost shows a hidden post again. Of a deleted one there is nothing to show. Those may who could hide it; doing it twice is doing it once.
func (s *Service) RestorePost(ctx context.Context, actor account.Actor, postID int64) error {
	return s.onPost(ctx, "restore", postID, func(ctx context.Context, tx bun.Tx, t Thread, p Post) error {
		if err := s.mayHide(ctx, tx, actor, t, p); err != nil || !p.Hidden() || p.Deleted() {
			return err
		}
		_, err := tx.ExecContext(ctx, `update post set hidden_at = null, hidden_by = null, hidden_reason = '' where id = ?`, p.ID)
		if err != nil {
			return err
		}
		if err := recount(ctx, tx, t.ID); err != nil {
			return err
		}
		return events.Publish(ctx, tx, events.ContributionRestored{PostID: p.ID, ThreadID: t.ID, SpaceID: p.writtenIn(t),
			PersonID: p.AuthorID, Kind: contribution(p), By: actor.PersonID})
	})
}

// Pin keeps a thread at the top of its space, or no longer does. It needs Moderate over the space.
func (s *Service) Pin(ctx context.Context, actor account.Actor, threadID int64, pinned bool) error {
	return s.change(ctx, actor, threadID, func(t *Thread) { t.PinnedAt = s.since(t.PinnedAt, pinned) })
}

// Lock ends the replies to a thread, or lets them begin again. It needs Moderate over the space.
func (s *Service) Lock(ctx context.Context, actor account.Actor, threadID int64, locked bool) error {
	return s.change(ctx, actor, threadID, func(t *Thread) { t.LockedAt = s.since(t.LockedAt, locked) })
}

// since is the moment from which something is so: the one it has, now, or none.
func (s *Service) since(has time.Time, on bool) time.Time {
	switch {
	case !on:
		return time.Time{}
	case has.IsZero():
		return s.now()
	}
	return has
}

func (s *Service) change(ctx context.Context, actor account.Actor, threadID int64, set func(*Thread)) error {
	return s.inTx(ctx, "change a thread", func(ctx context.Context, tx bun.Tx) error {
		t, err := lockThread(ctx, tx, threadID)
		if err != nil {
			return err
		}
		if err := s.mayModerate(ctx, tx, actor, t); err != nil {
			return err
		}
		was := t
		if set(&t); t.PinnedAt.Equal(was.PinnedAt) && t.LockedAt.Equal(was.LockedAt) && t.ArchivedAt.Equal(was.ArchivedAt) && t.SlowMinutes == was.SlowMinutes {
			return nil
		}
		_, err = tx.ExecContext(ctx, `update thread set pinned_at = ?, locked_at = ?, archived_at = ?, slow_minutes = ? where id = ?`,
			bun.NullTime{Time: t.PinnedAt}, bun.NullTime{Time: t.LockedAt}, bun.NullTime{Time: t.ArchivedAt}, t.SlowMinutes, t.ID)
		if err != nil {
			return fmt.Errorf("thread %d: %w", t.ID, err)
		}
		return events.Publish(ctx, tx, events.ThreadChanged{ThreadID: t.ID, SpaceID: t.saidIn(), Pinned: t.Pinned(), Locked: !t.LockedAt.IsZero(),
			Archived: t.Archived(), Slow: t.SlowMinutes, By: actor.PersonID})
	})
}

// mayHide refuses those who don't decide on a post: they are told what readers are told of its space.
func (s *Service) mayHide(ctx context.Context, tx bun.Tx, actor account.Actor, t Thread, p Post) error {
	if _, err := s.room(ctx, tx, actor, t); err != nil {
		return err
	}
	if !t.DeletedAt.IsZero() {
		return account.ErrNotFound
	}
	_, err := s.judged(ctx, tx, actor, t, p)
	return err
}

// mayModerate refuses those who don't moderate a thread's space.
func (s *Service) mayModerate(ctx context.Context, tx bun.Tx, actor account.Actor, t Thread) error {
	sp, err := s.see(ctx, tx, actor, t)
	if err != nil {
		return err
	}
	return moderates(actor, t.under(sp))
}
