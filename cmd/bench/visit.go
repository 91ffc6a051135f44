package main

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"halqa/web/webtest"
)

const password = "halqa-demo-2026"

// visit is the places that are measured, found by walking the demonstration as people do.
type visit struct {
	learners []*webtest.Client // signed in, each of them somebody else
	lesson   string            // path of a video lesson
	seminar  string
	track    string // its id, in what the player reports
}

// prepare signs learners in and finds a space's first video and a seminar that its module opens.
func prepare(s *server, n int) (*visit, error) {
	v := &visit{}
	for i := range n {
		c := webtest.New(s.base, "fr")
		if err := signIn(c, fmt.Sprintf("personne%03d@demo.example", i%24+1)); err != nil {
			return nil, err
		}
		v.learners = append(v.learners, c)
	}
	c := v.learners[0]
	module, err := follow(c, "/spaces/funding", "/modules/")
	if err != nil {
		return nil, err
	}
	if v.lesson, err = follow(c, module, "/lessons/"); err != nil {
		return nil, err
	}
	if v.seminar, err = follow(c, "/seminars", "/seminars/"); err != nil {
		return nil, err
	}
	page, err := c.Get(v.lesson)
	if err != nil {
		return nil, err
	}
	found := trackID.FindSubmatch(page.Body)
	if found == nil {
		return nil, fmt.Errorf("%s names no track", v.lesson)
	}
	v.track = string(found[1])
	return v, nil
}

var trackID = regexp.MustCompile(`data-track="(\d+)"`)

func signIn(c *webtest.Client, email string) error {
	page, err := c.Get("/sign-in")
	if err != nil {
		return err
	}
	form, err := page.Form("/sign-in")
	if err != nil {
		return err
	}
	page, err = form.Set("email", email).Set("password", password).Submit()
	if err != nil {
		return err
	}
	if page.Path != "/home" {
		return fmt.Errorf("sign in as %s: led to %s with status %d", email, page.Path, page.Status)
	}
	return nil
}

// follow returns the first link of a page that begins with prefix.
func follow(c *webtest.Client, path, prefix string) (string, error) {
	page, err := c.Get(path)
	if err != nil {
		return "", err
	}
	for _, link := range page.Links() {
		if u, err := url.Parse(link); err == nil && strings.HasPrefix(u.Path, prefix) {
			return u.Path, nil
		}
	}
	return "", fmt.Errorf("%s has no link to %s…", path, prefix)
}
