// Package testdb gives tests a real PostgreSQL with the program's schema.
//
// Each test binary that asks for it runs its own throwaway server, copied from a cached cluster which holds a database
// with all migrations applied, so that packages tested at once don't meet. The kernel ends the server together with
// the binary, however that ends. With TEST_DATABASE_URL set (to a role that may create databases), that server is used.
package testdb

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/uptrace/bun"

	"halqa/migrations"
)

// Tx returns a transaction on an empty, migrated database. It is rolled back when the test ends.
func Tx(t testing.TB) bun.Tx {
	t.Helper()
	db, err := shared()
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatalf("testdb: begin: %v", err)
	}
	t.Cleanup(func() { _ = tx.Rollback() }) // the test may have ended it
	return tx
}

// Clone returns an empty, migrated database of the test's own, for tests where transactions must really commit. It is
// dropped when the test ends.
func Clone(t testing.TB) *bun.DB {
	t.Helper()
	url := CloneURL(t)
	db, err := migrations.Open(context.Background(), url)
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	urls.Store(db, url)
	t.Cleanup(func() {
		urls.Delete(db)
		db.Close()
	})
	return db
}

// CloneURL is like Clone for code that opens the database itself. Connections still open at the end are cut.
func CloneURL(t testing.TB) string {
	t.Helper()
	s, err := running()
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	name := s.cloneName()
	if err := s.clone(context.Background(), name); err != nil {
		t.Fatalf("testdb: %v", err)
	}
	t.Cleanup(func() {
		if err := s.drop(context.Background(), name); err != nil {
			t.Errorf("testdb: %v", err)
		}
	})
	return s.url(name)
}

// urls maps a *bun.DB that Clone returned to its address.
var urls sync.Map

// URL is the address of a database that Clone returned, for code that connects by itself.
func URL(db *bun.DB) string {
	url, ok := urls.Load(db)
	if !ok {
		panic("testdb.URL: not a database of testdb.Clone, or its test has ended")
	}
	return url.(string)
}

// shared is the database of all transactions of this test binary. Nothing is ever committed to it.
var shared = sync.OnceValues(func() (*bun.DB, error) {
	s, err := running()
	if err != nil {
		return nil, err
	}
	name := s.cloneName()
	if err := s.clone(context.Background(), name); err != nil {
		return nil, err
	}
	return migrations.Open(context.Background(), s.url(name))
})

var clones atomic.Int64

func (s *server) cloneName() string {
	return fmt.Sprintf("%s%d_%d", clonePrefix, s.run, clones.Add(1))
}

// Folder returns an empty temporary folder in which a test may start a cluster of its own. Unlike t.TempDir, the
// unprivileged user that root starts PostgreSQL as can reach it.
func Folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "halqa-test-")
	if err == nil {
		err = os.Chmod(dir, 0o711)
	}
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("testdb: %v", err)
		}
	})
	return dir
}
