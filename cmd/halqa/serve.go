package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/uptrace/bun"

	"halqa/cmd/halqa/demo"
	"halqa/community"
	"halqa/events"
	"halqa/events/natsd"
	"halqa/migrations"
	"halqa/web"
)

// stopWithin bounds an orderly end; what isn't done by then is done again at the next start.
const stopWithin = 15 * time.Second

func serveCommand(ctx context.Context, args []string, out io.Writer) error {
	if err := noArguments("serve", args, out); err != nil {
		return err
	}
	cfg, err := configure()
	if err != nil {
		return err
	}
	log := newLogger(cfg)
	slog.SetDefault(log)
	n := &node{cfg: cfg, log: log, out: out, began: time.Now()}
	return errors.Join(n.run(ctx), n.stop())
}

// node is one running halqa. What it started is stopped in the reverse order.
type node struct {
	cfg      Config
	log      *slog.Logger
	out      io.Writer
	began    time.Time
	url      string // of the database
	platform *platform
	hub      *web.Hub
	nats     *nats.Conn
	bus      *events.Bus
	ending   []func() error
}

// say tells the person at the terminal what happens.
func (n *node) say(format string, args ...any) { fmt.Fprintf(n.out, "halqa: "+format+"\n", args...) }

// atEnd remembers how to stop what was just started.
func (n *node) atEnd(f func() error) { n.ending = append(n.ending, f) }

func (n *node) stop() error {
	if len(n.ending) > 0 {
		n.say("stopping…")
	}
	var errs []error
	for i := len(n.ending) - 1; i >= 0; i-- {
		errs = append(errs, n.ending[i]())
	}
	return errors.Join(errs...)
}

// run starts everything in order, then serves until ctx ends or the listener fails.
func (n *node) run(ctx context.Context) error {
	if err := n.tryAddress(); err != nil {
		return err
	}
	for _, start := range []func(context.Context) error{n.startDatabase, n.loadDemo, n.startBus, n.startWorkers, n.startLetterbox} {
		if err := start(ctx); err != nil {
			return err
		}
	}
	listener, err := n.listen()
	if err != nil {
		return err
	}
	return n.serve(ctx, listener)
}

func (n *node) listen() (net.Listener, error) {
	listener, err := net.Listen("tcp", n.cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s (ADDR): %w", n.cfg.Addr, err)
	}
	return listener, nil
}

// tryAddress finds out that the address is taken before half a minute of work, not after it. It lets go of the address
// again: until there is something to serve, a proxy should go to another node.
func (n *node) tryAddress() error {
	listener, err := n.listen()
	if err != nil {
		return err
	}
	return listener.Close()
}

func (n *node) startDatabase(ctx context.Context) error {
	source, err := openDatabase(ctx, n.cfg, n.log, n.say)
	if err != nil {
		return err
	}
	n.url = source.url
	n.atEnd(source.close)
	if err := migrations.Up(ctx, source.db); err != nil {
		return err
	}
	n.platform, err = newPlatform(source.db, n.cfg, nil)
	return err
}

func (n *node) loadDemo(ctx context.Context) error {
	if !n.cfg.Demo {
		return nil
	}
	return loadDemo(ctx, n.url, n.platform, n.cfg, demo.Options{}, n.say)
}

// loadDemo loads the demonstration of the size that o says, unless that was done. Its commits don't wait for the disk:
// what is interrupted is done again.
func loadDemo(ctx context.Context, url string, p *platform, cfg Config, o demo.Options, say func(string, ...any)) (err error) {
	done, err := demo.Loaded(ctx, p.db)
	if err != nil || done {
		return err
	}
	say("loading the demonstration…")
	o.DB, err = migrations.OpenHasty(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.DB.Close()) }()
	o.Media, o.Library, o.Reindex = p.media, p.documents, p.search.Reindex
	o.Talks = func(db bun.IDB, now func() time.Time) *community.Service {
		forum := talks(db, now).At(cfg.PublicURL.Host)
		forum.Files = p.community.Files
		return forum
	}
	o.Consumers = func(forum *community.Service) []events.Consumer { return p.with(forum).consumers() }
	o.Zone, o.Now, o.Say = cfg.TimeZone, time.Now(), func(what string) { say("  %s", what) }
	return demo.Load(ctx, o)
}

// startBus connects to NATS, its own unless one is configured, and starts relaying and handling events.
func (n *node) startBus(ctx context.Context) error {
	conn, err := n.connectNATS()
	if err != nil {
		return err
	}
	n.nats = conn
	bus, err := events.Start(ctx, events.Config{DB: n.platform.db, URL: n.url, NATS: conn, Consumers: n.platform.consumers(), Log: n.log})
	if err != nil {
		return err
	}
	n.bus = bus
	n.atEnd(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
		defer cancel()
		return bus.Stop(ctx)
	})
	n.hub = web.NewHub()
	return watch(context.Background(), bus, n.hub, n.log)
}

