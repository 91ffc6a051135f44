package community

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

func TestAThreadFromItsOpeningToItsEnd(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.thread(w.amel, w.open)
	first := w.reply(w.sami, thread, "Par un tableau.")
	w.later()
	second, err := w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "> Par un tableau.\n\nMerci !", ReplyTo: first.ID})
	w.must(err)
	page := w.read(w.sami, thread)
	if page.Replies != 2 || len(page.Lines) != 3 || page.Lines[2].Answered != "Sami" || !page.Lines[1].Mine || page.Lines[0].Author != "Amel" {
		t.Errorf("the thread is %+v", page)
	}
	if _, err := w.EditPost(ctx, w.sami, first.ID, Edit{Body: "Par un tableur."}); err != nil {
		t.Error(err)
	}
	w.must(w.HidePost(ctx, w.animator, second.ID, "Hors sujet"))
	if page = w.read(w.sami, thread); page.Replies != 1 || !page.Lines[2].Veiled || page.Lines[2].Body != "" || page.Lines[2].HiddenReason != "" ||
		page.Lines[1].Body != "Par un tableur." || page.Lines[1].EditedAt.IsZero() {
		t.Errorf("with a hidden reply it is %+v", page)
	}
	if own := w.read(w.amel, thread).Lines[2]; own.Veiled || own.HiddenReason != "Hors sujet" {
		t.Errorf("its author sees %+v", own)
	}
	_, err = w.EditPost(ctx, w.amel, second.ID, Edit{Body: "Encore"})
	w.wants("editing a hidden post", err, ErrHidden)
	w.wants("reporting a hidden post", w.Report(ctx, w.sami, NewReport{PostID: second.ID, Reason: "spam"}), account.ErrNotFound)
	w.must(w.RestorePost(ctx, w.animator, second.ID))
	if page = w.read(w.sami, thread); page.Replies != 2 {
		t.Errorf("restored: %d replies", page.Replies)
	}
	_, err = w.DeletePost(ctx, w.sami, first.ID)
	w.must(err)
	_, err = w.DeletePost(ctx, w.sami, first.ID)
	w.must(err)
	if page = w.read(w.admin, thread); page.Replies != 1 || !page.Lines[1].Deleted() || page.Lines[1].Body != "" {
		t.Errorf("deleted: %+v", page.Lines[1])
	}
	w.must(w.Lock(ctx, w.gafsaMod, thread.ID, true))
	w.later()
	_, err = w.Reply(ctx, w.sami, NewReply{ThreadID: thread.ID, Body: "Trop tard"})
	w.wants("replying to a locked thread", err, ErrLocked)
	_, err = w.EditPost(ctx, w.amel, second.ID, Edit{Body: "Trop tard"})
	w.wants("editing in a locked thread", err, ErrLocked)
	if got := announced[events.Contributed](w); len(got) != 3 || got[0].Kind != "thread" || got[2].ReplyToAuthor != w.sami.PersonID || got[1].ThreadAuthorID != w.amel.PersonID {
		t.Errorf("contributions announced: %+v", got)
	}
	if len(announced[events.ContributionHidden](w)) != 1 || len(announced[events.ContributionRestored](w)) != 1 ||
		len(announced[events.ContributionDeleted](w)) != 1 || len(announced[events.ThreadStarted](w)) != 1 {
		t.Error("an event lacks, or is there twice")
	}
}

