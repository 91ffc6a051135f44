package community

import (
	"testing"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

// TestMoments pins threads to a film and finds them in order, each for those who may read it.
func TestMoments(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	at := func(by account.Actor, sp account.Space, lesson int64, second int) Thread {
		t.Helper()
		w.later()
		thread, err := w.StartThread(ctx, by, NewThread{SpaceID: sp.ID, Kind: Question, Title: "Pourquoi ?", Body: "Ici.", LessonID: lesson, Second: second})
		w.must(err)
		return thread
	}
	late, early, hidden := at(w.amel, w.open, 7, 90), at(w.sami, w.open, 7, 12), at(w.sami, w.open, 7, 30)
	at(w.amel, w.open, 8, 5)
	far := at(w.amel, w.open, 9, 1<<40)
	w.thread(w.amel, w.open)
	w.must(w.HidePost(ctx, w.animator, w.opening(hidden).ID, ""))
	seen := func(by account.Actor, want ...int64) {
		t.Helper()
		got, err := w.Moments(ctx, by, w.open.ID, 7)
		w.must(err)
		if len(got) != len(want) {
			t.Fatalf("%s sees %+v, want %v", by.Name, got, want)
		}
		for n := range got {
			if got[n].ID != want[n] || got[n].LessonID != 7 {
				t.Errorf("%s sees %+v, want %v", by.Name, got, want)
			}
		}
	}
	seen(w.amel, early.ID, late.ID)
	seen(account.Actor{}, early.ID, late.ID)
	seen(w.sami, early.ID, hidden.ID, late.ID)
	seen(w.animator, early.ID, hidden.ID, late.ID)
	if got := w.read(w.amel, far); got.Second != maxSecond || w.read(w.amel, late).Second != 90 {
		t.Errorf("seconds %d and %d", got.Second, w.read(w.amel, late).Second)
	}
	_, err := w.Moments(ctx, w.sami, w.invitation.ID, 7)
	w.wants("moments of a space one doesn't know", err, account.ErrNotFound)
	if other, err := w.Moments(ctx, w.amel, w.invitation.ID, 7); err != nil || len(other) != 0 {
		t.Errorf("a lesson under another space: %v, %v", other, err)
	}
}
