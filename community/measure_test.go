package community

import (
	"errors"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

func TestSomebodySuspendedReadsAndReportsButDoesNotWrite(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.thread(w.animator, w.open)
	theirs := w.reply(w.amel, thread, "Un mot de trop.")
	others := w.reply(w.sami, thread, "Du calme.")
	a, err := w.Accused(ctx, w.animator, theirs.ID)
	if err != nil || a.Author != "Amel" || len(a.Scopes) != 1 || a.Seen != 0 {
		t.Fatalf("%+v, %v", a, err)
	}
	n := account.NewMeasure{Kind: account.OverSpace, Act: account.Suspend, Days: 7, Cause: "insult", Words: "Restons polis."}
	w.must(w.MeasureAuthor(ctx, w.animator, theirs.ID, n))
	w.wants("a second moderator", w.MeasureAuthor(ctx, w.gafsaMod, theirs.ID, n), account.ErrStale)
	writes := func(sp account.Space, th Thread) map[string]error {
		w.later()
		_, start := w.StartThread(ctx, w.amel, NewThread{SpaceID: sp.ID, Kind: Discussion, Title: "T", Body: "B"})
		_, reply := w.Reply(ctx, w.amel, NewReply{ThreadID: th.ID, Body: "Encore"})
		return map[string]error{"start": start, "reply": reply}
	}
	all := writes(w.open, thread)
	_, all["edit"] = w.EditPost(ctx, w.amel, theirs.ID, Edit{Body: "Pire"})
	all["thank"] = w.Thank(ctx, w.amel, others.ID, true)
	for what, err := range all {
		var s account.Suspended
		if !errors.As(err, &s) || s.Until.IsZero() || !errors.Is(err, account.ErrForbidden) {
			t.Errorf("%s: %v", what, err)
		}
	}
	w.read(w.amel, thread)
	w.must(w.Report(ctx, w.amel, NewReport{PostID: others.ID, Reason: "insult"}))
	elsewhere := w.thread(w.sousseMod, w.request)
	for what, err := range writes(w.request, elsewhere) {
		w.wants(what+" in another space", err, nil)
	}
	w.clock = w.clock.Add(8 * 24 * time.Hour)
	for what, err := range writes(w.open, thread) {
		w.wants(what+" once it is over", err, nil)
	}
	if told := announced[events.MeasureTaken](w); len(told) != 1 || told[0].PersonID != w.amel.PersonID || told[0].PostID != theirs.ID {
		t.Errorf("announced %+v", told)
	}
}

func TestAnOfficesMeasureHoldsInItsSpaces(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	post := w.reply(w.amel, w.thread(w.amel, w.request), "Un mot de trop.")
	w.must(w.MeasureAuthor(ctx, w.sousseMod, post.ID, account.NewMeasure{Kind: account.OverOffice, Act: account.Ban, Cause: "insult", Words: "Assez."}))
	for sp, want := range map[int64]error{w.request.ID: account.ErrSuspended, w.invitation.ID: account.ErrSuspended, w.open.ID: nil} {
		w.later()
		_, err := w.StartThread(ctx, w.amel, NewThread{SpaceID: sp, Kind: Discussion, Title: "T", Body: "B"})
		w.wants("writes", err, want)
	}
}

func TestWhoSeesTheFormOfAMeasure(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	post := w.reply(w.amel, w.thread(w.amel, w.open), "Bonjour")
	own := w.reply(w.animator, w.thread(w.animator, w.open), "Bonjour")
	for name, c := range map[string]struct {
		actor account.Actor
		post  int64
		want  error
	}{"visitor": {account.Actor{}, post.ID, account.ErrSignInRequired}, "amel": {w.amel, post.ID, account.ErrForbidden}, "animator": {w.animator, post.ID, nil},
		"gafsa": {w.gafsaMod, post.ID, nil}, "sousse": {w.sousseMod, post.ID, account.ErrForbidden}, "admin": {w.admin, post.ID, nil},
		"of an equal": {w.animator, own.ID, account.ErrForbidden}, "of a subordinate": {w.gafsaMod, own.ID, nil}} {
		_, err := w.Accused(ctx, c.actor, c.post)
		w.wants(name, err, c.want)
	}
}
