package community

import (
	"fmt"
	"sync"
	"testing"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

func TestOrganising(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.must(w.ListTag(ctx, w.gafsaMod, w.open.ID, "Budget"))
	a, b := w.thread(w.amel, w.open), w.thread(w.amel, w.open)
	w.must(w.TagThread(ctx, w.gafsaMod, a.ID, []string{"Budget"}))
	w.must(w.TagThread(ctx, w.gafsaMod, b.ID, []string{"Budget", "Libre"}))
	answer := w.reply(w.sami, b, "Par un tableau.")
	w.must(w.Accept(ctx, w.amel, answer.ID, true))

	w.wants("moving as a member", w.Move(ctx, w.amel, a.ID, w.request.ID), account.ErrForbidden)
	w.wants("moving where one moderates nothing", w.Move(ctx, w.gafsaMod, a.ID, w.request.ID), account.ErrForbidden)
	w.wants("moving from where one moderates nothing", w.Move(ctx, w.sousseMod, a.ID, w.request.ID), account.ErrForbidden)
	w.wants("moving out of sight", w.Move(ctx, w.animator, a.ID, w.invitation.ID), account.ErrNotFound)
	w.must(w.Pin(ctx, w.animator, a.ID, true))
	w.must(w.Move(ctx, w.admin, a.ID, w.request.ID))
	page := w.read(w.amel, a)
	if page.SpaceID != w.request.ID || page.Pinned() || fmt.Sprint(names(page.Tags)) != "[Budget]" || page.Tags[0].SpaceID != w.request.ID {
		t.Errorf("moved it is %+v", page.Thread)
	}
	_, err := w.Thread(ctx, w.sami, a.ID, 0)
	w.wants("reading it from outside", err, account.ErrForbidden)

	_, err = w.Merge(ctx, w.sousseMod, a.ID, b.ID)
	w.wants("merging what one half moderates", err, account.ErrForbidden)
	into, err := w.Merge(ctx, w.admin, b.ID, a.ID)
	w.must(err)
	if page = w.read(w.amel, into); into.ID != a.ID || len(page.Lines) != 3 || page.Replies != 2 || len(page.Tags) != 2 || page.Solved {
		t.Errorf("merged they are %+v", page)
	}
	_, err = w.MovedTo(ctx, w.sami, b.ID)
	w.wants("where it went, to somebody outside", err, account.ErrNotFound)
	if _, wrong := account.InvalidsOf(second(w.Merge(ctx, w.admin, a.ID, a.ID))); !wrong {
		t.Error("a thread is merged with itself")
	}
	w.wants("merging with what was merged", second(w.Merge(ctx, w.admin, a.ID, b.ID)), account.ErrNotFound)

	_, err = w.Split(ctx, w.amel, Splitting{ThreadID: a.ID, Title: "T", Posts: []int64{answer.ID}})
	w.wants("splitting as a member", err, account.ErrForbidden)
	for _, c := range []Splitting{{ThreadID: a.ID, Posts: []int64{answer.ID}}, {ThreadID: a.ID, Title: "T"}, {ThreadID: a.ID, Title: "T", Posts: []int64{page.Lines[0].ID}}} {
		if _, wrong := account.InvalidsOf(second(w.Split(ctx, w.admin, c))); !wrong {
			t.Errorf("%+v is split off", c)
		}
	}
	n, err := w.Split(ctx, w.admin, Splitting{ThreadID: a.ID, Title: "À part", Posts: []int64{answer.ID}})
	w.must(err)
	if page = w.read(w.amel, a); page.Replies != 1 || len(page.Parts) != 1 || page.Parts[0].Title != "À part" {
		t.Errorf("what stays is %+v", page)
	}
	if page = w.read(w.amel, n); page.From == nil || page.From.ID != a.ID || page.AuthorID != w.sami.PersonID || page.Kind != Discussion {
		t.Errorf("what was split off is %+v", page)
	}
	moved := announced[events.ThreadMoved](w)
	if len(moved) != 3 || moved[2].State != "split" || fmt.Sprint(moved[2].Posts, moved[2].Authors) != fmt.Sprint([]int64{answer.ID}, []int64{w.sami.PersonID}) {
		t.Errorf("announced: %+v", moved)
	}
}

func second[A any](_ A, err error) error { return err }

func TestArchiving(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.thread(w.amel, w.open)
	w.must(w.Pin(ctx, w.animator, thread.ID, true))
	w.wants("archiving as a member", w.Archive(ctx, w.amel, thread.ID, true), account.ErrForbidden)
	w.must(w.Archive(ctx, w.animator, thread.ID, true))
	for show, want := range map[Show]int{ShowAll: 0, ShowQuestions: 0, ShowUnread: 0, ShowArchived: 1} {
		l, err := w.Threads(ctx, w.member("M"+string(show), w.open), w.open.ID, Filter{Show: show})
		if err != nil || len(l.Rows)+len(l.Pinned) != want {
			t.Errorf("%q lists %d, %v", show, len(l.Rows)+len(l.Pinned), err)
		}
	}
	_, err := w.Reply(ctx, w.sami, NewReply{ThreadID: thread.ID, Body: "Trop tard"})
	w.wants("replying in the archive", err, ErrLocked)
	if _, found, err := WordsOf(ctx, w.db, thread.ID); !found || err != nil {
		t.Error("it isn't found any more")
	}
	w.must(w.Archive(ctx, w.animator, thread.ID, false))
	w.reply(w.sami, thread, "De retour")
	got := announced[events.ThreadChanged](w)
	if len(got) != 3 || !got[1].Archived || got[1].Pinned || got[2].Archived {
		t.Errorf("announced: %+v", got)
	}
}

// Whatever arrives while threads are merged and split ends in one of them, and is counted there.
func TestWritingWhileOthersOrganise(t *testing.T) {
	w := newWorld(t, testdb.Clone(t))
	a, b := w.thread(w.amel, w.open), w.thread(w.amel, w.open)
	first := w.reply(w.sami, b, "Un")
	const people = 8
	var wg sync.WaitGroup
	for i := range people {
		who := w.member(fmt.Sprint("P", i), w.open)
		to := []Thread{a, b}[i%2]
		wg.Go(func() {
			p, err := w.Reply(ctx, who, NewReply{ThreadID: to.ID, Body: "Moi aussi"})
			if err != nil {
				t.Error(err)
				return
			}
			if err := w.HidePost(ctx, w.animator, p.ID, ""); err != nil {
				t.Error(err)
			}
			if err := w.RestorePost(ctx, w.gafsaMod, p.ID); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Go(func() {
		if _, err := w.Merge(ctx, w.animator, a.ID, b.ID); err != nil {
			t.Error(err)
		}
		if _, err := w.Split(ctx, w.animator, Splitting{ThreadID: a.ID, Title: "À part", Posts: []int64{first.ID}, Onward: true}); err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
	var posts, counted int
	w.must(w.db.NewRaw(`select (select count(*) from post where not opening), (select sum(replies) from thread)`).Scan(ctx, &posts, &counted))
	if posts != counted || posts != people+1 {
		t.Errorf("%d replies written, %d there, %d counted", people+1, posts, counted)
	}
}
