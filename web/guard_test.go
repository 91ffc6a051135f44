package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"halqa/community/account"
)

var heldID = regexp.MustCompile(`/held/(\d+)"`)

func TestAPostWaitsForAModerator(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	sami, _ := a.person(t, "Sami")
	animator, _ := a.person(t, "Animateur", account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: a.open.ID})
	here := a.start(t, animator, "Bienvenue")
	const guard = "/spaces/projets/forum/guard"
	expect(t, animator.get("/spaces/projets/forum"), 200, guard)
	expect(t, amel.get(guard), 403)
	expect(t, animator.get(guard), 200, "Premiers messages d’une personne", `name="suspect" value="yes" checked`)
	expect(t, animator.send(guard, url.Values{"first": {"77"}, "slow": {"0"}, "words": {"crédit"}, "version": {"0"}}), 422, "de 0 à 20", "crédit")
	expect(t, animator.send(guard, url.Values{"first": {"1"}, "slow": {"0"}, "words": {"crédit"}, "suspect": {"yes"}, "version": {"0"}}), 303, guard)
	expect(t, animator.send(guard, url.Values{"first": {"2"}, "slow": {"0"}, "version": {"0"}}), 409, "crédit")

	a.later()
	expect(t, amel.send("/spaces/projets/forum/new", url.Values{"kind": {"question"}, "title": {"Ma question"}, "body": {"Bonjour <b>tous</b>"}}), 303, "/spaces/projets/forum#held")
	expect(t, amel.get("/spaces/projets/forum"), 200, "En attente de l’équipe d’animation", "Ma question")
	if page := sami.get("/spaces/projets/forum").body; strings.Contains(page, "Ma question") {
		t.Error("another sees it")
	}
	own := heldID.FindStringSubmatch(amel.get("/spaces/projets/forum").body)
	if own == nil {
		t.Fatal("there is no way to it")
	}
	expect(t, amel.get("/held/"+own[1]), 200, "un de vos premiers messages", "/held/"+own[1]+"/withdraw")
	expect(t, sami.get("/held/"+own[1]), 404)
	expect(t, sami.send("/held/"+own[1]+"/withdraw", url.Values{}), 404)
	expect(t, animator.get("/moderation/held"), 200, "Ma question", "Amel", "Premiers messages", "rien de publié encore")
	expect(t, sami.get("/moderation/held"), 403)
	expect(t, animator.send("/moderation/held", url.Values{"do": {"refuse"}, "held": {own[1]}, "note": {"Gardé"}}), 422, "Gardé", "Choisissez une raison")
	expect(t, animator.send("/moderation/held", url.Values{"do": {"refuse"}, "reason": {"spam"}}), 422, "au moins un message")
	expect(t, animator.send("/moderation/held", url.Values{"held": {own[1]}}), 400)
	expect(t, animator.send("/moderation/held", url.Values{"do": {"approve"}, "held": {own[1]}}), 303, "→ /moderation/held")
	expect(t, animator.get("/moderation/held"), 200, "Le message est publié", "Rien n’attend")
	expect(t, sami.get("/spaces/projets/forum"), 200, "Ma question")
	expect(t, amel.get("/held/"+own[1]), 200, "Publié", "/posts/")
	expect(t, amel.send("/held/"+own[1]+"/withdraw", url.Values{}), 303, "/held/"+own[1])

	a.later()
	expect(t, amel.send(here+"/reply", url.Values{"body": {"Un CREDIT pour vous"}}), 303, here+"#held")
	second := heldID.FindStringSubmatch(amel.get(here).body)
	if second == nil {
		t.Fatal("there is no way to the second")
	}
	if strings.Contains(sami.get(here).body, "Un CREDIT") {
		t.Error("another reads it")
	}
	expect(t, animator.send("/moderation/held", url.Values{"do": {"refuse"}, "held": {second[1]}, "reason": {"off_topic"}, "note": {"Parlons d’autre chose."}}), 303, "/moderation/held")
	expect(t, amel.get("/held/"+second[1]), 200, "Refusé", "Parlons d’autre chose.", "Un CREDIT pour vous")
	expect(t, animator.send("/moderation/held", url.Values{"do": {"approve"}, "held": {second[1]}}), 303)
	expect(t, animator.get("/moderation/held"), 200, "Quelqu’un a déjà décidé")

	a.later()
	trapped := url.Values{"kind": {"question"}, "title": {"Une autre"}, "body": {"Bonjour"}, "website": {"https://spam.example"}}
	expect(t, amel.send("/spaces/projets/forum/new", trapped), 303, "#held")
	expect(t, animator.get("/moderation/held?why=trap"), 200, "Sans doute un programme")
	third := heldID.FindStringSubmatch(amel.get("/spaces/projets/forum").body)
	expect(t, amel.send("/held/"+third[1]+"/withdraw", url.Values{}), 303, "→ /spaces/projets/forum")
	expect(t, animator.get("/moderation/held"), 200, "Rien n’attend")
}

func TestSlowModeKeepsWhatWasTyped(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	animator, _ := a.person(t, "Animateur", account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: a.open.ID})
	here := a.start(t, amel, "Comment suivre un budget ?")
	expect(t, animator.get(here+"/organise"), 200, here+"/slow")
	expect(t, amel.send(here+"/slow", url.Values{"slow": {"10"}}), 403)
	expect(t, animator.send(here+"/slow", url.Values{"slow": {"5000"}}), 422, "minutes de 0 à", "5000")
	expect(t, animator.send(here+"/slow", url.Values{"slow": {"10"}}), 303, here)
	expect(t, amel.get(here), 200, "un message toutes les 10 minutes")
	a.later()
	expect(t, amel.send(here+"/reply", url.Values{"body": {"Une précision"}}), 303, "#post-")
	expect(t, amel.send(here+"/reply", url.Values{"body": {"Encore **une**"}}), 422, "encore 10 min", "Encore **une**")
	a.later()
	expect(t, amel.send(here+"/reply", url.Values{"body": {"Encore **une**"}}), 303, "#post-")
}