func (n *node) connectNATS() (*nats.Conn, error) {
	if n.cfg.NATSURL != "" {
		conn, err := nats.Connect(n.cfg.NATSURL, nats.Name("halqa"), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true))
		if err != nil {
			return nil, fmt.Errorf("connect to NATS_URL: %w", err)
		}
		n.atEnd(func() error { conn.Close(); return nil })
		return conn, nil
	}
	server, err := natsd.Start(filepath.Join(n.cfg.Data, "nats"), n.log)
	if err != nil {
		return nil, fmt.Errorf("start the event bus: %w", err)
	}
	n.atEnd(server.Stop)
	conn, err := server.Conn()
	if err != nil {
		return nil, fmt.Errorf("start the event bus: %w", err)
	}
	n.atEnd(func() error { conn.Close(); return nil })
	return conn, nil
}

// startWorkers starts what works beside requests: the mail sender, the digests, the sweeper, the search and the dates
// of seats.
func (n *node) startWorkers(starting context.Context) error {
	if err := n.platform.search.Build(starting); err != nil {
		return err
	}
	sender, err := n.platform.sender(n.cfg, n.log)
	if err != nil {
		return err
	}
	pusher, err := n.platform.pusher(n.cfg, n.log)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { sender.Run(ctx) })
	group.Go(func() { pusher.Run(ctx) })
	group.Go(func() { n.platform.notify.RunDigests(ctx, n.log) })
	group.Go(func() { n.platform.sweep(ctx, n.log) })
	group.Go(func() { n.platform.account.RunErasures(ctx, n.log, n.platform.erasing()) })
	group.Go(func() { n.platform.search.Run(ctx) })
	group.Go(func() { n.platform.enrolment.Run(ctx, n.log) })
	group.Go(func() { n.platform.community.Run(ctx, n.log) })
	n.atEnd(func() error {
		cancel()
		group.Wait()
		return nil
	})
	return nil
}

// serve answers requests until ctx ends, then lets those under way finish.
func (n *node) serve(ctx context.Context, listener net.Listener) error {
	deps, err := n.platform.deps(n.cfg, nil)
	if err != nil {
		return err
	}
	deps.Log, deps.Live = n.log, n.hub
	deps.Engine = engine{p: n.platform, data: n.cfg.Data, since: n.began, nats: n.natsVersion}.pages()
	watched := newGauges(n.platform, n.hub)
	deps.Request, deps.Metrics, deps.MetricsToken = watched.request, watched.handler(), n.cfg.MetricsToken
	deps.Ready = map[string]func(context.Context) error{"database": n.platform.ready, "bus": n.busReady}
	if deps.FirstRun, err = n.firstRun(ctx); err != nil {
		return err
	}
	app := web.New(deps)
	failed := make(chan error, 1)
	go func() { failed <- app.Listener(listener) }()
	n.announce(deps.FirstRun)
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	n.hub.Close()
	if err := app.ShutdownWithTimeout(stopWithin); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}

// firstRun is how the server is taken over by whoever installed it: nil when somebody has an account, or in a
// demonstration. The code comes from the secret, so that it is the same on every node and after a restart.
func (n *node) firstRun(ctx context.Context) (*web.FirstRun, error) {
	empty, err := n.platform.account.Empty(ctx)
	if err != nil || !empty || n.cfg.Demo {
		return nil, err
	}
	secret, err := n.cfg.Secret()
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("first run"))
	code := base32.StdEncoding.EncodeToString(mac.Sum(nil))
	return &web.FirstRun{Code: code[:4] + "-" + code[4:8] + "-" + code[8:12] + "-" + code[12:16], Places: demo.LoadCountry}, nil
}

func (n *node) announce(first *web.FirstRun) {
	n.say("ready after %.1f s at %s", time.Since(n.began).Seconds(), n.cfg.PublicURL)
	if first != nil {
		fmt.Fprintf(n.out, "\n  Nobody has an account yet. Become the administrator at\n    %s/first-run\n  with the code\n    %s\n\n", n.cfg.PublicURL, first.Code)
	}
	if n.cfg.Demo {
		fmt.Fprintln(n.out, "\n  Sign in as")
		demo.PrintSignIns(n.out)
		fmt.Fprintln(n.out, "\n  Ctrl-C stops everything.")
	}
}

// natsVersion is that of the server the bus is connected to, or "" while it is away.
func (n *node) natsVersion() string {
	if !n.nats.IsConnected() {
		return ""
	}
	return n.nats.ConnectedServerVersion()
}

func (n *node) busReady(context.Context) error {
	if !n.nats.IsConnected() {
		return fmt.Errorf("bus: %s", n.nats.Status())
	}
	return nil
}
