package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"halqa/community"
	"halqa/community/account"
	"halqa/community/library"
	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
	"halqa/search"
)

// meiliShelf is a Meilisearch of which only the documents matter: each by its id, as last brought.
type meiliShelf struct {
	mu   sync.Mutex
	kept map[string]map[string]any
}

func (m *meiliShelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	status, said := http.StatusAccepted, `{"taskUid": 1, "indexUid": "halqa", "status": "enqueued", "type": "any", "enqueuedAt": "2026-11-22T09:30:00Z"}`
	switch route := r.Method + " " + r.URL.Path; {
	case route == "POST /indexes/halqa/documents":
		var all []map[string]any
		_ = json.Unmarshal(body, &all)
		for _, d := range all {
			m.kept[fmt.Sprint(d["id"])] = d
		}
	case route == "POST /indexes/halqa/documents/delete-batch":
		var ids []string
		_ = json.Unmarshal(body, &ids)
		for _, id := range ids {
			delete(m.kept, id)
		}
	case route == "DELETE /indexes/halqa/documents":
		clear(m.kept)
	case strings.HasSuffix(route, "/search"):
		status, said = http.StatusNotFound, `{"message": "No.", "code": "index_not_found", "type": "invalid_request", "link": ""}`
	case strings.HasPrefix(route, "GET /tasks/"):
		status, said = http.StatusOK, `{"uid": 1, "indexUid": "halqa", "status": "succeeded", "type": "any", "enqueuedAt": "2026-11-22T09:30:00Z"}`
	case r.Method == http.MethodGet:
		status, said = http.StatusOK, `{"uid": "halqa", "primaryKey": "id", "numberOfDocuments": 1}`
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, said)
}

// An edited document, and a thread, reach both engines with the shelf that says who may find them; reindexing brings every
// kind again.
func TestBothEnginesHear(t *testing.T) {
	server := &meiliShelf{kept: map[string]map[string]any{}}
	outside := httptest.NewServer(server)
	t.Cleanup(outside.Close)
	cfg := testConfig(t, t.TempDir())
	cfg.MeiliURL = outside.URL
	w := newWorld(t, testdb.Clone(t), cfg, nil)
	f := finder{w, eventstest.New(t, w.p.db, w.p.consumers(), eventstest.Twice())}
	f.bus.Settle()
	f.check(f.p.search.Build(f.ctx))
	carried := func(kind search.Kind, id int64) map[string]any {
		t.Helper()
		f.bus.Settle()
		for n := 1; n > 0; {
			var err error
			n, err = f.p.search.Carry(f.ctx)
			f.check(err)
		}
		return server.kept[fmt.Sprintf("%s-%d", kind, id)]
	}

	draft := library.Draft{Title: events.Text{"fr": "Lanterne du rayon"}, Kind: "guide", Languages: []string{"fr"}}
	d, err := f.p.library.Give(f.ctx, f.admin, f.space.ID, draft, "lanterne.txt", strings.NewReader("Une lanterne éclaire."))
	f.check(err)
	if got := carried(search.Documents, d.ID); got["title_fr"] != "Lanterne du rayon" {
		t.Errorf("given: %v", got)
	}
	draft.Title, draft.Version = events.Text{"fr": "Phare du rayon", "ar": "منارة"}, d.Version
	_, err = f.p.library.Edit(f.ctx, f.admin, d.ID, draft, "", nil)
	f.check(err)
	shelf := fmt.Sprint("space:", f.space.ID)
	if got := carried(search.Documents, d.ID); got["title_fr"] != "Phare du rayon" || got["title_ar"] != "منارة" || got["shelf"] != shelf {
		t.Errorf("edited: %v", got)
	}
	f.want(account.Actor{}, "lanterne")
	f.want(account.Actor{}, "phare", address("/documents/", d.ID))
	th, err := f.p.community.StartThread(f.ctx, f.admin, community.NewThread{SpaceID: f.space.ID, Kind: community.Discussion, Title: "Phare du forum", Body: "Bonjour."})
	f.check(err)
	if got := carried(search.Threads, th.ID); got["shelf"] != shelf || !strings.Contains(fmt.Sprint(got), "Phare du forum") {
		t.Errorf("thread: %v", got)
	}
	org, err := f.p.account.CreateOrganisation(f.ctx, f.actorOf(f.person("amel")), account.NewOrganisation{Name: "Oasis", Kind: "association", Governorate: region})
	f.check(err)
	f.check(f.p.account.DecideOrganisation(f.ctx, f.moderator, org.ID, true, ""))
	carried(search.Seminars, w.seminar(4).ID)

	clear(server.kept)
	_, err = f.p.search.Reindex(f.ctx)
	f.check(err)
	carried(search.Documents, d.ID)
	kinds := map[search.Kind]bool{}
	for id := range server.kept {
		kind, _, _ := strings.Cut(id, "-")
		kinds[search.Kind(kind)] = true
	}
	var here []search.Kind
	f.check(f.p.db.NewRaw(`select distinct kind from search_document order by kind`).Scan(f.ctx, &here))
	for _, kind := range search.Kinds {
		if !kinds[kind] || !slices.Contains(here, kind) {
			t.Errorf("reindexing leaves out %s: outside %v, here %v", kind, kinds, here)
		}
	}
	f.check(f.p.library.Withdraw(f.ctx, f.admin, d.ID))
	if got := carried(search.Documents, d.ID); got != nil {
		t.Errorf("withdrawn, it is still outside: %v", got)
	}
}
