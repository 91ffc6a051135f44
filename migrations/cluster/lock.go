package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// ErrRunning is returned by Start when another program already runs the cluster of the data folder.
var ErrRunning = errors.New("the data folder is in use by another halqa")

// errLocked is what tryLock returns when another process holds the lock.
var errLocked = errors.New("locked")

// tryLock takes a lock (syscall.LOCK_EX or LOCK_SH) that ends with the returned file or, whatever happens, with the process.
func tryLock(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		f.Close()
		return nil, errLocked
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return f, nil
}

// waitLock is tryLock that waits until ctx ends.
func waitLock(ctx context.Context, path string, how int) (*os.File, error) {
	for {
		f, err := tryLock(path, how)
		if !errors.Is(err, errLocked) {
			return f, err
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
	}
}

// The two kinds of programs that run a cluster: the server, until it is stopped, and a subcommand, for a moment.
const (
	asServer  = "server"
	asCommand = "command"
)

// sign writes into the lock who holds it, for the message that another program gives.
func sign(f *os.File, kind string) error {
	if err := f.Truncate(0); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	if _, err := f.WriteAt(fmt.Appendf(nil, "%d %s\n", os.Getpid(), kind), 0); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	return nil
}

// signedBy reads what sign wrote.
func signedBy(path string) (pid, kind string) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", ""
	}
	pid, kind, _ = strings.Cut(strings.TrimSpace(string(data)), " ")
	return pid, kind
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
