package main

import (
	"fmt"
	"testing"

	"halqa/community"
	"halqa/web/browsertest"
)

// TestDraftsSurviveInABrowser writes an answer on a phone that loses its network and is switched off, finds it there again, goes
// on with it on a desk, and posts it: nothing is left of it anywhere, and it is there once.
func TestDraftsSurviveInABrowser(t *testing.T) {
	p := runProgram(t)
	sami := p.person("sami")
	thread, err := p.p.community.StartThread(p.ctx, p.admin, community.NewThread{SpaceID: p.space.ID, Kind: community.Question, Title: "Un puits ?", Body: "Qui en a creusé un ?"})
	p.check(err)
	here := fmt.Sprintf("%s/threads/%d", p.base, thread.ID)
	w := p.window(t, browsertest.New(t, 360, "fr", false), 360, "fr")
	w.signIn("sami@example.org")
	w.Open(here)
	w.Wait(".toolbar:not([hidden])")
	w.Type("#f-body", "Nous en avons")
	w.WaitText("[data-kept-state]", "Brouillon enregistré")
	w.hasPerson()
	p.once("draft", `select count(*) from draft where person_id = ? and fields->'body'->>0 = 'Nous en avons'`, sami.ID)

	w.offline(true)
	w.Type("#f-body", " creusé un")
	w.WaitText("[data-kept-state]", "Gardé sur cet appareil")
	w.look("draft-offline")
	w = p.window(t, w.Restart(), 360, "fr")
	w.offline(true)
	w.Open(p.base + "/saved")
	w.WaitText("#waiting", "Un puits ?")
	w.look("draft-waiting")
	w.offline(false)
	w.Open(here)
	w.WaitFor(`document.querySelector("#f-body").value === "Nous en avons creusé un"`)
	w.WaitText("[data-kept-state]", "Brouillon enregistré")
	w.Said() // the token of the session before is refused once
	p.once("draft", `select count(*) from draft where person_id = ? and fields->'body'->>0 = 'Nous en avons creusé un'`, sami.ID)

	desk := p.window(t, w.Other(), 1280, "fr")
	desk.signIn("sami@example.org")
	desk.Open(p.base + "/drafts")
	desk.WaitText(".drafts", "Nous en avons creusé un")
	desk.look("drafts")
	desk.Click(".drafts .button.second")
	desk.WaitFor(`document.querySelector("#f-body").value === "Nous en avons creusé un"`)
	desk.WaitText(".draft", "Votre brouillon est revenu")
	desk.Type("#f-body", ", à 40 m.")
	desk.WaitText("[data-kept-state]", "Brouillon enregistré")
	desk.look("draft-desk")
	p.once("draft", `select count(*) from draft where person_id = ?`, sami.ID)
	desk.Click(".compose > .actions .button")
	desk.WaitText(".notice.good", "publiée")
	desk.WaitFor(`document.querySelector("#f-body").value === ""`)
	p.once("post", `select count(*) from post where author_id = ? and body like '%creusé un%' and body like '%à 40 m.%'`, sami.ID)
	w.Open(here)
	w.WaitFor(`document.querySelector(".toolbar:not([hidden])") && document.querySelector("#f-body").value === ""`)
	if n := p.count(`select count(*) from draft where person_id = ?`, sami.ID); n != 0 {
		t.Errorf("%d drafts are left", n)
	}
}