func TestHidingAndDeletingAnOpening(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.thread(w.amel, w.open)
	w.must(w.HidePost(ctx, w.animator, w.opening(thread).ID, "Publicité"))
	_, err := w.Thread(ctx, w.sami, thread.ID, 0)
	w.wants("others read a hidden thread", err, account.ErrNotFound)
	w.read(w.amel, thread)
	for actor, want := range map[*account.Actor]int{&w.sami: 0, &w.amel: 1, &w.gafsaMod: 1} {
		l, err := w.Threads(ctx, *actor, w.open.ID, Filter{})
		if err != nil || len(l.Rows) != want {
			t.Errorf("%s lists %d threads (%v), want %d", actor.Name, len(l.Rows), err, want)
		}
	}
	w.later()
	_, err = w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "Pourquoi ?"})
	w.wants("replying to a hidden thread", err, ErrHidden)
	w.must(w.RestorePost(ctx, w.animator, w.opening(thread).ID))

	answered := w.thread(w.amel, w.open)
	reply := w.reply(w.sami, answered, "Ainsi")
	_, err = w.DeletePost(ctx, w.amel, w.opening(answered).ID)
	w.must(err)
	if page := w.read(w.sami, answered); !page.Lines[0].Deleted() || page.Replies != 1 {
		t.Errorf("an answered thread without its opening: %+v", page)
	}
	_, err = w.DeletePost(ctx, w.sami, reply.ID)
	w.must(err)
	_, err = w.Thread(ctx, w.admin, answered.ID, 0)
	w.wants("a thread of which nothing is left", err, account.ErrNotFound)

	_, err = w.DeletePost(ctx, w.amel, w.opening(thread).ID)
	w.must(err)
	_, err = w.Thread(ctx, w.amel, thread.ID, 0)
	w.wants("a deleted thread", err, account.ErrNotFound)
}

func TestUnread(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.thread(w.amel, w.open)
	mona := w.member("Mona", w.open)
	unread := func(a account.Actor) int {
		t.Helper()
		l, err := w.Threads(ctx, a, w.open.ID, Filter{})
		w.must(err)
		u, err := w.Threads(ctx, a, w.open.ID, Filter{Show: ShowUnread})
		w.must(err)
		news, err := w.New(ctx, a, 5)
		w.must(err)
		if n := l.Rows[0].Unread; (n > 0) != (len(u.Rows) == 1) || (n > 0) != (len(news) == 1) {
			t.Errorf("%s: %d unread, %d in the list of unread, %d on the home", a.Name, n, len(u.Rows), len(news))
		}
		return l.Rows[0].Unread
	}
	is := func(who account.Actor, want int) {
		t.Helper()
		if got := unread(who); got != want {
			t.Errorf("%s has %d unread, want %d", who.Name, got, want)
		}
	}
	is(w.amel, 0)
	is(mona, 1)
	is(w.sami, 0) // who is no member
	first := w.reply(w.sami, thread, "Un")
	is(w.amel, 1)
	is(mona, 2)
	last := w.reply(w.amel, thread, "Deux")
	is(w.sami, 1) // who wrote in it
	is(w.amel, 0)
	w.must(w.Seen(ctx, mona, thread.ID, first.ID))
	is(mona, 1)
	if id, err := w.FirstUnread(ctx, mona, thread.ID); err != nil || id != last.ID {
		t.Errorf("first unread is %d (%v), want %d", id, err, last.ID)
	}
	w.must(w.HidePost(ctx, w.animator, last.ID, ""))
	is(mona, 0)
	w.must(w.RestorePost(ctx, w.animator, last.ID))
	w.must(w.Seen(ctx, mona, thread.ID, 1<<60))
	w.must(w.Seen(ctx, mona, thread.ID, first.ID))
	is(mona, 0)
	w.reply(w.sami, thread, "Trois")
	is(mona, 1) // a mark can't run ahead of what there is
	late := w.member("Late")
	_, err := w.db.ExecContext(ctx, `insert into space_member (space_id, person_id, since) values (?, ?, ?)`, w.open.ID, late.PersonID, w.clock)
	w.must(err)
	is(late, 0) // what was written before is old to a newcomer
}

