package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"halqa/web"
)

// TestRoutes asks for every route in the name of every kind of person, for things inside and outside their scope. Whoever
// is refused must have changed nothing, and nobody may read a word that isn't for them, whatever page they open.
func TestRoutes(t *testing.T) {
	r := openRealm(t)
	rows := r.rows()
	for k := range kinds {
		r.as(k) // now, since signing in changes the database
	}
	r.testComplete(t, rows)
	r.testForgery(t, rows)
	for _, row := range rows {
		t.Run(strings.TrimSpace(row.route+" "+row.about), func(t *testing.T) { r.testRow(t, row) })
	}
	t.Run("secrets are read by those who may", r.testRead)
}

// testComplete fails for a route without a row: whoever adds one decides here who may come.
func (r *realm) testComplete(t *testing.T, rows []row) {
	t.Helper()
	for _, route := range r.routes {
		name := route.Method + " " + route.Path
		if !slices.ContainsFunc(rows, func(w row) bool { return w.route == name }) {
			t.Errorf("nothing says who may %s", name)
		}
	}
	for _, w := range rows {
		if !slices.ContainsFunc(r.routes, func(one web.Route) bool { return one.Method+" "+one.Path == w.route }) {
			t.Errorf("there is no route %s", w.route)
		}
		if len(w.letters()) != int(kinds) {
			t.Errorf("%s has %d cells", w.route, len(w.letters()))
		}
	}
}

func (w row) letters() string { return strings.ReplaceAll(w.cells, " ", "") }

func (w row) post() bool { return strings.HasPrefix(w.route, "POST ") }

func (r *realm) testRow(t *testing.T, w row) {
	var next *ask
	refused := refusals{r: r, t: t}
	defer refused.check()
	for k, cell := range w.letters() {
		c := r.as(kind(k))
		if cell == '-' {
			continue
		}
		if next == nil || !w.used {
			a := w.ask(c)
			next = &a
		}
		if w.post() && strings.ContainsRune("sfnu", cell) {
			refused.expect(c)
		} else {
			refused.check()
		}
		got := r.send(c, *next, nil)
		if wrong := w.judge(cell, got); wrong != "" {
			t.Errorf("%s: %s", c, wrong)
		}
		r.testSecrets(t, c, got)
		if cell == 'y' {
			next = nil
			if w.ends && c.kind != aVisitor {
				r.enter(c)
			}
		}
	}
}

// refusals are people refused one after another, before and after whom the database must be the same.
type refusals struct {
	r      *realm
	t      *testing.T
	people []*comer
	before string
}

func (f *refusals) expect(c *comer) {
	if len(f.people) == 0 {
		f.before = f.r.state()
	}
	f.people = append(f.people, c)
}

func (f *refusals) check() {
	if len(f.people) > 0 && f.before != f.r.state() {
		f.t.Errorf("%s are refused and changed something", f.people)
	}
	f.people = nil
}

// judge says what is wrong with an answer, or nothing.
func (w row) judge(cell rune, got answer) string {
	said := fmt.Sprintf("status %d to %q", got.status, got.to)
	ok := false
	switch cell {
	case 'y':
		ok = got.status == http.StatusSeeOther && w.lands != "" && strings.HasPrefix(got.to, w.lands) && !strings.HasPrefix(got.to, "/sign-in") ||
			got.status/100 == 2 && w.lands == ""
	case 'h':
		ok = got.status == http.StatusSeeOther && got.to == "/home"
	case 's':
		ok = got.status == http.StatusSeeOther && strings.HasPrefix(got.to, "/sign-in?next=") || got.status == http.StatusUnauthorized
	case 'f':
		ok = got.status == http.StatusForbidden && !strings.Contains(got.body, "stale")
	case 'n':
		ok = got.status == http.StatusNotFound
	case 'u':
		ok = got.status == http.StatusUnprocessableEntity
	}
	if ok {
		return ""
	}
	return fmt.Sprintf("expected %c, got %s: %s", cell, said, headline(got.body))
}

// headline is the part of a page that says what it is.
func headline(body string) string {
	_, after, found := strings.Cut(body, "<h1")
	if !found {
		return fmt.Sprintf("%.200s", body)
	}
	return fmt.Sprintf("%.300s", after)
}

