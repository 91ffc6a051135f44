// Package browsertest opens the pages in a real Chromium, for tests that need scripts, layout or an accessibility check.
//
//	b := browsertest.New(t, 360, "ar", false)
//	b.Open(server + "/seminars/1")
//	b.Click("#register")
//	b.WaitText("#gate", "…")
//	b.Check() // axe-core, nothing sideways, no console error
//	b.Shot("seminar") // written when the test runs with -shots DIR
package browsertest

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "folder in which browser tests write pictures of the pages they see")

const patience = 20 * time.Second

// Browser is one person's Chromium with one tab, of its own profile. Its methods fail the test.
type Browser struct {
	T      testing.TB
	Ctx    context.Context // for actions of chromedp that Browser doesn't have
	name   string
	width  int64
	lang   string
	scheme string
	home   string // folder of the profile
	end    func()
	mu     sync.Mutex
	said   []string
}

// New starts a browser whose window is width pixels wide (a phone under 600), that prefers lang, and dark pages when dark.
// It ends with the test.
func New(t testing.TB, width int, lang string, dark bool) *Browser {
	t.Helper()
	return open(t, t.TempDir(), width, lang, schemes[dark])
}

// Restart ends the browser and starts it again with the same profile, as on a phone that was switched off.
func (b *Browser) Restart() *Browser {
	b.T.Helper()
	b.end() // it writes its profile down
	return open(b.T, b.home, int(b.width), b.lang, b.scheme)
}

func open(t testing.TB, home string, width int, lang, scheme string) *Browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(home),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("mute-audio", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"), chromedp.Flag("lang", lang), chromedp.WindowSize(width, 900))
	ctx, end := start(t, options)
	b := &Browser{T: t, Ctx: ctx, width: int64(width), name: lang + "-" + strconv.Itoa(width) + "-" + scheme, lang: lang, scheme: scheme, home: home, end: end}
	b.prepare()
	return b
}

// start starts Chromium, which ends with the test or when end is called.
func start(t testing.TB, options []chromedp.ExecAllocatorOption) (ctx context.Context, end func()) {
	t.Helper()
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeTab := chromedp.NewContext(ctx)
	end = sync.OnceFunc(func() {
		_ = chromedp.Cancel(ctx) // waits for the browser to be gone, before its profile is removed
		closeTab()
		stop()
	})
	t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("browser: start: %v", err)
	}
	return ctx, end
}

// Tab opens another tab of the same browser, with the same cookies.
func (b *Browser) Tab() *Browser {
	b.T.Helper()
	ctx, closeTab := chromedp.NewContext(b.Ctx)
	b.T.Cleanup(closeTab)
	tab := &Browser{T: b.T, Ctx: ctx, width: b.width, name: b.name, lang: b.lang, scheme: b.scheme}
	tab.prepare()
	return tab
}

// Front shows the tab, as its reader does who goes back to it: Chromium plays nothing in a tab behind another.
func (b *Browser) Front() {
	b.T.Helper()
	_, err := chromedp.Call(b.Ctx, page.BringToFront, cdp.Empty{})
	b.must("go to the tab", err)
}

// Other opens a window of the same Chromium for somebody else: it shares no cookie with the first.
func (b *Browser) Other() *Browser {
	b.T.Helper()
	return b.For(b.T)
}

// For opens a window as Other does, until another test ends, such as a part of the one that started the browser.
func (b *Browser) For(t testing.TB) *Browser {
	t.Helper()
	ctx, closeWindow := chromedp.NewContext(b.Ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(closeWindow)
	other := &Browser{T: t, Ctx: ctx, width: b.width, name: b.name, lang: b.lang, scheme: b.scheme}
	other.prepare()
	return other
}

func (b *Browser) prepare() {
	b.T.Helper()
	b.must("start", chromedp.Do(b.Ctx))
	b.resize(900)
	b.prefer(b.scheme)
	_, err := chromedp.Call(b.Ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": b.lang}})
	b.must("prefer "+b.lang, err)
	go b.listen()
}

// schemes are what the reader's system prefers, by whether it is dark.
var schemes = map[bool]string{false: "light", true: "dark"}

func (b *Browser) prefer(scheme string) {
	b.T.Helper()
	_, err := chromedp.Call(b.Ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	b.must("prefer "+scheme, err)
}

func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
			if path := filepath.Join(dir, name); executable(path) {
				return path
			}
		}
	}
	t.Fatal("browser tests need Chromium: apt-get install chromium")
	return ""
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&0o111 != 0 && !info.IsDir()
}

