package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"halqa/community"
	"halqa/community/account"
)

func TestAMeasureFromThePostToItsAppeal(t *testing.T) {
	a := openAgora(t)
	amel, her := a.person(t, "Amel")
	animator, _ := a.person(t, "Animateur", account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: a.open.ID})
	office, him := a.person(t, "Bureau", account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: a.office.ID})
	here := a.start(t, amel, "Comment suivre un budget ?")
	post := posts(amel.get(here).body)[0]
	if err := a.deps.Community.Report(t.Context(), him, community.NewReport{PostID: postNumber(t, post), Reason: "insult"}); err != nil {
		t.Fatal(err)
	}
	form := "/moderation" + post + "/measure"
	expect(t, animator.get("/moderation"), 200, form, "/moderation/measures")
	expect(t, animator.get(form), 200, "Amel", "<strong>débutons</strong>", `name="seen" value="0"`)
	expect(t, amel.get(form), 403)
	expect(t, animator.send(form, url.Values{"act": {"suspend"}, "days": {"x"}, "kind": {"space"}, "cause": {"insult"}, "words": {" "}}), 422, "Choisissez une durée", "quelques mots")
	decision := url.Values{"act": {"suspend"}, "days": {"7"}, "kind": {"space"}, "cause": {"insult"}, "words": {"Restons <b>polis</b>."}, "seen": {"0"}}
	expect(t, animator.send(form, decision), 303, "→ /moderation/measures")
	expect(t, office.send(form, decision), 409, "quelqu’un d’autre a décidé", "Restons <b>polis", "Animateur")
	expect(t, animator.get("/moderation/measures"), 200, "Suspendre pour un temps", "Amel")

	a.later()
	expect(t, amel.send(here+"/reply", url.Values{"body": {"Encore"}}), 403, "Vous ne pouvez pas écrire ici", "jusqu’au", "/measures")
	expect(t, amel.get(here), 200)
	own := amel.get("/measures")
	expect(t, own, 200, "Il blesse ou menace", "Restons <b>polis", "/appeal")
	if strings.Contains(own.body, "Animateur") {
		t.Error("they read who decided")
	}
	list, err := a.deps.Account.OwnMeasures(t.Context(), her)
	if err != nil {
		t.Fatal(err)
	}
	appeal := fmt.Sprintf("/measures/%d/appeal", list[0].ID)
	expect(t, amel.send(appeal, url.Values{"appeal": {""}}), 422, "quelques mots")
	expect(t, amel.send(appeal, url.Values{"appeal": {"C’était une citation."}}), 303, "→ /measures")
	expect(t, amel.send(appeal, url.Values{"appeal": {"Encore."}}), 409)
	decide := fmt.Sprintf("/moderation/measures/%d", list[0].ID)
	expect(t, animator.get("/moderation/measures?show=appeals"), 200, "quelqu’un d’autre répond")
	expect(t, animator.send(decide, url.Values{"do": {"uphold"}, "answer": {"Non."}}), 403)
	expect(t, office.get("/moderation/measures?show=appeals"), 200, "C’était une citation.", `value="uphold"`)
	expect(t, office.send(decide, url.Values{"do": {"lift"}, "answer": {""}, "show": {"appeals"}}), 422, "quelques mots")
	expect(t, office.send(decide, url.Values{"do": {"lift"}, "answer": {"En effet."}}), 303, "→ /moderation/measures")
	expect(t, office.send(decide, url.Values{"do": {"lift"}, "answer": {"En effet."}}), 303, "→ /moderation/measures")
	expect(t, amel.get("/measures"), 200, "En effet.", "Levée")
	a.later()
	expect(t, amel.send(here+"/reply", url.Values{"body": {"Merci"}}), 303)
}

func postNumber(t *testing.T, path string) (id int64) {
	t.Helper()
	if _, err := fmt.Sscanf(path, "/posts/%d", &id); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestSomebodyBannedIsToldWhyWhenTheySignIn(t *testing.T) {
	a := openAgora(t)
	amel, her := a.person(t, "Amel")
	_, admin := a.person(t, "Admin", account.Grant{Role: account.Administrator, Kind: account.OverPlatform})
	_, err := a.deps.Account.Measure(t.Context(), admin, account.NewMeasure{PersonID: her.PersonID, SpaceID: a.open.ID, Kind: account.OverPlatform,
		Act: account.Ban, Cause: "spam", Words: "Publicité répétée."})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, amel.get("/measures"), 303, "/sign-in")
	v := a.visitor(t)
	answer := v.send("/sign-in", url.Values{"email": {"amel@example.org"}, "password": {phrase}})
	expect(t, answer, 303, "/barred/")
	page := answer.Header.Get("Location")
	expect(t, v.get(page), 200, "Votre compte est fermé", "Publicité répétée.", `name="appeal"`)
	expect(t, v.send(page, url.Values{"appeal": {""}}), 422, "quelques mots")
	expect(t, v.send(page, url.Values{"appeal": {"Ce n’était pas moi."}}), 303, "/barred/")
	expect(t, v.get(page), 200, "Recours en attente", "Ce n’était pas moi.")
	expect(t, v.get("/barred/nothing"), 404)
}
