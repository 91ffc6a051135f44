package web

import (
	"strings"
	"time"

	"github.com/valyala/fasthttp"
)

// upload is an address that takes files: more bytes than other forms, and the time they need on a slow network.
type upload struct {
	pattern string
	bytes   int
	time    time.Duration
}

// uploads are somewhat larger than the files they take, so that one that is too large is refused by its form, in words.
var uploads = []upload{
	{"/spaces/:key/library", 32 << 20, 15 * time.Minute},
	{"/documents/:id/edit", 32 << 20, 15 * time.Minute},
	{"/spaces/:key/forum/new", 32 << 20, 15 * time.Minute},
	{"/spaces/:key/experiences/new", 32 << 20, 15 * time.Minute},
	{"/spaces/:key/polls/new", 32 << 20, 15 * time.Minute},
	{"/threads/:id/reply", 32 << 20, 15 * time.Minute},
	{"/posts/:id/edit", 32 << 20, 15 * time.Minute},
}

// roomFor tells the server, once it has read a request's header, how large the rest may be and how long it may take.
func roomFor(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	path, _, _ := strings.Cut(string(h.RequestURI()), "?")
	for _, u := range uploads {
		if h.IsPost() && matches(path, u.pattern) {
			return fasthttp.RequestConfig{MaxRequestBodySize: u.bytes, ReadTimeout: u.time}
		}
	}
	return fasthttp.RequestConfig{}
}

// matches tells whether a path is of a pattern such as /documents/:id/edit, as the router reads both. It is asked at each
// request, and fiber's own parses the pattern each time.
func matches(path, pattern string) bool {
	path = strings.TrimSuffix(path, "/")
	for {
		a, laterA, moreA := strings.Cut(path, "/")
		b, laterB, moreB := strings.Cut(pattern, "/")
		fits := strings.EqualFold(a, b) || strings.HasPrefix(b, ":") && a != ""
		if !fits || moreA != moreB {
			return false
		}
		if !moreA {
			return true
		}
		path, pattern = laterA, laterB
	}
}
