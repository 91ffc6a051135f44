package community

import (
	"testing"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// Who may read, write, moderate and see the queue: role × scope × visibility, all of it.
func TestWhoMayDoWhat(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	no, gone, out := account.ErrForbidden, account.ErrNotFound, account.ErrSignInRequired
	type rights struct{ read, write, moderate error }
	for _, sp := range []struct {
		account.Space
		want map[string]rights
	}{
		{w.open, map[string]rights{
			"visitor": {nil, out, out}, "amel": {nil, nil, no}, "sami": {nil, nil, no}, "animator": {nil, nil, nil},
			"gafsa": {nil, nil, nil}, "sousse": {nil, nil, no}, "admin": {nil, nil, nil}, "manager": {nil, nil, no}}},
		{w.request, map[string]rights{
			"visitor": {out, out, out}, "amel": {nil, nil, no}, "sami": {no, no, no}, "animator": {no, no, no},
			"gafsa": {no, no, no}, "sousse": {nil, nil, nil}, "admin": {nil, nil, nil}, "manager": {nil, nil, no}}},
		{w.invitation, map[string]rights{
			"visitor": {gone, out, gone}, "amel": {nil, nil, no}, "sami": {gone, gone, gone}, "animator": {gone, gone, gone},
			"gafsa": {gone, gone, gone}, "sousse": {nil, nil, nil}, "admin": {nil, nil, nil}, "manager": {nil, nil, no}}},
	} {
		thread := w.thread(w.amel, sp.Space)
		post := w.reply(w.amel, thread, "Une réponse.")
		for name, actor := range map[string]account.Actor{"visitor": {}, "amel": w.amel, "sami": w.sami, "animator": w.animator,
			"gafsa": w.gafsaMod, "sousse": w.sousseMod, "admin": w.admin, "manager": w.manager} {
			w.later()
			who, want := name+" in the space "+sp.Key, sp.want[name]
			_, err := w.Threads(ctx, actor, sp.ID, Filter{})
			w.wants(who+" lists", err, want.read)
			_, err = w.Thread(ctx, actor, thread.ID, 0)
			w.wants(who+" reads", err, want.read)
			_, _, err = w.Post(ctx, actor, post.ID)
			w.wants(who+" reads a post", err, want.read)
			_, err = w.FirstUnread(ctx, actor, thread.ID)
			w.wants(who+" jumps", err, want.read)
			_, err = w.Reply(ctx, actor, NewReply{ThreadID: thread.ID, Body: "Bonjour"})
			w.wants(who+" replies", err, want.write)
			_, err = w.StartThread(ctx, actor, NewThread{SpaceID: sp.ID, Kind: Discussion, Title: "T", Body: "B"})
			w.wants(who+" starts", err, want.write)
			w.wants(who+" reports", w.Report(ctx, actor, NewReport{PostID: post.ID, Reason: "spam"}), want.write)
			w.wants(who+" pins", w.Pin(ctx, actor, thread.ID, true), want.moderate)
			w.wants(who+" locks", w.Lock(ctx, actor, thread.ID, false), want.moderate)
			w.wants(who+" hides", w.HidePost(ctx, actor, post.ID, ""), want.moderate)
			w.wants(who+" restores", w.RestorePost(ctx, actor, post.ID), want.moderate)
			if name != "amel" {
				_, err = w.EditPost(ctx, actor, post.ID, Edit{Body: "Autre"})
				w.wants(who+" edits what isn't theirs", err, firstOf(want.write, no))
				_, err = w.DeletePost(ctx, actor, post.ID)
				w.wants(who+" deletes what isn't theirs", err, firstOf(want.write, no))
			}
		}
	}
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func TestTheQueueIsScoped(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	for _, sp := range []account.Space{w.open, w.request, w.invitation} {
		p := w.reply(w.amel, w.thread(w.amel, sp), "…dans "+sp.Key)
		w.must(w.Report(ctx, w.admin, NewReport{PostID: p.ID, Reason: "insult", Note: "Regardez"}))
	}
	for name, c := range map[string]struct {
		actor account.Actor
		want  int
	}{"animator": {w.animator, 1}, "gafsa": {w.gafsaMod, 1}, "sousse": {w.sousseMod, 2}, "admin": {w.admin, 3}} {
		queue, _, err := w.Queue(ctx, c.actor, QueueFilter{})
		if err != nil || len(queue) != c.want {
			t.Errorf("%s sees %d reports (%v), want %d", name, len(queue), err, c.want)
		}
		for _, r := range queue {
			if !c.actor.Can(account.Moderate, r.Space.Scope()) || len(r.Reports) != 1 || r.Reports[0].By != "Admin" || r.Title == "" {
				t.Errorf("%s sees %+v", name, r)
			}
			if name != "admin" && name != "animator" && r.Space.ID == w.open.ID {
				_, _, err = w.Queue(ctx, c.actor, QueueFilter{Decided: true})
				w.must(err)
			}
		}
		if n, err := w.Waiting(ctx, c.actor); err != nil || n != c.want {
			t.Errorf("%d wait for %s (%v), want %d", n, name, err, c.want)
		}
	}
	for _, actor := range []account.Actor{{}, w.amel, w.manager} {
		_, _, err := w.Queue(ctx, actor, QueueFilter{})
		w.wants("the queue of who moderates nothing", err, account.ErrForbidden)
	}
	queue, _, err := w.Queue(ctx, w.sousseMod, QueueFilter{})
	w.must(err)
	w.wants("another office decides", w.DecideReports(ctx, w.gafsaMod, queue[0].ID, true, ""), account.ErrForbidden)
	w.must(w.DecideReports(ctx, w.sousseMod, queue[0].ID, true, "Hors charte"))
	w.wants("decided twice", w.DecideReports(ctx, w.sousseMod, queue[0].ID, false, ""), account.ErrConflict)
	w.must(w.DecideReports(ctx, w.sousseMod, queue[1].ID, false, ""))
	decided, _, err := w.Queue(ctx, w.sousseMod, QueueFilter{Decided: true})
	if err != nil || len(decided) != 2 || decided[0].Decider != "Sousse" || decided[0].Decision == decided[1].Decision {
		t.Errorf("decided: %+v, %v", decided, err)
	}
	if n := len(announced[events.ReportDecided](w)); n != 2 {
		t.Errorf("%d decisions announced", n)
	}
}

func TestTheQueueHasPages(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread, other := w.thread(w.amel, w.request), w.thread(w.amel, w.invitation)
	report := func(th Thread) Post {
		p := w.reply(w.amel, th, "Regardez")
		w.must(w.Report(ctx, w.admin, NewReport{PostID: p.ID, Reason: "insult"}))
		return p
	}
	var all []Post
	for range QueueSize + 2 {
		all = append(all, report(thread))
	}
	elsewhere := report(other)
	size := func(a account.Actor, f QueueFilter) (n int, more bool) {
		t.Helper()
		list, more, err := w.Queue(ctx, a, f)
		w.must(err)
		return len(list), more
	}
	check := func(what string, f QueueFilter, want int, wantMore bool) {
		t.Helper()
		if n, more := size(w.sousseMod, f); n != want || more != wantMore {
			t.Errorf("%s: %d, more: %v; want %d, %v", what, n, more, want, wantMore)
		}
	}
	check("the first page", QueueFilter{}, QueueSize, true)
	check("the second", QueueFilter{Page: 2}, 3, false)
	check("the third", QueueFilter{Page: 3}, 0, false)
	check("no page", QueueFilter{Page: -1}, QueueSize, true)
	check("of one space", QueueFilter{SpaceID: w.invitation.ID}, 1, false)
	for _, f := range []QueueFilter{{SpaceID: w.open.ID}, {SpaceID: 999}} {
		_, _, err := w.Queue(ctx, w.sousseMod, f)
		w.wants("the queue of a space of another office", err, account.ErrForbidden)
	}
	w.must(w.DecideReports(ctx, w.sousseMod, elsewhere.ID, true, ""))
	w.must(w.DecideReports(ctx, w.sousseMod, all[0].ID, false, ""))
	check("decided", QueueFilter{Decided: true}, 2, false)
	check("hidden", QueueFilter{Decided: true, Decision: "hidden"}, 1, false)
	check("kept", QueueFilter{Decided: true, Decision: "kept"}, 1, false)
	check("kept, elsewhere", QueueFilter{Decided: true, Decision: "kept", SpaceID: w.invitation.ID}, 0, false)
	spaces, err := w.Moderated(ctx, w.sousseMod)
	if w.must(err); len(spaces) != 2 {
		t.Errorf("moderates %d spaces", len(spaces))
	}
}
