// Package cluster runs a private PostgreSQL in a data folder, with the programs that Debian installs: it makes the
// cluster, starts it, keeps it running, recovers it after anything was killed, and stops it. It listens only on a Unix
// socket in a folder that no other ordinary user can enter.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Options say which cluster to run.
type Options struct {
	Dir string       // the data folder; the cluster is made in it when it has none
	Log *slog.Logger // nil: nothing is logged
	// Throwaway is for tests: nothing is synced to disk, the server dies at once with this program, and isn't restarted.
	Throwaway bool
}

// Cluster is a running PostgreSQL. It is restarted when it dies.
type Cluster struct {
	place     place
	options   Options
	log       *slog.Logger
	program   string // path of the postgres program
	lock      *os.File
	stop      chan struct{}
	stopped   chan struct{}
	stopOnce  sync.Once
	mu        sync.Mutex
	process   *process // the latest run
	stopError error
}

// Start makes the cluster of the data folder if there is none, starts it, and returns when it answers. ctx bounds only
// the start. It fails with ErrRunning when another program runs the cluster, and with ErrNoPostgreSQL.
func Start(ctx context.Context, options Options) (*Cluster, error) {
	p, err := findPlace(options.Dir)
	if err != nil {
		return nil, err
	}
	lock, err := lockForServer(ctx, p)
	if err != nil {
		return nil, err
	}
	return start(ctx, options, p, lock)
}

// lockForServer takes the cluster's lock. A subcommand that holds it is about to end; a server isn't.
func lockForServer(ctx context.Context, p place) (*os.File, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		lock, err := tryLock(p.lock, syscall.LOCK_EX)
		if err == nil {
			return lock, sign(lock, asServer)
		}
		if !errors.Is(err, errLocked) {
			return nil, err
		}
		pid, kind := signedBy(p.lock)
		if kind == asServer || pause(ctx, 20*time.Millisecond) != nil {
			return nil, fmt.Errorf("%w (process %s, %s): stop it, or choose another DATA", ErrRunning, pid, p.data)
		}
	}
}

