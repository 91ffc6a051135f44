package web

import (
	"net/url"
	"strings"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
)

// TestPublishingUnderAPseudonym goes through the forms: the choice, what it proposes next time, and what a form without it does.
func TestPublishingUnderAPseudonym(t *testing.T) {
	a := openAgora(t)
	amel, her := a.person(t, "Amel")
	sami, _ := a.person(t, "Sami")
	if strings.Contains(amel.get("/spaces/projets/forum/new").body, `name="as"`) {
		t.Error("a space without pseudonyms offers one")
	}
	if _, err := a.db.ExecContext(t.Context(), `update space set pseudonyms = true where key = 'projets'`); err != nil {
		t.Fatal(err)
	}
	expect(t, amel.get("/spaces/projets/forum/new"), 200, `value="pseudonym"`, "Qui saura que c’est moi", "tiré au sort")
	expect(t, amel.send("/spaces/projets/forum/new", url.Values{"as": {"pseudonym"}, "kind": {"question"}, "title": {" "}, "body": {"On me menace."}}), 422,
		`value="pseudonym" checked`, "On me menace.")
	a.later()
	opened := amel.send("/spaces/projets/forum/new", url.Values{"as": {"pseudonym"}, "kind": {"question"}, "title": {"Que faire ?"}, "body": {"On me menace."}})
	expect(t, opened, 303, "/threads/")
	here := opened.Header.Get("Location")
	mask, err := account.New(a.db, account.Options{}).MaskIn(t.Context(), accounttest.Reload(t, a.db, her.PersonID), a.open.ID)
	if err != nil || mask.Name == "" {
		t.Fatal(mask, err)
	}
	for who, v := range map[string]*visitor{"a visitor": a.visitor(t), "a member": sami} {
		if page := v.get(here); !strings.Contains(page.body, mask.Name) || strings.Contains(page.body, "Amel") {
			t.Errorf("%s is shown her name, or not her pseudonym", who)
		}
	}
	expect(t, amel.get(here), 200, `value="pseudonym" checked`, mask.Name)
	a.later()
	expect(t, amel.send(here+"/reply", url.Values{"body": {"Personne ?"}}), 303, here) // a page of before the choice
	a.later()
	expect(t, amel.send(here+"/reply", url.Values{"as": {"name"}, "body": {"Je signe."}}), 303, here)
	page := sami.get(here).body
	if strings.Count(page, "<bdi>"+mask.Name+"</bdi>") != 2 || strings.Count(page, "<bdi>Amel</bdi>") != 1 {
		t.Errorf("%d posts are by %s, %d by Amel", strings.Count(page, "<bdi>"+mask.Name+"</bdi>"), mask.Name, strings.Count(page, "<bdi>Amel</bdi>"))
	}
	expect(t, amel.get("/pseudonyms"), 200, mask.Name, "Personne n’a demandé qui est derrière")
}
