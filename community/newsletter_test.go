package community

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// saying says the key and its arguments, so that a test sees what is said.
func saying(lang, key string, args ...any) string {
	said := lang + " " + strings.TrimPrefix(key, "newsletter.")
	for i := 1; i < len(args); i += 2 {
		if at, ok := args[i].(time.Time); ok {
			args[i] = at.UTC().Format("2006-01-02")
		}
		said += fmt.Sprint(" ", args[i])
	}
	return said
}

func (w *world) publish(p events.Payload) {
	w.t.Helper()
	w.must(w.inTx(ctx, "publish", func(ctx context.Context, tx bun.Tx) error { return events.Publish(events.Dated(ctx, w.clock), tx, p) }))
}

func (w *world) letters(a account.Actor) Newsletters {
	w.t.Helper()
	all, err := w.Newsletters(ctx, a, w.open.ID)
	w.must(err)
	return all
}

func (w *world) compose(want int) {
	w.t.Helper()
	if n, err := w.ComposeNewsletters(ctx); err != nil || n != want {
		w.t.Errorf("%d spaces are looked at, %v, want %d", n, err, want)
	}
}

// eventful is a space where one thing of each kind happened, and things that aren't told.
func eventful(t testing.TB, db bun.IDB) *world {
	w := newWorld(t, db)
	w.Saying(saying)
	title := func(s string) events.Text { return events.Text{"fr": s} }
	w.clock = w.clock.Add(-10 * 24 * time.Hour)
	th := w.thread(w.amel, w.open)
	w.must(w.Accept(ctx, w.amel, w.reply(w.sami, th, "Ainsi").ID, true))
	w.later()
	_, err := w.StartThread(ctx, w.amel, NewThread{SpaceID: w.open.ID, Kind: Experience, Title: "Un [potager]", Sheet: Sheet{Context: "a", Action: "b", Result: "c", Lesson: "d"}})
	w.must(err)
	w.publish(events.ModulePublished{ModuleID: 4, SpaceID: w.open.ID, Title: title("Module neuf")})
	w.publish(events.ModulePublished{ModuleID: 5, SpaceID: w.open.ID, Title: title("Module retiré")})
	w.publish(events.ModuleRetired{ModuleID: 5, SpaceID: w.open.ID})
	w.publish(events.ModulePublished{ModuleID: 6, SpaceID: w.request.ID, Title: title("Module d’ailleurs")})
	soon := []events.SeminarSession{{StartsAt: w.clock.Add(30 * 24 * time.Hour)}}
	w.publish(events.SeminarChanged{SeminarID: 8, SpaceID: w.open.ID, OfficeID: w.gafsa.ID, State: "published", Title: title("Séminaire"), Sessions: soon})
	w.publish(events.SeminarChanged{SeminarID: 9, SpaceID: w.open.ID, OfficeID: w.gafsa.ID, State: "published", Title: title("Annulé"), Sessions: soon})
	w.publish(events.SeminarChanged{SeminarID: 9, SpaceID: w.open.ID, OfficeID: w.gafsa.ID, State: "cancelled", Title: title("Annulé"), Sessions: soon})
	w.clock = w.clock.Add(-60 * 24 * time.Hour)
	w.publish(events.ModulePublished{ModuleID: 7, SpaceID: w.open.ID, Title: title("Module ancien")})
	w.clock = w.clock.Add(70 * 24 * time.Hour)
	w.publish(events.ModulePublished{ModuleID: 7, SpaceID: w.open.ID, Title: title("Module ancien, corrigé")})
	w.later()
	return w
}

