package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// weight is what a page costs over the wire: bodies as compressed, without headers.
type weight struct {
	requests int
	bytes    int64
}

var assets = regexp.MustCompile(`(?:src|href)="(/static/[^"]+)"|url\("?(/static/[^")]+)"?\)|from"(\./[^"]+)"|import"(\./[^"]+)"`)

// weigh fetches a page as a browser that has visited nothing (first) and as one that keeps /static (later).
// jar carries the visitor's session.
func weigh(base, path string, jar http.CookieJar) (first, later weight, err error) {
	page, body, err := fetch(base, path, jar)
	if err != nil {
		return first, later, err
	}
	first, later = weight{1, page}, weight{1, page}
	seen := map[string]bool{}
	queue := references(path, body)
	for len(queue) > 0 {
		ref := queue[0]
		queue = queue[1:]
		if seen[ref] {
			continue
		}
		seen[ref] = true
		n, text, err := fetch(base, ref, nil)
		if err != nil {
			return first, later, err
		}
		first.requests++
		first.bytes += n
		if strings.HasSuffix(ref, ".css") || strings.HasSuffix(ref, ".js") {
			queue = append(queue, references(ref, text)...)
		}
	}
	return first, later, nil
}

func references(from, body string) []string {
	base, err := url.Parse(from)
	if err != nil {
		return nil
	}
	var refs []string
	for _, m := range assets.FindAllStringSubmatch(body, -1) {
		ref := strings.Join(m[1:], "")
		if u, err := base.Parse(ref); err == nil {
			refs = append(refs, u.Path)
		}
	}
	return refs
}

// fetch returns the compressed size of a body and, for reading references, the body uncompressed.
func fetch(base, path string, jar http.CookieJar) (int64, string, error) {
	n, _, err := get(base, path, jar, "br, gzip")
	if err != nil {
		return 0, "", err
	}
	_, body, err := get(base, path, jar, "identity")
	return n, body, err
}

func get(base, path string, jar http.CookieJar, encoding string) (int64, string, error) {
	req, err := http.NewRequest(http.MethodGet, base+path, nil)
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Accept-Encoding", encoding)
	req.Header.Set("Accept", "text/html")
	client := &http.Client{}
	if jar != nil {
		client.Jar = jar
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: status %d", path, res.StatusCode)
	}
	return int64(len(body)), string(body), err
}
