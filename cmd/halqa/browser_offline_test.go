package main

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/network"
	devtools "github.com/chromedp/cdproto/target"
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

// offline takes the network away from the page and from the service worker, or gives it back.
func (w window) offline(away bool) {
	w.t.Helper()
	w.p.cut(w.Ctx, away)
	targets, err := chromedp.Targets(w.Ctx)
	w.p.check(err)
	for _, to := range targets {
		if to.Type == "service_worker" {
			w.p.cut(w.worker(to.TargetID), away)
		}
	}
}

// worker speaks to a service worker until the browser ends.
func (w window) worker(id devtools.ID) context.Context {
	if w.p.workers[id] == nil {
		ctx, leave := chromedp.NewContext(w.Ctx, chromedp.WithTargetID(id), chromedp.WithDetachOnCancel())
		w.t.Cleanup(leave)
		w.p.check(chromedp.Do(ctx))
		if w.p.workers == nil {
			w.p.workers = map[devtools.ID]context.Context{}
		}
		w.p.workers[id] = ctx
	}
	return w.p.workers[id]
}

func (p *program) cut(ctx context.Context, away bool) {
	p.t.Helper()
	_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: away, DownloadThroughput: -1, UploadThroughput: -1}}})
	p.check(err)
	_, err = chromedp.Call(ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: away, DownloadThroughput: -1, UploadThroughput: -1})
	p.check(err)
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
