package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/uptrace/bun"

	"halqa/migrations"
	"halqa/migrations/cluster"
)

// source is an open database with what must be stopped after it.
type source struct {
	db    *bun.DB
	url   string
	close func() error
}

// openDatabase connects to DATABASE_URL or, when that isn't set, starts the data folder's own PostgreSQL.
func openDatabase(ctx context.Context, cfg Config, log *slog.Logger, say func(string, ...any)) (*source, error) {
	if cfg.DatabaseURL != "" {
		return connect(ctx, cfg.DatabaseURL, nil)
	}
	say("starting PostgreSQL in %s…", cfg.Data)
	c, err := cluster.Start(ctx, cluster.Options{Dir: cfg.Data, Log: log})
	if err != nil {
		return nil, err
	}
	return connect(ctx, c.URL(), c.Stop)
}

// attachDatabase connects a subcommand to the same database: the running one, or one started for as long as it works.
// Its structure must be this version's.
func attachDatabase(ctx context.Context, cfg Config, log *slog.Logger) (*source, error) {
	if cfg.DatabaseURL != "" {
		return connect(ctx, cfg.DatabaseURL, nil)
	}
	url, release, err := cluster.Attach(ctx, cfg.Data, log)
	if err != nil {
		return nil, err
	}
	return connect(ctx, url, release)
}

func connect(ctx context.Context, url string, after func() error) (*source, error) {
	if after == nil {
		after = func() error { return nil }
	}
	db, err := migrations.Open(ctx, url)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect to the database: %w", err), after())
	}
	return &source{db: db, url: url, close: func() error { return errors.Join(db.Close(), after()) }}, nil
}
