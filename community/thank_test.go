package community

import (
	"testing"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

func TestThanking(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.thread(w.amel, w.open)
	post := w.reply(w.sami, thread, "Un tableau")
	w.wants("a visitor thanks", w.Thank(ctx, account.Actor{}, post.ID, true), account.ErrSignInRequired)
	w.wants("the author thanks", w.Thank(ctx, w.sami, post.ID, true), account.ErrForbidden)
	for range 2 {
		w.must(w.Thank(ctx, w.amel, post.ID, true))
	}
	w.must(w.Thank(ctx, w.animator, post.ID, true))
	counted := func(a account.Actor, want int, mine bool) {
		t.Helper()
		if l := w.read(a, thread).Lines[1]; l.Thanks != want || l.Thanked != mine {
			t.Errorf("%s sees %d thanks, own: %v; want %d, %v", a.Name, l.Thanks, l.Thanked, want, mine)
		}
	}
	counted(w.amel, 2, true)
	counted(w.sami, 2, false)
	counted(account.Actor{}, 2, false)
	for range 2 {
		w.must(w.Thank(ctx, w.amel, post.ID, false))
	}
	counted(w.amel, 1, false)
	got := announced[events.PostThanked](w)
	if len(got) != 3 || got[0].AuthorID != w.sami.PersonID || got[0].PersonID != w.amel.PersonID || got[2].Thanks {
		t.Errorf("announced: %+v", got)
	}
	w.must(w.HidePost(ctx, w.animator, post.ID, ""))
	w.wants("thanking for a hidden post", w.Thank(ctx, w.amel, post.ID, true), account.ErrNotFound)
	inside := w.reply(w.amel, w.thread(w.amel, w.invitation), "Entre nous")
	w.wants("thanking where one can't read", w.Thank(ctx, w.sami, inside.ID, true), account.ErrNotFound)
}
