package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

func TestMetricsAreForThoseNearAndThoseWithTheToken(t *testing.T) {
	d := Deps{MetricsToken: "a token for tests", TrustedProxies: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/32")},
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "halqa_info 1") })}
	near := d
	far := d
	far.TrustedProxies = nil // the address of app.Test is 0.0.0.0, which then is nobody's
	for _, test := range []struct {
		name    string
		deps    Deps
		headers map[string]string
		want    int
	}{
		{"a trusted machine", near, nil, 200},
		{"somebody behind a trusted proxy", near, map[string]string{"X-Forwarded-For": "203.0.113.7"}, 404},
		{"somebody who says they are here", near, map[string]string{"X-Forwarded-For": "127.0.0.1"}, 404},
		{"somebody behind a proxy of another kind", near, map[string]string{"Forwarded": "for=203.0.113.7"}, 404},
		{"a stranger", far, nil, 404},
		{"a stranger who says they are here", far, map[string]string{"X-Forwarded-For": "127.0.0.1"}, 404},
		{"the token", far, map[string]string{"Authorization": "Bearer a token for tests"}, 200},
		{"the token through a proxy", near, map[string]string{"Authorization": "Bearer a token for tests", "X-Forwarded-For": "203.0.113.7"}, 200},
		{"a wrong token", far, map[string]string{"Authorization": "Bearer a token"}, 404},
		{"an empty token", far, map[string]string{"Authorization": "Bearer "}, 404},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/metrics", nil)
			for name, value := range test.headers {
				r.Header.Set(name, value)
			}
			res, err := New(test.deps).Test(r)
			if err != nil || res.StatusCode != test.want {
				t.Errorf("%v, status %d, want %d", err, res.StatusCode, test.want)
			}
		})
	}
}

func TestRequestsAreCountedByRoute(t *testing.T) {
	var heard []string
	d := Deps{Request: func(method, route string, status int, took time.Duration) {
		heard = append(heard, method+" "+route)
		if took <= 0 || status == 0 {
			t.Errorf("%s: status %d after %s", route, status, took)
		}
	}}
	v := arrive(t, d, Route{"GET", "/t/:id", Public, func(c *fiber.Ctx) error { return c.SendString("yes") }})
	for _, path := range []string{"/", "/t/12", "/t/13", "/nowhere/at/all", "/healthz"} {
		v.get(path)
	}
	if want := []string{"GET /", "GET /t/:id", "GET /t/:id", "GET none", "GET /healthz"}; !slices.Equal(heard, want) {
		t.Errorf("heard %q", heard)
	}
}
