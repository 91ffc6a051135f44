package community

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/community/attachment"
	"halqa/events"
	"halqa/migrations/testdb"
)

func (w *world) files() {
	w.t.Helper()
	var err error
	w.Files, err = attachment.Open(filepath.Join(w.t.TempDir(), "attachments"), nil)
	w.must(err)
}

func picture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 700, 500))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// brings has somebody bring a picture to a space.
func (w *world) brings(a account.Actor, sp account.Space) Attachment {
	w.t.Helper()
	w.later()
	f, err := w.Attach(ctx, a, sp.ID, "Plan du jardin.png", bytes.NewReader(picture(w.t)))
	w.must(err)
	return f
}

func TestFilesAreReadWithTheirPost(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.files()
	for _, sp := range []account.Space{w.open, w.invitation} {
		thread := w.thread(w.amel, sp)
		f := w.brings(w.amel, sp)
		if f.Name != "Plan du jardin.png" || !f.Picture() || f.Width != 700 || f.LightWidth != 640 {
			t.Errorf("brought: %+v", f)
		}
		opens := func(a account.Actor) error {
			_, path, _, err := w.OpenAttachment(ctx, a, f.ID, true)
			if err == nil && !strings.HasSuffix(path, "-light.png") {
				t.Errorf("the light rendition is %s", path)
			}
			return err
		}
		w.must(opens(w.amel))
		w.wants("a moderator opens what isn't posted", opens(w.sousseMod), account.ErrNotFound)
		w.wants("a visitor opens what isn't posted", opens(account.Actor{}), account.ErrNotFound)
		p, err := w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "Voici.", Attached: []Attached{{f.ID, " Un plan\n du jardin "}}})
		w.must(err)
		if line := w.read(w.admin, thread).Lines[1]; len(line.Files) != 1 || line.Files[0].Alt != "Un plan du jardin" {
			t.Errorf("the post has %+v", line.Files)
		}
		var outsider error
		if sp.ID == w.invitation.ID {
			outsider = account.ErrNotFound
		}
		w.wants("sami opens", opens(w.sami), outsider)
		w.wants("a visitor opens", opens(account.Actor{}), outsider)
		w.must(w.HidePost(ctx, w.admin, p.ID, "Non"))
		w.wants("sami opens what is hidden", opens(w.sami), account.ErrNotFound)
		w.must(opens(w.amel))
		w.must(opens(w.admin))
		if sp.ID == w.open.ID {
			if line := w.read(w.sami, thread).Lines[1]; len(line.Files) != 0 {
				t.Errorf("a hidden post shows %+v", line.Files)
			}
		}
		w.must(w.RestorePost(ctx, w.admin, p.ID))
		w.must(w.Move(ctx, w.admin, thread.ID, w.invitation.ID))
		w.wants("sami opens what moved behind doors", opens(w.sami), account.ErrNotFound)
		_, err = w.DeletePost(ctx, w.amel, p.ID)
		w.must(err)
		for _, a := range []account.Actor{w.amel, w.admin} {
			w.wants("opening what is deleted", opens(a), account.ErrNotFound)
		}
	}
}

func TestWhoBringsAndPostsFiles(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.files()
	bring := func(a account.Actor, sp account.Space, data string) error {
		w.later()
		_, err := w.Attach(ctx, a, sp.ID, "a.pdf", strings.NewReader(data))
		return err
	}
	w.wants("a visitor brings", bring(account.Actor{}, w.open, "%PDF-1"), account.ErrSignInRequired)
	w.wants("sami brings into a closed space", bring(w.sami, w.invitation, "%PDF-1"), account.ErrNotFound)
	w.must(bring(w.sami, w.open, "%PDF-1"))
	var wrong account.Invalid
	if err := bring(w.sami, w.open, "<svg onload=alert(1)>"); !errors.As(err, &wrong) || wrong.Field != "file" {
		t.Errorf("a drawing with scripts: %v", err)
	}
	mine, thread := w.brings(w.amel, w.open), w.thread(w.sami, w.open)
	w.later()
	_, err := w.Reply(ctx, w.sami, NewReply{ThreadID: thread.ID, Body: "À moi", Attached: []Attached{{ID: mine.ID}}})
	if !errors.As(err, &wrong) || wrong.Key != "writing.error_file_gone" {
		t.Errorf("somebody else's file: %v", err)
	}
	p, err := w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "Voici", Attached: []Attached{{ID: mine.ID}}})
	w.must(err)
	second := w.brings(w.amel, w.open)
	_, err = w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "Deux fois", Attached: []Attached{{ID: mine.ID}}})
	if !errors.As(err, &wrong) {
		t.Errorf("a file of another post: %v", err)
	}
	_, err = w.EditPost(ctx, w.amel, p.ID, Edit{Body: "Voici", Attached: []Attached{{second.ID, "Le second"}}})
	w.must(err)
	if line := w.read(w.amel, thread).Lines[1]; len(line.Files) != 1 || line.Files[0].ID != second.ID || line.EditedAt.IsZero() {
		t.Errorf("edited: %+v", line)
	}
	before := len(announced[events.ContributionEdited](w))
	_, err = w.EditPost(ctx, w.amel, p.ID, Edit{Body: "Voici", Attached: []Attached{{second.ID, "Le second"}}})
	w.must(err)
	if n := len(announced[events.ContributionEdited](w)); before != 1 || n != 1 {
		t.Errorf("%d edits announced, then %d", before, n)
	}
	_, _, _, err = w.OpenAttachment(ctx, w.amel, mine.ID, false)
	w.wants("what the edit took away", err, account.ErrNotFound)
	many := make([]Attached, MaxAttachments+1)
	_, err = w.EditPost(ctx, w.amel, p.ID, Edit{Body: "Voici", Attached: many})
	if _, ok := account.InvalidsOf(err); !ok {
		t.Errorf("too many: %v", err)
	}
	w.later()
	for range attachLimits[0].times {
		_, err = w.Attach(ctx, w.sami, w.open.ID, "a.pdf", strings.NewReader("%PDF-1"))
	}
	w.must(err)
	_, err = w.Attach(ctx, w.sami, w.open.ID, "a.pdf", strings.NewReader("%PDF-1"))
	w.wants("too many at once", err, account.ErrTooMany)
}

