package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Check fails the test when axe-core finds a fault in the page, when the page is wider than its window, or when the
// console has errors.
func (b *Browser) Check() {
	b.T.Helper()
	for _, fault := range b.Axe() {
		b.T.Errorf("accessibility of %s: %s", b.where(), fault)
	}
	b.CheckFit()
}

// CheckFit does what Check does, without axe-core, which takes most of its time.
func (b *Browser) CheckFit() {
	b.T.Helper()
	if over := Eval[string](b, tooWide); over != "" {
		b.T.Errorf("%s: wider than the window: %s", b.where(), over)
	}
	if small := Eval[string](b, tooSmall); small != "" {
		b.T.Errorf("%s: smaller than a finger: %s", b.where(), small)
	}
	for _, s := range b.Said() {
		b.T.Errorf("%s: console: %s", b.where(), s)
	}
}

// CheckFitAt does what CheckFit does in a window of another width.
func (b *Browser) CheckFitAt(width int) {
	b.T.Helper()
	was := b.width
	defer func() { b.width = was; b.resize(900) }()
	b.width = int64(width)
	b.resize(900)
	b.CheckFit()
}

// CheckByDayAndNight does what Check does, then looks at the colours as readers do whose system prefers the other scheme.
func (b *Browser) CheckByDayAndNight() {
	b.T.Helper()
	b.Check()
	b.prefer(schemes[b.scheme == "light"])
	for _, fault := range b.axe(`document`, `{runOnly: {type: "rule", values: ["color-contrast"]}, resultTypes: ["violations"], preload: false}`) {
		b.T.Errorf("colours of %s in the other scheme: %s", b.where(), fault)
	}
	b.prefer(b.scheme)
}

// where names the page, as tests complain of it.
func (b *Browser) where() string {
	b.T.Helper()
	return fmt.Sprintf("%s at %d px: %s", b.name, b.width, Eval[string](b, "location.pathname"))
}

// tooWide names the elements that stick out of the window and can't be scrolled in a container of their own.
const tooWide = `(() => {
  const w = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= w) return "";
  return [...document.querySelectorAll("body *")].filter((e) => {
    const r = e.getBoundingClientRect();
    return r.width && (r.right > w + 1 || r.left < -1) && !e.closest(".scroll, .tabs, .unseen, .skip");
  }).slice(0, 5).map((e) => e.outerHTML.slice(0, 120)).join("\n") || "the page";
})()`

// tooSmall names what is to be pressed and is lower than 44 px, links within text aside.
const tooSmall = `[...document.querySelectorAll("button, .button, summary, select, nav a, input:not([type=hidden],[type=checkbox],[type=radio])")]
  .filter((e) => { const r = e.getBoundingClientRect(); return r.width && r.height && r.height < 43.5 && !e.closest(".unseen"); })
  .slice(0, 5).map((e) => e.outerHTML.slice(0, 120)).join("\n")`

// rules are those of WCAG 2.2 AA.
const rules = `{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"], preload: false}`

// Axe returns the faults that axe-core finds in the page, by the rules of WCAG 2.2 AA.
func (b *Browser) Axe() []string {
	b.T.Helper()
	return b.axe(`document`, rules)
}

// CheckPart does what Check does, but looks for faults only in the part that a selector names: one that lies over the rest, such as a
// menu that was opened.
func (b *Browser) CheckPart(selector string) {
	b.T.Helper()
	for _, fault := range b.axe(strconv.Quote(selector), rules) {
		b.T.Errorf("accessibility of %s in %s: %s", selector, b.where(), fault)
	}
	b.CheckFit()
}

// axe runs axe-core on a part of the page with options.
func (b *Browser) axe(part, options string) []string {
	b.T.Helper()
	source, err := os.ReadFile(axePath(b.T))
	b.must("read axe-core", err)
	if !Eval[bool](b, "!!window.axe") {
		Eval[any](b, string(source)+";null")
	}
	faults := Eval[string](b, `axe.run(`+part+`, `+options+`)
	  .then((r) => r.violations.map((v) => v.id + ": " + v.help + " — " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) +
	    " " + n.any.map((a) => a.message).join("; ")).join(" | ")).join("\n"))`)
	if faults == "" {
		return nil
	}
	return strings.Split(faults, "\n")
}

// axePath finds axe-core beside web/package.json, wherever the test runs.
func axePath(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if path := filepath.Join(dir, "web", "node_modules", "axe-core", "axe.min.js"); exists(path) {
			return path
		}
	}
	t.Fatal("browser tests need axe-core: npm ci --prefix web")
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
