package events

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
)

// Prepared runs a query that is asked all the time: each connection parses and plans it once, which costs more than to
// run it. Its placeholders are $1, $2…; its arguments are what pgx takes, slices for arrays. Each row is scanned into
// the fields of an R.
func Prepared[R any](ctx context.Context, db bun.IDB, fields func(*R) []any, query string, args ...any) ([]R, error) {
	rows, err := asker(db).QueryContext(ctx, query, append([]any{pgx.QueryExecModeCacheStatement}, args...)...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []R
	for rows.Next() {
		var r R
		if err := rows.Scan(fields(&r)...); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// ExecPrepared is Prepared for a statement that returns nothing.
func ExecPrepared(ctx context.Context, db bun.IDB, query string, args ...any) error {
	_, err := asker(db).ExecContext(ctx, query, append([]any{pgx.QueryExecModeCacheStatement}, args...)...)
	return err
}

// standard is what database/sql offers, under bun, which would write the arguments into the query's text.
type standard interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func asker(db bun.IDB) standard {
	switch db := db.(type) {
	case *bun.DB:
		return db.DB
	case bun.Tx:
		return db.Tx
	case bun.Conn:
		return db.Conn
	}
	panic(fmt.Sprintf("events: can't prepare on a %T", db))
}
