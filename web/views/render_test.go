package views_test

import (
	"bytes"
	"context"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"halqa/community/account"
	"halqa/events"
	"halqa/web/locale"
	"halqa/web/static"
	"halqa/web/views"
)

// pages is every page of the site, with a view full enough to draw all its parts. Other files of this package add theirs
// with register.
var pages = map[string]func(p views.Page) templ.Component{}

// register adds a page, under a name, to those that TestPages renders in every language.
func register(name string, page func(p views.Page) templ.Component) struct{} {
	if pages[name] != nil {
		panic("two pages named " + name)
	}
	pages[name] = page
	return struct{}{}
}

var now = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

// text is an authored text that has the three languages.
func text(fr, ar, en string) events.Text { return events.Text{"fr": fr, "ar": ar, "en": en} }

var projects = text("Gestion de projet", "إدارة المشاريع", "Project management")

// leila may do everything, so that the menus are whole.
var leila = account.Actor{PersonID: 7, Name: "Leïla Ben Amor", Grants: []account.Grant{{Role: account.Administrator, Kind: account.OverPlatform}}}

func pageIn(t testing.TB, lang string, who account.Actor) views.Page {
	t.Helper()
	files, err := static.Load()
	if err != nil {
		t.Fatal(err)
	}
	return views.Page{Localizer: locale.For(lang), Title: "Halqa", Path: "/spaces", Actor: who, Token: "token", Files: files,
		Now: now, Unread: 3, Notices: []views.Notice{{Tone: views.Good, Text: "✓"}}}
}

// TestPages renders every registered page in every language, for a visitor and for an administrator, and checks its markup.
func TestPages(t *testing.T) {
	for name, page := range pages {
		for _, lang := range locale.Languages {
			for role, who := range map[string]account.Actor{"visitor": {}, "administrator": leila} {
				t.Run(name+"/"+lang+"/"+role, func(t *testing.T) {
					complaints := listen(t)
					var b bytes.Buffer
					if err := page(pageIn(t, lang, who)).Render(context.Background(), &b); err != nil {
						t.Fatal(err)
					}
					if complaints.Len() > 0 {
						t.Errorf("texts: %s", complaints)
					}
					check(t, lang, b.String())
				})
			}
		}
	}
}

// listen collects what the log says, such as missing texts.
func listen(t *testing.T) *bytes.Buffer {
	var b bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&b, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &b
}

var keyLike = regexp.MustCompile(`^(common|account|authoring|courses|seminars|training|desk|monitoring|notify|home|myhome|errors|design|admin|forum|people|library|search|offline)\.[a-z0-9_]+$`)

func check(t *testing.T, lang, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids, headings := map[string]bool{}, 0
	var labels, described []string
	var fields []*html.Node
	for n := range root.Descendants() {
		switch {
		case n.Type == html.TextNode && keyLike.MatchString(strings.TrimSpace(n.Data)):
			t.Errorf("the key %s is shown", n.Data)
		case n.Type != html.ElementNode:
			continue
		}
		checkAttributes(t, n)
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("two elements have the id %q", id)
			}
			ids[id] = true
		}
		described = append(described, strings.Fields(attr(n, "aria-describedby")+" "+attr(n, "aria-labelledby"))...)
		switch n.Data {
		case "html":
			if attr(n, "lang") != lang || attr(n, "dir") != locale.Dir(lang) {
				t.Errorf("lang=%q dir=%q on a page in %s", attr(n, "lang"), attr(n, "dir"), lang)
			}
		case "h1":
			headings++
		case "label":
			labels = append(labels, attr(n, "for"))
		case "input", "select", "textarea":
			fields = append(fields, n)
		case "form":
			checkForm(t, n)
		case "button", "a", "summary":
			checkName(t, n)
		}
	}
	if headings != 1 {
		t.Errorf("%d h1 on the page", headings)
	}
	for _, id := range described {
		if !ids[id] {
			t.Errorf("an element is named or described by %q, which isn't there", id)
		}
	}
	for _, n := range fields {
		if !labelled(n, labels) {
			t.Errorf("the field %q has no label", attr(n, "name"))
		}
	}
}

func checkAttributes(t *testing.T, n *html.Node) {
	t.Helper()
	seen := []string{}
	for _, a := range n.Attr {
		if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
			t.Errorf("<%s %s> is refused by the content security policy", n.Data, a.Key)
		}
		if slices.Contains(seen, a.Key) {
			t.Errorf("<%s> has %s twice", n.Data, a.Key)
		}
		seen = append(seen, a.Key)
		if keyLike.MatchString(a.Val) && a.Key != "data-live" {
			t.Errorf("<%s %s> shows the key %s", n.Data, a.Key, a.Val)
		}
	}
	if (n.Data == "style" || n.Data == "script" && attr(n, "src") == "") && attr(n, "type") != "application/json" {
		t.Errorf("inline <%s>", n.Data)
	}
}

func checkForm(t *testing.T, form *html.Node) {
	t.Helper()
	if attr(form, "method") != "post" {
		return
	}
	for n := range form.Descendants() {
		if n.Type == html.ElementNode && attr(n, "name") == "csrf" {
			return
		}
	}
	t.Errorf("the form to %s has no token", attr(form, "action"))
}

// checkName wants words in everything that can be pressed.
func checkName(t *testing.T, n *html.Node) {
	t.Helper()
	if attr(n, "aria-label") != "" {
		return
	}
	for child := range n.Descendants() {
		if child.Type == html.TextNode && strings.TrimSpace(child.Data) != "" || child.Data == "img" && attr(child, "alt") != "" {
			return
		}
	}
	t.Errorf("<%s %s> has no words", n.Data, attr(n, "href"))
}

func labelled(n *html.Node, labels []string) bool {
	if kind := attr(n, "type"); kind == "hidden" || kind == "submit" {
		return true
	}
	if attr(n, "aria-label") != "" || attr(n, "aria-labelledby") != "" || slices.Contains(labels, attr(n, "id")) {
		return true
	}
	for up := n.Parent; up != nil; up = up.Parent {
		if up.Data == "label" {
			return true
		}
	}
	return false
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
