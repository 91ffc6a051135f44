package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"halqa/web"
	"halqa/web/locale"
	"halqa/web/views"
)

// failure is a request that fails, and as whom.
type failure struct {
	status int
	who    kind
	ask    ask
	on     *realm
	spoil  func(*http.Request)
}

// secretDetail is what an error says to the log, and must say to nobody else.
const secretDetail = "the table of people has no column"

// TestErrorsArePages makes requests fail in every way, in every language, for people and for programs.
func TestErrorsArePages(t *testing.T) {
	r := openRealm(t)
	texts, all := readTexts(t), r.failures(t)
	for _, lang := range locale.Languages {
		for _, f := range all {
			c := f.on.reader(f.who, lang)
			t.Run(fmt.Sprint(lang, " ", f.status, " ", f.ask.path), func(t *testing.T) { f.test(t, c, lang, texts) })
		}
	}
}

func (f failure) test(t *testing.T, c *comer, lang string, texts *texts) {
	spoil := func(accept string) func(*http.Request) {
		return func(q *http.Request) {
			in(lang)(q)
			q.Header.Set("Accept", accept)
			if f.spoil != nil {
				f.spoil(q)
			}
		}
	}
	page := f.on.send(c, f.ask, spoil("text/html"))
	if page.status != f.status || !strings.HasPrefix(page.kind, "text/html") {
		t.Fatalf("status %d, %s: %.300s", page.status, page.kind, page.body)
	}
	if !page.guarded {
		t.Error("the page comes without the security policy")
	}
	texts.checkPage(t, lang, page.body)
	if quoted := regexp.MustCompile(`<code dir="ltr">[0-9a-f]{16}</code>`).MatchString(page.body); quoted != (f.status == 500) {
		t.Errorf("an id to quote: %v", quoted)
	}
	program := f.on.send(c, f.ask, spoil("application/json"))
	var problem struct {
		Title, Detail, Instance string
		Status                  int
	}
	if err := json.Unmarshal([]byte(program.body), &problem); err != nil || program.kind != "application/problem+json" {
		t.Fatalf("%v, %s: %.300s", err, program.kind, program.body)
	}
	if program.status != f.status || problem.Status != f.status || !strings.HasPrefix(problem.Instance, "urn:request:") {
		t.Errorf("status %d, %+v", program.status, problem)
	}
	for _, text := range []string{problem.Title, problem.Detail} {
		texts.checkText(t, lang, text, nil)
		if text == "" || !strings.Contains(html.UnescapeString(page.body), text) {
			t.Errorf("programs are told %q, which the page doesn't say", text)
		}
	}
	if strings.Contains(page.body+program.body, secretDetail) {
		t.Error("the reader is told what is for the log")
	}
}

// failures are requests that each fail in another way.
func (r *realm) failures(t *testing.T) []failure {
	t.Helper()
	language := func(lang string) ask { return at("/language").with("language", lang)(nil) }
	tight := r.twin(t, func(d *web.Deps) { d.BodyLimit = 1000 })
	hurried := r.twin(t, func(d *web.Deps) { d.Timeout = time.Nanosecond })
	full := r.twin(t, func(d *web.Deps) { d.Limit = func(netip.Addr, string) time.Duration { return time.Minute } })
	broken := r.twin(t, func(d *web.Deps) {
		d.HomeNumbers = func(context.Context) (views.HomeNumbers, error) { return views.HomeNumbers{}, errors.New(secretDetail) }
	})
	return []failure{
		{status: http.StatusBadRequest, who: aMember, ask: language("it"), on: r},
		{status: http.StatusForbidden, who: aMember, ask: at("/desk"), on: r},
		{status: http.StatusForbidden, who: aVisitor, ask: language("fr"), on: r, spoil: func(q *http.Request) { q.Header.Del("X-CSRF-Token") }},
		{status: http.StatusNotFound, who: aMember, ask: at("/nowhere"), on: r},
		{status: http.StatusNotFound, who: aVisitor, ask: at("/seminars/%d", r.sketch.ID), on: r},
		{status: http.StatusConflict, who: anAdministrator, on: r, ask: at("/desk/organisations/%d", r.own.ID).with("decision", "accept")(nil)},
		{status: http.StatusRequestEntityTooLarge, who: aVisitor, ask: language(strings.Repeat("a", 2000)), on: tight},
		{status: http.StatusUnprocessableEntity, who: anAdministrator, on: r,
			ask: at("/seminars/%d/cancel", r.seminar.ID).with("registration", fmt.Sprint(r.dalila.ID))(nil)},
		{status: http.StatusTooManyRequests, who: aMember, ask: language("fr"), on: full},
		{status: http.StatusInternalServerError, who: aMember, ask: at("/"), on: broken},
		{status: http.StatusInternalServerError, who: aVisitor, ask: at("/"), on: broken},
		{status: http.StatusServiceUnavailable, who: aVisitor, ask: at("/spaces"), on: hurried},
	}
}

// twin is the same realm behind pages that are set up otherwise.
func (r *realm) twin(t *testing.T, change func(*web.Deps)) *realm {
	t.Helper()
	other := *r
	other.site = &site{world: r.world, now: r.now}
	deps := r.deps
	change(&deps)
	other.serve(t, other.listen(t), web.New(deps))
	return &other
}
