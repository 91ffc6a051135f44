package search_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
	"halqa/search"
)

// startMeili runs a server of the test's own.
func startMeili(t *testing.T, program string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	cmd := exec.Command(program, "--http-addr", addr, "--db-path", t.TempDir(), "--no-analytics", "--env", "development")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		if conn, err := net.Dial("tcp", addr); err == nil {
			_ = conn.Close()
			return "http://" + addr
		}
	}
	t.Fatal(fmt.Errorf("%s doesn't listen", program))
	return ""
}

// TestMeiliSpeaksTheDocumentedAPI checks what is sent to a server and what becomes of its answers.
func TestMeiliSpeaksTheDocumentedAPI(t *testing.T) {
	s, ctx := newStub(t), context.Background()
	m := search.NewMeili(s.URL+"/", "the key")
	if filled, err := m.Prepare(ctx); err != nil || filled {
		t.Fatalf("prepare: %v, filled %v", err, filled)
	}
	if got := fmt.Sprint(s.settings["filterableAttributes"]); got != "[kind shelf languages]" {
		t.Errorf("filterable: %s", got)
	}
	if got := fmt.Sprint(s.settings["searchableAttributes"]); !strings.HasPrefix(got, "[title_any title_fr title_ar title_en summary_any") {
		t.Errorf("searchable: %s", got)
	}
	if err := m.Put(ctx, samples); err != nil {
		t.Fatal(err)
	}
	if d := s.documents["module-1"]; d["shelf"] != "space:1" || d["title_ar"] != "إعداد ميزانية واقعية" || fmt.Sprint(d["languages"]) != "[ar en fr]" {
		t.Errorf("sent %v", d)
	}
	if d := s.documents["organisation-4"]; fmt.Sprint(d["languages"]) != "[any]" || d["title_any"] == nil {
		t.Errorf("sent %v", d)
	}
	if !strings.Contains(fmt.Sprint(s.documents["module-2"]["folded_ar"]), " الجمعيات") {
		t.Errorf("و stays on: %v", s.documents["module-2"]["folded_ar"])
	}
	if filled, err := search.NewMeili(s.URL, "the key").Prepare(ctx); err != nil || !filled {
		t.Errorf("prepare again: %v, filled %v", err, filled)
	}
	if err := m.Remove(ctx, []search.Ref{{Kind: search.Modules, ID: 2}}); err != nil || len(s.documents) != len(samples)-1 {
		t.Errorf("remove: %v, %d left", err, len(s.documents))
	}
	for name, write := range map[string]func() error{
		"put":    func() error { return m.Put(ctx, samples) },
		"remove": func() error { return m.Remove(ctx, []search.Ref{samples[0].Ref}) },
		"clear":  func() error { return m.Clear(ctx) },
		"settings": func() error {
			_, err := m.Prepare(ctx)
			return err
		},
	} {
		s.fail = "invalid_document_fields"
		if err := write(); err == nil || !strings.Contains(err.Error(), "invalid_document_fields") {
			t.Errorf("%s: a task that failed is told as %v", name, err)
		}
	}
	if _, err := search.NewMeili(s.URL, "another key").Prepare(ctx); err == nil {
		t.Error("a wrong key goes unnoticed")
	}
	if err := m.Clear(ctx); err != nil || len(s.documents) != 0 {
		t.Errorf("clear: %v, %d left", err, len(s.documents))
	}
}

