package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
)

// card is a whole card as its form sends it, every field for the same people.
func card(to string) url.Values {
	form := url.Values{"card_bio": {"Je tiens <b>les comptes</b>."}, "card_occupation": {"Trésorière"}, "card_expertise": {"Budgets"},
		"card_languages": {"ar", "fr"}, "card_email": {"amal@exemple.tn"}, "card_phone": {"+216 70 111 222"}}
	for _, f := range account.CardFields {
		form.Set("card_"+string(f)+"_for", to)
	}
	return form
}

func TestAPersonChoosesWhatTheyShow(t *testing.T) {
	w := settle(t)
	amal, me := w.person(t, "Amal")
	sami, _ := w.person(t, "Sami")
	page := fmt.Sprintf("/people/%d", me.PersonID)
	expect(t, sami.get("/people"), 200, "Amal", "Sami")
	expect(t, sami.get(page), 200, "Amal", "ne s’est pas présentée")

	expect(t, amal.send("/profile/card", card("members")), 303, "→ /profile#card")
	expect(t, amal.get("/profile"), 200, "C’est enregistré", `value="+216 70 111 222"`, `value="members" selected`)
	expect(t, sami.get(page), 200, "Trésorière", "Je tiens <b>les comptes</b>.", "mailto:amal@exemple.tn", "tel:+21670111222", "Arabe et Français")
	if strings.Contains(sami.get(page).body, "<b>les") {
		t.Error("what she wrote is taken for markup")
	}
	expect(t, sami.get("/people?q=tresor"), 200, "Amal")

	expect(t, amal.send("/profile/card", card("spaces")), 303)
	expect(t, sami.get(page), 404)
	expect(t, sami.get("/people?q=amal"), 200, "Personne ne correspond")
	expect(t, amal.send("/profile/card", card("nobody")), 303)
	expect(t, amal.get(page), 303, "→ /profile#card")
	expect(t, amal.get("/profile"), 200, "Vous n’êtes pas dans l’annuaire")
	a := sami.get("/people")
	if strings.Contains(a.body, "Amal") || strings.Contains(a.body, "Trésorière") {
		t.Error("who left the directory is listed")
	}

	wrong := card("members")
	wrong.Set("card_phone", "appelez-moi")
	wrong.Set("card_bio", "Une autre présentation")
	expect(t, amal.send("/profile/card", wrong), 422, "Ce numéro n’a pas la bonne forme", "Une autre présentation", `value="appelez-moi"`)
	for _, path := range []string{"/people", page, "/organisations"} {
		expect(t, w.visitor(t).get(path), 303, "→ /sign-in")
	}
	expect(t, sami.get("/people/999999"), 404)
	expect(t, sami.get("/people/x"), 404)
}

func TestDirectoriesGoOnAndNarrow(t *testing.T) {
	w := settle(t)
	amal, me := w.person(t, "Amal")
	for i := range account.DirectoryPage + 1 {
		accounttest.Person(t, w.db, fmt.Sprintf("Personne %02d", i))
		accounttest.Organisation(t, w.db, fmt.Sprintf("Réseau %02d", i), w.office, func(o *account.Organisation) { o.Kind = "network" })
	}
	radio := accounttest.Organisation(t, w.db, "Radio Oasis", w.office, func(o *account.Organisation) { o.Kind = "media" })
	accounttest.Member(t, w.db, me.PersonID, radio.ID)
	a := amal.get("/people?q=personne")
	expect(t, a, 200, "Page suivante", "Personne 00", "Personne 23")
	if strings.Contains(a.body, "Personne 24") {
		t.Error("the page has no end")
	}
	expect(t, amal.get("/people?q=personne&after="+url.QueryEscape("999999999 personne 23")), 200, "Personne 24")
	expect(t, amal.get("/organisations?q=RESEAU&kind=network"), 200, "Réseau 00", "Page suivante", `href="/organisations?after=`, "q=RESEAU")
	a = amal.get("/organisations?kind=media&governorate=XX-gafsa")
	expect(t, a, 200, "Radio Oasis")
	if strings.Contains(a.body, "Réseau 00") {
		t.Error("the filter lets others through")
	}
	expect(t, amal.get("/organisations?q=zzz"), 200, "Aucune organisation ne correspond")
	expect(t, amal.get("/people?space=999"), 404)
	page := fmt.Sprintf("/organisations/%d", radio.ID)
	if a := amal.get(page); strings.Contains(a.body, "Personnes qui en font partie") {
		t.Error("shown as a member though she didn't choose so")
	}
	expect(t, amal.send("/profile/card", card("members")), 303)
	expect(t, amal.get(page), 200, "Personnes qui en font partie", "Trésorière")
}

func TestPeopleOfASpace(t *testing.T) {
	w := settle(t)
	ctx := context.Background()
	open := accounttest.Space(t, w.db, "eau", w.office.ID)
	accounttest.Space(t, w.db, "asked", w.office.ID, func(sp *account.Space) { sp.Visibility = account.ByRequest })
	accounttest.Space(t, w.db, "closed", w.office.ID, func(sp *account.Space) { sp.Visibility = account.ByInvitation })
	amal, me := w.person(t, "Amal")
	sami, _ := w.person(t, "Sami")
	w.person(t, "Moez", account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: open.ID})
	expect(t, sami.get("/spaces/eau/people"), 200, "Personne ne se montre encore ici", "Équipe d’animation", "Moez")
	if _, err := w.deps.Account.JoinSpace(ctx, me, "eau"); err != nil {
		t.Fatal(err)
	}
	expect(t, sami.get("/spaces/eau/people"), 200, "Amal", `href="/spaces/eau/library"`)
	expect(t, sami.get("/spaces/eau/people?q=zz"), 200, "Personne ne correspond")
	expect(t, amal.send("/profile/card", card("nobody")), 303)
	if strings.Contains(sami.get("/spaces/eau/people").body, "Amal") {
		t.Error("who left the directory is listed in her space")
	}
	expect(t, sami.get("/spaces/asked/people"), 403)
	expect(t, sami.get("/spaces/closed/people"), 404)
	expect(t, w.visitor(t).get("/spaces/eau/people"), 303, "→ /sign-in")
}
