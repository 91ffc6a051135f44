package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
)

var draftID = regexp.MustCompile(`action="/drafts/(\d+)/drop"`)

// TestDraftsWithoutScripts puts a text aside, finds it again in its form and in the list, on with it, and away with another.
func TestDraftsWithoutScripts(t *testing.T) {
	a := openAgora(t)
	a.files(t)
	amel, _ := a.person(t, "Amel")
	sami, _ := a.person(t, "Sami")
	here := a.start(t, sami, "Un puits ?")
	expect(t, a.visitor(t).get("/drafts"), 303, "/sign-in")
	expect(t, amel.get("/drafts"), 200, "Aucun brouillon")
	expect(t, amel.sendFile(here+"/reply", url.Values{"do": {"draft"}, "body": {"Je crois que"}, "nonce": {uuid.NewString()}}, "Plan.jpg", snapshot(t, 50, 50)), 303, "→ /drafts")
	list := amel.get("/drafts")
	expect(t, list, 200, "Un puits ?", "Je crois que", "1 fichier joint", here+"?draft=")
	expect(t, sami.get("/drafts"), 200, "Aucun brouillon")
	again := amel.get(here)
	expect(t, again, 200, "Je crois que</textarea>", "Votre brouillon est revenu", "Plan.jpg")
	if fragment := sami.get(here); strings.Contains(fragment.body, "Je crois que") {
		t.Error("a draft is shown to somebody else")
	}
	reply := posts(again.body)[0]
	expect(t, amel.get(here+"?quote="+strings.TrimPrefix(reply, "/posts/")), 200, "Je crois que", "> [Sami]")
	base := draftID.FindStringSubmatch(again.body)[1]
	a.later()
	expect(t, amel.send(here+"/reply", url.Values{"body": {"Je crois que oui"}, "draft_base": {base}, "nonce": {uuid.NewString()}}), 303, here)
	expect(t, amel.get(here), 200, "Je crois que oui")
	expect(t, amel.get("/drafts"), 200, "Aucun brouillon")
	expect(t, amel.send("/spaces/projets/experiences/new", url.Values{"do": {"draft"}, "title": {"Un potager"}, "context": {"Une école"}}), 303, "→ /drafts")
	expect(t, amel.get("/spaces/projets/experiences/new"), 200, "Une école</textarea>", `value="Un potager"`)
	expect(t, amel.send("/spaces/projets/forum/new", url.Values{"do": {"draft"}, "title": {"Qui vient ?"}, "kind": {"question"}, "lesson": {"99"}}), 303, "→ /drafts")
	expect(t, amel.get("/spaces/projets/forum/new"), 200, `value="Qui vient ?"`)
	expect(t, amel.send("/spaces/projets/forum/new", url.Values{"do": {"draft"}, "title": {"Qui vient ?"}, "kind": {"question"}}), 303, "→ /drafts")
	expect(t, amel.get("/spaces/projets/forum/new"), 200, `value="Qui vient ?"`)
	for range 2 {
		id := draftID.FindStringSubmatch(amel.get("/drafts").body)[1]
		expect(t, sami.send("/drafts/"+id+"/drop", url.Values{}), 303, "/drafts")
		expect(t, amel.send("/drafts/"+id+"/drop", url.Values{"next": {"//evil.example"}}), 303, "→ /drafts")
	}
	expect(t, amel.get("/drafts"), 200, "Aucun brouillon")
}

// TestDraftsOfTwoDevices saves as draft.js does, from two browsers that don't hear of one another.
func TestDraftsOfTwoDevices(t *testing.T) {
	a := openAgora(t)
	amel, _ := a.person(t, "Amel")
	here := a.start(t, amel, "Un puits ?")
	save := func(device, body string, more ...string) answer {
		a.later()
		f := url.Values{"place": {here + "/reply"}, "draft_device": {device}, "body": {body}}
		for i := 0; i < len(more); i += 2 {
			f.Set(more[i], more[i+1])
		}
		return amel.send("/drafts", f)
	}
	expect(t, save("phone", "Du téléphone"), 200, `"version":1`, "Brouillon enregistré à")
	expect(t, save("desk", "Du bureau"), 200, `"version":1`)
	page := amel.get(here)
	expect(t, page, 200, "Du bureau</textarea>", "Un autre appareil", "Du téléphone")
	other := regexp.MustCompile(`\?draft=(\d+)`).FindStringSubmatch(page.body)[1]
	expect(t, amel.get(here+"?draft="+other), 200, "Du téléphone</textarea>", "Du bureau")
	mine := draftID.FindStringSubmatch(page.body)[1]
	expect(t, save("phone", "Des deux", "draft_base", mine, "draft_version", "1"), 200, `"version":2`)
	if page := amel.get(here).body; strings.Contains(page, "Un autre appareil") || !strings.Contains(page, "Des deux</textarea>") {
		t.Error("what was gone on from is still there")
	}
	nonce := uuid.NewString()
	expect(t, amel.send(here+"/reply", url.Values{"body": {"Des deux"}, "draft_device": {"phone"}, "nonce": {nonce}}), 303, here)
	expect(t, save("phone", "Des deux", "nonce", nonce), 200, `"posted":true`)
	expect(t, amel.get("/drafts"), 200, "Aucun brouillon")
	for _, place := range []string{"", "/sign-out", "/threads/99999/reply", "/spaces/cercle/forum/new", "/spaces/nulle/forum/new"} {
		a.later()
		expect(t, amel.send("/drafts", url.Values{"place": {place}, "draft_device": {"x"}, "body": {"b"}}), 404)
	}
	expect(t, amel.send("/drafts", url.Values{"place": {here + "/reply"}, "draft_device": {"x"}, "body": {strings.Repeat("é", 150_000)}}), 409)
}
