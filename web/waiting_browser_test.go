package web

import (
	"fmt"
	"testing"

	cdp "github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"halqa/web/browsertest"
)

// TestWaitingSaysWhyInABrowser leaves a stretch in the phone's queue that can't have been played yet: the lesson and the
// module say that it will be sent, and what it waits for.
func TestWaitingSaysWhyInABrowser(t *testing.T) {
	for _, c := range []struct{ lang, early, listed, away string }{
		{"ar", "سيُرسل بعد قليل", "سيُرسل بعد قليل", "سيُرسل عند عودة الشبكة"},
		{"fr", "Sera envoyé un peu plus tard", "sera envoyé un peu plus tard", "sera envoyé au retour du réseau"},
	} {
		t.Run(c.lang, func(t *testing.T) { // each in a school of its own: pages left open go on asking
			s, base, _ := realSchool(t)
			lesson, module := fmt.Sprintf("%s/lessons/%d", base, s.video.ID), fmt.Sprintf("%s/modules/%d", base, s.video.ModuleID)
			s.amel.Language = c.lang
			b := browsertest.New(t, 360, c.lang, c.lang == "fr")
			signIn(b, base)
			b.Open(lesson)
			b.WaitFor(`!document.getElementById("speed").hidden`)
			s.leaves(b)
			b.Open(lesson)
			b.WaitText("#sent", c.early)
			b.Shot("lesson-early")
			b.Open(module)
			b.WaitText("#waiting", c.listed)
			b.WaitFor(`document.querySelectorAll("#waiting li").length === 1`)
			b.Shot("module-early")
			for _, fault := range b.Axe() { // and not the console: the stretch is tried, and refused, again and again
				t.Error(fault)
			}
			_, err := chromedp.Call(b.Ctx, cdp.OverrideNetworkState, cdp.OverrideNetworkStateParams{Offline: true, DownloadThroughput: -1, UploadThroughput: -1})
			mustDo(t, err)
			b.WaitText("#waiting", c.away)
			b.Said() // the refusals
		})
	}
}

// leaves puts most of the film, and a little of it which the server takes at once, into the queue of a page that has just been opened, as a player whose clock ran ahead would.
func (s *school) leaves(b *browsertest.Browser) {
	b.T.Helper()
	browsertest.Eval[any](b, fmt.Sprintf(`new Promise((done) => { const open = indexedDB.open("halqa"); open.onsuccess = () => {
		const film = document.querySelector("[data-session]").dataset, t = open.result.transaction("queue", "readwrite");
		for (const [id, to] of [["played:early", 90000], ["played:soon", 3000]]) t.objectStore("queue").put({ id, at: 1, rev: 1,
			person: document.body.dataset.person, kind: "played", title: "Budget", module: "%d", lesson: "%d", path: "/lessons/%d/played",
			report: { session: film.session, track: Number(film.track), client: id, intervals: [[0, to]], position: to } }, id);
		t.oncomplete = () => { open.result.close(); done(null); }; }; })`, s.video.ModuleID, s.video.ID, s.video.ID))
}
