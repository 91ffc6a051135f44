// Package webtest is a small browser without scripts: it follows redirects, keeps cookies, reads forms out of pages and
// submits them with their hidden fields. Tests and benchmarks use it to walk the site as a person would.
package webtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Client is one person's browser. It isn't safe for concurrent use; give each person their own.
type Client struct {
	Base     string // such as "http://127.0.0.1:8080"
	Language string // sent as Accept-Language when not empty
	http     *http.Client
	csrf     string // the token of the last page seen, for Beacon
}

// New returns a browser with no cookies.
func New(base, language string) *Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // only for a bad public suffix list, and there is none
	}
	return &Client{Base: base, Language: language, http: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

// Page is a page as received, after redirects.
type Page struct {
	Status int
	Path   string // where redirects led
	Header http.Header
	Body   []byte
	root   *html.Node
	client *Client
}

// Get fetches a page.
func (c *Client) Get(path string) (*Page, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, c.Base+path, nil)
	if err != nil {
		return nil, err
	}
	return c.do(req)
}

// Post submits a form body to path, as Form.Submit does.
func (c *Client) Post(path string, form url.Values) (*Page, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, c.Base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.do(req)
}

// PostJSON sends body as the site's scripts do: as JSON, with the token of the last page in a header.
// It returns the status and the answer's body.
func (c *Client) PostJSON(path string, body any) (int, []byte, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, c.Base+path, bytes.NewReader(data))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-CSRF-Token", c.csrf)
	req.Header.Set("Origin", c.Base)
	res, err := c.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	return res.StatusCode, answer, err
}

// Fetch gets a path without reading the page, for measuring: it returns the status once the body has arrived.
func (c *Client) Fetch(path string) (int, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, c.Base+path, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept", "text/html")
	res, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

// SetSession lets the browser hold the session of a token, as if it had signed in.
func (c *Client) SetSession(token string) {
	u, err := url.Parse(c.Base)
	if err != nil {
		panic(err) // Base is the caller's own constant
	}
	c.http.Jar.SetCookies(u, []*http.Cookie{{Name: "halqa_session", Value: token, Path: "/"}})
}

// Cookies are what the browser holds, the session among them.
func (c *Client) Cookies() http.CookieJar { return c.http.Jar }

func (c *Client) do(req *http.Request) (*Page, error) {
	if c.Language != "" {
		req.Header.Set("Accept-Language", c.Language)
	}
	req.Header.Set("Accept", "text/html")
	if req.Method == http.MethodPost {
		req.Header.Set("Origin", c.Base)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", req.URL.Path, err)
	}
	p := &Page{Status: res.StatusCode, Path: res.Request.URL.Path, Header: res.Header, Body: body, client: c}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		if p.root, err = html.Parse(bytes.NewReader(body)); err != nil {
			return nil, fmt.Errorf("parse %s: %w", req.URL.Path, err)
		}
		p.rememberToken()
	}
	return p, nil
}

func (p *Page) rememberToken() {
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "meta" && attr(n, "name") == "csrf-token" {
			p.client.csrf = attr(n, "content")
		}
	}
}

// Text is the visible text of the page's main element, or of the page, with single spaces.
func (p *Page) Text() string {
	root := p.root
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "main" {
			root = n
		}
	}
	return text(root)
}

// Has tells whether the page's visible text contains s.
func (p *Page) Has(s string) bool { return strings.Contains(p.Text(), s) }

// Links returns the targets of all links of the page.
func (p *Page) Links() []string {
	var links []string
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "a" {
			links = append(links, attr(n, "href"))
		}
	}
	return links
}

func text(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			b.WriteString(n.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