func TestADraftTellsWhatHappened(t *testing.T) {
	w := eventful(t, testdb.Tx(t))
	w.compose(3) // the spaces of the world
	w.compose(0)
	all := w.letters(w.animator)
	body := all.Draft.Body["ar"]
	for _, want := range []string{"# ar modules", "[Module neuf](/modules/4)", "# ar answers", "[Comment suivre un budget ?](/threads/", "[Un potager](/threads/", "[Séminaire](/seminars/8)ar on ", "ar posts 3"} {
		if !strings.Contains(body, want) {
			t.Errorf("it doesn't say %q", want)
		}
	}
	for _, unwanted := range []string{"ailleurs", "retiré", "ancien", "Annulé"} {
		if strings.Contains(body, unwanted) {
			t.Errorf("it says %q", unwanted)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
	if said := announced[events.NewsletterDrafted](w); len(said) != 2 { // the module elsewhere is news there
		t.Errorf("announced: %+v", said)
	}
	if all.Members != 1 || !strings.HasPrefix(all.Draft.Subject["fr"], "fr subject") {
		t.Errorf("%+v", all)
	}
	for name, c := range map[string]struct {
		a    account.Actor
		want error
	}{"a member": {w.amel, account.ErrForbidden}, "a visitor": {account.Actor{}, account.ErrSignInRequired}, "another office": {w.sousseMod, account.ErrForbidden}} {
		_, err := w.Newsletters(ctx, c.a, w.open.ID)
		w.wants(name, err, c.want)
		w.wants(name+" edits", w.EditDraft(ctx, c.a, w.open.ID, 1, events.Text{"fr": "x"}, events.Text{"fr": "x"}), c.want)
		w.wants(name+" composes", w.ComposeAnew(ctx, c.a, w.open.ID, 1), c.want)
		w.wants(name+" sends", w.SendNewsletter(ctx, c.a, w.open.ID, 1), c.want)
	}
}

func TestADraftIsEditedAndSentByWhoModerates(t *testing.T) {
	w := eventful(t, testdb.Tx(t))
	w.compose(3)
	err := w.EditDraft(ctx, w.animator, w.open.ID, 1, events.Text{"fr": "Objet", "ar": ""}, events.Text{"fr": " ", "ar": "نص"})
	if all, ok := account.InvalidsOf(err); !ok || len(all) != 2 {
		t.Errorf("half in two languages: %v", err)
	}
	w.must(w.EditDraft(ctx, w.animator, w.open.ID, 1, events.Text{"fr": " Objet "}, events.Text{"fr": "Texte"}))
	w.wants("from an older one", w.EditDraft(ctx, w.gafsaMod, w.open.ID, 1, events.Text{"fr": "x"}, events.Text{"fr": "x"}), account.ErrStale)
	w.wants("send an older one", w.SendNewsletter(ctx, w.gafsaMod, w.open.ID, 1), account.ErrStale)
	draft := w.letters(w.animator).Draft
	_, _, err = w.SentNewsletter(ctx, w.admin, draft.ID)
	w.wants("a draft is read", err, account.ErrNotFound)
	w.must(w.SendNewsletter(ctx, w.gafsaMod, w.open.ID, 2))
	w.wants("sent again", w.SendNewsletter(ctx, w.gafsaMod, w.open.ID, 2), account.ErrNotFound)
	n, _, err := w.SentNewsletter(ctx, w.sami, draft.ID)
	if w.must(err); n.Subject["fr"] != "Objet" || len(n.Body) != 1 || n.SentAt.IsZero() {
		t.Errorf("sent: %+v", n)
	}
	if said := announced[events.NewsletterSent](w); len(said) != 1 || said[0].Title["fr"] != "Objet" || said[0].By != w.gafsaMod.PersonID {
		t.Errorf("announced: %+v", said)
	}
	w.compose(0)
	w.clock = w.clock.Add(fortnight + time.Minute)
	w.compose(2) // the one that had nothing to tell, and this one, which has nothing new
	if all := w.letters(w.animator); all.Draft.ID != 0 || len(all.Sent) != 1 {
		t.Errorf("without news: %+v", all)
	}
}

func TestADraftIsComposedAnew(t *testing.T) {
	w := eventful(t, testdb.Tx(t))
	w.compose(3)
	w.later()
	w.publish(events.ModulePublished{ModuleID: 10, SpaceID: w.open.ID, Title: events.Text{"fr": "Tout neuf"}})
	w.later()
	w.must(w.ComposeAnew(ctx, w.animator, w.open.ID, 1))
	if d := w.letters(w.animator).Draft; !strings.Contains(d.Body["fr"], "Tout neuf") || !strings.Contains(d.Body["fr"], "Module neuf") || d.Version != 2 {
		t.Errorf("%+v", d)
	}
}

// Several nodes compose at once, and two moderators send at once: there is one draft, sent once.
func TestOneDraftIsComposedAndSentOnce(t *testing.T) {
	w := eventful(t, testdb.Clone(t))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := w.ComposeNewsletters(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(announced[events.NewsletterDrafted](w)); n != 2 {
		t.Fatalf("%d drafts", n)
	}
	sent := make([]error, 4)
	for i := range sent {
		all.Go(func() { sent[i] = w.SendNewsletter(ctx, w.animator, w.open.ID, 1) })
	}
	all.Wait()
	if n := len(announced[events.NewsletterSent](w)); n != 1 {
		t.Errorf("sent %d times: %v", n, sent)
	}
}
