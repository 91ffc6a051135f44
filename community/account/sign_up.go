package account

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Newcomer is what somebody says of themselves when they sign up.
type Newcomer struct {
	Name        string
	Email       string
	Password    string `json:"-"`
	Hash        string `json:"-"` // of HashPassword, instead of Password: for AddPerson and AddPeople
	Language    string // "fr", "ar" or "en"
	Governorate string // ISO 3166-2 code
	Gender      string // "female", "male" or ""
	BirthYear   int    // or 0

	JoinID int64            // a validated organisation to ask to join, or 0
	Create *NewOrganisation // an organisation to ask the office for, or nil
}

// awaited is a newcomer whose address isn't proved: what a confirm link holds.
type awaited struct {
	Newcomer
	PasswordHash string
}

// SignUp sends a link that will create the account: nobody exists before proving their address, so nobody can take an
// address that isn't theirs. It answers the same whether or not the address has an account already; only the mail
// differs. It returns Invalids for a form to correct and a TooMany beyond the limits of mails.
func (s *Service) SignUp(ctx context.Context, n Newcomer, from Client) error {
	if err := s.check(ctx, &n, true); err != nil {
		return err
	}
	if _, err := s.admit(ctx, mailTry(n.Email, from)); err != nil {
		return err
	}
	hashed, err := s.hash(ctx, n.Password)
	if err != nil {
		return err
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		known, err := tx.NewSelect().Table("person").Where("email = ?", n.Email).Exists(ctx)
		if err != nil {
			return fmt.Errorf("sign up: %w", err)
		}
		if known {
			return s.mail(ctx, tx, Mail{To: n.Email, Language: n.Language, Kind: "already_registered",
				Data: map[string]string{"name": n.Name, "path": "/sign-in", "reset": "/reset"}})
		}
		return s.sendConfirmation(ctx, tx, awaited{n, hashed})
	})
}

// CheckNewcomer returns what SignUp would say of a form, as Invalids, without signing anybody up.
func (s *Service) CheckNewcomer(ctx context.Context, n Newcomer) error { return s.check(ctx, &n, true) }

func (s *Service) sendConfirmation(ctx context.Context, tx bun.Tx, a awaited) error {
	data, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("sign up: %w", err)
	}
	path, err := s.newLink(ctx, tx, link{Kind: ConfirmLink, Email: a.Email, Data: data})
	if err != nil {
		return err
	}
	return s.mail(ctx, tx, Mail{To: a.Email, Language: a.Language, Kind: "confirm",
		Data: map[string]string{"name": a.Name, "path": path}})
}

// Confirm uses a confirmation link: it creates the person, asks for the organisation they named, and opens a session.
// It returns ErrTokenUsed when the link, or another one to the same address, was used before, and ErrTokenExpired.
func (s *Service) Confirm(ctx context.Context, linkToken string, from Client) (token string, err error) {
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := s.oneAtATime(ctx, tx, linkToken); err != nil {
			return err
		}
		l, err := s.useLink(ctx, tx, ConfirmLink, linkToken)
		if err != nil {
			return err
		}
		var a awaited
		if err := json.Unmarshal(l.Data, &a); err != nil {
			return fmt.Errorf("confirm: %w", err)
		}
		p, err := s.insertPerson(ctx, tx, a)
		if err != nil {
			return err
		}
		if err := s.firstOrganisation(ctx, tx, p.ID, a.Newcomer); err != nil {
			return err
		}
		// The link keeps no copy of what it held, and other links to the address are void.
		if _, err := tx.ExecContext(ctx, `update token set data = '{}', used_at = coalesce(used_at, ?)
			where email = ? and kind = ?`, s.now(), a.Email, ConfirmLink); err != nil {
			return fmt.Errorf("confirm: %w", err)
		}
		token, err = s.open(ctx, tx, p.ID, from)
		return err
	})
	return token, err
}

// oneAtATime makes the confirmations of one address, which may have several links, wait for one another.
func (s *Service) oneAtATime(ctx context.Context, tx bun.Tx, linkToken string) error {
	l, err := findLink(ctx, tx.NewSelect(), ConfirmLink, linkToken)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(3, hashtext(?))`, l.Email); err != nil {
		return fmt.Errorf("confirm: %w", err)
	}
	return nil
}

// insertPerson stores a person with a proved address, or returns ErrTokenUsed when the address has one.
func (s *Service) insertPerson(ctx context.Context, tx bun.Tx, a awaited) (Person, error) {
	p := newPerson(a, s.now())
	res, err := tx.NewInsert().Model(&p).On("conflict (email) do nothing").Returning("id").Exec(ctx)
	if err != nil {
		return Person{}, fmt.Errorf("insert person: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return Person{}, fmt.Errorf("insert person: %w", ErrTokenUsed)
	}
	return p, events.Publish(ctx, tx, events.PersonConfirmed{PersonID: p.ID})
}

// newPerson is a person with a proved address, not stored yet.
func newPerson(a awaited, now time.Time) Person {
	return Person{Name: a.Name, NameKey: Fold(a.Name), Email: a.Email, EmailConfirmedAt: now, PasswordHash: a.PasswordHash, Language: a.Language,
		Governorate: a.Governorate, Gender: a.Gender, BirthYear: a.BirthYear, CreatedAt: now}
}

// firstOrganisation asks for the organisation named at sign-up. It may have been refused, or taken, in the meantime:
// that must not keep the person out, and their profile lets them ask again.
func (s *Service) firstOrganisation(ctx context.Context, tx bun.Tx, personID int64, n Newcomer) error {
	var err error
	switch {
	case n.Create != nil:
		_, err = s.requestOrganisation(ctx, tx, personID, *n.Create)
	case n.JoinID != 0:
		err = s.requestMembership(ctx, tx, personID, n.JoinID)
	}
	if _, invalid := InvalidsOf(err); invalid {
		return nil
	}
	return err
}
