package main

import (
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"halqa/community/account"
)

// comer is somebody with a browser.
type comer struct {
	kind
	actor    account.Actor
	email    string
	password bool   // testPassword, or none at all
	cookie   string // of the session, or of a visitor's forms
	token    string // of forms
}

// link has a newcomer sign up and returns the path that the mail tells them.
func (r *realm) link(address string) string {
	r.t.Helper()
	r.check(r.p.account.SignUp(r.ctx, account.Newcomer{Name: "Passant", Email: address, Password: testPassword, Language: "fr", Governorate: region}, account.Client{}))
	return r.lastMail()
}

// lastMail is the path that the newest mail leads to.
func (r *realm) lastMail() string {
	r.t.Helper()
	list, err := r.p.notify.Mailbox(r.ctx, r.admin)
	r.check(err)
	u, err := url.Parse(list[0].URL)
	r.check(err)
	return u.Path
}

var formToken = regexp.MustCompile(`name="csrf-token" content="([^"]+)"`)

// as is somebody with an open browser.
func (r *realm) as(k kind) *comer {
	r.t.Helper()
	c := r.people[k]
	if c.token == "" {
		r.enter(c)
	}
	return c
}

// enter opens a browser for a comer: signs them in, and takes the token of their forms from a page.
func (r *realm) enter(c *comer) {
	r.t.Helper()
	c.cookie = ""
	if c.kind != aVisitor {
		c.cookie = "halqa_session=" + r.session(c)
	}
	res := r.send(c, ask{path: "/check-mail"}, nil)
	found := formToken.FindStringSubmatch(res.body)
	if found == nil {
		r.t.Fatalf("%s finds no form token: %d %.300s", c, res.status, res.body)
	}
	c.token = found[1]
	for _, cookie := range res.cookies {
		if c.kind == aVisitor {
			c.cookie = cookie.Name + "=" + cookie.Value
		}
	}
}

func (r *realm) session(c *comer) string {
	r.t.Helper()
	if c.password {
		session, err := r.p.account.SignIn(r.ctx, c.email, testPassword, account.Client{})
		r.check(err)
		return session
	}
	r.check(r.p.account.SendMagicLink(r.ctx, c.email, account.Client{}))
	session, err := r.p.account.UseMagicLink(r.ctx, strings.TrimPrefix(r.lastMail(), "/magic/"), account.Client{})
	r.check(err)
	return session
}

// ask is a request: a form, JSON or a file make it a POST.
type ask struct {
	path string
	form url.Values
	json string
	file string // content of a file that goes with the form
	body string // a whole multipart body, between boundary lines "x"
}

type answer struct {
	status  int
	to      string // where a redirect leads
	kind    string // content type
	body    string
	cookies []*http.Cookie
	guarded bool // by the policy against foreign content
}

var browser = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport: &http.Transport{DisableCompression: true}, Timeout: time.Minute}

// send asks in somebody's name. change may spoil the request.
func (r *realm) send(c *comer, a ask, change func(*http.Request)) answer {
	r.t.Helper()
	req := a.request(r.t, r.base, c)
	if change != nil {
		change(req)
	}
	res, err := browser.Do(req)
	r.check(err)
	defer func() { _ = res.Body.Close() }()
	out := answer{status: res.StatusCode, to: res.Header.Get("Location"), kind: res.Header.Get("Content-Type"), cookies: res.Cookies(),
		guarded: res.Header.Get("Content-Security-Policy") != ""}
	if strings.HasPrefix(out.kind, "text/event-stream") {
		return out
	}
	body, err := io.ReadAll(res.Body)
	r.check(err)
	out.body = string(body)
	return out
}

func (a ask) request(t testing.TB, base string, c *comer) *http.Request {
	t.Helper()
	method, kind, body := http.MethodGet, "", ""
	switch {
	case a.json != "":
		method, kind, body = http.MethodPost, "application/json", a.json
	case a.file != "":
		method = http.MethodPost
		kind, body = a.multipart(t)
	case a.form != nil:
		method, kind, body = http.MethodPost, "application/x-www-form-urlencoded", a.form.Encode()
	}
	if a.body != "" {
		method, kind, body = http.MethodPost, "multipart/form-data; boundary=x", a.body
	}
	req, err := http.NewRequest(method, base+a.path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Cookie", c.cookie)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", kind)
		req.Header.Set("X-CSRF-Token", c.token)
		req.Header.Set("Origin", base)
	}
	if a.json != "" {
		req.Header.Set("Accept", "application/json")
	}
	return req
}

// multipart is the body of a form with its file, and the type that says so.
func (a ask) multipart(t testing.TB) (kind, body string) {
	t.Helper()
	var b strings.Builder
	w := multipart.NewWriter(&b)
	for name, values := range a.form {
		for _, value := range values {
			_ = w.WriteField(name, value) // to memory
		}
	}
	part, err := w.CreateFormFile("file", "sent.bin")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(part, a.file)
	_ = w.Close()
	return w.FormDataContentType(), b.String()
}
