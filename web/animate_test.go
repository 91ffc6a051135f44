package web

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/web/browsertest"
)

func TestAnAnimatorsDesk(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	animator, _ := a.person(t, "Animateur", account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: a.open.ID})
	rim, her := a.person(t, "Rim")
	a.start(t, amel, "Comment suivre un budget ?")
	if _, err := a.db.ExecContext(t.Context(), `insert into space_member (space_id, person_id, since) values (?, ?, ?)`, a.open.ID, her.PersonID, a.now.Add(-72*time.Hour)); err != nil {
		t.Fatal(err)
	}
	const desk = "/spaces/projets/animate"
	expect(t, amel.get(desk), 403)
	expect(t, a.visitor(t).get(desk), 303, "/sign-in")
	expect(t, animator.get("/spaces/projets/forum"), 200, desk)
	expect(t, animator.get(desk), 200, "1 question sans réponse", "Comment suivre un budget ?", "Rim", desk+"/welcome", "Personne n’a encore posé de question sur une vidéo")
	welcome := url.Values{"person": {fmt.Sprint(her.PersonID)}}
	expect(t, amel.send(desk+"/welcome", welcome), 403)
	expect(t, animator.send(desk+"/welcome", url.Values{"person": {"999999"}}), 404)
	expect(t, animator.send(desk+"/welcome", welcome), 303, desk+"#newcomers")
	expect(t, animator.send(desk+"/welcome", welcome), 303, desk+"#newcomers")
	expect(t, animator.get(desk), 200, "ont écrit ou ont été accueillies")
	_ = rim
}

func TestAnAnimatorsDeskInABrowser(t *testing.T) {
	w, base, leila, thread := busyAgora(t)
	ctx := t.Context()
	_, err := w.db.ExecContext(ctx, `update thread set last_at = now() - interval '40 days', replies = 4, lesson_id = 1, second = 75, solved = false where id = ?`, thread)
	mustDo(t, err)
	for _, name := range []string{"Rim Jaziri", "محمد الهادي بن عبد الله"} {
		p := accounttest.Person(t, w.db, name)
		_, err := w.db.ExecContext(ctx, `insert into profile (person_id, expertise, expertise_key, expertise_for) select ?, 'تمويل الجمعيات الثقافية', 'تمويل الجمعيات الثقافيه', 'members' where ?`, p.ID, name != "Rim Jaziri")
		mustDo(t, err)
	}
	_, err = w.db.ExecContext(ctx, `insert into space_member (space_id, person_id, since) select s.id, p.id, now() - interval '32 days' from space s, person p
		where s.key = 'financement' and p.name = 'Rim Jaziri' on conflict do nothing`)
	mustDo(t, err)
	for _, c := range []struct {
		width int
		lang  string
		dark  bool
	}{{360, "ar", false}, {1280, "fr", false}, {360, "fr", true}, {1280, "ar", true}} {
		_, err := w.db.ExecContext(ctx, `update person set language = ?`, c.lang)
		mustDo(t, err)
		b := browsertest.New(t, c.width, c.lang, c.dark)
		enter(b, base, leila)
		b.Open(base + "/spaces/financement/animate")
		b.Shot("animate")
		b.Check()
	}
}
