package web

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"

	"halqa/community/notify"
	"halqa/web/browsertest"
)

// pushService stands where the service of the browser's maker is, the places that a notification leads to, and what a test asks the
// service worker: neither may be had without the one or a person's finger.
const pushService = `(() => {
  self.led = []; self.ended = 0;
  self.clients.openWindow = async (url) => { led.push(url); };
  WindowClient.prototype.focus = async function () { return this; };
  PushManager.prototype.getSubscription = async () => ({ unsubscribe: async () => { ended++; } });
  PushManager.prototype.subscribe = async ({ applicationServerKey: p256dh }) => ({ toJSON: () => ({ endpoint: "https://push.example/2", keys: { p256dh, auth: "AAAAAAAAAAAAAAAAAAAAAA" } }) });
  self.touch = async () => { for (const notification of await registration.getNotifications()) dispatchEvent(new NotificationEvent("notificationclick", { notification })); };
  self.until = (look) => new Promise((done) => { const again = () => { const found = look(); found ? done(found) : setTimeout(again, 20); }; again(); });
  return null })()`

// pushedTo is a browser to which a test pushes.
type pushedTo struct {
	*browsertest.Browser
	base   string
	id     serviceworker.RegistrationID
	worker *browsertest.Browser
}

// allowPushing takes the service worker of a page on, as of somebody who let the site show notifications.
func allowPushing(t *testing.T, b *browsertest.Browser, base string) *pushedTo {
	t.Helper()
	_, err := chromedp.Call(b.Ctx, browser.SetPermission, browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "notifications"},
		Setting: browser.PermissionSettingGranted, Origin: base})
	mustDo(t, err)
	b.WaitFor(`navigator.serviceWorker.controller && Notification.permission === "granted"`)
	p := &pushedTo{Browser: b, base: base}
	p.knows(`document.body.dataset.person`)
	found, err := chromedp.Run(b.Ctx, chromedp.WaitEvent(serviceworker.WorkerRegistrationUpdated, func(e serviceworker.EventWorkerRegistrationUpdated) bool {
		return len(e.Registrations) > 0
	}, chromedp.Func(func(ctx context.Context, at *chromedp.Target) error {
		_, err := cdp.Call(ctx, at, serviceworker.Enable, cdp.Empty{})
		return err
	})))
	mustDo(t, err)
	p.id = found.Registrations[0].RegistrationID
	targets, err := chromedp.Targets(b.Ctx)
	mustDo(t, err)
	for _, to := range targets {
		if to.Type == "service_worker" {
			ctx, leave := chromedp.NewContext(b.Ctx, chromedp.WithTargetID(to.TargetID), chromedp.WithDetachOnCancel())
			t.Cleanup(leave)
			mustDo(t, chromedp.Do(ctx))
			p.worker = &browsertest.Browser{T: t, Ctx: ctx}
		}
	}
	browsertest.Eval[any](p.worker, pushService)
	browsertest.Eval[bool](p.worker, `until(() => Notification.permission === "granted")`) // it is told a moment later than the page
	return p
}

// knows waits until the service worker knows who is here.
func (p *pushedTo) knows(who string) {
	p.T.Helper()
	browsertest.Eval[any](p.Browser, `new Promise((done) => { const r = indexedDB.open("halqa"); r.onsuccess = () => { const ask = () => {
	  const g = r.result.transaction("meta").objectStore("meta").get("person");
	  g.onsuccess = () => { if (g.result !== (`+who+`)) return setTimeout(ask, 20); r.result.close(); done(null); }; }; ask(); }; })`)
}

// said is what a notification says, and where it leads.
type said struct {
	Title, Body, Tag, Lang, Dir, Path string
}

// push pushes data, and returns what is shown of it then. Nothing is left of that.
func (p *pushedTo) push(data string) []said {
	p.T.Helper()
	_, err := chromedp.Call(p.Ctx, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: p.base, RegistrationID: p.id, Data: data})
	mustDo(p.T.(*testing.T), err)
	return browsertest.Eval[[]said](p.Browser, `new Promise((done) => { const look = async () => {
	  const all = await (await navigator.serviceWorker.ready).getNotifications();
	  if (!all.length) return setTimeout(look, 20);
	  done(all.map(({ title, body, tag, lang, dir, data }) => ({ title, body, tag, lang, dir, path: data.path }))); }; look(); })`)
}

// wipe closes what is shown, and waits until it is gone: what is shown next under the same name would go with it.
func (p *pushedTo) wipe() {
	p.T.Helper()
	browsertest.Eval[any](p.Browser, `new Promise((done) => { const look = async () => {
	  const all = await (await navigator.serviceWorker.ready).getNotifications();
	  if (!all.length) return done(null);
	  all.forEach((n) => n.close()); setTimeout(look, 20); }; look(); })`)
}

