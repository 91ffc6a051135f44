package community

import (
	"errors"
	"sync"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/events"
	"halqa/migrations/testdb"
)

// national is a space of no office.
func (w *world) national() account.Space {
	return accounttest.Space(w.t, w.db, "national", 0)
}

// regional is somebody of a governorate that an office serves, who is a member of a space.
func (w *world) regional(name string, o account.Office, sp account.Space) account.Actor {
	w.t.Helper()
	var code string
	w.must(w.db.NewRaw(`insert into governorate (code, office_id, name) values (?, ?, '{}') returning code`, "TN-"+o.Key, o.ID).Scan(ctx, &code))
	a := w.member(name, sp)
	_, err := w.db.ExecContext(ctx, `update person set governorate = ? where id = ?`, code, a.PersonID)
	w.must(err)
	return accounttest.Reload(w.t, w.db, a.PersonID)
}

func (w *world) report(by account.Actor, p Post, reason string) {
	w.t.Helper()
	w.must(w.Report(ctx, by, NewReport{PostID: p.ID, Reason: reason}))
}

func (w *world) queue(a account.Actor, f QueueFilter) []Reported {
	w.t.Helper()
	list, _, err := w.Queue(ctx, a, f)
	w.must(err)
	return list
}

// An office sees what the people of its governorates wrote elsewhere; it decides on it only where no other office does.
func TestAnOfficeSeesItsPeople(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	national := w.national()
	leila := w.regional("Leïla", w.gafsa, national)
	here := w.reply(leila, w.thread(leila, national), "Ici")
	there := w.reply(w.member("Moez", national), w.thread(leila, national), "Là")
	closed := w.reply(w.amel, w.thread(w.amel, w.invitation), "Huis clos")
	_, err := w.db.ExecContext(ctx, `update person set governorate = 'TN-gafsa' where id = ?`, w.amel.PersonID)
	w.must(err)
	elsewhere := w.reply(leila, w.thread(leila, w.open), "Chez nous")
	for _, p := range []Post{here, there, closed, elsewhere} {
		w.report(w.admin, p, "insult")
	}
	seen := map[int64]bool{}
	for _, r := range w.queue(w.gafsaMod, QueueFilter{}) {
		seen[r.ID] = r.Mine
	}
	if len(seen) != 2 || !seen[here.ID] || !seen[elsewhere.ID] {
		t.Errorf("Gafsa sees %v, want %d and %d and to decide both", seen, here.ID, elsewhere.ID)
	}
	if got := w.queue(w.sousseMod, QueueFilter{}); len(got) != 1 || got[0].ID != closed.ID {
		t.Errorf("Sousse sees %+v", got)
	}
	w.wants("an office of another region decides", w.DecideReports(ctx, w.sousseMod, here.ID, true, ""), account.ErrForbidden)
	w.wants("it hides", w.HidePost(ctx, w.sousseMod, here.ID, ""), account.ErrForbidden)
	w.wants("the office decides", w.DecideReports(ctx, w.gafsaMod, here.ID, true, ""), nil)
	w.wants("and restores", w.RestorePost(ctx, w.gafsaMod, here.ID), nil)
	w.wants("of somebody else's people", w.DecideReports(ctx, w.gafsaMod, there.ID, true, ""), account.ErrForbidden)
	w.wants("the closed space stays closed", w.DecideReports(ctx, w.gafsaMod, closed.ID, true, ""), account.ErrForbidden)

	sfax := w.regional("Slim", w.sousse, w.open) // of another office's region, in Gafsa's space
	p := w.reply(sfax, w.thread(sfax, w.open), "Visiteur")
	w.report(w.amel, p, "spam")
	list := w.queue(w.sousseMod, QueueFilter{})
	if len(list) != 2 || list[1].ID != p.ID || list[1].Mine {
		t.Errorf("Sousse sees of its people %+v", list)
	}
	if n, err := w.Waiting(ctx, w.sousseMod); err != nil || n != 1 {
		t.Errorf("%d wait for Sousse (%v): it doesn't decide on the other", n, err)
	}
	w.wants("Sousse decides in Gafsa's space", w.DecideReports(ctx, w.sousseMod, p.ID, true, ""), account.ErrForbidden)
}

