package community

import (
	"testing"
	"time"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// TestImportedThreadsAreAsWritten imports a thread and has another one written the same way: both are told alike.
func TestImportedThreadsAreAsWritten(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	written := w.thread(w.amel, w.open)
	answer := w.reply(w.sami, written, "D'abord un journal.")
	w.reply(w.amel, written, "Merci !")
	old := []OldThread{{SpaceID: w.open.ID, Kind: Question, Title: " " + written.Title, Posts: []OldPost{
		{w.amel.PersonID, "Nous débutons.", written.CreatedAt}, {w.sami.PersonID, answer.Body, answer.CreatedAt},
		{w.amel.PersonID, "Merci !", answer.CreatedAt.Add(15 * time.Minute)}}}}
	w.must(w.ImportThreads(ctx, w.admin, old))
	l, err := w.Threads(ctx, w.amel, w.open.ID, Filter{})
	w.must(err)
	if len(l.Rows) != 2 {
		t.Fatalf("%d threads", len(l.Rows))
	}
	a, b := l.Rows[0], l.Rows[1]
	if a.ID == b.ID || a.Title != b.Title || a.Replies != b.Replies || !a.LastAt.Equal(b.LastAt) || a.LastBy != b.LastBy || a.Unread != b.Unread || a.Kind != b.Kind {
		t.Errorf("imported and written differ: %+v, %+v", a, b)
	}
	one, other := w.read(w.sami, a.Thread), w.read(w.sami, b.Thread)
	for i := range one.Lines {
		if one.Lines[i].Body != other.Lines[i].Body || one.Lines[i].Author != other.Lines[i].Author || !one.Lines[i].CreatedAt.Equal(other.Lines[i].CreatedAt) {
			t.Errorf("post %d: %+v, %+v", i, one.Lines[i], other.Lines[i])
		}
	}
	if said := announced[events.Contributed](w); len(said) != 6 || said[4].Kind != "reply" || said[4].ThreadAuthorID != w.amel.PersonID {
		t.Errorf("announced %+v", said)
	}
}

func TestImportRefuses(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	post := func(at time.Time) OldPost { return OldPost{w.amel.PersonID, "Bonjour", at} }
	good := OldThread{SpaceID: w.open.ID, Kind: Discussion, Title: "Essai", Posts: []OldPost{post(w.clock)}}
	w.wants("a moderator imports", w.ImportThreads(ctx, w.animator, []OldThread{good}), account.ErrForbidden)
	turned, empty := good, good
	turned.Posts = []OldPost{post(w.clock), post(w.clock.Add(-time.Hour))}
	empty.Posts = nil
	w.wants("out of order", w.ImportThreads(ctx, w.admin, []OldThread{turned}), account.ErrConflict)
	w.wants("no post", w.ImportThreads(ctx, w.admin, []OldThread{empty}), account.ErrConflict)
	untitled := good
	untitled.Title = ""
	if _, invalid := account.InvalidsOf(w.ImportThreads(ctx, w.admin, []OldThread{untitled})); !invalid {
		t.Error("a thread without title is imported")
	}
}
