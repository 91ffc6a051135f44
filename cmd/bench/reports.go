package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"halqa/migrations/cluster"
	"halqa/web/webtest"
)

// reporters is how many players report at once; some people have two.
const (
	reporters = 64
	people    = 24
)

// printReports measures reports of players, each answered after it is durable, beside pgbench doing the upsert of one row
// that a report comes down to, in the same cluster with the same durability and as many clients, right after.
func printReports(s *server, dir string, length time.Duration) error {
	players, err := openPlayers(s)
	if err != nil {
		return err
	}
	pid := s.cmd.Process.Pid
	if _, err := run(reporters, time.Second, pid, func(worker, _ int) error { return players[worker].report() }); err != nil {
		return err
	}
	fmt.Printf("\n%d clients, %s each, one after the other, twice.\n\n", reporters, length)
	fmt.Println("| durable writes | per second | p50 | p99 | CPU each, all processes | memory after, all processes |")
	fmt.Println("|---|---:|---:|---:|---:|---:|")
	var ours, theirs float64
	for range 2 {
		f, err := run(reporters, length, pid, func(worker, _ int) error { return players[worker].report() })
		if err != nil {
			return err
		}
		fmt.Printf("| reports over HTTP | %.0f | %s | %s | %s | %d MB |\n", f.rate(), f.p50.Round(10*time.Microsecond), f.p99.Round(10*time.Microsecond),
			f.cpuPerRequest().Round(time.Microsecond), memoryOf(pid)>>20)
		tps, latency, err := pgbench(dir, length)
		if err != nil {
			return err
		}
		fmt.Printf("| pgbench, upsert of one row | %.0f | mean %s ms | | | |\n", tps, latency)
		ours, theirs = ours+f.rate(), theirs+tps
	}
	fmt.Printf("\nReports: %.2f × pgbench.\n", ours/theirs)
	return nil
}

// player sends reports of one person as light as can be, so that the server is measured and not the load.
type player struct {
	client  *fasthttp.HostClient
	head    fasthttp.RequestHeader
	session string
	track   string
	at      int64 // ms
}

var (
	sessionOf = regexp.MustCompile(`data-session="([^"]+)"`)
	formToken = regexp.MustCompile(`name="csrf-token" content="([^"]+)"`)
)

func openPlayers(s *server) ([]*player, error) {
	players := make([]*player, reporters)
	var group sync.WaitGroup
	var once sync.Once
	var firstErr error
	for n := range players {
		group.Go(func() {
			p, err := openPlayer(s, n)
			if err != nil {
				once.Do(func() { firstErr = err })
			}
			players[n] = p
		})
	}
	group.Wait()
	return players, firstErr
}

func openPlayer(s *server, n int) (*player, error) {
	c := webtest.New(s.base, "fr")
	if err := signIn(c, fmt.Sprintf("personne%03d@demo.example", n%people+1)); err != nil {
		return nil, err
	}
	module, err := follow(c, "/spaces/funding", "/modules/")
	if err != nil {
		return nil, err
	}
	lesson, err := follow(c, module, "/lessons/")
	if err != nil {
		return nil, err
	}
	page, err := c.Get(lesson)
	if err != nil {
		return nil, err
	}
	session, track, token := sessionOf.FindSubmatch(page.Body), trackID.FindSubmatch(page.Body), formToken.FindSubmatch(page.Body)
	if session == nil || track == nil || token == nil {
		return nil, fmt.Errorf("%s names no session, track or form token", lesson)
	}
	p := &player{client: &fasthttp.HostClient{Addr: s.base[len("http://"):]}, session: string(session[1]), track: string(track[1]), at: int64(n / people * 50_000)}
	p.head.SetMethod("POST")
	p.head.SetRequestURI(lesson + "/played")
	p.head.SetHost(s.base[len("http://"):])
	p.head.SetContentType("application/json")
	p.head.Set("Accept", "application/json")
	p.head.Set("X-CSRF-Token", string(token[1]))
	base, err := url.Parse(s.base)
	if err != nil {
		return nil, err
	}
	for _, cookie := range c.Cookies().Cookies(base) {
		p.head.SetCookie(cookie.Name, cookie.Value)
	}
	return p, nil
}

// report says that the next five milliseconds were played: all of it is news, and less than time allows.
func (p *player) report() error {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	p.head.CopyTo(&req.Header)
	req.SetBodyString(`{"session":"` + p.session + `","track":` + p.track + `,"client":"bench","position":` + strconv.FormatInt(p.at, 10) +
		`,"intervals":[[` + strconv.FormatInt(p.at, 10) + `,` + strconv.FormatInt(p.at+5, 10) + `]]}`)
	p.at += 5
	if err := p.client.Do(req, res); err != nil {
		return err
	}
	if res.StatusCode() != fasthttp.StatusOK {
		return fmt.Errorf("report: status %d: %.300s", res.StatusCode(), res.Body())
	}
	return nil
}

// upsert is one report in SQL, written by hand: the client's row grows by five milliseconds.
const upsert = `\set n :n + 5
insert into bench_played as p (person_id, track_id, played, position_ms) values (:client_id, 1, int4multirange(int4range(:n, :n + 5)), :n)
on conflict (person_id, track_id) do update set played = p.played + excluded.played, position_ms = excluded.position_ms;
`

var (
	tpsOf     = regexp.MustCompile(`tps = ([0-9.]+) \(without`)
	latencyOf = regexp.MustCompile(`latency average = ([0-9.]+) ms`)
)

// pgbench runs PostgreSQL's own benchmark on the server's private cluster and returns transactions per second and their
// mean latency in milliseconds.
func pgbench(dir string, length time.Duration) (tps float64, latency string, err error) {
	ctx := context.Background()
	address, release, err := cluster.Attach(ctx, dir, slog.New(slog.DiscardHandler))
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = release() }()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if len(found) == 0 {
		return 0, "", fmt.Errorf("there is no pgbench: install Debian's postgresql")
	}
	bin := filepath.Dir(found[len(found)-1])
	table := `drop table if exists bench_played; create table bench_played (person_id bigint, track_id bigint,
		played int4multirange not null, position_ms int not null, primary key (person_id, track_id))`
	if out, err := exec.Command(filepath.Join(bin, "psql"), "-qc", table, address).CombinedOutput(); err != nil {
		return 0, "", fmt.Errorf("psql: %w: %s", err, out)
	}
	script := filepath.Join(filepath.Dir(dir), "upsert.sql")
	if err := os.WriteFile(script, []byte(upsert), 0o644); err != nil {
		return 0, "", err
	}
	out, err := exec.Command(filepath.Join(bin, "pgbench"), "-n", "-M", "prepared", "-c", strconv.Itoa(reporters), "-j", "2",
		"-D", "n=0", "-T", strconv.Itoa(max(1, int(length.Seconds()))), "-f", script, address).CombinedOutput()
	rate, mean := tpsOf.FindSubmatch(out), latencyOf.FindSubmatch(out)
	if err != nil || rate == nil || mean == nil {
		return 0, "", fmt.Errorf("pgbench: %w: %s", err, bytes.TrimSpace(out))
	}
	tps, err = strconv.ParseFloat(string(rate[1]), 64)
	return tps, string(mean[1]), err
}
