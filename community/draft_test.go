package community

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

// writes saves a reply's draft from a device that went on from another draft.
func (w *world) writes(a account.Actor, t Thread, device, body string, base Draft) Draft {
	w.t.Helper()
	w.clock = w.clock.Add(time.Minute)
	d, posted, err := w.SaveDraft(ctx, a, Saving{DraftPlace: DraftPlace{DraftReply, t.ID}, Drafted: Drafted{device, base.ID}, BaseVersion: base.Version,
		Fields: map[string][]string{"body": {body}}})
	w.must(err)
	if posted {
		w.t.Errorf("%q is taken for posted", body)
	}
	return d
}

func (w *world) drafts(a account.Actor, t Thread) (bodies []string) {
	w.t.Helper()
	all, err := w.DraftsAt(ctx, a, DraftPlace{DraftReply, t.ID})
	w.must(err)
	for _, d := range all {
		bodies = append(bodies, d.Get("body"))
	}
	return bodies
}

func TestADraftOnTwoDevices(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread := w.thread(w.amel, w.open)
	is := func(what string, want ...string) {
		t.Helper()
		if got := w.drafts(w.amel, thread); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	w.writes(w.amel, thread, "phone", "Un", Draft{})
	phone := w.writes(w.amel, thread, "phone", "Un deux", Draft{})
	is("one device", "Un deux")
	desk := w.writes(w.amel, thread, "desk", "Un deux trois", phone)
	is("another goes on", "Un deux trois")
	other := w.writes(w.amel, thread, "phone", "Un deux, autrement", Draft{}) // without having heard of it
	is("both write", "Un deux, autrement", "Un deux trois")
	w.writes(w.amel, thread, "phone", "Un deux, tout autrement", Draft{})
	w.writes(w.amel, thread, "desk", "Trois", other) // from what the phone has changed since
	is("nothing is lost", "Trois", "Un deux, tout autrement")
	if got := w.drafts(w.sami, thread); got != nil {
		t.Errorf("sami sees %q", got)
	}
	w.later()
	_, err := w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "Trois", Draft: Drafted{"desk", desk.ID}})
	w.must(err)
	is("what was posted is no draft", "Un deux, tout autrement")
	w.writes(w.amel, thread, "phone", " ", Draft{})
	is("what says nothing is none")
	last := w.writes(w.amel, thread, "phone", "Encore", Draft{})
	w.must(w.DropDraft(ctx, w.sami, last.ID))
	is("somebody else throws it away", "Encore")
	w.must(w.DropDraft(ctx, w.amel, last.ID))
	w.must(w.DropDraft(ctx, w.amel, last.ID))
	is("its writer does")
}

// A save that comes after its post, as over a slow network, brings nothing back.
func TestADraftNeverOutlivesItsPost(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	thread, nonce := w.thread(w.amel, w.open), uuid.NewString()
	save := func() (bool, error) {
		_, posted, err := w.SaveDraft(ctx, w.amel, Saving{DraftPlace: DraftPlace{DraftReply, thread.ID}, Drafted: Drafted{Device: "phone"},
			Fields: map[string][]string{"body": {"Oui"}, "nonce": {nonce}}})
		return posted, err
	}
	if posted, err := save(); posted || err != nil {
		t.Fatal(posted, err)
	}
	w.later()
	_, err := w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "Oui", Nonce: nonce, Draft: Drafted{Device: "phone"}})
	w.must(err)
	if posted, err := save(); !posted || err != nil {
		t.Errorf("saved late: posted %v, %v", posted, err)
	}
	if got := w.drafts(w.amel, thread); got != nil {
		t.Errorf("a posted text is a draft again: %q", got)
	}
}

