package account

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"halqa/migrations/testdb"
)

func TestAddPeopleAllOrNone(t *testing.T) {
	db := testdb.Clone(t)
	s := New(db, Options{Mail: func(context.Context, bun.Tx, Mail) error { return nil }})
	hash, err := s.HashPassword(t.Context(), "un long mot de passe")
	if err != nil {
		t.Fatal(err)
	}
	someone := func(name string) Newcomer {
		return Newcomer{Name: name, Email: name + "@example.org", Language: "fr", Hash: hash}
	}
	people, err := s.AddPeople(t.Context(), []Newcomer{someone("a"), someone("b"), someone("c")})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		me, err := s.Me(t.Context(), Actor{PersonID: p.ID})
		if err != nil || me.Email != p.Email || me.PasswordHash != hash {
			t.Errorf("person %d: %+v (%v)", p.ID, me, err)
		}
	}
	if _, err := s.AddPeople(t.Context(), []Newcomer{someone("d"), someone("b")}); err == nil {
		t.Error("an address is taken twice")
	}
	var n int
	if err := db.NewRaw(`select count(*) from person`).Scan(t.Context(), &n); err != nil || n != 3 {
		t.Errorf("%d people (%v), 3 wanted", n, err)
	}
}
