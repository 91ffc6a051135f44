package community

import (
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/events"
	"halqa/migrations/testdb"
)

// masking is a world whose open space has pseudonyms, and what Amel writes there under hers.
func masking(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, testdb.Tx(t))
	w.allow(&w.open)
	return w
}

func (w *world) allow(sp *account.Space) {
	w.t.Helper()
	_, err := w.db.ExecContext(ctx, `update space set pseudonyms = true where id = ?`, sp.ID)
	w.must(err)
	sp.Pseudonyms = true
}

// masked opens a question under the pseudonym of somebody.
func (w *world) masked(a *account.Actor, sp account.Space) Thread {
	w.t.Helper()
	w.later()
	t, err := w.StartThread(ctx, *a, NewThread{SpaceID: sp.ID, Kind: Question, Title: "Que faire ?", Body: "On me menace.", As: UnderPseudonym})
	w.must(err)
	*a = accounttest.Reload(w.t, w.db, a.PersonID)
	return t
}

func (w *world) underMask(a account.Actor, t Thread, body string) Post {
	w.t.Helper()
	w.later()
	p, err := w.Reply(ctx, a, NewReply{ThreadID: t.ID, Body: body, As: UnderPseudonym})
	w.must(err)
	return p
}

func TestPseudonymStaysTheSameInASpace(t *testing.T) {
	w := masking(t)
	second := w.member("Salma", w.open)
	w.allow(&w.request)
	first := w.masked(&w.amel, w.open)
	reply := w.underMask(w.amel, first, "Personne ne répond ?")
	elsewhere := w.masked(&w.amel, w.request)
	theirs := w.masked(&second, w.open)
	page := w.read(w.sami, first)
	name := page.Lines[0].Author
	switch {
	case name == "" || name == "Amel" || !page.Lines[0].Masked || page.Lines[1].Author != name || reply.AuthorID != first.AuthorID:
		t.Errorf("the opening is by %q, the reply by %q", name, page.Lines[1].Author)
	case elsewhere.AuthorID == first.AuthorID || theirs.AuthorID == first.AuthorID:
		t.Error("two spaces, or two people, share a pseudonym")
	}
	if p, err := account.New(w.db, account.Options{}).MaskIn(ctx, w.amel, w.open.ID); err != nil || p.ID != first.AuthorID || p.Name != name {
		t.Errorf("her pseudonym is %+v, %v", p, err)
	}
}

func TestWhoIsBehindAPseudonymActsAsIt(t *testing.T) {
	w := masking(t)
	thread := w.masked(&w.amel, w.open)
	mask := thread.AuthorID
	answer := w.reply(w.sami, thread, "Appelez-nous.")
	w.must(w.Accept(ctx, w.amel, answer.ID, true))
	opening := w.opening(thread)
	_, err := w.EditPost(ctx, w.amel, opening.ID, Edit{Title: thread.Title, Body: "On me menace encore."})
	w.must(err)
	own := w.underMask(w.amel, thread, "Merci à vous.")
	_, err = w.DeletePost(ctx, w.amel, own.ID)
	w.must(err)
	w.wants("thank oneself", w.Thank(ctx, w.amel, opening.ID, true), account.ErrForbidden)
	page := w.read(w.amel, thread)
	if !page.Lines[0].Mine || !page.Accepts || page.Unread != 0 {
		t.Errorf("of her own thread she sees %+v, %d unread", page.Lines[0], page.Unread)
	}
	for what, by := range map[string]int64{"accepted": announced[events.AnswerAccepted](w)[0].By, "edited": announced[events.ContributionEdited](w)[0].PersonID,
		"deleted": announced[events.ContributionDeleted](w)[0].PersonID, "started": announced[events.ThreadStarted](w)[0].PersonID} {
		if by != mask {
			t.Errorf("it is said to be %s by %d, not by the pseudonym %d", what, by, mask)
		}
	}
	_, err = w.EditPost(ctx, w.sami, opening.ID, Edit{Title: thread.Title, Body: "?"})
	w.wants("somebody else edits", err, account.ErrForbidden)
}

func TestPseudonymGivesNoSecondVoice(t *testing.T) {
	w := masking(t)
	thread := w.masked(&w.amel, w.open)
	_, err := w.db.ExecContext(ctx, `insert into space_guard (space_id, slow_minutes) values (?, 60)`, w.open.ID)
	w.must(err)
	w.later()
	_, err = w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "Encore moi, sous mon nom."})
	if wrong, _ := account.InvalidsOf(err); len(wrong) != 1 || wrong[0].Key != "guard.error_slow" {
		t.Errorf("slow mode says %v to the second name", err)
	}
	_, err = w.db.ExecContext(ctx, `insert into measure (person_id, act, kind, space_id, cause, words, at, until, by_id) values (?, 'suspend', 'space', ?, 'spam', 'x', ?, ?, ?)`,
		thread.AuthorID, w.open.ID, w.clock, w.clock.AddDate(0, 0, 3), w.animator.PersonID)
	w.must(err)
	_, err = w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "Sous mon nom."})
	w.wants("a suspension of the pseudonym", err, account.ErrSuspended)
	_, err = w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "Sous pseudonyme.", As: UnderPseudonym})
	w.wants("the same", err, account.ErrSuspended)
	w.must(account.New(w.db, account.Options{}).Appeal(ctx, w.amel, w.idOf(`select max(id) from measure`), "Je n'ai rien fait."))
	if told := announced[events.MeasureAppealed](w); told[0].By != thread.AuthorID {
		t.Errorf("the appeal is said to be of person %d", told[0].By)
	}
}

