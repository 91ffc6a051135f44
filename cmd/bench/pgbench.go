package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"halqa/migrations/cluster"
)

// psql is PostgreSQL's own programs on the private cluster of a server that runs.
type psql struct {
	bin, address, folder string
	release              func() error
}

func openPsql(dir string) (*psql, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if len(found) == 0 {
		return nil, fmt.Errorf("there is no pgbench: install Debian's postgresql")
	}
	address, release, err := cluster.Attach(context.Background(), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	return &psql{bin: filepath.Dir(found[len(found)-1]), address: address, folder: filepath.Dir(dir), release: release}, nil
}

func (p *psql) close() { _ = p.release() }

// run runs statements, all or none, and returns what they answer.
func (p *psql) run(statements string) (string, error) {
	cmd := exec.Command(filepath.Join(p.bin, "psql"), "-qAt1", "-v", "ON_ERROR_STOP=1", "-f", "-", p.address)
	cmd.Stdin = strings.NewReader(statements)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("psql: %w: %s", err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// benchTable is played again, without what it refers to: an upsert of a row that is there doesn't look at that.
const benchTable = `drop table if exists bench_played; create table bench_played (like played including all)`

// upsert is one report in SQL, written by hand: the client's row grows by what was played.
const upsert = `\set n :n + 5
insert into bench_played as p (person_id, track_id, played, position_ms, opened_at, touched_at)
values (:client_id, 1, int4multirange(int4range(:n, :n + 5)), :n, now(), now())
on conflict (person_id, track_id) do update
set played = p.played + excluded.played, position_ms = excluded.position_ms, touched_at = excluded.touched_at;
`

var (
	doneOf    = regexp.MustCompile(`number of transactions actually processed: ([0-9]+)`)
	tpsOf     = regexp.MustCompile(`tps = ([0-9.]+) \(without`)
	latencyOf = regexp.MustCompile(`latency average = ([0-9.]+) ms`)
)

// pgbench runs PostgreSQL's own benchmark with the upsert, prepared once per connection as the program's own statements
// are. Of latencies it tells the mean, in p50.
func (p *psql) pgbench(length time.Duration, pid int) (f figures, err error) {
	if durable, err := p.run("select current_setting('fsync') || current_setting('synchronous_commit')"); err != nil || durable != "onon" {
		return f, fmt.Errorf("commits aren't durable: %s, %w", durable, err)
	}
	if _, err := p.run(benchTable); err != nil {
		return f, err
	}
	script := filepath.Join(p.folder, "upsert.sql")
	if err := os.WriteFile(script, []byte(upsert), 0o644); err != nil {
		return f, err
	}
	cmd := exec.Command(filepath.Join(p.bin, "pgbench"), "-n", "-M", "prepared", "-c", strconv.Itoa(reporters), "-j", strconv.Itoa(threads),
		"-D", "n=0", "-T", strconv.Itoa(max(1, int(length.Seconds()))), "-f", script, p.address)
	cpu := cpuOf(pid)
	out, err := cmd.CombinedOutput()
	done, rate, mean := doneOf.FindSubmatch(out), tpsOf.FindSubmatch(out), latencyOf.FindSubmatch(out)
	if err != nil || done == nil || rate == nil || mean == nil {
		return f, fmt.Errorf("pgbench: %w: %s", err, bytes.TrimSpace(out))
	}
	used := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	f.cpu, f.load = cpuOf(pid)-cpu, time.Duration(used.Utime.Nano()+used.Stime.Nano())
	f.requests, _ = strconv.Atoi(string(done[1]))
	tps, _ := strconv.ParseFloat(string(rate[1]), 64)
	f.elapsed = time.Duration(float64(f.requests) / tps * float64(time.Second))
	f.p50, err = time.ParseDuration(string(mean[1]) + "ms")
	return f, err
}

// hasAll checks that everything that players were told is kept is there.
func (p *psql) hasAll(players []*player) error {
	var told int64
	for _, player := range players {
		told += player.at
	}
	kept, err := p.run("select coalesce(sum(covered_ms(played)), 0) from played where track_id in (" + tracksOf(players) + ")")
	if err != nil {
		return err
	}
	if kept != strconv.FormatInt(told, 10) {
		return fmt.Errorf("%d ms were acknowledged, of which the database has %s", told, kept)
	}
	fmt.Printf("All %.0f s that were acknowledged are in the database.\n", float64(told)/1000)
	return nil
}
