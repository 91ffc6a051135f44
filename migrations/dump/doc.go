// Package dump copies the whole database as of one moment, and loads such a copy into an empty one. It needs no program
// beside PostgreSQL itself and no rights beyond those of the tables' owner: rows travel by COPY, in its text format, which
// every version of PostgreSQL reads; the structure isn't copied, since the migrations make it.
package dump

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Errors of a Loader.
var (
	ErrNotEmpty = errors.New("the database isn't empty")
	ErrInUse    = errors.New("another halqa uses the database: stop it first")
	ErrNewer    = errors.New("the copy was made by a newer version of halqa")
)

// Table is a table's name with the columns that are copied, in their order in the rows.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

// Sequence is how far a sequence has come.
type Sequence struct {
	Name string `json:"name"`
	Last int64  `json:"last"`
}

// connect opens a connection whose sessions write and read values the same way everywhere.
func connect(ctx context.Context, url string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	for name, value := range map[string]string{"timezone": "UTC", "datestyle": "ISO", "intervalstyle": "postgres",
		"extra_float_digits": "3", "bytea_output": "hex", "client_encoding": "UTF8", "application_name": "halqa backup",
		"statement_timeout": "0", "lock_timeout": "0"} {
		config.RuntimeParams[name] = value
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return conn, nil
}

// tables lists what is copied: every table of ours but goose's own, without generated columns.
func tables(ctx context.Context, db pgx.Tx) ([]Table, error) {
	rows, err := db.Query(ctx, `select c.relname::text, array_agg(a.attname::text order by a.attnum)
		from pg_class c join pg_attribute a on a.attrelid = c.oid
		where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname not like 'goose%'
			and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
		group by c.relname order by c.relname`)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Table, err error) {
		return t, row.Scan(&t.Name, &t.Columns)
	})
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	return all, nil
}

// columns is "table (column, …)", quoted.
func (t Table) columns() string {
	s := pgx.Identifier{t.Name}.Sanitize() + " ("
	for i, c := range t.Columns {
		if i > 0 {
			s += ", "
		}
		s += pgx.Identifier{c}.Sanitize()
	}
	return s + ")"
}

func wire(tx pgx.Tx) *pgconn.PgConn { return tx.Conn().PgConn() }
