package main

import (
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"halqa/community/account"
	"halqa/web/browsertest"
)

// TestALessonOverASlowNetworkInABrowser opens a lesson for the first time at 400 kbit/s and 400 ms, and plays it. It holds the
// budgets of bytes and requests; times are only told.
func TestALessonOverASlowNetworkInABrowser(t *testing.T) {
	p := runProgram(t)
	p.person("sami")
	session, err := p.p.account.SignIn(p.ctx, "sami@example.org", testPassword, account.Client{})
	p.check(err)
	w := p.window(t, browsertest.New(t, 360, "fr", false), 360, "fr")
	_, err = chromedp.Call(w.Ctx, network.SetCookie, network.SetCookieParams{Name: "halqa_session", Value: session, URL: p.base})
	p.check(err)
	const bytesPerSecond = 400_000 / 8
	_, err = chromedp.Call(w.Ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Latency: 400, DownloadThroughput: bytesPerSecond, UploadThroughput: bytesPerSecond}}})
	p.check(err)
	w.Open(p.base + p.lessonPath())
	w.WaitFor(`!document.querySelector("#speed").hidden`)

	type visit struct {
		Bytes, Requests, Player int // before the player's scripts; the player's own bytes
		Ready, Readable         float64
	}
	got := browsertest.Eval[visit](w.Browser, `(() => {
	  const page = performance.getEntriesByType("navigation")[0], parts = performance.getEntriesByType("resource");
	  const player = parts.find((e) => e.name.includes("/player.") && e.name.endsWith(".js"));
	  const early = parts.filter((e) => e !== player && !e.name.includes("/live"));
	  return { bytes: [page, ...early].reduce((n, e) => n + e.transferSize, 0), requests: 1 + early.length, player: player.transferSize,
	    readable: performance.getEntriesByName("first-contentful-paint")[0]?.startTime || 0, ready: page.domContentLoadedEventEnd };
	})()`)
	first := browsertest.Eval[float64](w.Browser, `new Promise((done) => {
	  const begun = performance.now();
	  film.requestVideoFrameCallback(() => done(performance.now() - begun));
	  film.muted = true;
	  film.play();
	})`)
	t.Logf("first visit: %d bytes in %d requests before the player's script of %d bytes; readable after %.0f ms, scripts after %.0f ms, first frame %.0f ms after pressing play",
		got.Bytes, got.Requests, got.Player, got.Readable, got.Ready, first)
	if got.Bytes > 60<<10 || got.Requests > 8 {
		t.Errorf("a first visit takes %d bytes in %d requests, more than 60 KB or 8", got.Bytes, got.Requests)
	}
}
