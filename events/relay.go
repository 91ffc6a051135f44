package events

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

const (
	// relayLock is the session advisory lock whose holder is the one relay of all nodes.
	relayLock = 0x68616c7161 // "halqa"
	// channel is what Publish notifies; againNotice is the payload that asks for a sweep.
	channel     = "outbox"
	againNotice = "again"

	batchSize      = 256
	publishTimeout = 5 * time.Second
	queryTimeout   = 30 * time.Second
	electionEvery  = time.Second
	busyPoll       = 100 * time.Millisecond // while a sweep waits for its consumers
)

// relay carries events from the outbox to the stream, on the node that holds the lock. It reads, marks and holds the lock
// on one connection: a relay that lost its lock can't mark anything any more.
type relay struct {
	bus    *Bus
	config *pgx.ConnConfig
	woken  atomic.Bool // a notification arrived since the outbox was last read
	again  atomic.Bool // one of them asked for a sweep
}

func newRelay(b *Bus) (*relay, error) {
	config, err := pgx.ParseConfig(b.cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	r := &relay{bus: b, config: config}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	config.RuntimeParams["application_name"] = "halqa relay"
	config.RuntimeParams["timezone"] = "UTC"
	config.ConnectTimeout = 10 * time.Second
	config.OnNotification = func(_ *pgconn.PgConn, n *pgconn.Notification) {
		r.woken.Store(true)
		if n.Payload == againNotice {
			r.again.Store(true)
		}
	}
	return r, nil
}

// run connects, waits for its turn and leads, over and over until the bus stops.
func (r *relay) run() {
	r.bus.persist("the relay starts over", r.bus.cfg.Log, func(ctx context.Context) error {
		db := bun.NewDB(stdlib.OpenDB(*r.config), pgdialect.New())
		defer db.Close()
		conn, err := db.Conn(ctx)
		if err != nil {
			return fmt.Errorf("connect the relay: %w", err)
		}
		defer conn.Close()
		if err := r.elect(ctx, conn); err != nil || ctx.Err() != nil {
			return err
		}
		return r.lead(ctx, conn)
	})
}

// elect waits until this node holds the lock, or ctx ends.
func (r *relay) elect(ctx context.Context, conn bun.Conn) error {
	// A dead peer must be noticed in seconds: its lock keeps the others from relaying.
	if _, err := conn.ExecContext(ctx, `set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5;
		set tcp_keepalives_count = 3; listen `+channel); err != nil {
		return fmt.Errorf("prepare the relay's connection: %w", err)
	}
	for {
		var elected bool
		err := conn.QueryRowContext(ctx, `select pg_try_advisory_lock(?)`, relayLock).Scan(&elected)
		if err != nil {
			return fmt.Errorf("elect the relay: %w", err)
		}
		if elected || !sleep(ctx, electionEvery) {
			return nil
		}
	}
}

// lead relays until ctx ends, with nil, or something fails. Failing gives the lock up, so that a node which can still
// reach both the database and the bus may take over.
func (r *relay) lead(ctx context.Context, conn bun.Conn) error {
	if err := ensureStream(ctx, r.bus.js, r.bus.cfg); err != nil {
		return err
	}
	r.bus.cfg.Log.Info("this node relays events")
	sweep := &sweeper{db: conn, js: r.bus.js, log: r.bus.cfg.Log}
	if err := sweep.begin(r.bus.working, 0); err != nil {
		return err
	}
	next := time.Now().Add(r.bus.cfg.Sweep)
	for ctx.Err() == nil {
		r.woken.Store(false)
		more, err := r.step(conn, sweep)
		if err != nil {
			return err
		}
		if r.again.Load() || time.Now().After(next) {
			if err := r.beginSweep(sweep); err != nil {
				return err
			}
			next = time.Now().Add(r.bus.cfg.Sweep)
			continue
		}
		if !more && !r.woken.Load() {
			if err := r.wait(ctx, conn, sweep.busy()); err != nil {
				return err
			}
		}
	}
	return nil
}

// step carries one batch and lets the sweep advance. What began is finished even when the bus is stopping. It tells
// whether there is more to do at once.
func (r *relay) step(conn bun.Conn, sweep *sweeper) (more bool, err error) {
	ctx, cancel := context.WithTimeout(r.bus.working, queryTimeout)
	defer cancel()
	n, err := carry(ctx, conn, r.bus.js)
	if err != nil {
		return false, err
	}
	_, more, err = sweep.step(ctx)
	return more || n > 0, err
}

// beginSweep seeks events without mark: all of them when someone asked for it, else only those that nobody can still
// have in hand.
func (r *relay) beginSweep(sweep *sweeper) error {
	age := r.bus.cfg.AckWait
	if r.again.Swap(false) {
		age = 0
	}
	return sweep.begin(r.bus.working, age)
}

// wait returns when a commit announces events, at the latest after the poll interval.
func (r *relay) wait(ctx context.Context, conn bun.Conn, busy bool) error {
	poll := r.bus.cfg.Poll
	if busy {
		poll = busyPoll
	}
	waiting, cancel := context.WithTimeout(ctx, poll)
	defer cancel()
	return conn.Raw(func(driver any) error {
		err := driver.(*stdlib.Conn).Conn().PgConn().WaitForNotification(waiting)
		if err != nil && waiting.Err() == nil {
			return fmt.Errorf("listen to the outbox: %w", err)
		}
		return nil
	})
}
