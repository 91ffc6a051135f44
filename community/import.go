package community

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// OldThread is a thread that took place elsewhere, or in a demonstration.
type OldThread struct {
	SpaceID int64
	Kind    Kind
	Title   string
	Posts   []OldPost // in order of time; the first opens the thread
}

// OldPost is what a person wrote in an OldThread.
type OldPost struct {
	AuthorID int64
	Body     string // Markdown
	At       time.Time
}

// ImportThreads stores threads whose authors may all read their space, as their caller vouches: what StartThread and
// Reply would have made of them at their time, with the same checks of texts, in a few statements. It needs
// AdministerPlatform. A thread that isn't in order of time, or empty, is refused with account.ErrConflict.
func (s *Service) ImportThreads(ctx context.Context, actor account.Actor, threads []OldThread) error {
	if !actor.Can(account.AdministerPlatform, account.Scope{}) {
		return account.ErrForbidden
	}
	if err := checkOld(threads); err != nil {
		return fmt.Errorf("import threads: %w", err)
	}
	return s.inTx(ctx, "import threads", func(ctx context.Context, tx bun.Tx) error {
		ids, err := importThreads(ctx, tx, threads)
		if err != nil {
			return err
		}
		news, err := importPosts(ctx, tx, threads, ids)
		if err != nil {
			return err
		}
		if err := recountAll(ctx, tx, ids); err != nil {
			return err
		}
		return events.PublishAll(ctx, tx, news)
	})
}

// checkOld tidies the texts in place and returns all that is wrong.
func checkOld(threads []OldThread) error {
	var wrong account.Invalids
	for i := range threads {
		t := &threads[i]
		t.Title = checkTitle(&wrong, Discussion, t.Title)
		if len(t.Posts) == 0 || t.Kind != Discussion && t.Kind != Question {
			return fmt.Errorf("thread %q: %w", t.Title, account.ErrConflict)
		}
		for j := range t.Posts {
			t.Posts[j].Body = checkBody(&wrong, t.Posts[j].Body)
			if j > 0 && t.Posts[j].At.Before(t.Posts[j-1].At) {
				return fmt.Errorf("thread %q isn't in order of time: %w", t.Title, account.ErrConflict)
			}
		}
	}
	return wrong.Err()
}

func importThreads(ctx context.Context, tx bun.Tx, threads []OldThread) (ids []int64, err error) {
	var spaces, authors []int64
	var kinds, titles []string
	var began []time.Time
	for _, t := range threads {
		spaces, authors = append(spaces, t.SpaceID), append(authors, t.Posts[0].AuthorID)
		kinds, titles, began = append(kinds, string(t.Kind)), append(titles, t.Title), append(began, t.Posts[0].At)
	}
	err = tx.NewRaw(`insert into thread (space_id, kind, title, author_id, created_at, last_at)
		select space, kind, title, author, at, at
		from unnest(?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::timestamptz[]) with ordinality t (space, kind, title, author, at, n)
		order by n returning id`, pgdialect.Array(spaces), pgdialect.Array(kinds), pgdialect.Array(titles), pgdialect.Array(authors),
		pgdialect.Array(began)).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("insert threads: %w", err)
	}
	return ids, nil
}

// importPosts stores the posts of the threads with these ids, and returns what to announce of them.
func importPosts(ctx context.Context, tx bun.Tx, threads []OldThread, ids []int64) (news []events.Payload, err error) {
	var of, authors []int64
	var openings []bool
	var bodies []string
	var at []time.Time
	for i, t := range threads {
		for j, p := range t.Posts {
			of, authors, openings = append(of, ids[i]), append(authors, p.AuthorID), append(openings, j == 0)
			bodies, at = append(bodies, p.Body), append(at, p.At)
		}
	}
	var posts []int64
	err = tx.NewRaw(`insert into post (thread_id, author_id, opening, body, created_at)
		select thread, author, opening, body, at
		from unnest(?::bigint[], ?::bigint[], ?::bool[], ?::text[], ?::timestamptz[]) with ordinality p (thread, author, opening, body, at, n)
		order by n returning id`, pgdialect.Array(of), pgdialect.Array(authors), pgdialect.Array(openings), pgdialect.Array(bodies),
		pgdialect.Array(at)).Scan(ctx, &posts)
	if err != nil {
		return nil, fmt.Errorf("insert posts: %w", err)
	}
	n := 0
	for i, t := range threads {
		opener := t.Posts[0].AuthorID
		news = append(news, events.ThreadStarted{ThreadID: ids[i], SpaceID: t.SpaceID, PostID: posts[n], PersonID: opener, Kind: string(t.Kind)})
		for j, p := range t.Posts {
			news = append(news, events.Contributed{PostID: posts[n], ThreadID: ids[i], SpaceID: t.SpaceID, PersonID: p.AuthorID,
				Kind: contribution(Post{Opening: j == 0}), ThreadAuthorID: opener})
			n++
		}
	}
	return news, nil
}

// recountAll is recount and markRead for threads that were stored with all their posts.
func recountAll(ctx context.Context, tx bun.Tx, ids []int64) error {
	_, err := tx.ExecContext(ctx, `update thread set replies = c.n - 1, last_post_id = c.last_id, last_at = c.last_at
		from (select thread_id, count(*) as n, max(id) as last_id, max(created_at) as last_at from post
			where thread_id = any(?) group by thread_id) c
		where thread.id = c.thread_id`, pgdialect.Array(ids))
	if err != nil {
		return fmt.Errorf("count posts: %w", err)
	}
	_, err = tx.ExecContext(ctx, `insert into thread_read (person_id, thread_id, post_id, at)
		select author_id, thread_id, max(id), max(created_at) from post where thread_id = any(?) group by author_id, thread_id`,
		pgdialect.Array(ids))
	if err != nil {
		return fmt.Errorf("mark threads as read: %w", err)
	}
	return nil
}
