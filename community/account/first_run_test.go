package account_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/migrations/testdb"
)

func TestTwoFirstAdministratorsAtOnce(t *testing.T) {
	b := on(testdb.Clone(t))
	if empty, err := b.Empty(ctx); err != nil || !empty {
		t.Fatalf("a new platform is empty: %v, %v", empty, err)
	}
	load := func(_ context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `insert into office (key, name) values ('first', '{"fr": "Premier"}')`)
		return err
	}
	if _, err := b.FirstAdministrator(ctx, account.Newcomer{Email: "x"}, load, account.Client{}); len(fields(err)) != 4 {
		t.Errorf("an empty form: %v", err)
	}
	tokens := make([]string, 4)
	onlyOne(t, together(4, func(i int) (err error) {
		tokens[i], err = b.FirstAdministrator(ctx, account.Newcomer{Name: "Nabil", Email: fmt.Sprintf("n%d@example.org", i), Language: "fr",
			Password: phrase}, load, account.Client{})
		return err
	}), account.ErrConflict)
	if b.count(t, "person") != 1 || b.count(t, "office") != 1 || b.count(t, "session") != 1 {
		t.Error("not one administrator, with places once")
	}
	for _, token := range tokens {
		if a, _, err := b.Actor(ctx, token); token != "" && (err != nil || !accounttest.Reload(t, b.db, a.PersonID).Can(account.AdministerPlatform, account.Scope{})) {
			t.Errorf("the one who won is %+v, %v", a, err)
		}
	}
	if empty, err := b.Empty(ctx); err != nil || empty {
		t.Errorf("it is still empty: %v, %v", empty, err)
	}
}