func TestReportsAreSharedOut(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	second := accounttest.Actor(t, w.db, "Seconde", account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: w.open.ID})
	thread := w.thread(w.amel, w.open)
	var posts []Post
	for range 6 {
		posts = append(posts, w.reply(w.amel, thread, "Regardez"))
		w.report(w.sami, posts[len(posts)-1], "spam")
	}
	loads := map[int64]int{}
	for _, r := range w.queue(w.admin, QueueFilter{}) {
		loads[r.AssignedTo]++
	}
	if loads[w.animator.PersonID] != 3 || loads[second.PersonID] != 3 {
		t.Errorf("loads %v", loads)
	}
	if n := len(w.queue(second, QueueFilter{Who: "mine"})); n != 3 {
		t.Errorf("the second has %d", n)
	}
	own := w.reply(w.animator, thread, "De l’animatrice")
	w.report(second, own, "other")
	list := w.queue(w.gafsaMod, QueueFilter{Who: "mine"})
	if len(list) != 1 || list[0].ID != own.ID {
		t.Errorf("neither the author nor who reports looks after it, but the office: %+v", list)
	}
	for name, to := range map[string]account.Actor{"its author": w.animator, "a member": w.amel, "nobody known": {PersonID: 99999}} {
		if err := w.Assign(ctx, w.admin, own.ID, to.PersonID); !errors.As(err, &account.Invalid{}) {
			t.Errorf("given to %s: %v", name, err)
		}
	}
	w.wants("taken by a member", w.Assign(ctx, w.amel, own.ID, w.amel.PersonID), account.ErrForbidden)
	w.must(w.Assign(ctx, w.gafsaMod, own.ID, 0))
	if list := w.queue(w.animator, QueueFilter{Who: "nobody"}); len(list) != 1 {
		t.Errorf("nobody looks after %+v", list)
	}
	w.must(w.Assign(ctx, w.gafsaMod, own.ID, w.gafsaMod.PersonID))
	w.must(w.Assign(ctx, w.gafsaMod, own.ID, w.gafsaMod.PersonID))
	if all := announced[events.CaseAssigned](w); len(all) != 2 || all[1].PersonID != w.gafsaMod.PersonID {
		t.Errorf("announced %+v", all)
	}
	w.must(w.Assign(ctx, w.animator, own.ID, 0))
	w.must(w.DecideReports(ctx, w.admin, own.ID, false, ""))
	var decided Decided
	if err := w.Assign(ctx, second, own.ID, second.PersonID); !errors.As(err, &decided) || decided.By != "Admin" || decided.Hid {
		t.Errorf("assigned once decided: %v", err)
	}
	if got := w.queue(w.animator, QueueFilter{Reason: "insult"}); len(got) != 0 {
		t.Errorf("filter by reason: %+v", got)
	}
	if got := w.queue(w.animator, QueueFilter{Reason: "spam"}); len(got) != 6 {
		t.Errorf("filter by reason: %d", len(got))
	}
	if people, err := w.Colleagues(ctx, w.animator); err != nil || len(people[w.open.ID]) != 4 || len(people) != 1 {
		t.Errorf("colleagues %v, %v", people, err)
	}
}

func TestLateReportsAreRemindedOnce(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.thread(w.amel, w.open)
	late, decided := w.reply(w.amel, thread, "Un"), w.reply(w.amel, thread, "Deux")
	w.report(w.sami, late, "spam")
	w.report(w.sami, decided, "spam")
	remind := func(want int) {
		t.Helper()
		if n, err := w.RemindLate(ctx); err != nil || n != want {
			t.Errorf("reminded of %d (%v), want %d", n, err, want)
		}
	}
	remind(0)
	w.must(w.DecideReports(ctx, w.animator, decided.ID, false, ""))
	if got := w.queue(w.animator, QueueFilter{Who: "late"}); len(got) != 0 {
		t.Errorf("late too soon: %d", len(got))
	}
	w.clock = w.clock.Add(LateAfter)
	remind(1)
	remind(0)
	got := w.queue(w.animator, QueueFilter{Who: "late"})
	if len(got) != 1 || !got[0].Late {
		t.Errorf("late: %+v", got)
	}
	all := announced[events.CaseOverdue](w)
	if len(all) != 1 || all[0].PostID != late.ID || all[0].AssignedTo != w.animator.PersonID {
		t.Errorf("announced %+v", all)
	}
}

