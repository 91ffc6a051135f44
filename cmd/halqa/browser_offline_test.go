package main

import (
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"halqa/courses"
	"halqa/web/browsertest"
)

// TestPlayingSurvivesTheNetwork loses the network in the middle of a film, then the page, and finds when both are back that
// what was played meanwhile counts.
func TestPlayingSurvivesTheNetwork(t *testing.T) {
	p := runProgram(t)
	sami := p.person("sami")
	w := p.window(t, browsertest.New(t, 360, "fr", false), 360, "fr")
	w.signIn("sami@example.org")
	w.Open(p.base + p.lessonPath())
	w.choose("#speed select", "2")
	w.Click("#film")
	w.WaitFor(`film.currentTime > 2 && film.buffered.length && film.buffered.end(0) > 16`)

	w.offline(true)
	w.Wait(".netbar")
	from := p.played(sami.ID)
	moment := browsertest.Eval[float64](w.Browser, `film.currentTime`)
	w.WaitFor(`film.currentTime > 12`)
	w.Click("#film")
	w.WaitFor(`film.paused`)
	w.WaitText("#sent", "Sera envoyé")
	w.Wait(".netbar")
	w.Shot("lesson-offline")
	if now := p.played(sami.ID); now.MS() != from.MS() {
		t.Fatalf("the server heard of %v while the network was away", now)
	}
	w.Open("about:blank")
	w.offline(false)
	w.Said() // what couldn't be fetched

	w.Open(p.base + p.lessonPath())
	w.WaitText("#sent", "Enregistré")
	w.WaitFor(`Number(document.getElementById("lesson-progress").value) >= 5`)
	if all := p.played(sami.ID); len(all) != 1 || all[0].From > 500 || float64(all[0].To) < max(12, moment)*1000 {
		t.Errorf("played %v", all)
	}
	w.look("lesson-back")
}

// offline takes the network away from the page, or gives it back.
func (w window) offline(away bool) {
	w.t.Helper()
	_, err := chromedp.Call(w.Ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: away, DownloadThroughput: -1, UploadThroughput: -1}}})
	w.p.check(err)
	_, err = chromedp.Call(w.Ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: away, DownloadThroughput: -1, UploadThroughput: -1})
	w.p.check(err)
}

// played is what the server knows of a person's playing.
func (p *program) played(person int64) courses.Set {
	p.t.Helper()
	var sets []courses.Set
	p.check(p.p.db.NewRaw(`select played from played where person_id = ?`, person).Scan(p.ctx, &sets))
	if len(sets) == 0 {
		return nil
	}
	return sets[0]
}
