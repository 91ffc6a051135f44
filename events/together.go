package events

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
)

// Tx is a transaction that can send several statements to PostgreSQL at once. The way there and back costs more than what
// most of them do.
type Tx struct {
	bun.Tx
	conn *sql.Conn // which the transaction has to itself; nil inside a transaction of somebody else
}

// Step is one statement among others that are sent together.
type Step struct {
	query string
	args  []any
	scan  func(scanner) error // nil: it returns nothing
}

type scanner interface{ Scan(fields ...any) error }

// Ask is a statement as Prepared takes it, whose rows go into all.
func Ask[R any](all *[]R, fields func(*R) []any, query string, args ...any) Step {
	return Step{query, args, func(row scanner) error {
		var r R
		err := row.Scan(fields(&r)...)
		*all = append(*all, r)
		return err
	}}
}

// Do is a statement as ExecPrepared takes it.
func Do(query string, args ...any) Step { return Step{query: query, args: args} }

// RunTogether is RunInTx for a transaction that sends statements together.
func RunTogether(ctx context.Context, db bun.IDB, do func(context.Context, Tx) error) error {
	whole, ok := db.(*bun.DB)
	if !ok {
		return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return do(ctx, Tx{Tx: tx}) })
	}
	conn, err := whole.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return conn.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return do(ctx, Tx{tx, conn.Conn}) })
}

// Together runs statements in their order, each of which sees what those before it did and others committed meanwhile. When one
// fails, those after it aren't run, and its error is returned.
func (tx Tx) Together(ctx context.Context, steps ...Step) error {
	if tx.conn != nil {
		return tx.conn.Raw(func(c any) error { return sendAll(ctx, c.(*stdlib.Conn).Conn(), steps) })
	}
	for _, s := range steps {
		if err := s.alone(ctx, tx.Tx); err != nil {
			return err
		}
	}
	return nil
}

func (s Step) alone(ctx context.Context, tx bun.Tx) error {
	rows, err := tx.Tx.QueryContext(ctx, s.query, append([]any{pgx.QueryExecModeCacheStatement}, s.args...)...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := s.scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// sendAll writes all statements before it reads the first answer.
func sendAll(ctx context.Context, conn *pgx.Conn, steps []Step) (err error) {
	prepared := make([]*pgconn.StatementDescription, len(steps))
	for n, s := range steps {
		if prepared[n], err = conn.Prepare(ctx, s.query, s.query); err != nil {
			return err
		}
	}
	p := conn.PgConn().StartPipeline(ctx)
	var b pgx.ExtendedQueryBuilder
	for n, s := range steps {
		if err := b.Build(conn.TypeMap(), prepared[n], s.args); err != nil {
			return errors.Join(err, p.Close())
		}
		p.SendQueryStatement(prepared[n], b.ParamValues, b.ParamFormats, b.ResultFormats)
	}
	if err = p.Sync(); err == nil {
		err = receiveAll(conn, p, steps)
	}
	return errors.Join(err, p.Close())
}

func receiveAll(conn *pgx.Conn, p *pgconn.Pipeline, steps []Step) error {
	for _, s := range steps {
		answer, err := p.GetResults()
		if err != nil {
			return unprepared(err)
		}
		reader, ok := answer.(*pgconn.ResultReader)
		if !ok {
			return fmt.Errorf("events: PostgreSQL answers with a %T", answer)
		}
		rows := pgx.RowsFromResultReader(conn.TypeMap(), reader)
		for rows.Next() {
			if err := s.scan(rows); err != nil {
				return err
			}
		}
		rows.Close()
		if err := rows.Err(); err != nil {
			return unprepared(err)
		}
	}
	return nil
}

// unprepared has the connection thrown away that no longer knows what it prepared, or knows it for tables as they were.
func unprepared(err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) && (refused.Code == "26000" || refused.Code == "0A000") {
		return errors.Join(driver.ErrBadConn, err)
	}
	return err
}
