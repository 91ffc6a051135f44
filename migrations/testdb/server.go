package testdb

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/uptrace/bun"

	"halqa/migrations"
)

const (
	templatePrefix = "halqa_template_"
	clonePrefix    = "halqa_clone_"
)

// server is the PostgreSQL that this test binary uses.
type server struct {
	base     *url.URL // address of its administrative database
	admin    *bun.DB
	run      int32  // names this test binary's databases
	template string // the migrated database that clones are made of
	mu       sync.Mutex
	alive    []io.Closer // open as long as this binary lives: they keep the private server's files

	// session lives as long as this binary and holds the locks that tell others what is in use.
	session bun.Conn
}

// running starts or joins the server, once for the test binary.
var running = sync.OnceValues(func() (*server, error) {
	ctx := context.Background()
	address := os.Getenv("TEST_DATABASE_URL")
	if address != "" {
		return join(ctx, address)
	}
	address, alive, err := private(ctx)
	if err != nil {
		return nil, err
	}
	s, err := join(ctx, address)
	if err != nil {
		return nil, err
	}
	s.alive = alive
	return s, nil
})

// join prepares the use of the server at address: cleans up what ended test binaries left, and makes the template.
func join(ctx context.Context, address string) (*server, error) {
	base, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("address of the test server: %w", err)
	}
	admin, err := migrations.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	session, err := admin.Conn(ctx)
	if err != nil {
		return nil, err
	}
	s := &server{base: base, admin: admin, run: rand.Int32(), template: templatePrefix + migrations.Hash(), session: session}
	if err := s.prepare(ctx); err != nil {
		return nil, fmt.Errorf("prepare the test server: %w", err)
	}
	return s, nil
}

// Classes of the advisory locks on the administrative database.
const (
	preparing = 0x4a1a_0000 + iota // exclusive while templates are made and old databases dropped
	cloning                        // by run: held while its test binary lives
	templates                      // by hash: shared by the binaries that use the template
)

func (s *server) prepare(ctx context.Context) error {
	session := s.session
	if _, err := session.ExecContext(ctx, `select pg_advisory_lock(?, 0)`, preparing); err != nil {
		return err
	}
	_, err := session.ExecContext(ctx, `select pg_advisory_lock(?, ?), pg_advisory_lock_shared(?, hashtext(?))`,
		cloning, s.run, templates, s.template)
	if err != nil {
		return err
	}
	if err := s.dropOld(ctx); err != nil {
		return err
	}
	if err := s.makeTemplate(ctx); err != nil {
		return err
	}
	_, err = session.ExecContext(ctx, `select pg_advisory_unlock(?, 0)`, preparing)
	return err
}

// dropOld drops clones and templates that no living test binary uses.
func (s *server) dropOld(ctx context.Context) error {
	var names []string
	err := s.session.NewRaw(`select datname from pg_database where starts_with(datname, ?) or starts_with(datname, ?)`,
		clonePrefix, templatePrefix).Scan(ctx, &names)
	if err != nil {
		return err
	}
	for _, name := range names {
		var free bool
		if run, ok := strings.CutPrefix(name, clonePrefix); ok {
			run, _, _ = strings.Cut(run, "_")
			number, err := strconv.ParseInt(run, 10, 32)
			if err != nil || int32(number) == s.run {
				continue
			}
			err = s.session.NewRaw(`select pg_try_advisory_xact_lock(?, ?)`, cloning, number).Scan(ctx, &free)
			if err != nil {
				return err
			}
		} else if name != s.template {
			err := s.session.NewRaw(`select pg_try_advisory_xact_lock(?, hashtext(?))`, templates, name).Scan(ctx, &free)
			if err != nil {
				return err
			}
		}
		if !free {
			continue
		}
		if _, err := s.session.ExecContext(ctx, `drop database if exists ? with (force)`, bun.Ident(name)); err != nil {
			return err
		}
	}
	return nil
}

// makeTemplate makes the migrated database, under another name until it is complete.
func (s *server) makeTemplate(ctx context.Context) error {
	var exists bool
	err := s.session.NewRaw(`select exists (select from pg_database where datname = ?)`, s.template).Scan(ctx, &exists)
	if err != nil || exists {
		return err
	}
	unfinished := "halqa_unfinished_" + migrations.Hash()
	if _, err := s.session.ExecContext(ctx, `drop database if exists ? with (force)`, bun.Ident(unfinished)); err != nil {
		return err
	}
	if _, err := s.session.ExecContext(ctx, `create database ?`, bun.Ident(unfinished)); err != nil {
		return err
	}
	db, err := migrations.Open(ctx, s.url(unfinished))
	if err != nil {
		return err
	}
	err = migrations.Up(ctx, db)
	db.Close()
	if err != nil {
		return err
	}
	_, err = s.session.ExecContext(ctx, `alter database ? rename to ?`, bun.Ident(unfinished), bun.Ident(s.template))
	return err
}

// clone makes a database like the template. One at a time: PostgreSQL refuses a template that is in use.
func (s *server) clone(ctx context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Another test binary on the same server may be cloning too.
	return s.admin.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(?, 1)`, preparing); err != nil {
			return fmt.Errorf("clone the template: %w", err)
		}
		if _, err := s.admin.ExecContext(ctx, `create database ? template ?`, bun.Ident(name), bun.Ident(s.template)); err != nil {
			return fmt.Errorf("clone the template: %w", err)
		}
		return nil
	})
}

func (s *server) drop(ctx context.Context, name string) error {
	if _, err := s.admin.ExecContext(ctx, `drop database if exists ? with (force)`, bun.Ident(name)); err != nil {
		return fmt.Errorf("drop a clone: %w", err)
	}
	return nil
}

// url is the address of another database of the server.
func (s *server) url(name string) string {
	u := *s.base
	u.Path = "/" + name
	return u.String()
}
