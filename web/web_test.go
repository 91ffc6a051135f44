package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"context"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
)

// visitor is a browser over an application in memory: it keeps cookies.
type visitor struct {
	t       *testing.T
	app     *fiber.App
	cookies map[string]string
	header  http.Header
}

type answer struct {
	*http.Response
	body string
}

func arrive(t *testing.T, d Deps, more ...Route) *visitor {
	t.Helper()
	d.Secret = []byte("a secret for tests")
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &visitor{t: t, app: newApp(d, more...), cookies: map[string]string{}, header: http.Header{}}
}

func (v *visitor) do(r *http.Request) answer {
	v.t.Helper()
	for name, values := range v.header {
		r.Header[name] = values
	}
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := v.app.Test(r, 5000)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		if c.Value == "" {
			delete(v.cookies, c.Name)
		} else {
			v.cookies[c.Name] = c.Value
		}
	}
	return answer{res, string(body)}
}

func (v *visitor) get(path string) answer {
	v.t.Helper()
	return v.do(httptest.NewRequest("GET", path, nil))
}

func (v *visitor) post(path string, form url.Values) answer {
	v.t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

var tokenField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

func (v *visitor) token() string {
	v.t.Helper()
	m := tokenField.FindStringSubmatch(v.get("/").body)
	if m == nil {
		v.t.Fatal("no token on the page")
	}
	return m[1]
}

func TestHomeSpeaksTheReadersLanguage(t *testing.T) {
	for accept, want := range map[string]string{
		"":                           `lang="fr" dir="ltr"`,
		"ar-TN,ar;q=0.9,fr;q=0.8":    `lang="ar" dir="rtl"`,
		"en-GB":                      `lang="en" dir="ltr"`,
		"de-DE,de;q=0.9":             `lang="fr" dir="ltr"`,
		"de-DE,de;q=0.9,en;q=0.5":    `lang="en" dir="ltr"`,
		"this is no header at all §": `lang="fr" dir="ltr"`,
	} {
		v := arrive(t, Deps{})
		v.header.Set("Accept-Language", accept)
		if a := v.get("/"); a.StatusCode != 200 || !strings.Contains(a.body, want) {
			t.Errorf("Accept-Language %q: status %d, no %s", accept, a.StatusCode, want)
		}
	}
}

func TestChoosingALanguage(t *testing.T) {
	v := arrive(t, Deps{})
	a := v.post("/language", url.Values{"csrf": {v.token()}, "language": {"ar"}, "next": {"/spaces?x=1"}})
	if a.StatusCode != 303 || a.Header.Get("Location") != "/spaces?x=1" {
		t.Fatalf("status %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	if !strings.Contains(v.get("/").body, `dir="rtl"`) {
		t.Error("the choice was forgotten")
	}
	if a := v.post("/language", url.Values{"csrf": {v.token()}, "language": {"tlh"}}); a.StatusCode != 400 {
		t.Errorf("an unknown language answers %d", a.StatusCode)
	}
	a = v.post("/language", url.Values{"csrf": {v.token()}, "language": {"fr"}, "next": {"//evil.example/"}})
	if a.Header.Get("Location") != "/" {
		t.Errorf("sent to %q", a.Header.Get("Location"))
	}
}

func TestFormsNeedTheirToken(t *testing.T) {
	form := func(token string) url.Values { return url.Values{"csrf": {token}, "language": {"fr"}} }
	v := arrive(t, Deps{})
	token := v.token()
	for name, c := range map[string]struct {
		token  string
		header map[string]string
		want   int
	}{
		"right":                    {token, nil, 303},
		"right, from here":         {token, map[string]string{"Sec-Fetch-Site": "same-origin"}, 303},
		"right, from this host":    {token, map[string]string{"Origin": "http://example.com"}, 303},
		"right, from elsewhere":    {token, map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		"right, from a stranger":   {token, map[string]string{"Origin": "https://evil.example"}, 403},
		"right, from nowhere":      {token, map[string]string{"Origin": "null"}, 403},
		"none":                     {"", nil, 403},
		"another one":              {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", nil, 403},
		"of another visitor":       {arrive(t, Deps{}).token(), nil, 403},
		"not even base64":          {"%%%", nil, 403},
		"right, in a header alone": {"", map[string]string{"X-CSRF-Token": token}, 303},
	} {
		v.header = http.Header{}
		for key, value := range c.header {
			v.header.Set(key, value)
		}
		if a := v.post("/language", form(c.token)); a.StatusCode != c.want {
			t.Errorf("token %s: status %d, want %d", name, a.StatusCode, c.want)
		}
	}
}

func TestErrorsAreToldOnce(t *testing.T) {
	fails := map[string]error{
		"not-found": account.ErrNotFound, "forbidden": account.ErrForbidden, "conflict": account.ErrConflict,
		"many": account.TooMany{RetryAfter: 90 * time.Second}, "invalid": account.Invalid{Field: "name", Key: "common.optional"},
		"slow": context.DeadlineExceeded, "ours": errors.New("secret detail"), "sign-in": account.ErrSignInRequired,
	}
	var routes []Route
	for name, err := range fails {
		routes = append(routes, Route{"GET", "/fail/" + name, Public, func(*fiber.Ctx) error { return err }})
	}
	routes = append(routes, Route{"GET", "/fail/panic", Public, func(*fiber.Ctx) error { panic("secret detail") }})
	var log bytes.Buffer
	v := arrive(t, Deps{Log: slog.New(slog.NewTextHandler(&log, nil))}, routes...)
	for path, want := range map[string]int{
		"/nowhere": 404, "/fail/not-found": 404, "/fail/forbidden": 403, "/fail/conflict": 409, "/fail/many": 429,
		"/fail/invalid": 422, "/fail/slow": 503, "/fail/ours": 500, "/fail/panic": 500, "/fail/sign-in": 303,
	} {
		for _, lang := range []string{"fr", "ar", "en"} {
			v.header = http.Header{"Accept-Language": {lang}, "Accept": {"text/html"}}
			a := v.get(path)
			if a.StatusCode != want {
				t.Errorf("%s: status %d, want %d", path, a.StatusCode, want)
			}
			if strings.Contains(a.body, "secret detail") {
				t.Errorf("%s shows the error itself", path)
			}
			if want == 500 && !strings.Contains(a.body, a.Header.Get("X-Request-Id")) {
				t.Errorf("%s shows no id to quote", path)
			}
			if want != 303 && (!strings.Contains(a.body, `lang="`+lang+`"`) || strings.Contains(a.body, ">errors.")) {
				t.Errorf("%s isn't told in %s", path, lang)
			}
		}
		v.header = http.Header{"Accept": {"application/json"}}
		a := v.get(path)
		var p struct{ Status int }
		if err := json.Unmarshal([]byte(a.body), &p); err != nil || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s for a program: %v, %s", path, err, a.Header.Get("Content-Type"))
		}
		if p.Status != a.StatusCode || a.StatusCode == 303 {
			t.Errorf("%s for a program: status %d in an answer of status %d", path, p.Status, a.StatusCode)
		}
	}
	if !strings.Contains(log.String(), "secret detail") {
		t.Error("the log doesn't say what went wrong")
	}
	v.header = http.Header{}
	if a := v.get("/fail/many"); a.Header.Get("Retry-After") != "90" {
		t.Errorf("Retry-After: %q", a.Header.Get("Retry-After"))
	}
	if a := v.get("/fail/sign-in?a=b"); a.Header.Get("Location") != "/sign-in?next=%2Ffail%2Fsign-in%3Fa%3Db" {
		t.Errorf("sent to %q", a.Header.Get("Location"))
	}
	if body := v.get("/").body; !strings.Contains(body, "Connectez-vous d’abord") {
		t.Error("the notice is lost")
	}
	if body := v.get("/").body; strings.Contains(body, "Connectez-vous d’abord") {
		t.Error("the notice is shown twice")
	}
}

func TestHeaders(t *testing.T) {
	v := arrive(t, Deps{PublicURL: &url.URL{Scheme: "https", Host: "halqa.example"}})
	a := v.get("/")
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
		"Strict-Transport-Security": "max-age", "X-Frame-Options": "DENY",
	} {
		if !strings.Contains(a.Header.Get(name), want) {
			t.Errorf("%s: %q", name, a.Header.Get(name))
		}
	}
	for _, unsafe := range []string{"unsafe-inline", "unsafe-eval"} {
		if strings.Contains(a.Header.Get("Content-Security-Policy"), unsafe) {
			t.Errorf("the policy has %s", unsafe)
		}
	}
	for _, c := range a.Cookies() {
		if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("the cookie %s is loose: %+v", c.Name, c)
		}
	}
}

func TestAssetsStayForEver(t *testing.T) {
	v := arrive(t, Deps{})
	href := regexp.MustCompile(`/static/halqa\.[0-9a-f]+\.css`).FindString(v.get("/").body)
	v.header.Set("Accept-Encoding", "gzip, br")
	a := v.get(href)
	if a.StatusCode != 200 || a.Header.Get("Content-Encoding") != "br" || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s: %d %v", href, a.StatusCode, a.Header)
	}
	if a := v.get("/static/halqa.0000000000.css"); a.StatusCode != 404 {
		t.Errorf("an asset of another version answers %d", a.StatusCode)
	}
}