func TestMeiliSearches(t *testing.T) {
	s, ctx := newStub(t), context.Background()
	s.hits = func(q map[string]any) any {
		return map[string]any{"query": q["q"], "estimatedTotalHits": 4, "processingTimeMs": 1, "limit": 20, "offset": 0,
			"facetDistribution": map[string]any{"kind": map[string]int{"module": 3, "seminar": 1}},
			"hits": []any{map[string]any{"kind": "module", "ref": 1, "space": 2, "path": "/modules/1", "languages": []string{"ar", "en", "fr"},
				"_formatted": map[string]any{"title_fr": "Monter un \ue000budget\ue001", "title_ar": "إعداد ميزانية", "title_en": "Draw up a \ue000budget\ue001",
					"summary_fr": "Prévoir", "body_fr": "…le \ue000budget\ue001 <b>tient</b>…"}}}}
	}
	m := search.NewMeili(s.URL, "the key")
	q := search.Query{Text: "budget", Shelves: []search.Shelf{"space:2", search.Members, `x" OR shelf = "space:9`}, Kind: search.Modules, Language: "fr", Reader: "fr", Offset: 20, Limit: 20}
	r, err := m.Search(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.searches) != 2 {
		t.Fatalf("%d searches", len(s.searches))
	}
	const shelves = `shelf IN ["space:2", "members", "x\" OR shelf = \"space:9"] AND languages IN ["fr", "any"]`
	if got := s.searches[0]["filter"]; got != shelves+` AND kind = "module"` {
		t.Errorf("filter of the hits: %s", got)
	}
	if got := s.searches[1]["filter"]; got != shelves {
		t.Errorf("filter of the counts: %s", got)
	}
	if s.searches[0]["q"] != "budget" || s.searches[0]["offset"] != 20.0 || fmt.Sprint(s.searches[0]["attributesToSearchOn"]) != "[title_any title_fr summary_any summary_fr body_any body_fr folded_any folded_fr]" {
		t.Errorf("asked %v", s.searches[0])
	}
	if r.Total != 3 || r.Counts[search.Seminars] != 1 || len(r.Hits) != 1 {
		t.Fatalf("results %+v", r)
	}
	h := r.Hits[0]
	if h.ID != 1 || h.SpaceID != 2 || h.Language != "fr" || !marks(h.Title, "budget") || search.Plain(h.Excerpt) != "…le budget <b>tient</b>…" || !marks(h.Excerpt, "budget") {
		t.Errorf("hit %+v", h)
	}
	if r, err := m.Search(ctx, search.Query{Text: "budget", Limit: 20}); err != nil || len(r.Hits) > 0 || len(s.searches) != 2 {
		t.Errorf("without shelves the server is asked nothing: %v %+v", err, r)
	}
}

// TestCarrying brings what changes to the engine elsewhere, through its failures, and does without it while it is away.
func TestCarrying(t *testing.T) {
	s, server := newShop(t, testdb.Clone(t)), newStub(t)
	service := search.New(s.db, search.Options{Sources: sources(), External: search.NewMeili(server.URL, "the key"), Log: slog.New(slog.DiscardHandler)})
	bus := eventstest.New(t, s.db, service.Consumers(), eventstest.Twice())
	carry := func() int {
		t.Helper()
		sum := 0
		for {
			n, err := service.Carry(s.ctx)
			s.check(err)
			if sum += n; n == 0 {
				return sum
			}
		}
	}
	for id := range int64(250) { // more than a batch
		s.put(id+1, s.open.ID, fmt.Sprint("Lanterne ", id+1), true)
	}
	bus.Settle()
	server.fail = "index_creation_failed"
	if _, err := service.Carry(s.ctx); err == nil {
		t.Error("a task that failed goes unnoticed")
	}
	if n := carry(); n < 250 || len(server.documents) != 250 {
		t.Errorf("carried %d notes, the server has %d documents", n, len(server.documents))
	}
	s.put(3, s.open.ID, "Phare 3", true)
	s.put(4, s.open.ID, "Lanterne 4", false)
	bus.Settle()
	carry()
	if server.documents["module-3"]["title_fr"] != "Phare 3" || server.documents["module-4"] != nil {
		t.Errorf("after changes: %v, %v", server.documents["module-3"], server.documents["module-4"])
	}
	server.documents["module-999"] = map[string]any{"id": "module-999"} // left by something else
	_, err := service.Reindex(s.ctx)
	s.check(err)
	carry()
	if len(server.documents) != 252 || server.documents["module-999"] != nil { // with three spaces
		t.Errorf("after reindexing the server has %d documents", len(server.documents))
	}
	server.down = true
	if _, titles := s.found(service, account.Actor{}, "phare"); len(titles) != 1 {
		t.Errorf("while the server is down PostgreSQL finds %q", titles)
	}
}