func TestListsAndPages(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	var last Thread
	for i := range PageSize + 5 {
		last = w.thread(w.amel, w.open)
		if i == 2 {
			w.must(w.Pin(ctx, w.animator, last.ID, true))
		}
	}
	seen := map[int64]bool{}
	for f, pages := (Filter{}), 0; ; pages++ {
		l, err := w.Threads(ctx, w.sami, w.open.ID, f)
		w.must(err)
		if (pages == 0) != (len(l.Pinned) == 1) {
			t.Errorf("page %d has %d pinned", pages, len(l.Pinned))
		}
		for _, r := range append(l.Rows, l.Pinned...) {
			if seen[r.ID] {
				t.Errorf("thread %d is listed twice", r.ID)
			}
			seen[r.ID] = true
		}
		if f.After = l.Next; f.After == "" {
			break
		}
	}
	if len(seen) != PageSize+5 {
		t.Errorf("%d threads are listed", len(seen))
	}
	for _, cursor := range []string{"x", "-1-1", "99999999999999999999-1", "1", "1-x"} {
		if l, err := w.Threads(ctx, w.sami, w.open.ID, Filter{After: cursor}); err != nil || len(l.Rows) != PageSize {
			t.Errorf("cursor %q: %d rows, %v", cursor, len(l.Rows), err)
		}
	}
	w.reply(w.sami, last, "Une réponse")
	l, err := w.Threads(ctx, w.sami, w.open.ID, Filter{Show: ShowUnanswered})
	if err != nil || len(l.Pinned)+len(l.Rows) != PageSize+1 || l.Rows[0].ID == last.ID {
		t.Errorf("unanswered: %d and %d, %v", len(l.Pinned), len(l.Rows), err)
	}
	if l, err = w.Threads(ctx, w.sami, w.open.ID, Filter{}); err != nil || l.Rows[0].ID != last.ID || l.Rows[0].LastBy != "Sami" {
		t.Errorf("the last spoken in is %+v, %v", l.Rows[0].Thread, err)
	}
}

func TestPagesOfAThread(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.thread(w.amel, w.open)
	_, err := w.db.ExecContext(ctx, `insert into post (thread_id, author_id, body, created_at) select ?, ?, 'n° ' || n, ? from generate_series(1, 120) n`,
		thread.ID, w.sami.PersonID, w.clock)
	w.must(err)
	var ids []int64
	for from, pages := int64(0), 0; ; pages++ {
		p, err := w.Thread(ctx, w.amel, thread.ID, from)
		w.must(err)
		for _, l := range p.Lines {
			ids = append(ids, l.ID)
			id, at, err := w.Place(ctx, w.amel, l.ID)
			if err != nil || id != thread.ID || at != from {
				t.Errorf("post %d is at %d of thread %d (%v), want %d", l.ID, at, id, err, from)
			}
		}
		if want := []int64{0, ids[0], ids[min(PostsSize, len(ids)-1)]}[pages]; p.Before != want {
			t.Errorf("page %d comes after that of post %d, want %d", pages, p.Before, want)
		}
		if from = p.After; from == 0 {
			break
		}
	}
	if len(ids) != 121 {
		t.Errorf("%d posts on the pages", len(ids))
	}
	if _, _, err := w.Place(ctx, w.amel, 1<<50); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("a post that isn't: %v", err)
	}
}

