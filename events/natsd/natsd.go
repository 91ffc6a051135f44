// Package natsd is the NATS server with JetStream that runs inside the program when no other is configured. It listens
// nowhere: connections are made in the process.
package natsd

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

const (
	maxStore  = 1 << 30  // bytes of the store; the streams bound themselves lower
	maxMemory = 64 << 20 // bytes of streams and consumers kept in memory
	// syncInterval is how often the store is synced to disk. What a power cut takes, the outbox sends again.
	syncInterval = 10 * time.Second
	startTimeout = 20 * time.Second
)

// ErrRunning is returned by Start when another process uses the store.
var ErrRunning = errors.New("the store of the event bus is in use by another halqa")

// errBroken is why a store can't be used as it is.
var errBroken = errors.New("the store is broken")

// Server is a running NATS server.
type Server struct {
	nats *server.Server
	lock *os.File
}

// Start runs a server whose streams are stored in the folder dir. A store that can't be recovered whole, after a crash
// for example, is moved to dir + ".broken" with a warning, and a new one begun: PostgreSQL's outbox knows what to send again.
func Start(dir string, log *slog.Logger) (*Server, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("store of the event bus: %w", err)
	}
	lock, err := takeLock(dir + ".lock")
	if err != nil {
		return nil, err
	}
	s, err := run(dir, log)
	if errors.Is(err, errBroken) {
		aside := dir + ".broken"
		log.Warn("the event bus begins a new store; the old one is kept aside", "error", err, "aside", aside)
		if err = errors.Join(os.RemoveAll(aside), os.Rename(dir, aside)); err == nil {
			s, err = run(dir, log)
		}
	}
	if err != nil {
		lock.Close()
		return nil, fmt.Errorf("start the event bus: %w", err)
	}
	return &Server{nats: s, lock: lock}, nil
}

// run starts the server on the store as it is, and checks that it recovered everything there.
func run(dir string, log *slog.Logger) (*server.Server, error) {
	if err := dropIndexes(dir); err != nil {
		return nil, err
	}
	s, err := server.NewServer(&server.Options{
		ServerName:         "halqa",
		DontListen:         true,
		NoSigs:             true,
		JetStream:          true,
		StoreDir:           dir,
		JetStreamMaxStore:  maxStore,
		JetStreamMaxMemory: maxMemory,
		SyncInterval:       syncInterval,
	})
	if err != nil {
		return nil, err
	}
	said := &logger{log: log}
	s.SetLoggerV2(said, false, false, false)
	s.Start() // returns when JetStream has recovered its store, or given up
	if !s.ReadyForConnections(startTimeout) || !s.JetStreamEnabled() {
		stop(s)
		return nil, fmt.Errorf("%w: %s", errBroken, said.fatal())
	}
	if err := checkRecovered(s, dir); err != nil {
		stop(s)
		return nil, err
	}
	return s, nil
}

// Conn connects to the server. The connection lasts as long as the server and is the caller's to close.
func (s *Server) Conn() (*nats.Conn, error) {
	conn, err := nats.Connect("", nats.InProcessServer(s.nats), nats.Name("halqa"), nats.MaxReconnects(-1))
	if err != nil {
		return nil, fmt.Errorf("connect to the event bus: %w", err)
	}
	return conn, nil
}

// Stop ends the server once its store is written.
func (s *Server) Stop() error {
	stop(s.nats)
	if err := s.lock.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("stop the event bus: %w", err)
	}
	return nil
}

func stop(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

// takeLock takes a lock that ends with the process, whatever happens to it.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store of the event bus: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w (%s)", ErrRunning, filepath.Dir(path))
		}
		return nil, fmt.Errorf("store of the event bus: %w", err)
	}
	return f, nil
}
