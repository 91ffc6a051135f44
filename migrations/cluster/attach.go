package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Attach gives a subcommand the address of the data folder's database: of the running server, or of one that it starts
// for as long as subcommands use it. release must be called at the end.
func Attach(ctx context.Context, dir string, log *slog.Logger) (url string, release func() error, err error) {
	p, err := findPlace(dir)
	if err != nil {
		return "", nil, err
	}
	// Held by every subcommand at work, so that the one who started the server doesn't stop it under the others.
	users, err := waitLock(ctx, p.users, syscall.LOCK_SH)
	if err != nil {
		return "", nil, err
	}
	for {
		lock, err := tryLock(p.lock, syscall.LOCK_EX)
		if err == nil {
			return attachOwn(ctx, Options{Dir: dir, Log: log}, p, lock, users)
		}
		if !errors.Is(err, errLocked) {
			users.Close()
			return "", nil, err
		}
		if url := runningURL(ctx, p); url != "" {
			return url, users.Close, nil
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			users.Close()
			return "", nil, fmt.Errorf("the database in %s is not ready: %w", p.data, err)
		}
	}
}

func attachOwn(ctx context.Context, options Options, p place, lock, users *os.File) (string, func() error, error) {
	if err := sign(lock, asCommand); err != nil {
		return "", nil, errors.Join(err, lock.Close(), users.Close())
	}
	c, err := start(ctx, options, p, lock)
	if err != nil {
		users.Close()
		return "", nil, err
	}
	release := func() error {
		users.Close()
		patient, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		defer cancel()
		others, err := waitLock(patient, p.users, syscall.LOCK_EX)
		if err == nil {
			defer others.Close()
		}
		return errors.Join(err, c.Stop())
	}
	return c.URL(), release, nil
}

// runningURL is the recorded address if a server answers there, else "".
func runningURL(ctx context.Context, p place) string {
	data, err := os.ReadFile(p.url)
	if err != nil {
		return ""
	}
	url := strings.TrimSpace(string(data))
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return ""
	}
	conn.Close(ctx)
	return url
}
