package events_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"halqa/events"
)

func TestDatabaseDown(t *testing.T) {
	for _, c := range []struct {
		err  error
		down bool
	}{
		{&pgconn.PgError{Code: "57P01"}, true},  // shut down by an administrator
		{&pgconn.PgError{Code: "57P03"}, true},  // starting
		{&pgconn.PgError{Code: "53300"}, true},  // too many connections
		{&pgconn.PgError{Code: "08006"}, true},  // connection failure
		{&pgconn.PgError{Code: "25006"}, true},  // read-only
		{&pgconn.PgError{Code: "57014"}, false}, // cancelled by a timeout
		{&pgconn.PgError{Code: "23505"}, false}, // unique violation
		{&pgconn.PgError{Code: "42601"}, false}, // syntax error
		{fmt.Errorf("insert: %w", driver.ErrBadConn), true},
		{fmt.Errorf("read: %w", io.ErrUnexpectedEOF), true},
		{&pgconn.ConnectError{}, true},
		{syscall.ECONNREFUSED, true},
		{context.DeadlineExceeded, false},
		{errors.New("no luck"), false},
	} {
		if got := events.DatabaseDown(c.err); got != c.down {
			t.Errorf("%v: %t, want %t", c.err, got, c.down)
		}
	}
}

func TestBackoffGrows(t *testing.T) {
	backoff := events.Growing(time.Second)
	for attempts, longest := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 9: 256 * time.Second, 40: 5 * time.Minute} {
		for range 20 {
			if pause := backoff(attempts); pause < longest/2 || pause > longest {
				t.Errorf("after %d attempts %v, want %v to %v", attempts, pause, longest/2, longest)
			}
		}
	}
}
