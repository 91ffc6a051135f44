package community

import (
	"testing"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

func TestVersions(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.thread(w.amel, w.open)
	opening := w.opening(thread).ID
	edit := func(title, body string) {
		t.Helper()
		w.later()
		_, err := w.EditPost(ctx, w.amel, opening, Edit{Title: title, Body: body})
		w.must(err)
	}
	history := func(a account.Actor) []Version {
		t.Helper()
		_, _, v, err := w.History(ctx, a, opening)
		w.must(err)
		return v
	}
	if v := history(account.Actor{}); len(v) != 1 || v[0].Body != "Nous débutons." || v[0].Title != thread.Title {
		t.Errorf("before any edit: %+v", v)
	}
	edit(thread.Title, "Nous commençons.")
	edit(thread.Title, "Nous commençons.") // changes nothing
	edit("Suivre un budget", "Nous commençons.")
	v := history(w.sami)
	if len(v) != 3 || v[0].Title != "Suivre un budget" || v[1].Title != thread.Title || v[2].Body != "Nous débutons." || !v[0].At.After(v[1].At) {
		t.Errorf("after two edits: %+v", v)
	}
	w.must(w.HidePost(ctx, w.animator, opening, ""))
	_, _, _, err := w.History(ctx, w.sami, opening)
	w.wants("versions of a hidden post", err, account.ErrNotFound)
	history(w.animator)
	w.must(w.RestorePost(ctx, w.animator, opening))
	reply := w.reply(w.sami, thread, "0612345678")
	_, err = w.EditPost(ctx, w.sami, reply.ID, Edit{Body: "Appelez-moi"})
	w.must(err)
	_, err = w.DeletePost(ctx, w.sami, reply.ID)
	w.must(err)
	n := 0
	if w.must(w.db.NewRaw(`select count(*) from post_version where post_id = ?`, reply.ID).Scan(ctx, &n)); n != 0 {
		t.Errorf("%d versions of a deleted post are kept", n)
	}
	_, _, _, err = w.History(ctx, w.amel, reply.ID)
	w.wants("versions of a deleted post", err, account.ErrNotFound)
}