// state is a fingerprint of the whole database.
func (r *realm) state() string {
	r.t.Helper()
	var query string
	r.check(r.p.db.NewRaw(`select string_agg(format('select %L as of, count(*) as rows, sum(hashtextextended(t::text, 0)) as sum from %I t',
		table_name, table_name), ' union all ') from information_schema.tables where table_schema = 'public'`).Scan(r.ctx, &query))
	var sum string
	r.check(r.p.db.NewRaw("select string_agg(of || ' ' || rows || ' ' || coalesce(sum, 0), ', ' order by of) from ("+query+") t").Scan(r.ctx, &sum))
	return sum
}

// secrets are words of the realm, with who may read them anywhere: y or n.
var secrets = []struct{ word, cells string }{
	{"Cercleux", "n ny nn yn nn nn ynn ynn"},   // a national space by invitation
	{"Huisclos", "n ny nn yn yn yn yyn yyn"},   // one of the office here, with a seminar
	{"Brouillard", "n nn nn yn nn nn nnn ynn"}, // a module being written
	{"Ebauchon", "n nn nn nn yn yn nnn yyn"},   // a seminar being prepared
	{"Dalila", "n nn nn nn yn yn yyn yyn"},     // who comes to a seminar here
	{"Bochra", "n nn nn nn ny ny yny yny"},     // who comes to one elsewhere
	{"Attendu", "n ny nn nn nn yn nnn yyn"},    // an organisation that waits for the office here
	{"Attendeur", "n nn nn nn nn ny nnn yny"},  // one that waits elsewhere
	{"Candide", "n nn yn nn nn yn nnn yyn"},    // who asks to join an organisation here
}

func (r *realm) testSecrets(t *testing.T, c *comer, got answer) {
	t.Helper()
	text := got.body
	if strings.Contains(got.kind, "spreadsheet") {
		text = unpacked(t, got.body)
	}
	for _, s := range secrets {
		if !strings.Contains(text, s.word) {
			continue
		}
		r.read[reading{s.word, c.kind}] = true
		if (row{cells: s.cells}).letters()[c.kind] == 'n' {
			t.Errorf("%s reads of %s", c, s.word)
		}
	}
}

// reading is a secret and somebody who read it.
type reading struct {
	word string
	kind kind
}

// testRead fails when somebody who may read a secret came across it nowhere: the table would then prove nothing.
func (r *realm) testRead(t *testing.T) {
	for _, s := range secrets {
		for k, cell := range (row{cells: s.cells}).letters() {
			if cell == 'y' && !r.read[reading{s.word, kind(k)}] {
				t.Errorf("%s never reads of %s", kind(k), s.word)
			}
		}
	}
}

// unpacked is everything a workbook says.
func unpacked(t *testing.T, book string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader([]byte(book)), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, part); err != nil {
			t.Fatal(err)
		}
		_ = part.Close()
	}
	return all.String()
}

// testForgery sends every form without its token, and from another site, in the name of somebody who may send it: an
// administrator where they may.
func (r *realm) testForgery(t *testing.T, rows []row) {
	seen := map[string]bool{}
	for _, w := range rows {
		k := kind(strings.IndexByte(w.letters(), 'y'))
		if w.letters()[anAdministrator] == 'y' {
			k = anAdministrator
		}
		if k < 0 { // what is asked is wrong, but not who asks
			k = kind(strings.LastIndexByte(w.letters(), 'u'))
		}
		if !w.post() || seen[w.route] || k < 0 {
			continue
		}
		if w.route == "POST /unsubscribe/:token" { // forged by design: mail programs send it; its token is all it needs
			seen[w.route] = true
			continue
		}
		seen[w.route] = true
		c := r.as(k)
		a := w.ask(c)
		before := r.state()
		for how, spoil := range r.forgeries() {
			if got := r.send(c, a, spoil); got.status != http.StatusForbidden {
				t.Errorf("%s %s is answered %d to %q", w.route, how, got.status, got.to)
			}
		}
		if before != r.state() {
			t.Errorf("a forged %s changes something", w.route)
		}
	}
	for _, route := range r.routes {
		if name := route.Method + " " + route.Path; route.Method == http.MethodPost && !seen[name] {
			t.Errorf("nobody forges %s", name)
		}
	}
}

func (r *realm) forgeries() map[string]func(*http.Request) {
	return map[string]func(*http.Request){
		"without its token":      func(q *http.Request) { q.Header.Del("X-CSRF-Token") },
		"with another's token":   func(q *http.Request) { q.Header.Set("X-CSRF-Token", r.as(aLearner).token) },
		"from another origin":    func(q *http.Request) { q.Header.Set("Origin", "https://elsewhere.example") },
		"from a nameless origin": func(q *http.Request) { q.Header.Set("Origin", "null") },
		"from another site":      func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "cross-site") },
	}
}
