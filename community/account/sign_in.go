package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
)

// SignIn opens a session for whoever knows the password of an address and returns its token. It returns
// ErrWrongPassword for a wrong password and for an unknown address alike, and a TooMany when an account or an address
// has failed too often, and a Banned to somebody banned from the platform.
func (s *Service) SignIn(ctx context.Context, email, password string, from Client) (token string, err error) {
	address, ok := CanonicalEmail(email)
	if !ok || len(password) > maxPassword*4 {
		return "", ErrWrongPassword
	}
	attempt, err := s.admit(ctx, passwordTry(address, from))
	if err != nil {
		return "", err
	}
	p, err := personByEmail(ctx, s.db, address)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return "", err
	}
	switch right, err := s.matches(ctx, password, p.PasswordHash); {
	case err != nil:
		return "", err
	case !right:
		return "", ErrWrongPassword
	}
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := stillHas(ctx, tx, p); err != nil {
			return err
		}
		if err := s.forgive(ctx, tx, attempt); err != nil {
			return err
		}
		token, err = s.open(ctx, tx, p.ID, from)
		return err
	})
	return token, s.offerAppeal(ctx, err)
}

// stillHas locks a person and refuses when their password changed while it was being compared: a password change ends
// every session, also the one about to open.
func stillHas(ctx context.Context, tx bun.Tx, p Person) error {
	now, err := lockPerson(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	if now.PasswordHash != p.PasswordHash {
		return ErrWrongPassword
	}
	return nil
}

func personByEmail(ctx context.Context, db bun.IDB, address string) (Person, error) {
	return onePerson(ctx, db.NewSelect().Where("email = ?", address))
}

func lockPerson(ctx context.Context, tx bun.Tx, id int64) (Person, error) {
	return onePerson(ctx, tx.NewSelect().Where("id = ?", id).For("no key update"))
}

func onePerson(ctx context.Context, q *bun.SelectQuery) (Person, error) {
	var p Person
	err := q.Model(&p).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Person{}, fmt.Errorf("person: %w", ErrNotFound)
	}
	if err != nil {
		return Person{}, fmt.Errorf("person: %w", err)
	}
	return p, nil
}
