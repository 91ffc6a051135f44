package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"halqa/web/webtest"
)

func printWeights(s *server, v *visit) error {
	fmt.Println("| page | first visit | requests | next visit |")
	fmt.Println("|---|---:|---:|---:|")
	jar := v.learners[0].Cookies()
	for _, p := range []struct{ name, path string }{
		{"public home", "/"}, {"sign-in", "/sign-in"}, {"my home", "/home"}, {"space", "/spaces/funding"},
		{"lesson", v.lesson}, {"seminar", v.seminar}, {"my seats", "/my/seats"}, {"notifications", "/notifications"},
	} {
		carrying := jar
		if p.name == "public home" || p.name == "sign-in" {
			carrying = nil
		}
		first, later, err := weigh(s.base, p.path, carrying)
		if err != nil {
			return err
		}
		fmt.Printf("| %s | %.1f KB | %d | %.1f KB |\n", p.name, kb(first.bytes), first.requests, kb(later.bytes))
	}
	fmt.Println()
	return nil
}

func kb(n int64) float64 { return float64(n) / 1000 }

// load is a kind of request to measure.
type load struct {
	name string
	do   func(worker, turn int) error
}

// everyday are the requests that people make most.
func everyday(s *server, v *visit) []load {
	return []load{
		{"sign-in", signInAgain(s)},
		{"space", get200(v, "/spaces/funding")},
		{"lesson", get200(v, v.lesson)},
		{"seminar", get200(v, v.seminar)},
		{"beacon with news", beacon(v, true)},
		{"beacon without news", beacon(v, false)},
	}
}

// printLoads measures each kind of request beside the health check, which says what the machine could do just then.
func printLoads(s *server, v *visit, workers int, length time.Duration, loads []load) error {
	baseline, err := run(workers, length, s.cmd.Process.Pid, get200(v, "/healthz"))
	if err != nil {
		return err
	}
	fmt.Printf("%d clients, %s each.\n\n", workers, length)
	fmt.Println("| request | per second | of the baseline | p50 | p95 | CPU each, all processes |")
	fmt.Println("|---|---:|---:|---:|---:|---:|")
	printLoad("health check (baseline)", baseline, baseline)
	for _, l := range loads {
		f, err := run(workers, length, s.cmd.Process.Pid, l.do)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		printLoad(l.name, f, baseline)
	}
	return nil
}

func printLoad(name string, f, baseline figures) {
	fmt.Printf("| %s | %.0f | %.3f | %s | %s | %s |\n", name, f.rate(), f.rate()/baseline.rate(),
		f.p50.Round(10*time.Microsecond), f.p95.Round(10*time.Microsecond), f.cpuPerRequest().Round(time.Microsecond))
}

func get200(v *visit, path string) func(int, int) error {
	return func(worker, _ int) error {
		page, err := v.learners[worker].Fetch(path)
		if err == nil && page != http.StatusOK {
			err = fmt.Errorf("GET %s: status %d", path, page)
		}
		return err
	}
}

// signInAgain signs in by password, each time from a new browser; a third of the work is the form's page.
func signInAgain(s *server) func(int, int) error {
	return func(worker, _ int) error {
		return signIn(webtest.New(s.base, "fr"), fmt.Sprintf("personne%03d@demo.example", worker%24+1))
	}
}

// beacon reports playing, as the player does every ten seconds: each time a stretch not reported before, or the same one.
func beacon(v *visit, news bool) func(int, int) error {
	return func(worker, turn int) error {
		from := 0
		if news {
			from = (turn % 4000) * 20 // milliseconds
		}
		body := map[string]any{"track": json.Number(v.track), "client": "bench", "position": from,
			"intervals": [][2]int{{from, from + 10}}}
		status, answer, err := v.learners[worker].PostJSON(v.lesson+"/played", body)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("beacon: status %d: %.200s", status, answer)
		}
		return err
	}
}
