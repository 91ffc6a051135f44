package community

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// answerColumns are what a thread says of its accepted answer.
const answerColumns = `, coalesce(accepted_id, 0) as accepted_id, solved`

// MayAccept tells whether somebody may choose the answer of a thread: who asked it, and who moderates its space.
func MayAccept(actor account.Actor, t Thread, moderates bool) bool {
	return t.Kind == Question && actor.SignedIn() && (moderates || actor.Is(t.AuthorID))
}

// Accept chooses a reply as the answer of its question, in place of another, or no longer does. Who asked may, and who
// moderates the space. It returns account.ErrNotFound for what can't be an answer: the question itself, a reply that is hidden
// or deleted, a post of another kind of thread. Doing it twice is doing it once.
func (s *Service) Accept(ctx context.Context, actor account.Actor, postID int64, accepted bool) error {
	return s.onPost(ctx, "accept", postID, func(ctx context.Context, tx bun.Tx, t Thread, p Post) error {
		if !actor.SignedIn() {
			return account.ErrSignInRequired
		}
		sp, err := s.see(ctx, tx, actor, t)
		switch {
		case err != nil:
			return err
		case t.Kind != Question:
			return account.ErrNotFound
		case !MayAccept(actor, t, actor.Can(account.Moderate, t.under(sp))):
			return account.ErrForbidden
		case p.Opening || p.Hidden() || p.Deleted():
			return account.ErrNotFound
		case accepted == (t.AcceptedID == p.ID):
			return nil
		}
		return s.accept(ctx, tx, actor, t, p, accepted)
	})
}

func (s *Service) accept(ctx context.Context, tx bun.Tx, actor account.Actor, t Thread, p Post, accepted bool) error {
	chosen := p.ID
	if !accepted {
		chosen = 0
	}
	if _, err := tx.ExecContext(ctx, `update thread set accepted_id = nullif(?, 0) where id = ?`, chosen, t.ID); err != nil {
		return err
	}
	if err := recount(ctx, tx, t.ID); err != nil {
		return err
	}
	return events.Publish(ctx, tx, events.AnswerAccepted{PostID: p.ID, ThreadID: t.ID, SpaceID: t.saidIn(), PersonID: p.AuthorID,
		Accepted: accepted, By: actor.Speaking(t.AuthorID).PersonID})
}

// answer is the accepted answer of a thread, as everybody sees it.
func (s *Service) answer(ctx context.Context, t Thread) (*Line, error) {
	if !t.Solved {
		return nil, nil
	}
	var lines []Line
	err := s.db.NewRaw(`select p.id, p.thread_id, coalesce(p.author_id, 0) as author_id, p.body, p.created_at, p.edited_at, coalesce(a.name, '') as author, a.mask_of is not null as masked
		from post p left join person a on a.id = p.author_id
		where p.id = ? and p.thread_id = ? and p.hidden_at is null and p.deleted_at is null`, t.AcceptedID, t.ID).Scan(ctx, &lines)
	if err != nil {
		return nil, fmt.Errorf("answer of thread %d: %w", t.ID, err)
	}
	if len(lines) == 0 {
		return nil, nil
	}
	return &lines[0], addFiles(ctx, s.db, lines)
}
