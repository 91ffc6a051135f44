package main

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"halqa/cmd/halqa/demo"
	"halqa/community/account"
	"halqa/web"
	"halqa/web/webtest"
)

// reach is what people come to who follow the links of the pages, from their home on.
type reach struct {
	p        *program
	texts    *texts
	patterns []string // of the pages
	found    map[string]bool
}

func (p *program) newReach(t *testing.T) *reach {
	t.Helper()
	deps, err := p.p.deps(testConfig(t, t.TempDir()), nil)
	p.check(err)
	r := &reach{p: p, texts: readTexts(t), found: map[string]bool{}}
	for _, route := range web.Routes(deps) {
		if route.Method == http.MethodGet {
			r.patterns = append(r.patterns, route.Path)
		}
	}
	return r
}

// elsewhere are the pages that no link leads to.
var elsewhere = map[string]string{
	"/magic/:token": "a mail", "/confirm/:token": "a mail", "/reset/:token": "a mail", "/check-mail": "signing up",
	"/unsubscribe/:token": "a mail", "/calendar/:token/halqa.ics": "calendar programs",
	"/spaces/:key/calendar.ics": "calendar programs", "/offices/:id/calendar.ics": "calendar programs",
	"/me": "scripts", "/modules/:id/pack": "scripts", "/lessons/:id/text": "a module that allows it", "/attestations/:code": "a space that attests",
	"/spaces/:key/mentions": "scripts", "/moderation/batches/:id": "a decision on many reports", "/seminars/:id/answers": "a registration that was asked something",
	"/seminars/:id/papers/:paper": "a seat at a seminar with files", "/barred/:token": "a sign-in that is refused",
	"/attachments": "scripts", "/attachments/:id": "a post with a file", "/attachments/:id/light": "a post with a picture",
	"/pseudonyms/:id": "a post under a pseudonym",
	"/held/:id":       "a post that waits for a moderator", "/newsletters/:id": "a fortnight's newsletter",
	"/first-run": "the terminal", "/live": "scripts", "/organisations/found": "scripts", "/design": "those who build pages",
}

// complete fails for a page that nobody came to: it needs a link from somewhere.
func (r *reach) complete(t *testing.T) {
	t.Helper()
	for _, pattern := range r.patterns {
		if from := elsewhere[pattern]; from == "" && !r.found[pattern] {
			t.Errorf("no link leads anybody to %s", pattern)
		}
	}
}

// walk follows links in somebody's name, or a visitor's when email is "", to so many pages of each kind.
func (r *reach) walk(t *testing.T, lang, email string, each int) {
	t.Helper()
	c, at := webtest.New(r.p.base, lang), "/"
	if email != "" {
		session, err := r.p.p.account.SignIn(r.p.ctx, email, demo.Password, account.Client{})
		r.p.check(err)
		c.SetSession(session)
		at = "/home"
	}
	visits, seen := map[string]int{}, map[string]bool{at: true}
	type step struct{ from, to string }
	for way := []step{{"the start", at}}; len(way) > 0; way = way[1:] {
		pattern := r.pattern(way[0].to)
		if pattern == "" {
			t.Errorf("%s leads to %s, which is no page", way[0].from, way[0].to)
			continue
		}
		if visits[pattern]++; visits[pattern] > each || pattern == "/live" {
			continue
		}
		r.found[pattern] = true
		page, err := c.Get(way[0].to)
		r.p.check(err)
		for _, next := range r.look(t, lang, way[0].from, way[0].to, page) {
			if !seen[next] {
				seen[next] = true
				way = append(way, step{way[0].to, next})
			}
		}
	}
}

// look checks a page that a link led to, and returns where it leads.
func (r *reach) look(t *testing.T, lang, from, path string, page *webtest.Page) []string {
	t.Helper()
	if page.Status != http.StatusOK {
		t.Errorf("%s leads to %s, which answers %d", from, path, page.Status)
		return nil
	}
	if !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") {
		return nil
	}
	t.Run(path, func(t *testing.T) { r.texts.checkPage(t, lang, string(page.Body)) })
	root, err := html.Parse(strings.NewReader(string(page.Body)))
	r.p.check(err)
	ways := map[string]bool{}
	on := false
	for n := range root.Descendants() {
		to := target(n)
		if u, err := url.Parse(to); to == "" || err != nil || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "/static/") {
			on = on || n.Type == html.ElementNode && n.Data == "form" && inMain(n)
			continue
		}
		to, _, _ = strings.Cut(to, "#")
		ways[to] = true
		on = on || inMain(n)
	}
	if !on {
		t.Errorf("%s is a dead end", path)
	}
	return slices.Sorted(maps.Keys(ways))
}

// target is where a link leads, or a form that asks for a page.
func target(n *html.Node) string {
	switch {
	case n.Type == html.ElementNode && n.Data == "a":
		return attributes(n)["href"]
	case n.Type == html.ElementNode && n.Data == "form" && strings.EqualFold(attributes(n)["method"], "get"):
		return attributes(n)["action"]
	}
	return ""
}

func inMain(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n.Data == "main" {
			return true
		}
	}
	return false
}

// pattern is the route of an address; one without parameters comes first.
func (r *reach) pattern(address string) string {
	path, _, _ := strings.Cut(address, "?")
	if slices.Contains(r.patterns, path) {
		return path
	}
	parts := strings.Split(path, "/")
	i := slices.IndexFunc(r.patterns, func(pattern string) bool {
		return slices.EqualFunc(strings.Split(pattern, "/"), parts, func(want, part string) bool { return want == part || strings.HasPrefix(want, ":") })
	})
	if i < 0 {
		return ""
	}
	return r.patterns[i]
}
