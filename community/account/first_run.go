package account

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// Empty tells whether nobody has an account yet.
func (s *Service) Empty(ctx context.Context) (bool, error) {
	peopled, err := s.db.NewSelect().Table("person").Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for people: %w", err)
	}
	return !peopled, nil
}

// FirstAdministrator creates the first person of an empty platform, who administers all of it, and opens a session for
// them. load, which may be nil, stores places in the same transaction. The caller has made sure that it is whoever
// installed the server. It returns Invalids, and ErrConflict when there is somebody already: of two at once, one wins.
func (s *Service) FirstAdministrator(ctx context.Context, n Newcomer, load func(context.Context, bun.Tx) error, from Client) (token string, err error) {
	n.JoinID, n.Create, n.Governorate = 0, nil, ""
	if err := s.check(ctx, &n, false); err != nil {
		return "", err
	}
	hashed, err := s.hash(ctx, n.Password)
	if err != nil {
		return "", err
	}
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(5, 0)`); err != nil {
			return fmt.Errorf("first administrator: %w", err)
		}
		peopled, err := tx.NewSelect().Table("person").Exists(ctx)
		if err == nil && peopled {
			err = ErrConflict
		}
		if err != nil {
			return fmt.Errorf("first administrator: %w", err)
		}
		if load != nil {
			if err := load(ctx, tx); err != nil {
				return err
			}
		}
		p, err := s.insertPerson(ctx, tx, awaited{n, hashed})
		if err != nil {
			return err
		}
		if err := s.insertGrant(ctx, tx, p.ID, Administrator, Scope{}, OverPlatform, 0); err != nil {
			return err
		}
		token, err = s.open(ctx, tx, p.ID, from)
		return err
	})
	return token, err
}
