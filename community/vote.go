package community

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// ErrPollClosed refuses a vote, or its change, once nobody votes any more.
var ErrPollClosed = errors.New("poll is closed")

// Vote chooses these options of what a post asks, in place of those that the actor chose before. Whoever may answer the thread may;
// a thread that is locked is voted in still, one that is archived isn't: ErrLocked. It returns ErrPollClosed once nobody votes any
// more, and account.Invalid (field vote) for none, more than may be chosen, or options that aren't of the poll any more.
func (s *Service) Vote(ctx context.Context, actor account.Actor, postID int64, options []int64) error {
	options = slices.Compact(slices.Sorted(slices.Values(options)))
	return s.onPoll(ctx, "vote on", actor, postID, func(ctx context.Context, tx bun.Tx, t Thread, p Poll) error {
		known := 0
		for _, o := range p.Options {
			if slices.Contains(options, o.ID) {
				known++
			}
		}
		switch {
		case len(options) == 0:
			return account.Invalid{Field: "vote", Key: "poll.error_none"}
		case known != len(options):
			return account.Invalid{Field: "vote", Key: "poll.error_changed"}
		case len(options) > p.Choices && p.Choices == 1:
			return account.Invalid{Field: "vote", Key: "poll.error_one"}
		case len(options) > p.Choices:
			return account.Invalid{Field: "vote", Key: "poll.error_many", Args: map[string]any{"Max": p.Choices}}
		}
		return s.vote(ctx, tx, actor, t, p, options)
	})
}

// Unvote takes back what the actor chose. Errors as Vote; doing it twice is doing it once.
func (s *Service) Unvote(ctx context.Context, actor account.Actor, postID int64) error {
	return s.onPoll(ctx, "take back a vote on", actor, postID, func(ctx context.Context, tx bun.Tx, t Thread, p Poll) error {
		return s.vote(ctx, tx, actor, t, p, []int64{})
	})
}

// onPoll runs f on what a post asks, for somebody who may vote on it now, under the lock of its thread: people vote one after
// another, and nobody while it is closed or edited.
func (s *Service) onPoll(ctx context.Context, what string, actor account.Actor, postID int64, f func(context.Context, bun.Tx, Thread, Poll) error) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	return s.onPost(ctx, what, postID, func(ctx context.Context, tx bun.Tx, t Thread, post Post) error {
		sp, err := s.see(ctx, tx, actor, t)
		if err == nil {
			err = s.mayWrite(ctx, tx, actor, sp)
		}
		if err != nil {
			return err
		}
		p, err := s.findPoll(ctx, tx, postID)
		switch {
		case err != nil:
			return err
		case p == nil || post.Hidden() || post.Deleted():
			return account.ErrNotFound
		case p.Over:
			return ErrPollClosed
		case t.Archived():
			return ErrLocked
		}
		return f(ctx, tx, t, *p)
	})
}

// vote makes these the options that the actor chose.
func (s *Service) vote(ctx context.Context, tx bun.Tx, actor account.Actor, t Thread, p Poll, options []int64) error {
	res, err := tx.NewRaw(`with gone as (delete from poll_vote where post_id = ?0 and person_id = ?1 and option_id <> all(?2::bigint[]) returning 1),
			new as (insert into poll_vote (post_id, person_id, option_id, at) select ?0, ?1, o, ?3 from unnest(?2::bigint[]) o on conflict do nothing returning 1)
		select from gone union all select from new`, p.PostID, actor.PersonID, pgdialect.Array(options), s.now()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("vote: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return events.Publish(ctx, tx, events.PollVoted{PostID: p.PostID, ThreadID: t.ID, SpaceID: t.saidIn()})
}

// ClosePoll ends the voting on what a post asks, for good; its result stays. Who asked may, and who moderates. It returns
// account.ErrNotFound for a post that asks nothing. Doing it twice is doing it once.
func (s *Service) ClosePoll(ctx context.Context, actor account.Actor, postID int64) error {
	return s.onPost(ctx, "close the poll of", postID, func(ctx context.Context, tx bun.Tx, t Thread, post Post) error {
		if !actor.SignedIn() {
			return account.ErrSignInRequired
		}
		actor := actor.Speaking(post.AuthorID)
		sp, err := s.see(ctx, tx, actor, t)
		if err != nil {
			return err
		}
		p, err := s.findPoll(ctx, tx, postID)
		moderates := actor.Can(account.Moderate, t.under(sp))
		switch {
		case err != nil:
			return err
		case p == nil || post.Deleted() || post.Hidden() && !moderates && post.AuthorID != actor.PersonID:
			return account.ErrNotFound
		case !moderates && post.AuthorID != actor.PersonID:
			return account.ErrForbidden
		case p.Over:
			return nil
		}
		if _, err := tx.ExecContext(ctx, `update poll set closed_at = ?, closed_by = ?, told_at = ? where post_id = ?`, s.now(), actor.PersonID, s.now(), postID); err != nil {
			return fmt.Errorf("close: %w", err)
		}
		return events.Publish(ctx, tx, events.PollClosed{PostID: postID, ThreadID: t.ID, SpaceID: t.saidIn(), By: actor.PersonID, Result: p.Result()})
	})
}
