package community

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// MaxSplit is the most posts that are split off at once.
const MaxSplit = 500

// Splitting is what a moderator takes out of a thread.
type Splitting struct {
	ThreadID int64
	Title    string
	Posts    []int64 // replies of the thread; the first of them opens the new thread
	Onward   bool    // with all that follow the first of them
}

// Split makes a new discussion of some replies of a thread. It needs Moderate over the space. The first of them must be there
// for everybody to see. Addresses of posts lead where they are now; who had read them in the old thread has read them in the
// new. account.Invalids are about "title" and "posts".
func (s *Service) Split(ctx context.Context, actor account.Actor, c Splitting) (Thread, error) {
	var n Thread
	err := s.inTx(ctx, "split a thread", func(ctx context.Context, tx bun.Tx) error {
		t, err := s.lockModerated(ctx, tx, actor, c.ThreadID)
		if err != nil {
			return err
		}
		var wrong account.Invalids
		c.Title = checkTitle(&wrong, Discussion, c.Title)
		posts, err := c.choose(ctx, tx)
		if err != nil {
			return err
		}
		switch {
		case len(posts) == 0 || posts[0].Hidden() || posts[0].Deleted() || t.Hidden:
			wrong.Add("posts", "talk.error_split")
		case len(posts) > MaxSplit:
			wrong.Add("posts", "talk.error_split_many", "Max", MaxSplit)
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		n, err = s.split(ctx, tx, actor, t, c.Title, posts)
		return err
	})
	return n, err
}

// choose reads the posts to split off, one more than may be.
func (c Splitting) choose(ctx context.Context, tx bun.Tx) (posts []Post, err error) {
	if len(c.Posts) == 0 {
		return nil, nil
	}
	query, arg := `id = any(?)`, any(pgdialect.Array(c.Posts))
	if c.Onward {
		query, arg = `id >= ?`, slices.Min(c.Posts)
	}
	err = tx.NewRaw(`select `+postColumns+` from post where thread_id = ? and not opening and `+query+` order by id limit ?`,
		c.ThreadID, arg, MaxSplit+1).Scan(ctx, &posts)
	if err != nil {
		return nil, fmt.Errorf("posts of thread %d: %w", c.ThreadID, err)
	}
	return posts, nil
}

func (s *Service) split(ctx context.Context, tx bun.Tx, actor account.Actor, t Thread, title string, posts []Post) (Thread, error) {
	ids, authors := make([]int64, len(posts)), []int64{}
	for i, p := range posts {
		ids[i] = p.ID
		if p.AuthorID != 0 && !slices.Contains(authors, p.AuthorID) {
			authors = append(authors, p.AuthorID)
		}
	}
	kind := Discussion
	if asked, err := s.findPoll(ctx, tx, posts[0].ID); err != nil {
		return Thread{}, err
	} else if asked != nil { // it opened a thread once, which was merged
		kind = Voting
	}
	n := Thread{SpaceID: t.SpaceID, Kind: kind, Title: title, AuthorID: posts[0].AuthorID, CreatedAt: posts[0].CreatedAt}
	err := tx.NewRaw(`insert into thread (space_id, kind, title, author_id, created_at, last_at, split_from)
		values (?, ?, ?, nullif(?, 0), ?, ?, ?) returning id`, n.SpaceID, n.Kind, n.Title, n.AuthorID, n.CreatedAt, n.CreatedAt, t.ID).Scan(ctx, &n.ID)
	if err != nil {
		return n, fmt.Errorf("insert thread: %w", err)
	}
	for _, change := range []string{
		`update post set thread_id = ?0, opening = id = ?2, written_as = case when id = ?2 then nullif(coalesce(written_as, 'reply'), 'thread')
			else written_as end where id = any(?3)`,
		`insert into thread_read (person_id, thread_id, post_id, at) select r.person_id, ?0, coalesce(
			(select max(p.id) from post p where p.thread_id = ?0 and p.id <= r.post_id), 0), r.at from thread_read r where r.thread_id = ?1`,
		`update thread set accepted_id = null where id = ?1 and accepted_id = any(?3)`,
	} {
		if _, err := tx.NewRaw(change, n.ID, t.ID, ids[0], pgdialect.Array(ids)).Exec(ctx); err != nil {
			return n, fmt.Errorf("split thread %d: %w", t.ID, err)
		}
	}
	for _, id := range []int64{t.ID, n.ID} {
		if err := recount(ctx, tx, id); err != nil {
			return n, err
		}
	}
	// When nothing is left of the old one, its address and those that led to it lead to the new.
	_, err = tx.NewRaw(`update thread set merged_into = ?0 where id = ?1 and deleted_at is not null or merged_into = ?1
		and exists (select from thread where id = ?1 and deleted_at is not null)`, n.ID, t.ID).Exec(ctx)
	if err != nil {
		return n, fmt.Errorf("split thread %d: %w", t.ID, err)
	}
	return n, events.Publish(ctx, tx, events.ThreadMoved{ThreadID: t.ID, SpaceID: t.SpaceID, ToThread: n.ID, ToSpace: n.SpaceID, Posts: ids,
		Authors: authors, State: "split", By: actor.PersonID})
}
