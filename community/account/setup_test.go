package account_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/migrations/testdb"
)

var ctx = context.Background()

// bench is a service on a database of the test's own, with a clock that the test moves and mails that it reads.
type bench struct {
	*account.Service
	db    bun.IDB
	mails *accounttest.Mails
	now   time.Time
}

func on(db bun.IDB) *bench {
	b := &bench{db: db, mails: &accounttest.Mails{}, now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	b.Service = account.New(db, account.Options{Mail: b.mails.Keep, Now: func() time.Time { return b.now }})
	return b
}

func setup(t testing.TB) *bench { return on(testdb.Tx(t)) }

// link is the token of the last mail of a kind to an address.
func (b *bench) link(t testing.TB, kind, address string) string {
	t.Helper()
	m := b.mails.Last(t, address)
	if m.Kind != kind {
		t.Fatalf("last mail to %s is %q, want %q", address, m.Kind, kind)
	}
	return m.Data["path"][strings.LastIndex(m.Data["path"], "/")+1:]
}

// count counts rows; published counts events of a type.
func (b *bench) count(t testing.TB, from string, args ...any) (n int) {
	t.Helper()
	if err := b.db.NewRaw("select count(*) from "+from, args...).Scan(ctx, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (b *bench) published(t testing.TB, eventType string) int {
	t.Helper()
	return b.count(t, "outbox where type = ?", eventType)
}

func newcomer() account.Newcomer {
	return account.Newcomer{Name: "Amal Ben Salah", Email: "amal@example.org", Password: "une phrase assez longue",
		Language: "fr", Governorate: "XX-gafsa"}
}

// signedUp is a newcomer who confirmed their address.
func signedUp(t testing.TB, b *bench, n account.Newcomer) (session string) {
	t.Helper()
	must(t, b.SignUp(ctx, n, account.Client{}))
	session, err := b.Confirm(ctx, b.link(t, "confirm", n.Email), account.Client{})
	must(t, err)
	return session
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func readJSON(t testing.TB, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile(name)
	must(t, err)
	must(t, json.Unmarshal(raw, into))
}

// fields lists what an error says about which field, as "field:key".
func fields(err error) (all []string) {
	invalids, _ := account.InvalidsOf(err)
	for _, f := range invalids {
		all = append(all, f.Field+":"+strings.TrimPrefix(f.Key, "account.error_"))
	}
	return all
}
