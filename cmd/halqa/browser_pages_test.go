package main

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"halqa/web"
	"halqa/web/browsertest"
)

// TestEveryPageInABrowser opens every page of TestRoutes' table, in Arabic on a phone by night and in French on a desk by
// day: each is accessible, its colours in the other scheme too, fits a phone and a desk in both languages, has targets large
// enough for a thumb, and leaves the console silent.
func TestEveryPageInABrowser(t *testing.T) {
	r := openRealm(t)
	pages := r.pages(t)
	for _, c := range []struct {
		lang         string
		width, other int
		dark         bool
	}{{"ar", 360, 1280, true}, {"fr", 1280, 360, false}} {
		b := browsertest.New(t, c.width, c.lang, c.dark)
		b.Open(r.base + "/sign-in")
		for _, p := range pages {
			who := r.reader(p.kind, c.lang)
			browsertest.Eval[any](b, `(document.cookie = `+strconv.Quote(p.cookie(who))+`, null)`)
			b.Open(r.base + p.ask(who).path)
			b.CheckByDayAndNight()
			b.CheckFitAt(c.other)
			b.Shot(p.name())
		}
	}
}

// sight is a page with somebody who may see it.
type sight struct {
	row
	kind kind
}

// cookie is what the browser of who sends: nothing of a visitor.
func (s sight) cookie(who *comer) string {
	if s.kind == aVisitor {
		return "halqa_session=; path=/; max-age=0"
	}
	return who.cookie + "; path=/"
}

// name is the page's, for a picture's file.
func (s sight) name() string {
	return strings.Trim(strings.NewReplacer("/", "-", ":", "").Replace(strings.TrimPrefix(s.route, "GET ")), "-") + "_"
}

// pages are all pages of the site, each with the first who may see it: an administrator, a member or a visitor. Those that
// play films come last.
func (r *realm) pages(t *testing.T) []sight {
	t.Helper()
	rows := r.rows()
	var pages, films []sight
	for _, route := range r.routes {
		if route.Method != http.MethodGet {
			continue
		}
		page, whole := r.sight(rows, route)
		switch {
		case !whole:
		case strings.Contains(route.Path, "/lessons/"):
			films = append(films, page)
		default:
			pages = append(pages, page)
		}
	}
	return append(pages, films...)
}

// sight finds who sees the page of a route, and whether it is a whole page rather than a file or a part of a page.
func (r *realm) sight(rows []row, route web.Route) (sight, bool) {
	r.t.Helper()
	for _, k := range []kind{anAdministrator, aMember, anOrgAdmin, aVisitor} {
		for _, w := range rows {
			if w.route != route.Method+" "+route.Path || w.lands != "" || w.letters()[k] != 'y' {
				continue
			}
			got := r.send(r.as(k), w.ask(r.as(k)), nil)
			return sight{w, k}, strings.HasPrefix(got.kind, "text/html") && strings.Contains(got.body, "<html")
		}
	}
	for _, w := range rows { // a page that leads elsewhere whoever asks
		if w.route == route.Method+" "+route.Path && w.lands != "" {
			return sight{}, false
		}
	}
	r.t.Errorf("nobody sees %s", route.Path)
	return sight{}, false
}
