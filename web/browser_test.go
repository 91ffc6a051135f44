package web

import (
	"net"
	"sync/atomic"
	"testing"
	"time"

	"context"

	"halqa/community/account"
	"halqa/events"
	"halqa/web/browsertest"
	"halqa/web/views"
)

// serve listens on a free port until the test ends, and returns the address.
func serve(t *testing.T, d Deps, more ...Route) string {
	t.Helper()
	d.Secret = []byte("a secret for tests")
	if d.Live == nil {
		d.Live = NewHub()
	}
	app := newApp(d, more...)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- app.Listener(l) }()
	t.Cleanup(func() {
		d.Live.Close() // streams end, or the server would wait for them
		if err := app.ShutdownWithTimeout(5 * time.Second); err != nil {
			t.Error(err)
		}
		<-done
	})
	return "http://" + l.Addr().String()
}

func sampleDeps() Deps {
	day := time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC)
	title := events.Text{"fr": "Du budget à la demande de subvention", "ar": "من الميزانية إلى طلب المنحة", "en": "From the budget to the grant application"}
	return Deps{
		HomeSpaces: func(context.Context, account.Actor) ([]views.HomeSpace, error) {
			spaces := append([]views.HomeSpace{}, sampleSpaces...)
			for i := range spaces {
				spaces[i].Description = events.Text{"fr": "Préparer, financer et mener un projet avec les habitants.", "ar": "إعداد مشروع وتمويله وإنجازه مع السكان.", "en": "Prepare, fund and run a project with the people of the place."}
			}
			return spaces, nil
		},
		HomeSeminars: func(context.Context, account.Actor) ([]views.HomeSeminar, error) {
			return []views.HomeSeminar{
				{ID: 1, Title: title, Place: "Maison de la culture, Gafsa", Starts: day, SeatsNow: 3, Space: views.SpaceMark{Key: "projects", Hue: 205}},
				{ID: 2, Title: events.Text{"fr": "La réunion participative"}, Place: "Sousse", Starts: day.AddDate(0, 0, 9), SeatsNow: 12, Space: views.SpaceMark{Key: "local-democracy", Hue: 225}},
				{ID: 3, Title: title, Place: "توزر", Starts: day.AddDate(0, 1, 0), Space: views.SpaceMark{Key: "funding", Hue: 38}},
			}, nil
		},
		HomeNumbers: func(context.Context) (views.HomeNumbers, error) {
			return views.HomeNumbers{People: 2514, Organisations: 326, Spaces: 12, Completions: 4103}, nil
		},
	}
}

// TestPagesInABrowser looks at the public pages as people do: on a phone and on a desk, by day and by night.
func TestPagesInABrowser(t *testing.T) {
	base := serve(t, sampleDeps())
	for _, c := range []struct {
		width int
		lang  string
		dark  bool
	}{{360, "ar", false}, {1280, "fr", false}, {360, "fr", true}, {1280, "ar", true}} {
		b := browsertest.New(t, c.width, c.lang, c.dark)
		for name, path := range map[string]string{"home": "/", "design": "/design", "error": "/nowhere"} {
			b.Open(base + path)
			b.Shot(name)
			if name == "error" {
				b.Said() // the browser complains of the status
			}
			b.Check()
		}
	}
}

// leila may do everything, so that her menus are whole.
var leila = account.Actor{PersonID: 7, Name: "Leïla Ben Amor", Grants: []account.Grant{{Role: account.Administrator, Kind: account.OverPlatform}}}

func signedIn(d Deps) Deps {
	d.Authenticate = func(_ context.Context, token string) (account.Actor, error) {
		if token == "leila" {
			return leila, nil
		}
		return account.Actor{}, nil
	}
	return d
}

func TestMenusInABrowser(t *testing.T) {
	d := signedIn(sampleDeps())
	d.Unread = func(context.Context, account.Actor) (int, error) { return 3, nil }
	base := serve(t, d)
	phone := browsertest.New(t, 360, "ar", false)
	phone.Open(base + "/")
	browsertest.Eval[any](phone, `document.cookie = "halqa_session=leila; path=/"`)
	phone.Open(base + "/")
	phone.Click(".menu > summary")
	phone.Wait(".menu .sheet")
	phone.Shot("menu")
	phone.Check()
	phone.Click(".account summary")
	phone.Wait(".account .sheet")
	phone.WaitFor(`!document.querySelector(".menu").open`)
	phone.Shot("account")
	desk := browsertest.New(t, 1280, "fr", false)
	desk.Open(base + "/")
	browsertest.Eval[any](desk, `document.cookie = "halqa_session=leila; path=/"`)
	desk.Open(base + "/design")
	desk.Click(`[data-open="sample"]`)
	desk.Wait("dialog[open]")
	desk.Shot("dialog")
	desk.Check()
}

// TestLiveInABrowser has two tabs of one browser share one stream, and both change without being reloaded.
func TestLiveInABrowser(t *testing.T) {
	var unread atomic.Int64
	d := signedIn(sampleDeps())
	d.Live = NewHub()
	d.Unread = func(context.Context, account.Actor) (int, error) { return int(unread.Load()), nil }
	base := serve(t, d)
	first := browsertest.New(t, 800, "en", false)
	first.Open(base + "/")
	browsertest.Eval[any](first, `document.cookie = "halqa_session=leila; path=/"`)
	first.Open(base + "/")
	second := first.Tab()
	second.Open(base + "/design")
	first.WaitFor(`document.querySelector("#bell") && !document.querySelector("#bell .count")`)
	for d.Live.Connected() == 0 {
		first.WaitFor("true")
	}
	browsertest.Eval[any](first, `window.kept = "not reloaded"`)
	browsertest.Eval[any](second, `window.kept = "not reloaded"`)
	unread.Store(5)
	d.Live.Send(leila.PersonID, "changed", Changed{Subjects: []string{"notifications"}})
	for _, tab := range []*browsertest.Browser{first, second} {
		tab.WaitText("#bell .count", "5")
		tab.WaitFor(`window.kept === "not reloaded"`)
	}
	if n := d.Live.Connected(); n != 1 {
		t.Errorf("two tabs hold %d streams", n)
	}
	second.Open("about:blank")
	first.Open(base + "/design") // the tab that held the stream moves on; its old stream isn't known to be dead yet
	unread.Store(8)
	d.Live.Broadcast("changed", Changed{Subjects: []string{"notifications"}})
	first.WaitText("#bell .count", "8")
}
