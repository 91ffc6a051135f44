package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
)

// SendMagicLink mails a link that signs in without a password. It answers the same for an unknown address, which gets
// no mail; somebody who signed up but hasn't confirmed gets a new confirmation instead. It returns Invalids for what
// isn't an address and a TooMany beyond the limits of mails.
func (s *Service) SendMagicLink(ctx context.Context, email string, from Client) error {
	return s.sendLink(ctx, MagicLink, email, from)
}

// SendReset mails a link that lets a person choose a new password; see SendMagicLink.
func (s *Service) SendReset(ctx context.Context, email string, from Client) error {
	return s.sendLink(ctx, ResetLink, email, from)
}

func (s *Service) sendLink(ctx context.Context, kind Link, email string, from Client) error {
	address, ok := CanonicalEmail(email)
	if !ok {
		return Invalids{{Field: "email", Key: "account.error_email"}}
	}
	if _, err := s.admit(ctx, mailTry(address, from)); err != nil {
		return err
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		p, err := personByEmail(ctx, tx, address)
		if errors.Is(err, ErrNotFound) {
			return s.confirmAgain(ctx, tx, address)
		}
		if err != nil {
			return err
		}
		path, err := s.newLink(ctx, tx, link{Kind: kind, Email: address, PersonID: p.ID})
		if err != nil {
			return err
		}
		return s.mail(ctx, tx, Mail{To: p.Email, PersonID: p.ID, Language: p.Language, Kind: string(kind),
			Data: map[string]string{"name": p.Name, "path": path}})
	})
}

// confirmAgain mails a new confirmation for the last sign-up that waits under an address, if there is one.
func (s *Service) confirmAgain(ctx context.Context, tx bun.Tx, address string) error {
	var waiting []link
	err := tx.NewSelect().Model(&waiting).Where("email = ? and kind = ? and used_at is null and expires_at > ?",
		address, ConfirmLink, s.now()).Order("created_at desc").Limit(1).Scan(ctx)
	if err != nil {
		return fmt.Errorf("confirm again: %w", err)
	}
	if len(waiting) == 0 {
		return nil
	}
	var a awaited
	if err := json.Unmarshal(waiting[0].Data, &a); err != nil {
		return fmt.Errorf("confirm again: %w", err)
	}
	return s.sendConfirmation(ctx, tx, a)
}

// UseMagicLink opens a session for the person a magic link was sent to, and returns its token. It returns ErrTokenUsed
// or ErrTokenExpired.
func (s *Service) UseMagicLink(ctx context.Context, linkToken string, from Client) (token string, err error) {
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		l, err := s.useLink(ctx, tx, MagicLink, linkToken)
		if err != nil {
			return err
		}
		if err := s.proved(ctx, tx, l.PersonID); err != nil {
			return err
		}
		token, err = s.open(ctx, tx, l.PersonID, from)
		return err
	})
	return token, s.offerAppeal(ctx, err)
}

// Reset uses a reset link: the password changes, every session of the person ends, every other link sent to them is
// void, and a session opens whose token it returns. It returns Invalids for a poor password, which doesn't use the
// link up, or ErrTokenUsed or ErrTokenExpired.
func (s *Service) Reset(ctx context.Context, linkToken, password string, from Client) (token string, err error) {
	if err := s.checkReset(ctx, linkToken, password); err != nil {
		return "", err
	}
	hashed, err := s.hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		l, err := s.useLink(ctx, tx, ResetLink, linkToken)
		if err != nil {
			return err
		}
		if err := s.proved(ctx, tx, l.PersonID); err != nil {
			return err
		}
		if err := s.forgive(ctx, tx, admitted{accountKey: passwordTry(l.Email, Client{}).accountKey()}); err != nil {
			return err
		}
		token, err = s.setPassword(ctx, tx, l.PersonID, hashed, from)
		return err
	})
	return token, s.offerAppeal(ctx, err)
}

// checkReset looks before hashing, so that a worthless link costs nothing.
func (s *Service) checkReset(ctx context.Context, linkToken, password string) error {
	l, err := findLink(ctx, s.db.NewSelect(), ResetLink, linkToken)
	if err != nil {
		return err
	}
	if err := l.usable(s.now()); err != nil {
		return err
	}
	var wrong Invalids
	checkPassword(&wrong, "password", password, l.Email)
	return wrong.Err()
}

// setPassword changes a password and opens a new session.
func (s *Service) setPassword(ctx context.Context, tx bun.Tx, personID int64, hashed string, from Client) (string, error) {
	if err := s.replacePassword(ctx, tx, personID, hashed); err != nil {
		return "", err
	}
	return s.open(ctx, tx, personID, from)
}

// replacePassword changes a password, which ends every session of the person and voids every link sent to them.
func (s *Service) replacePassword(ctx context.Context, tx bun.Tx, personID int64, hashed string) error {
	for _, q := range []struct {
		sql  string
		args []any
	}{
		{`update person set password_hash = ? where id = ?`, []any{hashed, personID}},
		{`update token set used_at = ? where person_id = ? and used_at is null`, []any{s.now(), personID}},
	} {
		if _, err := tx.ExecContext(ctx, q.sql, q.args...); err != nil {
			return fmt.Errorf("set password of person %d: %w", personID, err)
		}
	}
	return s.endAll(ctx, tx, personID)
}

// proved notes that a person reads the mail of their address, if it wasn't known: somebody imported, for example.
func (s *Service) proved(ctx context.Context, tx bun.Tx, personID int64) error {
	_, err := tx.ExecContext(ctx,
		`update person set email_confirmed_at = ? where id = ? and email_confirmed_at is null`, s.now(), personID)
	if err != nil {
		return fmt.Errorf("confirm person %d: %w", personID, err)
	}
	return nil
}
