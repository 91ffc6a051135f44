package main

import (
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"halqa/web/browsertest"
)

// window is somebody's browser window on the program.
type window struct {
	*browsertest.Browser
	t    *testing.T
	p    *program
	lang string
	slim bool // a phone's
}

func (p *program) window(t *testing.T, b *browsertest.Browser, width int, lang string) window {
	t.Helper()
	_, err := chromedp.Call(b.Ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watchShifts})
	p.check(err)
	return window{b, t, p, lang, width < 600}
}

// watchShifts adds up how much of the page moves by itself while somebody looks at it.
const watchShifts = `window.shifted = 0;
new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifted += e.value; })
  .observe({ type: "layout-shift", buffered: true });`

// look checks the page as it now is: whole in its language and direction, accessible, fitting the window, still.
func (w window) look(name string) {
	w.t.Helper()
	if dir := browsertest.Eval[string](w.Browser, `document.documentElement.dir`); (dir == "rtl") != (w.lang == "ar") {
		w.t.Errorf("%s: direction %q in %s", name, dir, w.lang)
	}
	if lang := browsertest.Eval[string](w.Browser, `document.documentElement.lang`); lang != w.lang {
		w.t.Errorf("%s: the page is in %q", name, lang)
	}
	if words := browsertest.Eval[string](w.Browser, foreign); words != "" {
		w.t.Errorf("%s: not in %s:\n%s", name, w.lang, words)
	}
	if moved := browsertest.Eval[float64](w.Browser, `window.shifted`); moved > 0.1 {
		w.t.Errorf("%s: the page moved by %.2f", name, moved)
	}
	w.Check()
	w.Shot(name)
	browsertest.Eval[any](w.Browser, `(window.shifted = 0, null)`)
}

// foreign lists the texts, shown or said, that aren't in the script of the page's language. Names, addresses and what is
// marked as being in another language may differ.
const foreign = `(() => {
  const page = document.documentElement.lang;
  const strange = page === "ar" ? /[A-Za-z\u00c0-\u024f]{2,}/ : /[\u0600-\u06ff]{2,}/;
  const named = /Halqa|حلقة|دار الثقافة|moderatrice|programme|\S+@\S+|https?:\S+/g;
  const texts = [];
  const check = (text, el) => {
    if (!text || !strange.test(text.replace(named, ""))) return;
    if ((el.closest("[lang]")?.lang || page) !== page) return;
    texts.push(el.tagName.toLowerCase() + (el.id ? "#" + el.id : "") + ": " + text.trim().slice(0, 120));
  };
  check(document.title, document.documentElement);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) if (!n.parentElement.closest("script, style")) check(n.data, n.parentElement);
  for (const el of document.querySelectorAll("*")) {
    for (const name of ["aria-label", "title", "placeholder", "alt", "data-announce", "data-label", "data-confirm", "data-saved", "data-waiting"]) check(el.getAttribute(name), el);
  }
  return [...new Set(texts)].join("\n");
})()`

// menu opens an entry of the menus: one in sight, or one that a menu holds.
func (w window) menu(path string) {
	w.t.Helper()
	entry := func(within string) string { return within + " a[href=" + strconv.Quote(path) + "]" }
	for _, place := range []struct{ menu, entry string }{
		{"", entry(".mainnav > ul > li >")}, {".menu > summary", entry(".menu .sheet")}, {".account > summary", entry(".account .sheet")},
	} {
		there := `(() => {
			const e = document.querySelector(` + strconv.Quote(place.entry) + `), menu = e?.closest("details");
			if (menu) menu.open = true;
			const seen = !!e?.checkVisibility();
			if (menu) menu.open = false;
			return seen;
		})()`
		if !browsertest.Eval[bool](w.Browser, there) {
			continue
		}
		if place.menu != "" {
			w.Click(place.menu)
		}
		w.Click(place.entry)
		w.at(path)
		return
	}
	w.t.Fatalf("no menu leads to %s", path)
}

// follow clicks the first link of the page's content that leads to a path.
func (w window) follow(path string) {
	w.t.Helper()
	w.Click("main a[href=" + strconv.Quote(path) + "]")
	w.at(path)
}

// at waits until a page is there and its scripts have run.
func (w window) at(path string) {
	w.t.Helper()
	w.WaitFor("location.pathname === " + strconv.Quote(path) + ` && document.readyState === "complete"`)
}

// choose takes an option of a list.
func (w window) choose(css, value string) {
	w.t.Helper()
	w.Wait(css)
	browsertest.Eval[any](w.Browser, `(() => { const s = document.querySelector(`+strconv.Quote(css)+`); s.value = `+strconv.Quote(value)+
		`; s.dispatchEvent(new Event("input", { bubbles: true })); s.dispatchEvent(new Event("change", { bubbles: true })); return null })()`)
}

// mark marks the page as it is now; unless kept says so later, it was loaded again.
func (w window) mark() { w.t.Helper(); browsertest.Eval[any](w.Browser, `(window.kept = true, null)`) }

func (w window) kept() bool {
	w.t.Helper()
	return browsertest.Eval[bool](w.Browser, `window.kept === true`)
}