// listen gathers the errors of the console: exceptions, refusals of the security policy, files that aren't there.
func (b *Browser) listen() {
	for m, err := range chromedp.Console(b.Ctx) {
		if err != nil {
			return
		}
		if strings.Contains(m.Text, "net::ERR_INTERNET_DISCONNECTED") {
			continue // the test itself took the network away
		}
		if m.Type == "error" || m.Type == chromedp.ConsoleException {
			b.mu.Lock()
			b.said = append(b.said, m.Text+" "+m.URL)
			b.mu.Unlock()
		}
	}
}

func (b *Browser) must(doing string, err error) {
	b.T.Helper()
	if err != nil {
		b.T.Fatalf("browser: %s: %v", doing, err)
	}
}

func (b *Browser) do(doing string, actions ...chromedp.Action[chromedp.Void]) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, patience)
	defer cancel()
	b.must(doing, chromedp.Do(ctx, actions...))
}

func (b *Browser) resize(height int64) {
	b.T.Helper()
	options := []chromedp.EmulateViewportOption{chromedp.EmulateScale(1)}
	if b.width < 600 {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	b.do("resize", chromedp.EmulateViewport(b.width, height, options...))
}

// Open goes to an address and waits for the page.
func (b *Browser) Open(url string) { b.T.Helper(); b.do("open "+url, chromedp.Navigate(url)) }

// Click presses the first element that matches a CSS selector, once it is visible.
func (b *Browser) Click(css string) {
	b.T.Helper()
	b.do("wait for "+css, chromedp.WaitVisible(css))
	Eval[any](b, "(document.querySelector("+strconv.Quote(css)+")?.scrollIntoView({block: 'center'}), null)") // a phone's bar covers the bottom
	b.do("click "+css, chromedp.Click(css))
}

// Type writes into a field.
func (b *Browser) Type(css, text string) {
	b.T.Helper()
	b.do("type into "+css, chromedp.WaitVisible(css), chromedp.SendKeys(css, text))
}

// Wait waits until an element is visible.
func (b *Browser) Wait(css string) { b.T.Helper(); b.do("wait for "+css, chromedp.WaitVisible(css)) }

// WaitText waits until an element shows text.
func (b *Browser) WaitText(css, text string) {
	b.T.Helper()
	b.WaitFor("(document.querySelector(" + strconv.Quote(css) + ")?.innerText || '').includes(" + strconv.Quote(text) + ")")
}

// WaitFor waits until a JavaScript expression is true.
func (b *Browser) WaitFor(expression string) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, patience)
	defer cancel()
	poll := chromedp.Poll[bool]("!!("+expression+")", chromedp.WithPollingInterval(50*time.Millisecond))
	_, err := chromedp.Run(ctx, poll)
	for err != nil && ctx.Err() == nil { // the page was left meanwhile: ask the next one
		_, err = chromedp.Run(ctx, poll)
	}
	if err != nil {
		ctx, cancel := context.WithTimeout(b.Ctx, patience)
		defer cancel()
		body, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText"))
		b.T.Fatalf("browser: never true: %s: %v\non the page %s", expression, err, body)
	}
}

// Text is what an element shows.
func (b *Browser) Text(css string) string {
	b.T.Helper()
	return Eval[string](b, "document.querySelector("+strconv.Quote(css)+").innerText")
}

// Eval evaluates a JavaScript expression, and waits for it when it is a promise.
func Eval[T any](b *Browser, expression string) T {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	b.must("evaluate "+expression, err)
	return v
}

// Shot takes a picture of the whole page, when the test was asked for some: DIR/<name>-<lang>-<width>-<light|dark>.png.
func (b *Browser) Shot(name string) {
	b.T.Helper()
	if *shots == "" {
		return
	}
	height := Eval[float64](b, "document.documentElement.scrollHeight")
	b.resize(int64(min(height, 12000)))
	ctx, cancel := context.WithTimeout(b.Ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	b.must("take a picture", err)
	b.resize(900)
	b.must("make the folder", os.MkdirAll(*shots, 0o755))
	b.must("write the picture", os.WriteFile(filepath.Join(*shots, name+"-"+b.name+".png"), png, 0o644))
}

// Said returns the errors of the console so far, and forgets them.
func (b *Browser) Said() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	said := b.said
	b.said = nil
	return said
}
