package community

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Thank says that a post was useful to the actor, or no longer does. Anybody signed in may who can read the post, except its
// author: account.ErrForbidden. A person counts once, and doing it twice is doing it once.
func (s *Service) Thank(ctx context.Context, actor account.Actor, postID int64, thanks bool) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	return s.onPost(ctx, "thank for", postID, func(ctx context.Context, tx bun.Tx, t Thread, p Post) error {
		sp, err := s.see(ctx, tx, actor, t)
		if err == nil && thanks {
			err = s.mayWrite(ctx, tx, actor, sp)
		}
		switch {
		case err != nil:
			return err
		case p.Hidden() || p.Deleted():
			return account.ErrNotFound
		case actor.Is(p.AuthorID):
			return account.ErrForbidden
		}
		query := `insert into post_thank (post_id, person_id, at) values (?, ?, ?) on conflict do nothing`
		if !thanks {
			query = `delete from post_thank where post_id = ? and person_id = ?`
		}
		res, err := tx.ExecContext(ctx, query, p.ID, actor.PersonID, s.now())
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return events.Publish(ctx, tx, events.PostThanked{PostID: p.ID, ThreadID: t.ID, SpaceID: t.saidIn(), AuthorID: p.AuthorID,
			PersonID: actor.PersonID, Thanks: thanks})
	})
}

// countThanks says of each line how many people it was useful to, and whether the actor is one of them.
func (s *Service) countThanks(ctx context.Context, actor account.Actor, lines []Line) error {
	ids := make([]int64, len(lines))
	for i, l := range lines {
		ids[i] = l.ID
	}
	var rows []struct {
		PostID int64
		Count  int
		Mine   bool
	}
	err := s.db.NewRaw(`select post_id, count(*) as count, bool_or(person_id = ?) as mine from post_thank where post_id = any(?) group by post_id`,
		actor.PersonID, pgdialect.Array(ids)).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("thanks: %w", err)
	}
	for _, r := range rows {
		for i := range lines {
			if lines[i].ID == r.PostID {
				lines[i].Thanks, lines[i].Thanked = r.Count, r.Mine
			}
		}
	}
	return nil
}
