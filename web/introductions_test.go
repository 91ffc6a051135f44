package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestTwoPeopleGetToKnowEachOther(t *testing.T) {
	w := settle(t)
	amal, me := w.person(t, "Amal")
	sami, him := w.person(t, "Sami")
	page := fmt.Sprintf("/people/%d", him.PersonID)
	expect(t, amal.get("/introductions"), 200, "Aucune demande")
	expect(t, amal.get(page), 200, "Faire connaissance", page+"/introduction")
	expect(t, amal.get(page+"/introduction"), 200, "Sami verra votre nom")
	expect(t, amal.send(page+"/introduction", url.Values{"message": {"Salut <b>toi</b>"}}), 422, "au moins 20", "Salut <b>toi</b>")
	words := url.Values{"message": {"Bonjour Sami, je cherche <b>une salle</b> à Gafsa."}}
	expect(t, amal.send(page+"/introduction", words), 303, "→ "+page)
	expect(t, amal.get(page), 200, "Votre demande attend")
	expect(t, amal.send(page+"/introduction", words), 422, "Vous avez déjà écrit", "une salle")

	expect(t, sami.get("/people"), 200, `class="count">1<`)
	expect(t, sami.get(fmt.Sprintf("/people/%d", me.PersonID)), 200, "Répondre à sa demande")
	a := sami.get("/introductions")
	expect(t, a, 200, "On vous écrit", "<b>une salle</b>", "sami@example.org")
	if strings.Contains(a.body, "amal@example.org") {
		t.Error("her address is shown before he answers")
	}
	var id int64
	if err := w.db.NewRaw("select max(id) from introduction").Scan(t.Context(), &id); err != nil {
		t.Fatal(err)
	}
	answer := fmt.Sprintf("/introductions/%d/answer", id)
	expect(t, sami.send(answer, url.Values{"decision": {"accept"}, "answer": {strings.Repeat("x", 3000)}}), 422, "au plus", "xxxx")
	expect(t, sami.send(answer, url.Values{"decision": {"accept"}, "answer": {"Venez mardi."}}), 303, "→ /introductions")
	expect(t, sami.get("/introductions"), 200, "amal@example.org", "Qu’en est-il sorti")
	expect(t, amal.get("/introductions"), 200, "mailto:sami@example.org", "Venez mardi.")
	expect(t, amal.get(page), 200, "Vous êtes en contact")
	outcome := fmt.Sprintf("/introductions/%d/outcome", id)
	expect(t, amal.send(outcome, url.Values{"outcome": {"?"}}), 422)
	expect(t, amal.send(outcome, url.Values{"outcome": {"met"}}), 303)
	expect(t, amal.get("/introductions"), 200, `value="met" checked`)
	expect(t, sami.send(answer, url.Values{"decision": {"decline"}}), 409)
}

func TestTheDirectoryShowsWhoLooksForHelp(t *testing.T) {
	w := settle(t)
	amal, me := w.person(t, "Amal")
	sami, _ := w.person(t, "Sami")
	form := card("members")
	form.Set("card_seeking", "Une salle à Gafsa")
	form.Set("card_reachable", "nobody")
	expect(t, sami.send("/profile/card", form), 303)
	expect(t, sami.get("/profile"), 200, `value="Une salle à Gafsa"`)
	a := amal.get("/people?seeking=yes")
	expect(t, a, 200, "Sami")
	if strings.Contains(a.body, fmt.Sprintf("/people/%d", me.PersonID)) {
		t.Error("who looks for nothing is listed among those who do")
	}
	expect(t, amal.get("/people?q=salle"), 200, "Sami")
}