// start runs the cluster under a lock that it takes over.
func start(ctx context.Context, options Options, p place, lock *os.File) (*Cluster, error) {
	c := &Cluster{place: p, options: options, log: options.Log, lock: lock, stop: make(chan struct{}), stopped: make(chan struct{})}
	if c.log == nil {
		c.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	err := c.prepare(ctx)
	if err == nil {
		c.process, err = c.run(ctx)
	}
	if err == nil {
		if err = c.announce(ctx); err != nil {
			c.halt(c.process)
		}
	}
	if err != nil {
		lock.Close()
		return nil, fmt.Errorf("PostgreSQL in %s: %w", p.data, err)
	}
	go c.supervise()
	return c, nil
}

func (c *Cluster) prepare(ctx context.Context) error {
	major, err := dataMajor(c.place.data)
	if err != nil {
		return err
	}
	binaries, err := findBinaries(ctx, major)
	if err != nil {
		return err
	}
	c.program = filepath.Join(binaries, "postgres")
	if major == 0 {
		c.log.Info("making the database's files", "folder", c.place.data, "user", c.place.owner.name)
		if err := makeCluster(c.place, binaries, c.options); err != nil {
			return err
		}
	}
	return c.place.owner.own(c.place.data)
}

// run starts postgres and waits until it answers. Right after a crash the memory of the last run may still be in use
// by workers that are ending: it tries again then.
func (c *Cluster) run(ctx context.Context) (*process, error) {
	for {
		if err := clearStale(ctx, c.place, c.log); err != nil {
			return nil, err
		}
		process, err := c.runOnce(ctx)
		if err == nil || !strings.Contains(err.Error(), "pre-existing shared memory block") {
			return process, err
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func (c *Cluster) runOnce(ctx context.Context) (*process, error) {
	if err := rotate(c.place.log); err != nil {
		return nil, err
	}
	log, err := openLog(c.place.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	whenDeath := syscall.SIGINT // a fast shutdown: sessions are ended, data is written
	if c.options.Throwaway {
		whenDeath = syscall.SIGQUIT
	}
	process, err := launch(c.place.owner, log, whenDeath, c.program, c.arguments()...)
	if err != nil {
		return nil, err
	}
	if err := c.waitReady(ctx, process); err != nil {
		c.halt(process)
		return nil, err
	}
	return process, nil
}

// settings suit a small machine. They are arguments, so that they hold whatever the version that made the cluster.
var settings = map[string]string{
	"listen_addresses":                 "",
	"port":                             port,
	"unix_socket_permissions":          "0700",
	"max_connections":                  "120",
	"shared_buffers":                   "128MB",
	"effective_cache_size":             "512MB",
	"work_mem":                         "8MB",
	"maintenance_work_mem":             "64MB",
	"max_wal_size":                     "512MB",
	"min_wal_size":                     "64MB",
	"wal_compression":                  "on",
	"synchronous_commit":               "on",
	"jit":                              "off", // compiling costs more than these short queries
	"max_parallel_workers_per_gather":  "0",
	"random_page_cost":                 "1.5",
	"timezone":                         "UTC",
	"log_timezone":                     "UTC",
	"log_min_duration_statement":       "1000",
	"log_line_prefix":                  "%m [%p] %q%a ",
	"logging_collector":                "off",
	"client_connection_check_interval": "5s",
}

var throwawaySettings = map[string]string{
	"fsync":              "off",
	"synchronous_commit": "off",
	"full_page_writes":   "off",
	"shared_buffers":     "32MB",
	"max_connections":    "120",
	"autovacuum":         "off",
	"max_wal_size":       "1GB",
	"wal_level":          "minimal",
	"max_wal_senders":    "0",
}

func (c *Cluster) arguments() []string {
	all := maps.Clone(settings)
	if c.options.Throwaway {
		maps.Copy(all, throwawaySettings)
	}
	all["unix_socket_directories"] = c.place.socket
	args := []string{"-D", c.place.data}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		args = append(args, "-c", name+"="+all[name])
	}
	return args
}

// waitReady returns when the server answers. That takes long after a crash of a busy server, so only ctx bounds it; a
// server that ends is noticed at once.
func (c *Cluster) waitReady(ctx context.Context, p *process) error {
	for begun, said := time.Now(), time.Now(); ; {
		conn, err := pgx.Connect(ctx, c.urlOf("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-p.done:
			return fmt.Errorf("it does not start (%w); it said:\n%s", p.err, tail(c.place.log))
		case <-ctx.Done():
			return fmt.Errorf("it is not ready after %s: %w; it said:\n%s", time.Since(begun).Round(time.Second), ctx.Err(), tail(c.place.log))
		case <-time.After(10 * time.Millisecond):
		}
		if time.Since(said) > 5*time.Second {
			said = time.Now()
			c.log.Info("PostgreSQL is still starting", "after", time.Since(begun).Round(time.Second))
		}
	}
}

const database = "halqa"

// announce makes the program's database if there is none, and records its address for subcommands.
func (c *Cluster) announce(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.urlOf("postgres"))
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(ctx)
	var exists bool
	if err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, database).Scan(&exists); err != nil {
		return fmt.Errorf("look for the database: %w", err)
	}
	if !exists {
		if _, err := conn.Exec(ctx, `create database `+database); err != nil {
			return fmt.Errorf("make the database: %w", err)
		}
	}
	return writeFile(c.place.url, c.URL()+"\n")
}

// URL is the address of the program's database on this cluster.
func (c *Cluster) URL() string { return c.urlOf(database) }

func (c *Cluster) urlOf(database string) string {
	query := url.Values{"host": {c.place.socket}, "port": {port}, "sslmode": {"disable"}}
	return "postgres://" + superuser + "@/" + database + "?" + query.Encode()
}
