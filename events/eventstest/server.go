package eventstest

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Server is a NATS server with JetStream inside the test's process, which can be stopped and started again.
type Server struct {
	t    testing.TB
	dir  string
	port int // 0: reached only in process
	nats *server.Server
}

// NewServer starts a server that keeps its streams in dir and is reached only in process. It stops when the test ends.
func NewServer(t testing.TB, dir string) *Server {
	t.Helper()
	return start(t, dir, 0)
}

// NewTCPServer is like NewServer for a server that listens on a free port of 127.0.0.1, so that connections survive its
// being stopped and started again.
func NewTCPServer(t testing.TB, dir string) *Server {
	t.Helper()
	return start(t, dir, server.RANDOM_PORT)
}

func start(t testing.TB, dir string, port int) *Server {
	s := &Server{t: t, dir: dir, port: port}
	s.Start(dir)
	t.Cleanup(s.Stop)
	return s
}

// Start starts a stopped server again, on the streams in dir.
func (s *Server) Start(dir string) {
	s.t.Helper()
	options := &server.Options{
		ServerName: "eventstest", Host: "127.0.0.1", Port: s.port, DontListen: s.port == 0, JetStream: true, StoreDir: dir,
		JetStreamMaxStore: 1 << 30, JetStreamMaxMemory: 1 << 30, NoLog: true, NoSigs: true,
	}
	srv, err := server.NewServer(options)
	if err != nil {
		s.t.Fatalf("eventstest: %v", err)
	}
	srv.Start()
	if !srv.ReadyForConnections(10 * time.Second) {
		s.t.Fatal("eventstest: the NATS server did not start")
	}
	if addr := srv.Addr(); s.port != 0 && addr != nil {
		s.port = port(addr)
	}
	s.nats = srv
}

// Stop ends the server, keeping its files.
func (s *Server) Stop() {
	s.nats.Shutdown()
	s.nats.WaitForShutdown()
}

// Connect opens a connection that reconnects for ever and is closed when the test ends.
func (s *Server) Connect() *nats.Conn {
	s.t.Helper()
	options := []nats.Option{nats.MaxReconnects(-1), nats.ReconnectWait(20 * time.Millisecond)}
	if s.port == 0 {
		options = append(options, nats.InProcessServer(s.nats))
	}
	conn, err := nats.Connect(s.nats.ClientURL(), options...)
	if err != nil {
		s.t.Fatalf("eventstest: %v", err)
	}
	s.t.Cleanup(conn.Close)
	return conn
}

// Conn starts an empty server inside the process and connects to it, both until the test ends.
func Conn(t testing.TB) *nats.Conn {
	t.Helper()
	return NewServer(t, t.TempDir()).Connect()
}