func TestWhereDraftsAreKept(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.files()
	inside := w.thread(w.amel, w.invitation)
	post := w.opening(inside)
	for place, want := range map[DraftPlace]error{
		{DraftReply, inside.ID}: account.ErrNotFound, {DraftThread, w.invitation.ID}: account.ErrNotFound, {DraftEdit, post.ID}: account.ErrNotFound,
		{DraftExperience, w.request.ID}: account.ErrForbidden, {DraftThread, w.open.ID}: nil, {DraftReply, 99999}: account.ErrNotFound, {"other", w.open.ID}: account.ErrNotFound,
	} {
		n := Saving{DraftPlace: place, Drafted: Drafted{Device: "d"}, Fields: map[string][]string{"body": {"Mots"}}}
		_, _, err := w.SaveDraft(ctx, w.sami, n)
		w.wants(fmt.Sprintf("sami drafts at %v", place), err, want)
		_, _, err = w.SaveDraft(ctx, account.Actor{}, n)
		w.wants("a visitor drafts", err, account.ErrSignInRequired)
		if place.SubjectID != 99999 && place.Kind != "other" {
			_, _, err = w.SaveDraft(ctx, w.amel, n)
			w.wants(fmt.Sprintf("amel drafts at %v", place), err, nil)
		}
	}
	_, _, err := w.SaveDraft(ctx, w.amel, Saving{DraftPlace: DraftPlace{DraftThread, w.open.ID}, Drafted: Drafted{Device: "d"},
		Fields: map[string][]string{"body": {strings.Repeat("x", maxDraftBytes)}}})
	w.wants("too long a draft", err, account.ErrConflict)
	lines, err := w.Drafts(ctx, w.amel)
	if err != nil || len(lines) != 5 {
		t.Fatalf("%d drafts, %v", len(lines), err)
	}
	for _, l := range lines {
		if titled := l.Kind == DraftReply || l.Kind == DraftEdit; l.Space.ID == 0 || (l.Title != "") != titled {
			t.Errorf("the draft %+v", l)
		}
	}
	out, err := w.Drafts(ctx, w.sami)
	if err != nil || len(out) != 1 {
		t.Errorf("sami has %d drafts, %v", len(out), err)
	}
	_, err = w.db.ExecContext(ctx, `delete from space_member where space_id = ?`, w.invitation.ID)
	w.must(err)
	amel := w.member("Amel bis") // somebody who isn't let in any more
	amel.PersonID = w.amel.PersonID
	lines, err = w.Drafts(ctx, amel)
	if err != nil || len(lines) != 5 {
		t.Errorf("put out of a space one has %d drafts, %v", len(lines), err)
	}
	for _, l := range lines {
		if inside := l.Space.ID == w.invitation.ID; inside || l.Kind == DraftReply && l.Title != "" || l.Words() != "Mots" {
			t.Errorf("the draft of what can't be read says %+v", l)
		}
	}
}

// The files of a draft stay as long as it does; a draft goes with those of a thread into another.
func TestDraftsKeepTheirFilesAndMoveAlong(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.files()
	first, second := w.thread(w.amel, w.open), w.thread(w.amel, w.open)
	f := w.brings(w.amel, w.open)
	_, _, err := w.SaveDraft(ctx, w.amel, Saving{DraftPlace: DraftPlace{DraftReply, second.ID}, Drafted: Drafted{Device: "phone"},
		Fields: map[string][]string{"body": {"Voici"}, "attached": {fmt.Sprint(f.ID), "x"}}})
	w.must(err)
	w.clock = w.clock.AddDate(0, 0, 10)
	if n, err := w.SweepAttachments(ctx); n != 0 || err != nil {
		t.Errorf("%d files of a draft are swept, %v", n, err)
	}
	_, err = w.Merge(ctx, w.admin, second.ID, first.ID)
	w.must(err)
	if got := w.drafts(w.amel, first); len(got) != 1 {
		t.Errorf("after the merging: %q", got)
	}
	w.must(w.SweepDrafts(ctx))
	w.clock = w.clock.AddDate(0, draftMonths, 1)
	w.must(w.SweepDrafts(ctx))
	if got := w.drafts(w.amel, first); got != nil {
		t.Errorf("half a year later: %q", got)
	}
	if n, err := w.SweepAttachments(ctx); n != 1 || err != nil {
		t.Errorf("%d files are swept, %v", n, err)
	}
}

// Whatever devices write and go on from, the last words of each that nobody went on from are there.
func TestNoDraftIsLost(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	rapid.Check(t, func(t2 *rapid.T) {
		_, err := w.db.NewRaw(`delete from draft`).Exec(ctx) // a person may keep so many
		w.must(err)
		thread := w.thread(w.amel, w.open)
		type seen struct {
			Draft
			body string
		}
		last, known := map[string]seen{}, []seen{}
		for i := range rapid.IntRange(1, 12).Draw(t2, "saves") {
			device := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t2, "device")
			var base Draft
			if len(known) > 0 && rapid.Bool().Draw(t2, "goes on") {
				base = rapid.SampledFrom(known).Draw(t2, "base").Draft
			}
			body := fmt.Sprint("texte ", i)
			d := w.writes(w.amel, thread, device, body, base)
			for of, s := range last {
				if of != device && s.ID == base.ID && s.Version == base.Version {
					delete(last, of)
				}
			}
			last[device] = seen{d, body}
			known = append(known, last[device])
		}
		got := w.drafts(w.amel, thread)
		if len(got) != len(last) {
			t2.Fatalf("%q are there, want %v", got, last)
		}
		for device, s := range last {
			if !strings.Contains(fmt.Sprint(got), s.body) {
				t2.Fatalf("the words of %s are lost: %q", device, got)
			}
		}
	})
}
