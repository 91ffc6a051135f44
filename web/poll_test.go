package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var optionID = regexp.MustCompile(`name="vote" value="(\d+)"`)

func TestAPoll(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	sami, _ := a.person(t, "Sami")
	expect(t, amel.get("/spaces/projets/forum?show=polls"), 200, "Pas encore de sondage", "/spaces/projets/polls/new")
	expect(t, amel.get("/spaces/projets/forum/new"), 200, "/spaces/projets/polls/new")
	expect(t, amel.get("/spaces/projets/polls/new"), 200, `name="options"`, `name="closes"`)
	asked := url.Values{"title": {"Quel jour ?"}, "options": {"Lundi\r\nالثلاثاء\r\n"}, "choices": {"1"}, "open": {"no"}, "shown": {"voted"}, "closes": {"2020-01-01"}}
	expect(t, amel.send("/spaces/projets/polls/new", asked), 422, "Choisissez un jour à venir", "الثلاثاء")
	asked.Set("closes", "pas un jour")
	expect(t, amel.send("/spaces/projets/polls/new", asked), 422, "Choisissez un jour à venir")
	asked.Set("closes", "")
	asked.Set("options", "Lundi")
	expect(t, amel.send("/spaces/projets/polls/new", asked), 422, "Écrivez de 2 à 10 réponses")
	asked.Set("options", "Lundi\r\nالثلاثاء\r\n")
	answer := amel.send("/spaces/projets/polls/new", asked)
	expect(t, answer, 303, "/threads/")
	here := answer.Header.Get("Location")
	page := sami.get(here)
	expect(t, page, 200, "Choisissez une réponse", "<bdi>الثلاثاء</bdi>", `type="radio"`, "Vote anonyme", "résultat après votre vote", "0 personne a voté")
	if strings.Contains(page.body, "<progress") || strings.Contains(page.body, "Clore le sondage") {
		t.Error("somebody who hasn't voted is told the result, or may close")
	}
	post, options := posts(page.body)[0], optionID.FindAllStringSubmatch(page.body, -1)
	expect(t, amel.get(post+"/edit"), 200, "Lundi\nالثلاثاء</textarea>", `name="choices"`)
	expect(t, sami.send(post+"/vote", url.Values{}), 422, "Choisissez d’abord une réponse", "f-vote-")
	expect(t, sami.send(post+"/vote", url.Values{"vote": {options[0][1], options[1][1]}}), 422, "Choisissez une seule réponse")
	expect(t, sami.send(post+"/vote", url.Values{"vote": {options[1][1]}}), 303, here)
	expect(t, sami.get(here), 200, "Votre vote est compté", "Changer mon vote", "1 vote", "100", `value="`+options[1][1]+`" checked`)
	expect(t, amel.get(post+"/edit"), 200, "ne changent plus", `name="body"`)
	expect(t, amel.send(post+"/edit", url.Values{"title": {"Quel jour ?"}, "body": {"Pour la **réunion**"}}), 303, here)
	expect(t, a.visitor(t).get(here), 200, "<strong>réunion</strong>", "Se connecter pour voter")
	expect(t, sami.send(post+"/vote", url.Values{"do": {"withdraw"}}), 303, here)
	expect(t, sami.send(post+"/close", url.Values{}), 403)
	expect(t, amel.send(post+"/close", url.Values{}), 303, here)
	expect(t, sami.send(post+"/vote", url.Values{"vote": {options[0][1]}}), 303, here)
	expect(t, sami.get(here), 200, "Votre vote n’est pas compté", "clos le")
	expect(t, a.visitor(t).get(here), 200, "clos le", "<progress")
	expect(t, a.visitor(t).get("/spaces/projets/forum?show=polls"), 200, "Quel jour ?", "Sondage")
}

func TestAPollPutAside(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	expect(t, amel.send("/spaces/projets/polls/new", url.Values{"do": {"draft"}, "title": {"Quel jour ?"}, "options": {"Lundi\nMardi"}, "choices": {"2"},
		"open": {"yes"}, "shown": {"closed"}}), 303, "→ /drafts")
	expect(t, amel.get("/drafts"), 200, "Sondage", "/spaces/projets/polls/new?draft=")
	page := amel.get("/spaces/projets/polls/new")
	expect(t, page, 200, "Lundi\nMardi</textarea>", `value="Quel jour ?"`, `value="2" selected`, `value="yes" checked`, `value="closed" checked`)
}
