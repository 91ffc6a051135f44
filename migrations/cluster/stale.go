package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// clearStale prepares a cluster whose last server may have been killed. Orphans of a killed program are on their way out
// (the kernel told them) or are told to go; then lock files that name no server of this cluster are removed, because
// their number may since belong to any process. The caller holds the cluster's lock, so no other program starts one.
func clearStale(ctx context.Context, p place, log *slog.Logger) error {
	pidFile := filepath.Join(p.data, "postmaster.pid")
	first := firstNumber(pidFile) // the server goes before its workers, and takes them along
	for _, pid := range append([]int{first}, workers(p.data)...) {
		if pid == 0 || !serves(pid, p.data) {
			continue
		}
		log.Warn("a PostgreSQL of a previous run still stops: waiting for it", "pid", pid)
		if err := endOrphan(ctx, pid, p.data); err != nil {
			return err
		}
	}
	for _, file := range []string{pidFile, filepath.Join(p.socket, socketName+".lock"), filepath.Join(p.socket, socketName)} {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove a stale file: %w", err)
		}
	}
	return nil
}

// workers lists the processes that serve the cluster in data. Those of a killed server end by themselves only when
// they next wait for something.
func workers(data string) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil && serves(pid, data) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// endOrphan asks the server pid of data to stop, less and less politely. Each step loses no committed data.
func endOrphan(ctx context.Context, pid int, data string) error {
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGINT, 20 * time.Second}, {syscall.SIGQUIT, 8 * time.Second}, {syscall.SIGKILL, 5 * time.Second}} {
		if err := syscall.Kill(pid, step.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop the PostgreSQL (%d) of a previous run: %w", pid, err)
		}
		for deadline := time.Now().Add(step.wait); time.Now().Before(deadline); {
			if !serves(pid, data) {
				return nil
			}
			if err := pause(ctx, 10*time.Millisecond); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("the PostgreSQL (%d) of a previous run does not stop", pid)
}

// serves tells whether process pid is alive and is a PostgreSQL of the cluster in data: it works in that folder.
func serves(pid int, data string) bool {
	proc := "/proc/" + strconv.Itoa(pid)
	if name, err := os.ReadFile(proc + "/comm"); err != nil || string(name) != "postgres\n" || ended(proc) {
		return false
	}
	want, err := os.Stat(data)
	if err != nil {
		return false
	}
	at, err := os.Stat(proc + "/cwd")
	if err == nil {
		return os.SameFile(at, want)
	}
	if errors.Is(err, os.ErrNotExist) {
		return false
	}
	// In some containers root may not look at another user's process; everybody may read its arguments.
	args, err := os.ReadFile(proc + "/cmdline")
	if err != nil {
		return false
	}
	words := strings.Split(string(args), "\x00")
	flag := slices.Index(words, "-D")
	return flag >= 0 && flag+1 < len(words) && words[flag+1] == data
}

// ended tells whether the process of that /proc folder is gone or is a zombie, which waits only to be counted.
func ended(proc string) bool {
	stat, err := os.ReadFile(proc + "/stat")
	if err != nil {
		return true
	}
	state := strings.TrimSpace(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // "123 (postgres) S 1 …"
	return strings.HasPrefix(state, "Z") || strings.HasPrefix(state, "X")
}

// firstNumber reads the first line of a lock file of PostgreSQL, 0 if it can't be read.
func firstNumber(path string) int {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(data), "\n")
	n, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || n <= 0 {
		return 0
	}
	return n
}
