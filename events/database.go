package events

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
)

// DatabaseDown tells whether err says that PostgreSQL can't be used just now, rather than that the work is at fault:
// such errors are waited out and never count as an attempt.
func DatabaseDown(err error) bool {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		if len(refused.Code) != 5 || refused.Code == "57014" { // a query cancelled by its own timeout is the work's fault
			return false
		}
		switch refused.Code[:2] {
		case "08", "53", "57", "58": // connection, resources, operator intervention, system
			return true
		}
		return refused.Code == "25006" // read-only: we still talk to a demoted server
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) || pgconn.SafeToRetry(err) {
		return true
	}
	for _, gone := range []error{
		driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
		syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE, syscall.ENOENT,
	} {
		if errors.Is(err, gone) {
			return true
		}
	}
	return false
}

// conflicted tells whether PostgreSQL gave the transaction up in favour of another one: doing it again at once is right.
func conflicted(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && (refused.Code == "40001" || refused.Code == "40P01")
}

// readEvents runs a query whose columns are seq, id, type, key, at, data.
func readEvents(ctx context.Context, db bun.IDB, query string, args ...any) ([]Event, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var events []Event
	for rows.Next() {
		var e Event
		if err := rows.Scan(&e.Seq, &e.ID, &e.Type, &e.Key, &e.Time, (*[]byte)(&e.Data)); err != nil {
			return nil, err
		}
		e.Time = e.Time.UTC()
		events = append(events, e)
	}
	return events, rows.Err()
}

// oldestTransaction is when the oldest transaction still open began: an event that isn't visible yet got its seq after
// that. It must be read before the rows that are judged by it.
func oldestTransaction(ctx context.Context, db bun.IDB) (time.Time, error) {
	var began time.Time
	err := db.QueryRowContext(ctx, `select coalesce(min(xact_start), clock_timestamp()) from pg_stat_activity
		where datname = current_database() and pid <> pg_backend_pid()`).Scan(&began)
	if err != nil {
		return time.Time{}, fmt.Errorf("find the oldest transaction: %w", err)
	}
	return began, nil
}
