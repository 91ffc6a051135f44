package community

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

func (w *world) guard(sp account.Space, g Guard) {
	w.t.Helper()
	was, err := w.Guard(ctx, w.admin, sp.ID)
	w.must(err)
	g.Version = was.Version
	w.must(w.SetGuard(ctx, w.admin, sp.ID, g))
}

func (w *world) held(a account.Actor, f HeldFilter) []HeldLine {
	w.t.Helper()
	list, _, err := w.HeldQueue(ctx, a, f)
	w.must(err)
	return list
}

func TestAFirstPostWaitsAndNobodyElseKnowsOfIt(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	th := w.thread(w.animator, w.open)
	w.guard(w.open, Guard{FirstPosts: 1})
	w.later()
	n := NewReply{ThreadID: th.ID, Body: "Bonjour à tous", Nonce: uuid.NewString()}
	p, err := w.Reply(ctx, w.amel, n)
	w.must(err)
	if p.ID != 0 || p.Held == 0 {
		t.Fatalf("it was written: %+v", p)
	}
	again, err := w.Reply(ctx, w.amel, n)
	if w.must(err); again.Held != p.Held {
		t.Errorf("sent twice it waits twice: %d, %d", p.Held, again.Held)
	}
	if page := w.read(w.admin, th); page.Replies != 0 || len(page.Lines) != 1 {
		t.Errorf("it is read: %+v", page.Lines)
	}
	if n := len(announced[events.Contributed](w)); n != 1 {
		t.Errorf("%d contributions are announced", n)
	}
	if said := announced[events.PostHeld](w); len(said) != 1 || !said[0].Tell || said[0].PersonID != w.amel.PersonID || said[0].Thread != th.Title {
		t.Errorf("announced: %+v", said)
	}
	own, err := w.MyHeld(ctx, w.amel, w.open.ID, th.ID)
	if w.must(err); len(own) != 1 || own[0].Body != "Bonjour à tous" || !reflect.DeepEqual(own[0].Why, []string{"first"}) {
		t.Errorf("its author sees %+v", own)
	}
	for name, a := range map[string]account.Actor{"another": w.sami, "another office": w.sousseMod} {
		_, err := w.HeldPost(ctx, a, p.Held)
		w.wants(name, err, account.ErrNotFound)
		other, err := w.MyHeld(ctx, a, w.open.ID, th.ID)
		if w.must(err); len(other) != 0 {
			t.Errorf("%s sees it", name)
		}
	}
	if list := w.held(w.animator, HeldFilter{}); len(list) != 1 || list[0].Author != "Amel" || list[0].Space.ID != w.open.ID {
		t.Fatalf("the queue: %+v", list)
	}
	w.reply(w.animator, th, "Bienvenue")

	_, err = w.DecideHeld(ctx, w.amel, p.Held, Verdict{Approve: true})
	w.wants("its author approves", err, account.ErrForbidden)
	_, err = w.DecideHeld(ctx, w.sousseMod, p.Held, Verdict{Approve: true})
	w.wants("another office approves", err, account.ErrForbidden)
	state, err := w.DecideHeld(ctx, w.animator, p.Held, Verdict{Approve: true})
	if w.must(err); state != "approved" {
		t.Errorf("it is %s", state)
	}
	_, err = w.DecideHeld(ctx, w.gafsaMod, p.Held, Verdict{Reason: "spam"})
	var before Decided
	if !errors.As(err, &before) || before.Hid || before.By != "Animator" {
		t.Errorf("decided again: %v", err)
	}
	page := w.read(w.sami, th)
	if page.Replies != 2 || page.Lines[2].Body != "Bonjour à tous" || page.Lines[2].AuthorID != w.amel.PersonID || !page.Lines[2].CreatedAt.Equal(w.clock) {
		t.Errorf("after: %+v", page.Lines)
	}
	if first, err := w.FirstUnread(ctx, w.amel, th.ID); err != nil || first != page.Lines[0].ID {
		t.Errorf("what its author hasn't read begins with %d: %v", first, err)
	}
	if said := announced[events.Contributed](w); len(said) != 3 || said[2].PersonID != w.amel.PersonID {
		t.Errorf("contributions: %+v", said)
	}
	if again, err = w.Reply(ctx, w.amel, n); err != nil || again.ID != page.Lines[2].ID {
		t.Errorf("sent again after: %+v, %v", again, err)
	}
	if p := w.reply(w.amel, th, "La suite"); p.Held != 0 {
		t.Error("the second waits too")
	}
}

