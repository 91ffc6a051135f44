package community

import (
	"testing"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

func TestAcceptingAnAnswer(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.thread(w.amel, w.open)
	first, second := w.reply(w.sami, thread, "Un tableau"), w.reply(w.sami, thread, "Un logiciel")
	w.wants("a visitor accepts", w.Accept(ctx, account.Actor{}, first.ID, true), account.ErrSignInRequired)
	for _, a := range []account.Actor{w.sami, w.sousseMod, w.manager} {
		w.wants(a.Name+" accepts", w.Accept(ctx, a, first.ID, true), account.ErrForbidden)
	}
	w.wants("the question as its answer", w.Accept(ctx, w.amel, w.opening(thread).ID, true), account.ErrNotFound)
	w.must(w.Accept(ctx, w.amel, first.ID, true))
	w.must(w.Accept(ctx, w.amel, first.ID, true))
	w.must(w.Accept(ctx, w.animator, second.ID, true))
	w.must(w.Accept(ctx, w.amel, first.ID, false)) // it isn't any more
	shows := func(a account.Actor, want int64) {
		t.Helper()
		p := w.read(a, thread)
		got := int64(0)
		if p.Answer != nil {
			got = p.Answer.ID
		}
		list, err := w.Threads(ctx, a, w.open.ID, Filter{Show: ShowSolved})
		if w.must(err); got != want || p.Solved != (want != 0) || len(list.Rows) == 1 != (want != 0) {
			t.Errorf("%s is shown answer %d (solved %v, %d listed), want %d", a.Name, got, p.Solved, len(list.Rows), want)
		}
	}
	shows(w.sami, second.ID)
	if p := w.read(w.sami, thread); p.Accepts || !w.read(w.amel, thread).Accepts || !w.read(w.animator, thread).Accepts {
		t.Error("who may accept is said wrongly")
	}
	words, _, err := WordsOf(ctx, w.db, thread.ID)
	if w.must(err); words.Replies[0] != "Un logiciel" {
		t.Errorf("found by %q first", words.Replies)
	}
	w.must(w.HidePost(ctx, w.animator, second.ID, ""))
	shows(w.sami, 0)
	shows(w.animator, 0)
	w.must(w.RestorePost(ctx, w.animator, second.ID))
	shows(w.sami, second.ID)
	_, err = w.DeletePost(ctx, w.sami, second.ID)
	w.must(err)
	shows(w.amel, 0)
	w.wants("a deleted reply", w.Accept(ctx, w.amel, second.ID, true), account.ErrNotFound)
	got := announced[events.AnswerAccepted](w)
	if len(got) != 2 || got[1].PostID != second.ID || got[1].PersonID != w.sami.PersonID || !got[1].Accepted || got[1].By != w.animator.PersonID {
		t.Errorf("announced: %+v", got)
	}

	w.later()
	talk, err := w.StartThread(ctx, w.amel, NewThread{SpaceID: w.open.ID, Kind: Discussion, Title: "T", Body: "B"})
	w.must(err)
	w.wants("the answer of a discussion", w.Accept(ctx, w.amel, w.reply(w.sami, talk, "Oui").ID, true), account.ErrNotFound)
}

func TestAnnouncingIsForModerators(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	for _, c := range []struct {
		actor account.Actor
		want  error
	}{{account.Actor{}, account.ErrSignInRequired}, {w.amel, account.ErrForbidden}, {w.sousseMod, account.ErrForbidden},
		{w.manager, account.ErrForbidden}, {w.animator, nil}, {w.gafsaMod, nil}, {w.admin, nil}} {
		_, err := w.StartThread(ctx, c.actor, NewThread{SpaceID: w.open.ID, Kind: Announcement, Title: "Réunion", Body: "Mardi."})
		w.wants(c.actor.Name+" announces", err, c.want)
	}
	list, err := w.Threads(ctx, w.sami, w.open.ID, Filter{Show: ShowAnnouncements})
	if w.must(err); len(list.Rows) != 3 {
		t.Errorf("%d announcements", len(list.Rows))
	}
}
