// Command bench measures Halqa as its users meet it: it starts the program with the demonstration, walks it over HTTP
// and prints page weights, throughput, latency, CPU and memory of all its processes, as a Markdown table.
//
// Figures are given beside a baseline of the same run, the health check answered by the same program under the same
// load, since a machine's speed varies from one run to the next.
//
// A second part measures the pages that grow with what there is, over a demonstration of 10,000 people and 100,000 posts.
// Loading that takes minutes, so it stays in a folder of the system's temporary folder for the next run.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"
)

var (
	only        *string
	completions *int // of modules, a second
)

func main() {
	program := flag.String("program", "bin/halqa", "the program to measure")
	length := flag.Duration("time", 5*time.Second, "how long each load lasts")
	only = flag.String("only", "", "measure this alone: reports, unlock, forum or video")
	completions = flag.Int("completions", 200, "modules completed per second, to measure unlocking")
	folder := flag.String("data", "", "folder that keeps the demonstration for the next run; without it a new one is loaded")
	workers := flag.Int("clients", 16, "clients at once")
	var n size
	flag.IntVar(&n.people, "people", 10_000, "people of the big demonstration")
	flag.IntVar(&n.organisations, "organisations", 2_500, "its organisations")
	flag.IntVar(&n.posts, "posts", 100_000, "its posts; 0 leaves it out")
	bigOnly := flag.Bool("big", false, "measure over the big demonstration only")
	flag.Parse()
	if !*bigOnly {
		if err := bench(*program, *folder, *workers, *length); err != nil {
			log.Fatal(err)
		}
	}
	if n.posts > 0 {
		if err := big(*program, n, *workers, *length); err != nil {
			log.Fatal(err)
		}
	}
}

func bench(program, folder string, workers int, length time.Duration) error {
	parent := folder
	if parent == "" {
		temporary, err := os.MkdirTemp("", "halqa-bench")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(temporary) }()
		parent = temporary
	}
	if err := errors.Join(os.MkdirAll(parent, 0o755), os.Chmod(parent, 0o755)); err != nil { // PostgreSQL runs as another user when we are root
		return err
	}
	dir := filepath.Join(parent, "data")
	s, first, err := startServer(program, dir)
	if err != nil {
		return err
	}
	if err := s.stop(); err != nil {
		return err
	}
	s, next, err := startServer(program, dir)
	if err != nil {
		return err
	}
	defer func() { _ = s.stop() }()
	fmt.Printf("Start: %.1f s the first time, with the demonstration loaded; %.2f s the next.\n", first.Seconds(), next.Seconds())
	if err := settle(s); err != nil {
		return err
	}
	fmt.Printf("Memory at rest, all processes (PSS): %d MB.\n\n", memoryOf(s.cmd.Process.Pid)>>20)
	if *only != "" {
		return map[string]func(*server, string, time.Duration) error{"reports": printReports, "unlock": printUnlock, "forum": printForum, "video": printVideo}[*only](s, dir, length)
	}
	visit, err := prepare(s, workers)
	if err != nil {
		return err
	}
	if err := printWeights(s, visit); err != nil {
		return err
	}
	if err := printLoads(s, visit, workers, length, everyday(s, visit)); err != nil {
		return err
	}
	if err := printReports(s, dir, length); err != nil {
		return err
	}
	if err := printUnlock(s, dir, length); err != nil {
		return err
	}
	if err := printForum(s, dir, length); err != nil {
		return err
	}
	return printVideo(s, dir, length)
}

// settle waits until the processes use next to no CPU: the consumers have caught up.
func settle(s *server) error {
	for range 120 {
		before := cpuOf(s.cmd.Process.Pid)
		time.Sleep(time.Second)
		if cpuOf(s.cmd.Process.Pid)-before < 50*time.Millisecond {
			return nil
		}
	}
	return fmt.Errorf("the server isn't at rest after two minutes")
}