func TestAThreadThatWaitsIsRefusedWithItsReason(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.guard(w.open, Guard{Words: "miracle"})
	w.must(w.ListTag(ctx, w.admin, w.open.ID, "budget"))
	n := NewThread{SpaceID: w.open.ID, Kind: Question, Title: "La méthode MIRACLE", Body: "Gagnez", Tags: []string{"budget"}, Nonce: uuid.NewString()}
	th, err := w.StartThread(ctx, w.amel, n)
	if w.must(err); th.ID != 0 || th.Held == 0 {
		t.Fatalf("it was opened: %+v", th)
	}
	if list, err := w.Threads(ctx, w.admin, w.open.ID, Filter{}); err != nil || len(list.Rows) != 0 {
		t.Errorf("it is listed: %v %v", list.Rows, err)
	}
	if n := len(announced[events.ThreadStarted](w)); n != 0 {
		t.Errorf("%d threads are announced", n)
	}
	_, err = w.DecideHeld(ctx, w.animator, th.Held, Verdict{Reason: "bad"})
	if all, ok := account.InvalidsOf(err); !ok || all[0].Field != "reason" {
		t.Errorf("refused without a reason: %v", err)
	}
	state, err := w.DecideHeld(ctx, w.animator, th.Held, Verdict{Reason: "spam", Note: "Pas ici."})
	if w.must(err); state != "refused" {
		t.Errorf("it is %s", state)
	}
	h, err := w.HeldPost(ctx, w.amel, th.Held)
	if w.must(err); h.Reason != "spam" || h.Note != "Pas ici." || h.Body != "Gagnez" || h.Waits() {
		t.Errorf("its author reads %+v", h)
	}
	if said := announced[events.HeldDecided](w); len(said) != 1 || said[0].State != "refused" || said[0].Cause != "spam" || said[0].PersonID != w.amel.PersonID {
		t.Errorf("announced: %+v", said)
	}
	n.Nonce, n.Body = uuid.NewString(), "Autrement"
	w.later()
	th, err = w.StartThread(ctx, w.amel, n)
	w.must(err)
	w.must(w.DropTag(ctx, w.admin, w.tagID(w.open, "budget"))) // meanwhile
	if state, err = w.DecideHeld(ctx, w.gafsaMod, th.Held, Verdict{Approve: true}); err != nil || state != "approved" {
		t.Fatalf("%s, %v", state, err)
	}
	list, err := w.Threads(ctx, w.sami, w.open.ID, Filter{})
	if w.must(err); len(list.Rows) != 1 || list.Rows[0].Author != "Amel" {
		t.Errorf("it isn't listed: %+v", list.Rows)
	}
}

func (w *world) tagID(sp account.Space, name string) int64 {
	w.t.Helper()
	all, err := w.Tags(ctx, w.admin, sp.ID)
	w.must(err)
	for _, g := range all {
		if g.Name == name {
			return g.ID
		}
	}
	return 0
}