// TestPushingInABrowser has Chromium be pushed to: what is shown, to whom, and where it leads.
func TestPushingInABrowser(t *testing.T) {
	w, _, _, thread := busyAgora(t)
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	mustDo(t, err)
	public := base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes())
	w.deps.Notify = notify.New(w.db, notify.Options{Render: Letters(nil), PushKeys: func() (notify.PushKeys, error) { return notify.PushKeys{Public: public}, nil }})
	_, err = w.db.ExecContext(t.Context(), `update person set language = 'ar'`)
	mustDo(t, err)
	base := serve(t, w.deps)
	b := browsertest.New(t, 360, "ar", false)
	enter(b, base, "amel")
	b.Open(base + "/notifications/choices")
	p := allowPushing(t, b, base)
	var amel int64
	mustDo(t, w.db.NewRaw(`select id from person where name = 'Amel Trabelsi'`).Scan(t.Context(), &amel))
	here := fmt.Sprintf("/threads/%d", thread)
	news := func(person int64, path string) string {
		raw, _ := json.Marshal(notify.Shown{Title: "حلقة", Body: "كتبت ليلى", Path: path, Tag: "n7", Lang: "ar", Dir: "rtl", Person: person})
		return string(raw)
	}
	want := said{"حلقة", "كتبت ليلى", "n7", "ar", "rtl", here}
	p.push(news(amel, here))
	if got := p.push(news(amel, here)); len(got) != 1 || got[0] != want {
		t.Errorf("shown %+v, want %+v once", got, want)
	}
	browsertest.Eval[any](p.worker, `touch()`)
	b.WaitFor(`location.pathname === "` + here + `"`)
	b.Open(base + "/spaces/financement/polls/new") // nobody wants to lose what they write
	p.push(news(amel, here))
	browsertest.Eval[any](p.worker, `touch()`)
	if got := browsertest.Eval[[]string](p.worker, `until(() => led.length && led)`); got[0] != base+here {
		t.Errorf("led to %v", got)
	}
	plain := said{"حلقة", "هناك جديد. افتح حلقة لقراءته.", "halqa", "ar", "rtl", "/notifications"}
	for _, data := range []string{"", "no news", "null", "{}", `{"title": 7}`} {
		p.wipe()
		if got := p.push(data); len(got) != 1 || got[0] != plain {
			t.Errorf("of %q: shown %+v, want %+v", data, got, plain)
		}
	}
	p.renews(w, public)
	b.Open(base + "/notifications/choices")
	b.Shot("push-devices")
	b.Check()
	if n := browsertest.Eval[int](p.worker, `ended`); n != 0 {
		t.Errorf("ended %d times while its person is here", n)
	}
	p.wipe()
	if got := p.push(news(amel+1, here)); len(got) != 1 || got[0] != plain {
		t.Errorf("of somebody else's news: shown %+v", got)
	}
	browsertest.Eval[any](b, `(document.querySelector("form[action='/sign-out']").requestSubmit(), null)`)
	b.WaitFor(`location.pathname === "/" && document.readyState === "complete"`)
	p.knows(`""`)
	p.wipe()
	if got := p.push(news(amel, here)); len(got) != 1 || got[0] != plain {
		t.Errorf("after signing out: shown %+v", got)
	}
	browsertest.Eval[bool](p.worker, `until(() => ended === 3)`) // for another, by signing out, and once more
}

// renews has the browser change where it is reached, telling the new address at first, then leaving it to be asked for.
func (p *pushedTo) renews(w *town, public string) {
	p.T.Helper()
	for _, next := range []string{`{ toJSON: () => ({ endpoint: "https://push.example/1", keys: { p256dh: key, auth: "AAAAAAAAAAAAAAAAAAAAAA" } }) }`, `null`} {
		browsertest.Eval[any](p.worker, `(async () => { const key = "`+public+`", e = new ExtendableEvent("pushsubscriptionchange");
		  let done;
		  Object.assign(e, { newSubscription: `+next+`, waitUntil: (all) => { done = all; } });
		  e.oldSubscription = e.newSubscription && { endpoint: "https://push.example/0", options: { applicationServerKey: key } };
		  dispatchEvent(e); await done; return null })()`)
		if next != "null" { // as the page does that asks for it
			browsertest.Eval[any](p.Browser, `new Promise((done) => { const r = indexedDB.open("halqa"); r.onsuccess = () => { const tx = r.result.transaction("meta", "readwrite");
			  tx.objectStore("meta").put({ key: "`+public+`", endpoint: "https://push.example/1" }, "push"); tx.oncomplete = () => { r.result.close(); done(null); }; }; })`)
		}
	}
	var at []string
	mustDo(p.T.(*testing.T), w.db.NewRaw(`select endpoint from push_device`).Scan(p.T.Context(), &at))
	if len(at) != 1 || at[0] != "https://push.example/2" {
		p.T.Errorf("reached at %v", at)
	}
}