func TestSessions(t *testing.T) {
	leila := account.Actor{PersonID: 7, Name: "Leïla", Language: "ar", Grants: []account.Grant{{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: 3}}}
	d := Deps{Authenticate: func(_ context.Context, token string) (account.Actor, error) {
		if token == "leila" {
			return leila, nil
		}
		return account.Actor{}, nil
	}}
	ok := func(c *fiber.Ctx) error { return c.SendString(actor(c).Name) }
	routes := []Route{
		{"GET", "/t/person", SignedIn, ok}, {"GET", "/t/desk", May(account.RunSeminars), ok}, {"GET", "/t/admin", May(account.GrantRoles), ok},
	}
	for token, want := range map[string][3]int{"": {303, 303, 303}, "unknown": {303, 303, 303}, "leila": {200, 200, 403}} {
		v := arrive(t, d, routes...)
		v.cookies["halqa_session"] = token
		for i, path := range []string{"/t/person", "/t/desk", "/t/admin"} {
			if a := v.get(path); a.StatusCode != want[i] {
				t.Errorf("session %q, %s: %d, want %d", token, path, a.StatusCode, want[i])
			}
		}
	}
	v := arrive(t, d)
	v.cookies["halqa_session"] = "leila"
	if body := v.get("/").body; !strings.Contains(body, `dir="rtl"`) || !strings.Contains(body, "/desk") {
		t.Error("the page isn't Leïla's")
	}
}

