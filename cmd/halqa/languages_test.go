package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"golang.org/x/net/html"

	"halqa/web/locale"
)

// TestEveryPageInEveryLanguage opens every page of TestRoutes' table in each language: in the name of an administrator, of
// a member and of a visitor, or of the first of them who may where a route is there several times.
func TestEveryPageInEveryLanguage(t *testing.T) {
	r := openRealm(t)
	rows, texts := r.rows(), readTexts(t)
	for _, lang := range locale.Languages {
		done := map[string]bool{}
		for _, k := range []kind{anAdministrator, aMember, aVisitor} {
			c := r.reader(k, lang)
			for _, w := range rows {
				name := w.route + " " + w.about
				if w.post() || w.letters()[k] != 'y' || w.lands != "" || w.about != "" && done[name] {
					continue
				}
				done[name] = true
				if got := r.send(c, w.ask(c), in(lang)); strings.HasPrefix(got.kind, "text/html") {
					t.Run(fmt.Sprint(lang, " ", k, " ", name), func(t *testing.T) {
						if got.status != http.StatusOK {
							t.Errorf("status %d", got.status)
						}
						texts.checkPage(t, lang, got.body)
					})
				}
			}
		}
	}
}

// in asks in a language, as visitors do.
func in(lang string) func(*http.Request) {
	return func(q *http.Request) { q.Header.Set("Accept-Language", lang) }
}

// reader is a comer whose pages are in lang.
func (r *realm) reader(k kind, lang string) *comer {
	r.t.Helper()
	c := r.as(k)
	if k != aVisitor {
		r.check(r.p.account.SetLanguage(r.ctx, c.actor, lang))
	}
	return c
}

// texts tells the French texts of the interface that another language says otherwise.
type texts struct {
	exact    map[string]bool
	patterns []*regexp.Regexp // of those with placeholders
	known    map[string]bool  // what was asked before
}

func readTexts(t *testing.T) *texts {
	t.Helper()
	all := &texts{exact: map[string]bool{}, known: map[string]bool{}}
	others := map[string]bool{}
	for _, lang := range []string{"ar", "en"} {
		eachText(t, lang, func(text string) { others[text] = true })
	}
	hole, quotedHole := regexp.MustCompile(`\{\{[^}]*\}\}`), regexp.MustCompile(`\\\{\\\{[^}]*\\\}\\\}`)
	notLetter := regexp.MustCompile(`[^\pL]`)
	eachText(t, "fr", func(text string) {
		switch letters := len([]rune(notLetter.ReplaceAllString(hole.ReplaceAllString(text, ""), ""))); {
		case others[text] || letters < 4: // "Site", "OK"
		case hole.MatchString(text):
			said := quotedHole.ReplaceAllStringFunc(regexp.QuoteMeta(text), func(hole string) string {
				if strings.Contains(hole, "Count") || strings.Contains(hole, "Number") {
					return `[\d\p{Z}]+`
				}
				return ".*"
			})
			all.patterns = append(all.patterns, regexp.MustCompile("^"+said+"$"))
		default:
			all.exact[text] = true
		}
	})
	return all
}

func (x *texts) french(text string) bool {
	is, known := x.known[text]
	if !known {
		is = x.exact[text] || slices.ContainsFunc(x.patterns, func(p *regexp.Regexp) bool { return p.MatchString(text) })
		x.known[text] = is
	}
	return is
}

// eachText calls fn with every text and plural form of a language's catalogue.
func eachText(t *testing.T, lang string, fn func(string)) {
	t.Helper()
	names, err := filepath.Glob("../../web/locale/catalogue/*." + lang + ".toml")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d catalogues of %s: %v", len(names), lang, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		keys := map[string]any{}
		if err := toml.Unmarshal(data, &keys); err != nil {
			t.Fatal(err)
		}
		for _, value := range keys {
			switch v := value.(type) {
			case string:
				fn(strings.TrimSpace(v))
			case map[string]any:
				for _, form := range v {
					fn(strings.TrimSpace(fmt.Sprint(form)))
				}
			}
		}
	}
}

// rough is what no reader should see: keys of the catalogue, formatting gone wrong, errors of the program.
var rough = regexp.MustCompile(`^` + key + `[a-z0-9_]+$|\b` + key + `[a-z0-9]+_[a-z0-9_]+\b` +
	`|%!|\{\{|<no value>|<nil>|\bpq: |SQLSTATE|sql: |panic: |runtime error|context deadline|invalid syntax`)

// key begins the keys of the catalogue.
const key = `(account|common|courses|design|desk|errors|home|library|monitoring|myhome|notify|people|introduction|measure|seminars|admin|authoring|forum|search|offline)\.`

// checkPage checks a whole page, or a part of one that scripts ask for.
func (x *texts) checkPage(t *testing.T, lang, body string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	headings, title := 0, ""
	for n := range root.Descendants() {
		switch {
		case n.Type == html.ElementNode && n.Data == "h1":
			headings++
		case n.Type == html.ElementNode && n.Data == "title" && n.FirstChild != nil && n.Parent.Data == "head":
			title = strings.TrimSpace(n.FirstChild.Data)
		case n.Type == html.ElementNode && n.Data == "html" && strings.Contains(body, "<html"):
			if has := attributes(n); has["lang"] != lang || has["dir"] != locale.Dir(lang) {
				t.Errorf("lang=%q dir=%q", has["lang"], has["dir"])
			}
		}
		for _, text := range shown(n) {
			x.checkText(t, lang, text, n)
		}
	}
	if strings.Contains(body, "<html") && (headings != 1 || title == "") {
		t.Errorf("%d h1, titled %q", headings, title)
	}
}

func (x *texts) checkText(t *testing.T, lang, text string, on *html.Node) {
	t.Helper()
	if rough.MatchString(text) {
		t.Errorf("it shows %q", text)
	}
	if lang != "fr" && x.french(text) && languageOf(on) != "fr" && !written(on) {
		t.Errorf("it says %q in French", text)
	}
}

// shown are the texts that a node shows or has read out.
func shown(n *html.Node) []string {
	var all []string
	add := func(s string) {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			all = append(all, s)
		}
	}
	switch {
	case n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style":
		add(n.Data)
	case n.Type == html.ElementNode:
		for _, name := range []string{"aria-label", "title", "alt", "placeholder", "data-confirm", "data-yes", "data-no"} {
			add(attributes(n)[name])
		}
	}
	return all
}

// languageOf is the language that the nearest element around n is marked with, the page's own being "".
func languageOf(n *html.Node) string {
	for ; n != nil && n.Data != "html"; n = n.Parent {
		if lang := attributes(n)["lang"]; lang != "" {
			return lang
		}
	}
	return ""
}

// written tells whether n is in what people wrote, in whatever language: its direction is found from its words.
func written(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if attributes(n)["dir"] == "auto" {
			return true
		}
	}
	return false
}

func attributes(n *html.Node) map[string]string {
	all := map[string]string{}
	for _, a := range n.Attr {
		all[a.Key] = a.Val
	}
	return all
}