func TestTheChangeOfAPostWaits(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	th := w.thread(w.amel, w.open)
	p := w.reply(w.amel, th, "Une réponse")
	w.guard(w.open, Guard{Words: "casino"})
	for _, body := range []string{"Au casino", "Au casino, ce soir"} {
		got, err := w.EditPost(ctx, w.amel, p.ID, Edit{Body: body})
		if w.must(err); got.Held == 0 {
			t.Fatal("it was changed")
		}
	}
	list := w.held(w.gafsaMod, HeldFilter{Why: "word"})
	if len(list) != 1 || list[0].Body != "Au casino, ce soir" || list[0].Before != "Une réponse" {
		t.Fatalf("the queue: %+v", list)
	}
	if _, err := w.DecideHeld(ctx, w.gafsaMod, list[0].ID, Verdict{Approve: true}); err != nil {
		t.Fatal(err)
	}
	if got := w.read(w.sami, th).Lines[1]; got.Body != "Au casino, ce soir" || got.EditedAt.IsZero() {
		t.Errorf("it says %q", got.Body)
	}
}

func TestWhatHasNothingLeftToAnswerIsGone(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	th := w.thread(w.animator, w.open)
	w.guard(w.open, Guard{FirstPosts: 1})
	w.later()
	p, err := w.Reply(ctx, w.amel, NewReply{ThreadID: th.ID, Body: "Bonjour"})
	w.must(err)
	q, err := w.Reply(ctx, w.sami, NewReply{ThreadID: th.ID, Body: "Bonjour"})
	w.must(err)
	_, err = w.Withdraw(ctx, w.amel, q.Held)
	w.wants("another withdraws it", err, account.ErrNotFound)
	for range 2 {
		_, err = w.Withdraw(ctx, w.sami, q.Held)
		w.must(err)
	}
	w.must(w.HidePost(ctx, w.admin, w.opening(th).ID, ""))
	r, err := w.DecideManyHeld(ctx, w.animator, []int64{p.Held, q.Held, 999999}, Verdict{Approve: true})
	if w.must(err); r != (HeldResult{Before: 1, Gone: 2}) {
		t.Errorf("%+v", r)
	}
	if n, err := w.HeldWaiting(ctx, w.animator); err != nil || n != 0 {
		t.Errorf("%d wait, %v", n, err)
	}
	_, err = w.Withdraw(ctx, w.amel, p.Held)
	w.wants("it is withdrawn after", err, account.ErrConflict)
}

func TestWhoDecidesOnWhatWaits(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.guard(w.request, Guard{FirstPosts: 1})
	th, err := w.StartThread(ctx, w.amel, NewThread{SpaceID: w.request.ID, Kind: Question, Title: "Dossier", Body: "Bonjour"})
	w.must(err)
	for name, c := range map[string]struct {
		a    account.Actor
		n    int
		want error
	}{
		"a member":            {w.amel, 0, account.ErrForbidden},
		"a visitor":           {account.Actor{}, 0, account.ErrForbidden},
		"a manager":           {w.manager, 0, account.ErrForbidden},
		"an animator beside":  {w.animator, 0, nil},
		"the office beside":   {w.gafsaMod, 0, nil},
		"the office":          {w.sousseMod, 1, nil},
		"an administrator":    {w.admin, 1, nil},
		"only another space?": {w.gafsaMod, 0, nil},
	} {
		list, _, err := w.HeldQueue(ctx, c.a, HeldFilter{})
		if w.wants(name, err, c.want); len(list) != c.n {
			t.Errorf("%s: %d", name, len(list))
		}
		if n, err := w.HeldWaiting(ctx, c.a); err != nil || n != c.n {
			t.Errorf("%s: %d wait, %v", name, n, err)
		}
	}
	_, _, err = w.HeldQueue(ctx, w.gafsaMod, HeldFilter{SpaceID: w.request.ID})
	w.wants("another's space", err, account.ErrForbidden)
	w.must(w.Move(ctx, w.admin, w.thread(w.admin, w.request).ID, w.open.ID))
	w.clock = w.clock.Add(LateAfter)
	for i, want := range []int{1, 0} {
		if n, err := w.RemindHeld(ctx); err != nil || n != want {
			t.Errorf("reminder %d: %d, %v", i, n, err)
		}
	}
	if said := announced[events.PostHeld](w); len(said) != 2 || !said[1].Late || said[1].HeldID != th.Held {
		t.Errorf("announced: %+v", said)
	}
}

