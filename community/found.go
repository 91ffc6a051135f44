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
	Shown   []string    // by the opening's files: what they are said to show, or their names
	Replies []string    // Markdown, the accepted answer and then the latest first
	Others  []string    // as Shown, by those of the replies
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
	err = db.NewRaw(`select id, opening, body from post where thread_id = ?0 and hidden_at is null and deleted_at is null and (opening or id in
			(select id from post where thread_id = ?0 and hidden_at is null and deleted_at is null order by id desc limit ?1) or id = ?2)
		order by opening desc, id = ?2 desc, id desc`, threadID, maxFoundReplies, t.AcceptedID).Scan(ctx, &posts)
	if err != nil {
		return Words{}, false, fmt.Errorf("words of thread %d: %w", threadID, err)
	}
	return w, true, w.say(ctx, db, posts)
}

// say fills in the words of some posts and of their files.
func (w *Words) say(ctx context.Context, db bun.IDB, posts []Post) error {
	ids := make([]int64, len(posts))
	for i, p := range posts {
		ids[i] = p.ID
	}
	files, err := filesOf(ctx, db, ids)
	left := maxFoundBytes
	for _, p := range posts {
		if left -= len(p.Body); left < 0 {
			break
		}
		if p.Opening {
			w.Opening, w.Shown = p.Body, saidOf(files[p.ID])
		} else {
			w.Replies, w.Others = append(w.Replies, p.Body), append(w.Others, saidOf(files[p.ID])...)
		}
	}
	return err
}

// saidOf is what some files are said to show, or their names.
func saidOf(files []Attachment) (all []string) {
	for _, a := range files {
		all = append(all, a.Says())
	}
	return all
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
