package community

import (
	"strings"
	"testing"

	"halqa/migrations/testdb"
)

// A thread of any length is read for finding within bounds: its title, its opening and its latest replies.
func TestWordsAreBounded(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.thread(w.amel, w.open)
	long := strings.Repeat("a", MaxBody)
	_, err := w.db.NewRaw(`insert into post (thread_id, author_id, body, created_at)
		select ?, ?, case when n > ? then 'court ' || n else ? end, now() from generate_series(1, ?) n`,
		thread.ID, w.sami.PersonID, maxFoundReplies-3, long, maxFoundReplies+20).Exec(ctx)
	w.must(err)
	words, ok, err := WordsOf(ctx, w.db, thread.ID)
	w.must(err)
	size := len(words.Opening)
	for _, r := range words.Replies {
		size += len(r)
	}
	if !ok || words.Title == "" || words.Opening != "Nous débutons." || words.Replies[0] != "court 320" || len(words.Replies) > maxFoundReplies || size > maxFoundBytes {
		t.Errorf("%v %+.200v: %d replies, %d bytes", ok, words, len(words.Replies), size)
	}
	if _, ok, err := WordsOf(ctx, w.db, thread.ID+1); ok || err != nil {
		t.Errorf("a thread that isn't there: %v %v", ok, err)
	}
}