func TestAGuardIsSetByThoseWhoModerate(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	for name, c := range map[string]struct {
		a    account.Actor
		want error
	}{"a member": {w.amel, account.ErrForbidden}, "a visitor": {account.Actor{}, account.ErrSignInRequired}, "another office": {w.sousseMod, account.ErrForbidden},
		"a manager": {w.manager, account.ErrForbidden}, "an animator": {w.animator, nil}} {
		_, err := w.Guard(ctx, c.a, w.open.ID)
		w.wants(name+" reads", err, c.want)
		w.wants(name+" sets", w.SetGuard(ctx, c.a, w.open.ID, Guard{FirstPosts: 1, Words: " crédit\r\n\n  —  "}), c.want)
	}
	g, err := w.Guard(ctx, w.animator, w.open.ID)
	if w.must(err); g != (Guard{FirstPosts: 1, Words: "crédit", Version: 1}) {
		t.Errorf("%+v", g)
	}
	w.wants("from an older one", w.SetGuard(ctx, w.gafsaMod, w.open.ID, Guard{SlowMinutes: 5}), account.ErrStale)
	w.must(w.SetGuard(ctx, w.gafsaMod, w.open.ID, g))
	err = w.SetGuard(ctx, w.gafsaMod, w.open.ID, Guard{FirstPosts: 21, SlowMinutes: -1, Version: 1})
	if all, ok := account.InvalidsOf(err); !ok || len(all) != 2 {
		t.Errorf("%v", err)
	}
	if n := len(announced[events.GuardChanged](w)); n != 1 {
		t.Errorf("%d changes are announced", n)
	}
}

func TestSlowModeHasOneWait(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	th, other := w.thread(w.animator, w.open), w.thread(w.animator, w.open)
	slow := func(what string, a account.Actor, t Thread, want int) {
		w.t.Helper()
		_, err := w.Reply(ctx, a, NewReply{ThreadID: t.ID, Body: "Bonjour"})
		all, _ := account.InvalidsOf(err)
		switch {
		case want == 0 && err != nil:
			w.t.Errorf("%s: %v", what, err)
		case want > 0 && (len(all) != 1 || all[0].Field != "body" || all[0].Args["Minutes"] != want):
			w.t.Errorf("%s: %v %v, want %d minutes", what, err, all, want)
		}
	}
	w.wants("a member slows it", w.Slow(ctx, w.amel, th.ID, 10), account.ErrForbidden)
	w.must(w.Slow(ctx, w.animator, th.ID, 10))
	slow("a first", w.amel, th, 0)
	w.clock = w.clock.Add(30 * time.Second)
	slow("a second", w.amel, th, 10)
	slow("elsewhere", w.amel, other, 0)
	w.clock = w.clock.Add(5 * time.Minute)
	slow("later", w.amel, th, 5)
	slow("another", w.sami, th, 0)
	slow("who moderates", w.animator, th, 0)
	slow("who moderates again", w.gafsaMod, th, 0)
	w.clock = w.clock.Add(4*time.Minute + 30*time.Second)
	slow("in time", w.amel, th, 0)
	w.guard(w.open, Guard{SlowMinutes: 60})
	w.must(w.Slow(ctx, w.animator, th.ID, 0))
	slow("in the space", w.amel, other, 60)
	w.guard(w.open, Guard{SlowMinutes: 60, FirstPosts: 20})
	w.clock = w.clock.Add(time.Hour)
	slow("it waits", w.amel, th, 0)
	slow("and counts", w.amel, th, 60)
}