// What nobody posts, or nobody may have any more, goes; what is posted stays.
// TestAPictureSaysEnough: what comes with files needs no words, whether it is written, edited or waits; one without either isn't kept.
func TestAPictureSaysEnough(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.files()
	with := func() []Attached { return []Attached{{ID: w.brings(w.amel, w.open).ID}} }
	opened, err := w.StartThread(ctx, w.amel, NewThread{SpaceID: w.open.ID, Kind: Discussion, Title: "Le jardin", Body: " \u200b ", Attached: with()})
	w.must(err)
	w.later()
	p, err := w.Reply(ctx, w.amel, NewReply{ThreadID: opened.ID, Body: "Un plan.", Attached: with()})
	w.must(err)
	file := w.read(w.sami, opened).Lines[1].Files[0].ID
	_, err = w.EditPost(ctx, w.amel, p.ID, Edit{Body: "", Attached: []Attached{{ID: file}}})
	w.must(err)
	w.guard(w.open, Guard{FirstPosts: 9})
	w.later()
	held, err := w.Reply(ctx, w.amel, NewReply{ThreadID: opened.ID, Attached: with()})
	w.must(err)
	_, err = w.DecideHeld(ctx, w.animator, held.Held, Verdict{Approve: true})
	w.must(err)
	for _, l := range w.read(w.sami, opened).Lines {
		if l.Body != "" || len(l.Files) != 1 {
			t.Errorf("%+v", l)
		}
	}
	if body, files, err := w.Words(ctx, w.sami, p.ID); body != "" || len(files) != 1 || err != nil {
		t.Errorf("says %q and %v, error %v", body, files, err)
	}
	w.later()
	for what, err := range map[string]error{
		"thread": func() error {
			_, err := w.StartThread(ctx, w.amel, NewThread{SpaceID: w.open.ID, Kind: Discussion, Title: " ", Attached: with()})
			return err
		}(),
		"reply": func() error { _, err := w.Reply(ctx, w.amel, NewReply{ThreadID: opened.ID, Body: " "}); return err }(),
		"edit":  func() error { _, err := w.EditPost(ctx, w.amel, p.ID, Edit{}); return err }(),
		"gone": func() error {
			_, err := w.Reply(ctx, w.amel, NewReply{ThreadID: opened.ID, Attached: []Attached{{ID: 1 << 40}}})
			return err
		}(),
	} {
		if _, wrong := account.InvalidsOf(err); !wrong {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestLooseFilesAreSwept(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.files()
	sweep := func(want int) {
		t.Helper()
		n, err := w.SweepAttachments(ctx)
		if err != nil || n != want {
			t.Errorf("%d swept (%v), want %d", n, err, want)
		}
	}
	thread := w.thread(w.amel, w.open)
	loose, posted, deleted := w.brings(w.amel, w.open), w.brings(w.amel, w.open), w.brings(w.amel, w.open)
	_, err := w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "Un", Attached: []Attached{{ID: posted.ID}}})
	w.must(err)
	p, err := w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "Deux", Attached: []Attached{{ID: deleted.ID}}})
	w.must(err)
	_, err = w.DeletePost(ctx, w.amel, p.ID)
	w.must(err)
	sweep(1)
	if _, _, err := w.Files.Path(deleted.Blob, deleted.Ext, false); err == nil {
		t.Error("the file of a deleted post stays")
	}
	w.clock = w.clock.Add(25 * time.Hour)
	w.must(w.Files.Remove(loose.Blob)) // as if a sweep had been cut
	sweep(1)
	sweep(0)
	if _, _, _, err := w.OpenAttachment(ctx, w.sami, posted.ID, false); err != nil {
		t.Error(err)
	}
	_, err = w.Reply(ctx, w.amel, NewReply{ThreadID: thread.ID, Body: "Trop tard", Attached: []Attached{{ID: loose.ID}}})
	if _, ok := account.InvalidsOf(err); !ok {
		t.Errorf("what was swept is posted: %v", err)
	}
}