func TestClientAddr(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/32"), netip.MustParsePrefix("10.0.0.0/8")}
	for forwarded, want := range map[string]string{
		"": "0.0.0.0", "41.1.2.3": "41.1.2.3", "6.6.6.6, 41.1.2.3": "41.1.2.3", "41.1.2.3, 10.0.0.9": "41.1.2.3",
		"nonsense": "0.0.0.0", "nonsense, 10.1.1.1": "10.1.1.1",
	} {
		v := arrive(t, Deps{TrustedProxies: trusted}, Route{"GET", "/t/addr", Public, func(c *fiber.Ctx) error {
			return c.SendString(ClientAddr(c).String())
		}})
		v.header.Set("X-Forwarded-For", forwarded)
		if got := v.get("/t/addr").body; got != want {
			t.Errorf("X-Forwarded-For %q: %s, want %s", forwarded, got, want)
		}
	}
	v := arrive(t, Deps{}, Route{"GET", "/t/addr", Public, func(c *fiber.Ctx) error { return c.SendString(ClientAddr(c).String()) }})
	v.header.Set("X-Forwarded-For", "41.1.2.3")
	if got := v.get("/t/addr").body; got != "0.0.0.0" {
		t.Errorf("anybody can pretend to be elsewhere: %s", got)
	}
}

func TestReadiness(t *testing.T) {
	v := arrive(t, Deps{Ready: map[string]func(context.Context) error{
		"database": func(context.Context) error { return nil }, "bus": func(context.Context) error { return errors.New("secret detail") },
	}})
	if a := v.get("/readyz"); a.StatusCode != 503 || strings.Contains(a.body, "secret") || !strings.Contains(a.body, `"database":"ok"`) {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := v.get("/healthz"); a.StatusCode != 200 {
		t.Errorf("healthz: %d", a.StatusCode)
	}
}

func TestSafePath(t *testing.T) {
	for path, want := range map[string]string{
		"/spaces": "/spaces", "/a?b=c#d": "/a?b=c#d", "": "/x", "//evil": "/x", "/\\evil": "/x", "https://evil/": "/x", "evil": "/x",
		"javascript:alert(1)": "/x", "/a\r\nSet-Cookie: b": "/x", "/\t/evil": "/x",
	} {
		if got := safePath(path, "/x"); got != want {
			t.Errorf("safePath(%q) = %q, want %q", path, got, want)
		}
	}
}