func TestABatchTellsWhatBecameOfEach(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread, foreign := w.thread(w.amel, w.open), w.thread(w.amel, w.request)
	post := func(th Thread) Post {
		p := w.reply(w.amel, th, "Achetez")
		w.report(w.admin, p, "spam")
		return p
	}
	one, two, before, refused := post(thread), post(thread), post(thread), post(foreign)
	w.must(w.DecideReports(ctx, w.gafsaMod, before.ID, false, ""))
	for name, bad := range map[string]func() (int64, error){
		"no post": func() (int64, error) { return w.StartBatch(ctx, w.animator, "hide", "", nil) },
		"no act":  func() (int64, error) { return w.StartBatch(ctx, w.animator, "burn", "", []int64{one.ID}) },
	} {
		if _, err := bad(); !errors.As(err, &account.Invalids{}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := w.StartBatch(ctx, w.amel, "hide", "", []int64{one.ID})
	w.wants("a member", err, account.ErrForbidden)
	id, err := w.StartBatch(ctx, w.animator, "hide", "Publicité", []int64{two.ID, one.ID, one.ID, before.ID, refused.ID})
	w.must(err)
	if more, err := w.Advance(ctx, id, 1); err != nil || !more { // as if the program were killed here
		t.Fatalf("more %v, %v", more, err)
	}
	b, err := w.Batch(ctx, w.animator, id)
	if w.must(err); b.Done() != 1 || !b.DoneAt.IsZero() || len(b.Items) != 4 {
		t.Errorf("halfway: %+v", b)
	}
	w.must(w.FinishBatches(ctx))
	b, err = w.Batch(ctx, w.animator, id)
	w.must(err)
	results := map[int64]string{}
	for _, it := range b.Items {
		results[it.PostID] = it.Result
	}
	if b.DoneAt.IsZero() || results[one.ID] != "done" || results[two.ID] != "done" || results[before.ID] != "decided" || results[refused.ID] != "refused" {
		t.Errorf("results %v, done %s", results, b.DoneAt)
	}
	page := w.read(w.admin, thread)
	if p, _, err := w.Post(ctx, w.admin, one.ID); err != nil || !p.Hidden() || p.HiddenReason != "Publicité" || page.Replies != 1 {
		t.Errorf("%+v, %v, %d replies", p, err, page.Replies)
	}
	if n := len(announced[events.BatchDone](w)); n != 1 {
		t.Errorf("announced %d times", n)
	}
	_, err = w.Batch(ctx, w.gafsaMod, id)
	w.wants("somebody else's batch", err, account.ErrNotFound)
	third := post(thread)
	ids, err := w.WaitingPosts(ctx, w.animator, QueueFilter{})
	if w.must(err); len(ids) != 1 || ids[0] != third.ID {
		t.Errorf("waiting %v", ids)
	}
	_, err = w.StartBatch(ctx, w.gafsaMod, "take", "", ids)
	w.must(err)
	w.must(w.FinishBatches(ctx))
	if got := w.queue(w.gafsaMod, QueueFilter{Who: "mine"}); len(got) != 1 {
		t.Errorf("taken: %d", len(got))
	}
}

// Many moderators decide at once on the same posts, by batches and one by one: each post is decided once and everybody learns
// who did.
func TestManyModeratorsAtOnce(t *testing.T) {
	w := newWorld(t, testdb.Clone(t))
	thread := w.thread(w.amel, w.open)
	var ids []int64
	for range 8 {
		p := w.reply(w.amel, thread, "Achetez")
		w.report(w.sami, p, "spam")
		ids = append(ids, p.ID)
	}
	first, err := w.StartBatch(ctx, w.animator, "hide", "", ids)
	w.must(err)
	second, err := w.StartBatch(ctx, w.gafsaMod, "keep", "", ids)
	w.must(err)
	errs := make([]error, 4)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() {
			if i == 3 {
				for _, id := range ids {
					if err := w.DecideReports(ctx, w.admin, id, true, ""); err != nil && !errors.As(err, &Decided{}) {
						errs[i] = err
					}
				}
				return
			}
			errs[i] = w.FinishBatches(ctx)
		})
	}
	group.Wait()
	w.must(errors.Join(errs...))
	w.must(w.FinishBatches(ctx))
	done := 0
	for actor, id := range map[*account.Actor]int64{&w.animator: first, &w.gafsaMod: second} {
		b, err := w.Batch(ctx, *actor, id)
		w.must(err)
		for _, it := range b.Items {
			if it.Result == "done" {
				done++
			} else if it.Result != "decided" || it.Decider == "" {
				t.Errorf("item %+v", it)
			}
		}
		if b.DoneAt.IsZero() {
			t.Error("not over")
		}
	}
	if n := len(announced[events.ReportDecided](w)); n != len(ids) || done > n {
		t.Errorf("%d decisions for %d posts, %d by batches", n, len(ids), done)
	}
	if n := len(announced[events.BatchDone](w)); n != 2 {
		t.Errorf("%d batches announced", n)
	}
}
