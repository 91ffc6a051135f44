package web

import (
	"fmt"
	"net/url"
	"testing"

	"halqa/community"
	"halqa/community/account"
	"halqa/web/browsertest"
)

func TestANewsletterFromItsDraft(t *testing.T) {
	a := openAgora(t)
	a.deps.Community.Saying(Texts(nil))
	amel, her := a.person(t, "Amel")
	animator, _ := a.person(t, "Animateur", account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: a.open.ID})
	const path = "/spaces/projets/newsletter"
	expect(t, amel.get(path), 403)
	expect(t, animator.get("/spaces/projets/animate"), 200, path)
	expect(t, animator.get(path), 200, "Pas de brouillon")
	expect(t, animator.send(path, url.Values{"version": {"1"}, "subject_fr": {"x"}, "body_fr": {"x"}}), 404)
	a.later()
	if _, err := a.deps.Community.StartThread(t.Context(), her, community.NewThread{SpaceID: a.open.ID, Kind: community.Experience, Title: "Un potager",
		Sheet: community.Sheet{Context: "a", Action: "b", Result: "c", Lesson: "d"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.deps.Community.ComposeNewsletters(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, animator.get(path), 200, "Fiches d’expérience", "[Un potager](/threads/", "بطاقات تجارب", `name="version" value="1"`)
	typed := url.Values{"version": {"1"}, "subject_fr": {"Notre lettre"}, "body_fr": {"Du **gras**"}}
	preview := url.Values{"do": {"preview"}}
	for key, value := range typed {
		preview[key] = value
	}
	expect(t, animator.send(path, preview), 200, "<strong>gras</strong>", "Notre lettre")
	expect(t, animator.send(path, url.Values{"version": {"1"}, "subject_fr": {"Notre lettre"}, "body_fr": {" "}}), 422, "Écrivez un texte", "Notre lettre")
	expect(t, animator.send(path, typed), 303, "→ "+path)
	expect(t, animator.send(path, url.Values{"version": {"1"}, "subject_fr": {"Autre"}, "body_fr": {"Autre"}}), 409, "Autre", "Notre lettre")
	expect(t, animator.send(path+"/send", url.Values{"version": {"1"}}), 303, "→ "+path)
	expect(t, animator.get(path), 200, "Le brouillon a changé", "Envoyer la lettre")
	expect(t, amel.send(path+"/send", url.Values{"version": {"2"}}), 403)
	expect(t, animator.send(path+"/send", url.Values{"version": {"2"}}), 303, "→ "+path)
	expect(t, animator.get(path), 200, "La lettre est partie", "Lettres envoyées", "Notre lettre")
	var id int64
	if err := a.db.NewRaw(`select id from newsletter where state = 'sent'`).Scan(t.Context(), &id); err != nil {
		t.Fatal(err)
	}
	expect(t, amel.get(fmt.Sprintf("/newsletters/%d", id)), 200, "Notre lettre", "<strong>gras</strong>")
	expect(t, a.visitor(t).get(fmt.Sprintf("/newsletters/%d", id)), 303, "/sign-in")
	expect(t, amel.get("/newsletters/999"), 404)
}

func TestANewsletterInABrowser(t *testing.T) {
	w, base, leila, _ := busyAgora(t)
	ctx := t.Context()
	talk := community.New(w.db, nil).Saying(Texts(nil))
	_, err := w.db.ExecContext(ctx, `update thread set created_at = now() - interval '2 days' where kind = 'experience'`)
	mustDo(t, err)
	_, err = talk.ComposeNewsletters(ctx)
	mustDo(t, err)
	_, err = w.db.ExecContext(ctx, `insert into newsletter (space_id, from_at, until_at, state, subject, body, sent_at)
		select space_id, from_at, until_at - interval '20 days', 'sent', subject, body, now() - interval '20 days' from newsletter where state = 'draft'`)
	mustDo(t, err)
	var id int64
	mustDo(t, w.db.NewRaw(`select id from newsletter where state = 'sent'`).Scan(ctx, &id))
	for _, c := range []struct {
		width int
		lang  string
		dark  bool
	}{{360, "ar", false}, {1280, "fr", false}, {360, "fr", true}, {1280, "ar", true}} {
		_, err := w.db.ExecContext(ctx, `update person set language = ?`, c.lang)
		mustDo(t, err)
		b := browsertest.New(t, c.width, c.lang, c.dark)
		enter(b, base, leila)
		b.Open(base + "/spaces/financement/newsletter")
		b.Shot("newsletter")
		b.Check()
		b.Open(base + fmt.Sprintf("/newsletters/%d", id))
		b.Shot("newsletter-sent")
		b.Check()
	}
}
