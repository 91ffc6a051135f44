package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Erasing an account has two parts. The first is one transaction: the account is closed and its row says nothing of its person
// any more, so that they are gone from every page at once. The second is done in the background, by DoErasures: each package sees to
// what hung on the person, then the row goes.

// ErasedName stands where the name of somebody was whose account is erased, in every language.
const ErasedName = "…"

// EraseLink leads somebody who knows no password to erase their account.
const EraseLink Link = "erase"

// ErrLastAdministrator refuses to let the last administrator of the platform go. It is an ErrConflict.
var ErrLastAdministrator = fmt.Errorf("the last administrator: %w", ErrConflict)

// Erasing is what somebody says who erases their account.
type Erasing struct {
	Password string // theirs, or
	Code     string // of the link that SendEraseLink mailed
	Sure     bool   // they said that they know that it can't be undone
	Texts    bool   // what they wrote in forums goes too
}

// Erase erases the actor's account, which can't be undone: their sessions end, and one last mail tells them. It returns Invalids
// (fields sure and password), a TooMany to those who guess passwords, and ErrLastAdministrator.
func (s *Service) Erase(ctx context.Context, actor Actor, e Erasing, from Client) error {
	p, err := s.Me(ctx, actor)
	if err != nil {
		return err
	}
	if !e.Sure {
		return Invalids{{Field: "sure", Key: "erase.error_sure"}}
	}
	attempt, err := s.admit(ctx, passwordTry(p.Email, from))
	if err != nil {
		return err
	}
	if e.Code == "" {
		right, err := s.matches(ctx, e.Password, p.PasswordHash)
		if err != nil {
			return err
		}
		if !right {
			return Invalids{{Field: "password", Key: "account.error_password_wrong"}}
		}
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if e.Code != "" {
			if err := s.useEraseLink(ctx, tx, p, e.Code); err != nil {
				return err
			}
		}
		if err := s.forgive(ctx, tx, attempt); err != nil {
			return err
		}
		return s.erase(ctx, tx, p, erasure{PersonID: p.ID, Texts: e.Texts}, p.ID)
	})
}

// useEraseLink uses up a link that was mailed to the person themselves.
func (s *Service) useEraseLink(ctx context.Context, tx bun.Tx, p Person, code string) error {
	l, err := s.useLink(ctx, tx, EraseLink, code)
	if err == nil && l.PersonID != p.ID {
		err = ErrTokenExpired
	}
	if errors.Is(err, ErrTokenExpired) || errors.Is(err, ErrTokenUsed) {
		return Invalids{{Field: "code", Key: "erase.error_code"}}
	}
	return err
}

// SendEraseLink mails the actor a link with which they may erase their account without a password. It returns a TooMany beyond the limits
// of mails.
func (s *Service) SendEraseLink(ctx context.Context, actor Actor, from Client) error {
	p, err := s.Me(ctx, actor)
	if err != nil {
		return err
	}
	if _, err := s.admit(ctx, mailTry(p.Email, from)); err != nil {
		return err
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		path, err := s.newLink(ctx, tx, link{Kind: EraseLink, Email: p.Email, PersonID: p.ID})
		if err != nil {
			return err
		}
		return s.mail(ctx, tx, Mail{To: p.Email, PersonID: p.ID, Language: p.Language, Kind: string(EraseLink),
			Data: map[string]string{"name": p.Name, "path": path}})
	})
}

// erase closes a person's account and takes them out of everything of this package, by somebody; the rest is left to DoErasures.
func (s *Service) erase(ctx context.Context, tx bun.Tx, p Person, e erasure, by int64) error {
	if err := anotherAdministrator(ctx, tx, p.ID); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `delete from token where person_id = ? or email = ?`, p.ID, p.Email); err != nil {
		return fmt.Errorf("links of person %d: %w", p.ID, err)
	}
	now, err := lockPerson(ctx, tx, p.ID)
	switch {
	case err != nil:
		return err
	case !now.ErasedAt.IsZero(): // by somebody else, or by them in another window
		return fmt.Errorf("person %d: %w", p.ID, ErrNotFound)
	case now.PasswordHash != p.PasswordHash:
		return ErrWrongPassword
	}
	for _, leave := range []func(context.Context, bun.Tx, int64, int64) error{s.leaveOrganisations, s.leaveSpaces, s.layDownRoles} {
		if err := leave(ctx, tx, p.ID, by); err != nil {
			return err
		}
	}
	_, scope, err := personIn(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	// The last mail is to an address, no longer to a person.
	kind := "erased"
	if by != p.ID {
		kind = "erased_for"
	}
	if err := s.mail(ctx, tx, Mail{To: p.Email, Language: p.Language, Kind: kind, Data: map[string]string{"name": p.Name, "path": "/"}}); err != nil {
		return err
	}
	if err := s.blank(ctx, tx, p, e); err != nil {
		return err
	}
	if err := s.endAll(ctx, tx, p.ID); err != nil {
		return err
	}
	return events.Publish(ctx, tx, events.AccountErased{PersonID: p.ID, OfficeID: scope.OfficeID, Own: by == p.ID, Texts: e.Texts, By: by})
}

// blank takes all that names a person out of their row, and notes what is left to do.
func (s *Service) blank(ctx context.Context, tx bun.Tx, p Person, e erasure) error {
	now := s.now()
	e.Was, e.AskedAt, e.NextAt = &erasedWas{p.Name, p.Email}, now, now
	if _, err := tx.NewInsert().Model(&e).Exec(ctx); err != nil {
		return fmt.Errorf("erase person %d: %w", p.ID, err)
	}
	for _, q := range []struct {
		sql  string
		args []any
	}{
		{`update person set name = ?, name_key = '', email = ?, email_confirmed_at = null, password_hash = null, governorate = null, gender = null,
			birth_year = null, erased_at = ? where id = ?`, []any{ErasedName, fmt.Sprintf("erased-%d@invalid", p.ID), now, p.ID}},
		{`delete from profile where person_id = ?`, []any{p.ID}},
		{`delete from attempt where key in (?, ?)`, []any{passwordTry(p.Email, Client{}).accountKey(), mailTry(p.Email, Client{}).accountKey()}},
	} {
		if _, err := tx.ExecContext(ctx, q.sql, q.args...); err != nil {
			return fmt.Errorf("erase person %d: %w", p.ID, err)
		}
	}
	return nil
}

// erasure is a row of erasure.
type erasure struct {
	bun.BaseModel `bun:"table:erasure"`

	PersonID int64 `bun:",pk"`
	Texts    bool
	Was      *erasedWas `bun:"type:jsonb"`
	ByID     int64      `bun:",nullzero"`
	Reason   string
	AskedAt  time.Time
	NextAt   time.Time
	Tries    int
}

// erasedWas is what named a person.
type erasedWas struct{ Name, Email string }