// Counts are right whatever happens at once in a thread, and a nonce writes one post however often it is sent.
func TestManyAtOnce(t *testing.T) {
	w := newWorld(t, testdb.Clone(t))
	thread := w.thread(w.amel, w.open)
	target := w.reply(w.amel, thread, "Au milieu")
	const people, tries = 8, 3
	var wg sync.WaitGroup
	for i := range people {
		actor := w.member(fmt.Sprint("P", i), w.open)
		nonce := uuid.NewString()
		for range tries {
			wg.Go(func() {
				if _, err := w.Reply(ctx, actor, NewReply{ThreadID: thread.ID, Body: "Moi aussi", Nonce: nonce}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	for i := range 6 {
		wg.Go(func() {
			err := w.HidePost(ctx, w.animator, target.ID, "")
			if i%2 == 0 {
				err = w.RestorePost(ctx, w.gafsaMod, target.ID)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	page := w.read(w.sami, thread)
	visible := -1 // the opening is no reply
	for _, l := range page.Lines {
		if !l.Hidden() {
			visible++
		}
	}
	if len(page.Lines) != people+2 || page.Replies != visible {
		t.Errorf("%d posts, %d replies counted, %d visible", len(page.Lines), page.Replies, visible)
	}
	hidden, restored := len(announced[events.ContributionHidden](w)), len(announced[events.ContributionRestored](w))
	if len(announced[events.Contributed](w)) != people+2 || hidden-restored < 0 || hidden-restored > 1 {
		t.Errorf("%d contributions, %d hidden, %d restored", len(announced[events.Contributed](w)), hidden, restored)
	}
}

func TestNobodyWritesTooFast(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.thread(w.amel, w.open)
	w.later()
	write := func() error {
		_, err := w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "Encore"})
		return err
	}
	for range postLimits[0].times {
		w.must(write())
	}
	var many account.TooMany
	if err := write(); !errors.As(err, &many) || many.RetryAfter <= 0 || many.RetryAfter > postLimits[0].window {
		t.Errorf("one more is refused with %v", err)
	}
	w.clock = w.clock.Add(many.RetryAfter)
	w.must(write())
	for i := range reportLimits[0].times + 1 {
		p := w.reply(w.sami, thread, "À signaler")
		w.clock = w.clock.Add(-15 * 60e9)
		err := w.Report(ctx, w.manager, NewReport{PostID: p.ID, Reason: "spam"})
		w.clock = w.clock.Add(60e9)
		if (err != nil) != (i == reportLimits[0].times) {
			t.Fatalf("report %d: %v", i, err)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	long := strings.Repeat("é", MaxBody)
	for name, c := range map[string]struct {
		n    NewThread
		want []string
	}{
		"nothing":        {NewThread{}, []string{"title", "body", "kind"}},
		"invisible":      {NewThread{Kind: Question, Title: "\u200b\u200f", Body: "\u200d \u202e\n\u2063"}, []string{"title", "body"}},
		"too long":       {NewThread{Kind: Question, Title: strings.Repeat("t", MaxTitle+1), Body: long + "é"}, []string{"title", "body"}},
		"as long as may": {NewThread{Kind: Question, Title: strings.Repeat("م", MaxTitle), Body: long}, nil},
		"other kind":     {NewThread{Kind: "letter", Title: "T", Body: "B"}, []string{"kind"}},
	} {
		c.n.SpaceID = w.open.ID
		_, err := w.StartThread(ctx, w.amel, c.n)
		wrong, _ := account.InvalidsOf(err)
		var fields []string
		for _, i := range wrong {
			fields = append(fields, i.Field)
		}
		if fmt.Sprint(fields) != fmt.Sprint(c.want) || c.want == nil && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := w.reply(w.sami, w.thread(w.amel, w.open), "B")
	err := w.Report(ctx, w.amel, NewReport{PostID: p.ID, Reason: "because", Note: strings.Repeat("x", MaxNote+1)})
	if wrong, _ := account.InvalidsOf(err); len(wrong) != 2 {
		t.Errorf("a report without reason: %v", err)
	}
}

func TestTidying(t *testing.T) {
	for in, want := range map[string]string{
		"a\u202eb\u202cc":              "abc",
		"e\u0301":                      "é",
		"می\u200cخواهم":                "می\u200cخواهم",
		"👩\u200d👧":                     "👩\u200d👧",
		"\n\na  \r\nb\rc\x00\x1b[0m\t": "a  \nb\nc[0m",
		"\ufeff    code":               "    code",
		"\xff":                         "",
	} {
		if got := tidyText(in); got != want {
			t.Errorf("tidyText(%q) = %q, want %q", in, got, want)
		}
	}
	if got := tidyLine(" a\n\tb\u2067 c "); got != "a b c" {
		t.Errorf("tidyLine: %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if once := tidyText(s); tidyText(once) != once || strings.ContainsAny(once, "\u202e\u2066\u200b\x00\r") {
			t.Fatalf("%q is tidied to %q, then to %q", s, once, tidyText(once))
		}
	})
}
