package main

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"halqa/events/eventstest"
	"halqa/migrations/testdb"
	"halqa/web"
)

func TestMetrics(t *testing.T) {
	w := newWorld(t, testdb.Clone(t), testConfig(t, t.TempDir()), nil)
	eventstest.New(t, w.p.db, w.p.consumers()) // makes the consumers known, and leaves them what the world announced
	g := newGauges(w.p, web.NewHub())
	g.request("GET", "/modules/:id", 404, 30*time.Millisecond)
	answer := httptest.NewRecorder()
	g.handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.Code != 200 {
		t.Fatalf("%v, status %d: %s", err, answer.Code, body)
	}
	for _, want := range []string{
		`halqa_http_request_duration_seconds_bucket{method="GET",route="/modules/:id",status="4xx",le="0.05"} 1`,
		"\nhalqa_events_unpublished ", `halqa_consumer_lag{consumer="enrolment_facts"}`, `halqa_consumer_dead{consumer="notify"} 0`,
		`halqa_live_streams 0`, `halqa_mail_queued 0`, `go_sql_open_connections{db_name="halqa"}`, `halqa_info{version="development"} 1`,
	} {
		if !strings.Contains(string(body), want) {
			t.Errorf("no %q", want)
		}
	}
	if t.Failed() {
		for line := range strings.Lines(string(body)) {
			if strings.HasPrefix(line, "halqa") && !strings.Contains(line, "bucket") {
				t.Log(line)
			}
		}
	}
}