// Two moderators decide at once, and the author takes it back at once: one of them does.
func TestOneDecisionIsTaken(t *testing.T) {
	db := testdb.Clone(t)
	w := newWorld(t, db)
	th := w.thread(w.animator, w.open)
	w.guard(w.open, Guard{FirstPosts: 20})
	for i := range 8 {
		w.later()
		p, err := w.Reply(ctx, w.amel, NewReply{ThreadID: th.ID, Body: fmt.Sprint("Bonjour ", i)})
		w.must(err)
		var done sync.WaitGroup
		results := make([]error, 3)
		for j, act := range []func(context.Context) error{
			func(ctx context.Context) error {
				_, err := w.DecideHeld(ctx, w.animator, p.Held, Verdict{Approve: true})
				return err
			},
			func(ctx context.Context) error {
				_, err := w.DecideHeld(ctx, w.gafsaMod, p.Held, Verdict{Reason: "spam"})
				return err
			},
			func(ctx context.Context) error { _, err := w.Withdraw(ctx, w.amel, p.Held); return err },
		} {
			done.Go(func() { results[j] = act(ctx) })
		}
		done.Wait()
		won := 0
		for _, err := range results {
			if err == nil {
				won++
			} else if !errors.Is(err, account.ErrConflict) {
				t.Errorf("%v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d of three decided: %v", won, results)
		}
	}
}

// What somebody sends twice at once, without nonces, waits or is written one after the other: slow mode lets one through.
func TestSlowModeHoldsAgainstHaste(t *testing.T) {
	w := newWorld(t, testdb.Clone(t))
	th := w.thread(w.animator, w.open)
	w.guard(w.open, Guard{SlowMinutes: 5})
	w.later()
	var done sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		done.Go(func() { _, errs[i] = w.Reply(ctx, w.amel, NewReply{ThreadID: th.ID, Body: "Bonjour"}) })
	}
	done.Wait()
	through := 0
	for _, err := range errs {
		if err == nil {
			through++
		}
	}
	if through != 1 || w.read(w.admin, th).Replies != 1 {
		t.Errorf("%d let through: %v", through, errs)
	}
}

// What waits keeps its files: those who decide see them, nobody else does, and no sweep takes them away meanwhile.
func TestFilesWaitWithTheirPost(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.files()
	th := w.thread(w.animator, w.open)
	w.guard(w.open, Guard{FirstPosts: 1})
	kept, lost := w.brings(w.amel, w.open), w.brings(w.sami, w.open)
	w.later()
	p, err := w.Reply(ctx, w.amel, NewReply{ThreadID: th.ID, Body: "Voici le plan", Attached: []Attached{{ID: kept.ID, Alt: "Le jardin vu du toit"}}})
	w.must(err)
	refused, err := w.Reply(ctx, w.sami, NewReply{ThreadID: th.ID, Body: "Et le mien", Attached: []Attached{{ID: lost.ID}}})
	w.must(err)
	w.clock = w.clock.AddDate(0, 0, 3)
	if n, err := w.SweepAttachments(ctx); n != 0 || err != nil {
		t.Errorf("%d files that wait were swept (%v)", n, err)
	}
	if list := w.held(w.animator, HeldFilter{}); len(list) != 2 || len(list[0].Files) != 1 || list[0].Files[0].Alt != "Le jardin vu du toit" {
		t.Errorf("in the queue: %+v", list)
	}
	opens := func(a account.Actor) error {
		_, _, _, err := w.OpenAttachment(ctx, a, kept.ID, true)
		return err
	}
	w.must(opens(w.animator))
	w.must(opens(w.amel))
	w.wants("another reads it", opens(w.sami), account.ErrNotFound)
	w.wants("a visitor reads it", opens(account.Actor{}), account.ErrNotFound)
	_, err = w.DecideHeld(ctx, w.animator, p.Held, Verdict{Approve: true})
	w.must(err)
	_, err = w.DecideHeld(ctx, w.animator, refused.Held, Verdict{Reason: "off_topic"})
	w.must(err)
	w.must(opens(w.sami))
	if page := w.read(w.sami, th); len(page.Lines) != 2 || len(page.Lines[1].Files) != 1 {
		t.Errorf("the thread: %+v", page.Lines)
	}
	if n, err := w.SweepAttachments(ctx); n != 1 || err != nil {
		t.Errorf("%d files were swept of what was refused, 1 wanted (%v)", n, err)
	}
}
