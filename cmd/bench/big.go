package main

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"halqa/cmd/halqa/demo"
)

// size is how big a demonstration is.
type size struct{ people, organisations, posts int }

// big measures the pages that grow with what there is, over a demonstration of the given size. It is loaded once, into a
// folder of its own that stays: loading takes minutes.
func big(program string, n size, workers int, length time.Duration) error {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("halqa-bench-%d-%d-%d", n.people, n.organisations, n.posts))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	took, err := loadBig(program, data, n)
	if err != nil {
		return err
	}
	s, start, err := startServer(program, data)
	if err != nil {
		return err
	}
	defer func() { _ = s.stop() }()
	fmt.Printf("\nWith %d people, %d organisations and %d posts, made ready in %.0f s in %s; start: %.2f s.\n", n.people, n.organisations,
		n.posts, took.Seconds(), dir, start.Seconds())
	if err := settle(s); err != nil {
		return err
	}
	fmt.Printf("Memory at rest, all processes (PSS): %d MB.\n\n", memoryOf(s.cmd.Process.Pid)>>20)
	v, err := prepare(s, workers)
	if err != nil {
		return err
	}
	thread, err := findLongThread(v)
	if err != nil {
		return err
	}
	return printLoads(s, v, workers, length, []load{
		{"home, signed in", get200(v, "/home")},
		{"list of threads", get200(v, "/spaces/funding/forum")},
		{"thread of 200 replies", get200(v, thread)},
		{"search as you type", typing(v)},
		{"directory of people", get200(v, "/people")},
		{"calendar", get200(v, "/seminars")},
	})
}

// loadBig loads the demonstration, unless that was done before.
func loadBig(program, data string, n size) (time.Duration, error) {
	cmd := exec.Command(program, "demo", "--people", strconv.Itoa(n.people), "--organisations", strconv.Itoa(n.organisations),
		"--posts", strconv.Itoa(n.posts))
	cmd.Env = append(os.Environ(), "DATA="+data, "LOG_LEVEL=error")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	begin := time.Now()
	err := cmd.Run()
	return time.Since(begin), err
}

var threadLink = regexp.MustCompile(`href="(/threads/\d+)"[^>]*><bdi>([^<]*)</bdi>`)

// findLongThread finds the thread of 200 replies in the list of its space.
func findLongThread(v *visit) (string, error) {
	page, err := v.learners[0].Get("/spaces/funding/forum")
	if err != nil {
		return "", err
	}
	for _, m := range threadLink.FindAllSubmatch(page.Body, -1) {
		if strings.Contains(string(m[2]), demo.LongTitle) {
			return string(m[1]), nil
		}
	}
	return "", fmt.Errorf("the forum doesn't list %q", demo.LongTitle)
}

// typing searches as somebody does who types: each time one letter more.
func typing(v *visit) func(int, int) error {
	var typed []string
	for _, words := range []string{"budget prévisionnel", "cadre logique", "indicateur", "ميزانية", "المتطوعين", "association"} {
		letters := []rune(words)
		for n := 3; n <= len(letters); n++ {
			typed = append(typed, "/search?q="+url.QueryEscape(string(letters[:n])))
		}
	}
	return func(worker, turn int) error {
		return get200(v, typed[(worker*7+turn)%len(typed)])(worker, turn)
	}
}
