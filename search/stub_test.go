package search_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// stub answers as Meilisearch's documentation says: writes are accepted with a task (202), whose outcome is asked for at
// /tasks/:uid; errors are {message, code, type, link}.
type stub struct {
	*httptest.Server
	mu        sync.Mutex
	exists    bool                       // the index
	settings  map[string]any             // as last set
	documents map[string]map[string]any  // by id
	tasks     []map[string]any           // by uid
	searches  []map[string]any           // as asked
	writes    []string                   // method and path
	fail      string                     // the code with which the next task fails
	down      bool                       // answer 503
	hits      func(q map[string]any) any // what a search answers
}

func newStub(t testing.TB) *stub {
	t.Helper()
	s := &stub{documents: map[string]map[string]any{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *stub) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	switch {
	case r.Header.Get("Authorization") != "Bearer the key":
		s.refuse(w, http.StatusForbidden, "invalid_api_key")
		return
	case s.down:
		s.refuse(w, http.StatusServiceUnavailable, "internal")
		return
	}
	switch route := r.Method + " " + r.URL.Path; {
	case route == "GET /indexes/halqa":
		if !s.exists {
			s.refuse(w, http.StatusNotFound, "index_not_found")
			return
		}
		s.answer(w, http.StatusOK, map[string]any{"uid": "halqa", "primaryKey": "id"})
	case route == "GET /indexes/halqa/stats":
		s.answer(w, http.StatusOK, map[string]any{"numberOfDocuments": len(s.documents), "isIndexing": false, "fieldDistribution": map[string]int{}})
	case strings.HasPrefix(route, "GET /tasks/"):
		var uid int
		_, _ = fmt.Sscanf(r.URL.Path, "/tasks/%d", &uid)
		s.answer(w, http.StatusOK, s.tasks[uid])
	case route == "POST /indexes/halqa/search":
		var q map[string]any
		_ = json.Unmarshal(body, &q)
		s.searches = append(s.searches, q)
		s.answer(w, http.StatusOK, s.hits(q))
	default:
		s.write(w, route, body)
	}
}

// write accepts a task and, unless it is to fail, does it.
func (s *stub) write(w http.ResponseWriter, route string, body []byte) {
	s.writes = append(s.writes, route)
	task := map[string]any{"uid": len(s.tasks), "indexUid": "halqa", "status": "succeeded", "type": "any", "error": nil, "enqueuedAt": "2026-11-22T09:30:00Z"}
	if s.fail != "" {
		task["status"], task["error"] = "failed", map[string]any{"message": "It can't be done.", "code": s.fail, "type": "invalid_request", "link": ""}
		s.fail = ""
	} else if !s.do(route, body) {
		s.refuse(w, http.StatusNotFound, "not_found")
		return
	}
	s.tasks = append(s.tasks, task)
	s.answer(w, http.StatusAccepted, map[string]any{"taskUid": task["uid"], "indexUid": "halqa", "status": "enqueued", "type": "any", "enqueuedAt": "2026-11-22T09:30:00Z"})
}

func (s *stub) do(route string, body []byte) bool {
	switch route {
	case "POST /indexes":
		s.exists = true
	case "PATCH /indexes/halqa/settings":
		_ = json.Unmarshal(body, &s.settings)
	case "POST /indexes/halqa/documents":
		var all []map[string]any
		_ = json.Unmarshal(body, &all)
		for _, d := range all {
			s.documents[d["id"].(string)] = d
		}
	case "POST /indexes/halqa/documents/delete-batch":
		var ids []string
		_ = json.Unmarshal(body, &ids)
		for _, id := range ids {
			delete(s.documents, id)
		}
	case "DELETE /indexes/halqa/documents":
		clear(s.documents)
	default:
		return false
	}
	return true
}

func (s *stub) answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (s *stub) refuse(w http.ResponseWriter, status int, code string) {
	s.answer(w, status, map[string]any{"message": "No.", "code": code, "type": "invalid_request", "link": "https://docs.meilisearch.com/errors#" + code})
}
