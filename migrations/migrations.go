// Package migrations opens the database and brings its schema up to date. The schema is the numbered SQL files beside
// this one, which are part of the program.
package migrations

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

//go:embed *.sql
var files embed.FS

// poolSize bounds the connections of one process. The private server allows 120, which leaves room for the relay, the
// listeners and a subcommand beside it.
const poolSize = 20

// Open connects to the PostgreSQL at url and checks that it answers. Sessions run in UTC whatever the server's setting,
// and a query whose context ends is cancelled on the server too.
func Open(ctx context.Context, url string) (*bun.DB, error) { return open(ctx, url, nil) }

// OpenHasty is Open for work that is begun again when it is interrupted: a commit doesn't wait for the disk, so that the
// machine's failure may lose the last second, in order.
func OpenHasty(ctx context.Context, url string) (*bun.DB, error) {
	return open(ctx, url, map[string]string{"synchronous_commit": "off"})
}

func open(ctx context.Context, url string, settings map[string]string) (*bun.DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	maps.Copy(config.RuntimeParams, settings)
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	config.RuntimeParams["timezone"] = "UTC"
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "halqa"
	}
	config.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: 5 * time.Second}
	}
	db := bun.NewDB(stdlib.OpenDB(*config), pgdialect.New())
	db.SetMaxOpenConns(poolSize)
	db.SetMaxIdleConns(poolSize)
	db.SetConnMaxIdleTime(5 * time.Minute)
	if err := db.PingContext(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}

// Up applies the migrations that the database lacks, each in its transaction. Several processes may call it at once: a
// lock of the session, which a crash releases, lets one of them work while the others wait. An error names the file.
func Up(ctx context.Context, db *bun.DB) error {
	provider, err := provider(db)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// ErrUnknown says that a migration isn't part of this version of the program.
var ErrUnknown = errors.New("unknown migration")

// UpTo is like Up but stops after the migration of that number. It fails with ErrUnknown when there is none.
func UpTo(ctx context.Context, db *bun.DB, number int64) error {
	provider, err := provider(db)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(provider.ListSources(), func(s *goose.Source) bool { return s.Version == number }) {
		return fmt.Errorf("migrate to %d: %w", number, ErrUnknown)
	}
	if _, err := provider.UpTo(ctx, number); err != nil {
		return fmt.Errorf("migrate to %d: %w", number, err)
	}
	return nil
}

// Pending tells whether the database lacks some migration.
func Pending(ctx context.Context, db *bun.DB) (bool, error) {
	provider, err := provider(db)
	if err != nil {
		return false, err
	}
	pending, err := provider.HasPending(ctx)
	if err != nil {
		return false, fmt.Errorf("look for pending migrations: %w", err)
	}
	return pending, nil
}

// provider is not closed by its callers: that would close db.
func provider(db *bun.DB) (*goose.Provider, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300), lock.WithUnlockTimeout(1, 10))
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db.DB, files, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return p, nil
}

// Hash names this version of the schema: it changes with any migration.
func Hash() string {
	names, err := fs.Glob(files, "*.sql") // sorted
	if err != nil {
		panic(err) // only a malformed pattern fails
	}
	sum := sha256.New()
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			panic(err) // the file is embedded
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}
