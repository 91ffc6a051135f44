package community

import (
	"fmt"
	"testing"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

func names(tags []Tag) (all []string) {
	for _, g := range tags {
		all = append(all, g.Name)
	}
	return all
}

func (w *world) tags(a account.Actor, sp account.Space) map[string]Tag {
	w.t.Helper()
	all, err := w.Tags(ctx, a, sp.ID)
	w.must(err)
	named := map[string]Tag{}
	for _, g := range all {
		named[g.Name] = g
	}
	return named
}

func TestTags(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.must(w.ListTag(ctx, w.animator, w.open.ID, " Budget "))
	w.must(w.ListTag(ctx, w.gafsaMod, w.open.ID, "الميزانية"))
	w.must(w.ListTag(ctx, w.animator, w.open.ID, "budget"))
	w.wants("listing as a member", w.ListTag(ctx, w.amel, w.open.ID, "x"), account.ErrForbidden)
	w.wants("listing as a visitor", w.ListTag(ctx, account.Actor{}, w.open.ID, "x"), account.ErrSignInRequired)
	w.wants("listing elsewhere", w.ListTag(ctx, w.animator, w.invitation.ID, "x"), account.ErrNotFound)

	thread := w.thread(w.amel, w.open)
	w.must(w.TagThread(ctx, w.amel, thread.ID, []string{"BUDGET", "budget", ""}))
	if got := names(w.read(w.sami, thread).Tags); fmt.Sprint(got) != "[Budget]" {
		t.Errorf("tagged %q", got)
	}
	_, wrong := account.InvalidsOf(w.TagThread(ctx, w.amel, thread.ID, []string{"libre"}))
	if !wrong {
		t.Error("a member gave a free tag")
	}
	w.wants("tagging another's thread", w.TagThread(ctx, w.sami, thread.ID, nil), account.ErrForbidden)
	w.must(w.TagThread(ctx, w.animator, thread.ID, []string{"Budget", "Libre"}))
	w.must(w.TagThread(ctx, w.amel, thread.ID, []string{"libre", "الميزانيه"})) // hers to keep, and ة written as people type it
	if got := names(w.read(w.sami, thread).Tags); len(got) != 2 {
		t.Errorf("kept %q", got)
	}
	_, wrong = account.InvalidsOf(w.TagThread(ctx, w.animator, thread.ID, []string{"a", "b", "c", "d", "e", "f"}))
	if !wrong {
		t.Error("six tags")
	}
	all := w.tags(w.sami, w.open)
	if len(all) != 3 || all["Budget"].Threads != 0 || all["Libre"].Threads != 1 || all["Libre"].Listed {
		t.Errorf("the space has %+v", all)
	}
	for id, want := range map[int64]int{all["Libre"].ID: 1, all["Budget"].ID: 0} {
		l, err := w.Threads(ctx, w.sami, w.open.ID, Filter{Tag: id})
		if err != nil || len(l.Rows) != want || want > 0 && len(l.Rows[0].Tags) != 2 {
			t.Errorf("tag %d: %+v, %v", id, l.Rows, err)
		}
	}
	words, _, err := WordsOf(ctx, w.db, thread.ID)
	if err != nil || len(words.Tags) != 2 {
		t.Errorf("found by %v, %v", words.Tags, err)
	}
	_, wrong = account.InvalidsOf(w.RenameTag(ctx, w.animator, all["Libre"].ID, "BUDGET"))
	if !wrong {
		t.Error("two tags of one name")
	}
	before := len(announced[events.ThreadTagged](w))
	w.must(w.RenameTag(ctx, w.animator, all["Libre"].ID, "Gratuit"))
	w.must(w.DropTag(ctx, w.animator, all["الميزانية"].ID))
	if n := len(announced[events.ThreadTagged](w)); n != before+2 {
		t.Errorf("%d threads told of a rename and a drop", n-before)
	}
	if got := names(w.read(w.sami, thread).Tags); fmt.Sprint(got) != "[Gratuit]" {
		t.Errorf("after them %q", got)
	}
	w.wants("dropping as a member", w.DropTag(ctx, w.amel, all["Budget"].ID), account.ErrForbidden)
	w.wants("dropping twice", w.DropTag(ctx, w.animator, all["الميزانية"].ID), account.ErrNotFound)

	w.later()
	told, err := w.StartThread(ctx, w.sami, NewThread{SpaceID: w.open.ID, Kind: Discussion, Title: "T", Body: "B", Tags: []string{"budget"}})
	w.must(err)
	if got := names(w.read(w.sami, told).Tags); fmt.Sprint(got) != "[Budget]" {
		t.Errorf("opened with %q", got)
	}
	w.must(w.HidePost(ctx, w.animator, w.opening(told).ID, ""))
	if n := w.tags(w.sami, w.open)["Budget"].Threads; n != 0 {
		t.Errorf("%d hidden threads are counted", n)
	}
	_, err = w.Tags(ctx, w.sami, w.invitation.ID)
	w.wants("tags of a space that isn't told of", err, account.ErrNotFound)
}