func (w *world) idOf(query string, args ...any) (id int64) {
	w.t.Helper()
	w.must(w.db.NewRaw(query, args...).Scan(ctx, &id))
	return id
}

func TestPseudonymsAreWhereASpaceHasThem(t *testing.T) {
	w := masking(t)
	before := w.masked(&w.amel, w.open)
	for what, n := range map[string]NewThread{
		"a space without":   {SpaceID: w.request.ID, Kind: Question, Title: "Que faire ?", Body: "…"},
		"an announcement":   {SpaceID: w.open.ID, Kind: Announcement, Title: "À tous", Body: "…"},
		"nothing but trust": {SpaceID: w.invitation.ID, Kind: Discussion, Title: "Que faire ?", Body: "…"},
	} {
		n.As = UnderPseudonym
		author := w.amel
		if n.Kind == Announcement {
			author = w.animator
		}
		w.later()
		_, err := w.StartThread(ctx, author, n)
		if wrong, _ := account.InvalidsOf(err); len(wrong) != 1 || wrong[0].Field != "as" {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := w.db.ExecContext(ctx, `update space set pseudonyms = false where id = ?`, w.open.ID)
	w.must(err)
	w.later()
	_, err = w.Reply(ctx, w.amel, NewReply{ThreadID: before.ID, Body: "Toujours là.", As: AsBefore})
	if wrong, _ := account.InvalidsOf(err); len(wrong) != 1 || wrong[0].Key != "pseudonym.error_off" {
		t.Errorf("as before, where pseudonyms are no more: %v", err)
	}
	if l := w.opening(before); !l.Masked || l.Author == "Amel" {
		t.Errorf("what was written before is now by %q", l.Author)
	}
}

func TestOneWritesOnAsBefore(t *testing.T) {
	w := masking(t)
	thread := w.masked(&w.amel, w.open)
	w.later()
	p, err := w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "Et ensuite ?", As: AsBefore})
	w.must(err)
	if p.AuthorID != thread.AuthorID {
		t.Errorf("the next reply is by person %d, the thread by %d", p.AuthorID, thread.AuthorID)
	}
	w.reply(w.amel, thread, "Sous mon nom, cette fois.")
	if as, err := w.NamedBefore(ctx, w.amel, thread.ID); err != nil || as != UnderName {
		t.Errorf("they wrote last as %q, %v", as, err)
	}
}

func TestWhatWaitsKeepsItsPseudonym(t *testing.T) {
	w := masking(t)
	_, err := w.db.ExecContext(ctx, `insert into space_guard (space_id, first_posts) values (?, 1)`, w.open.ID)
	w.must(err)
	held := w.masked(&w.amel, w.open)
	if held.Held == 0 {
		t.Fatal("it doesn't wait")
	}
	list, _, err := w.HeldQueue(ctx, w.animator, HeldFilter{})
	w.must(err)
	if len(list) != 1 || list[0].Author == "Amel" || !list[0].Masked {
		t.Fatalf("the moderators see %+v", list)
	}
	if mine, err := w.MyHeld(ctx, w.amel, w.open.ID, 0); err != nil || len(mine) != 1 {
		t.Errorf("her own that waits: %v, %v", mine, err)
	}
	state, err := w.DecideHeld(ctx, w.animator, held.Held, Verdict{Approve: true})
	w.must(err)
	started := announced[events.ThreadStarted](w)
	if state != "approved" || len(started) != 1 || started[0].PersonID != list[0].AuthorID {
		t.Errorf("%s: started by %+v, sent by %d", state, started, list[0].AuthorID)
	}
}

func TestPseudonymBringsOnesOwnFiles(t *testing.T) {
	w := masking(t)
	thread := w.masked(&w.amel, w.open)
	id := w.idOf(`insert into attachment (person_id, space_id, blob, name, ext, ready, created_at) values (?, ?, 'b', 'a.pdf', 'pdf', true, ?) returning id`,
		w.amel.PersonID, w.open.ID, w.clock)
	w.later()
	_, err := w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "Voyez.", As: UnderPseudonym, Attached: []Attached{{ID: id}}})
	w.must(err)
	_, err = w.Reply(ctx, w.sami, NewReply{ThreadID: thread.ID, Body: "Voyez.", Attached: []Attached{{ID: id}}})
	if wrong, _ := account.InvalidsOf(err); len(wrong) != 1 || wrong[0].Field != "file" {
		t.Errorf("the file of another: %v", err)
	}
}
