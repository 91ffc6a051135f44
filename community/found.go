package community

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Words are what a thread says, for finding it.
type Words struct {
	SpaceID int64 // 0 for a circle
	Seminar int64 // of a circle, for whose participants alone it is; else 0
	Title   string
	Titles  events.Text // of a circle, in its languages
	Tags    []string    // what it is marked with
	Opening string      // Markdown; "" when its author deleted it
	Replies []string    // Markdown, the accepted answer and then the latest first
}

// What is read of a thread for finding it: a reply to one of thousands must cost no more than a reply to one of hundreds.
const (
	maxFoundReplies = 300
	maxFoundBytes   = 96 << 10 // of opening and replies
)

// ThreadIDs lists the threads that readers of their space see, or those in their circle, for whoever asks.
func ThreadIDs(ctx context.Context, db bun.IDB) ([]int64, error) {
	var ids []int64
	if err := db.NewRaw(`select id from thread where deleted_at is null and not hidden order by id`).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("threads: %w", err)
	}
	return ids, nil
}

// WordsOf reads what every reader of its space, or everybody in its circle, sees of a thread: its title, its opening and its latest replies, whoever
// asks. It is false for a thread that is hidden or gone. Hidden and deleted posts are left out.
func WordsOf(ctx context.Context, db bun.IDB, threadID int64) (Words, bool, error) {
	t, err := findThread(ctx, db, threadID)
	if errors.Is(err, account.ErrNotFound) || err == nil && (t.Hidden || !t.DeletedAt.IsZero()) {
		return Words{}, false, nil
	}
	if err != nil {
		return Words{}, false, err
	}
	w := Words{SpaceID: t.saidIn(), Seminar: t.SeminarID, Title: t.Title, Titles: t.Titles}
	tags, err := TagsOf(ctx, db, threadID)
	if err != nil {
		return Words{}, false, err
	}
	for _, g := range tags {
		w.Tags = append(w.Tags, g.Name)
	}
	var posts []Post
	err = db.NewRaw(`select opening, body from post where thread_id = ?0 and hidden_at is null and deleted_at is null and (opening or id in
			(select id from post where thread_id = ?0 and hidden_at is null and deleted_at is null order by id desc limit ?1) or id = ?2)
		order by opening desc, id = ?2 desc, id desc`, threadID, maxFoundReplies, t.AcceptedID).Scan(ctx, &posts)
	if err != nil {
		return Words{}, false, fmt.Errorf("words of thread %d: %w", threadID, err)
	}
	left := maxFoundBytes
	for _, p := range posts {
		if left -= len(p.Body); left < 0 {
			break
		}
		if p.Opening {
			w.Opening = p.Body
		} else {
			w.Replies = append(w.Replies, p.Body)
		}
	}
	return w, true, nil
}

// ThreadsOf says in which thread each of some posts is, whoever asks; those that are hidden or gone are in none.
func (s *Service) ThreadsOf(ctx context.Context, posts []int64) (map[int64]int64, error) {
	if len(posts) == 0 {
		return nil, nil
	}
	var rows []struct{ ID, ThreadID int64 }
	err := s.db.NewRaw(`select id, thread_id from post where id = any(?) and hidden_at is null and deleted_at is null`, pgdialect.Array(posts)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("threads of posts: %w", err)
	}
	threads := map[int64]int64{}
	for _, r := range rows {
		threads[r.ID] = r.ThreadID
	}
	return threads, nil
}
