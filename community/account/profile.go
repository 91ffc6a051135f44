package account

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// Profile is what people may change about themselves.
type Profile struct {
	Name        string
	Language    string
	Governorate string
	Gender      string // "female", "male" or ""
	BirthYear   int    // or 0
}

// Me returns the actor's own account.
func (s *Service) Me(ctx context.Context, actor Actor) (Person, error) {
	if !actor.SignedIn() {
		return Person{}, ErrSignInRequired
	}
	return onePerson(ctx, s.db.NewSelect().Where("id = ?", actor.PersonID))
}

// UpdateProfile changes what the actor says of themselves. It returns Invalids.
func (s *Service) UpdateProfile(ctx context.Context, actor Actor, p Profile) error {
	if !actor.SignedIn() {
		return ErrSignInRequired
	}
	var wrong Invalids
	p.Name = checkName(&wrong, "name", p.Name)
	checkLanguage(&wrong, p.Language)
	s.checkPrivate(&wrong, p.Gender, p.BirthYear)
	if p.Governorate != "" {
		if err := checkGovernorate(ctx, s.db, &wrong, p.Governorate); err != nil {
			return err
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	_, err := s.db.NewUpdate().Model(&Person{ID: actor.PersonID, Name: p.Name, NameKey: Fold(p.Name), Language: p.Language,
		Governorate: p.Governorate, Gender: p.Gender, BirthYear: p.BirthYear}).
		Column("name", "name_key", "language", "governorate", "gender", "birth_year").WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("update profile: %w", err)
	}
	return nil
}

// SetLanguage changes the language the actor reads and is written to.
func (s *Service) SetLanguage(ctx context.Context, actor Actor, language string) error {
	if !actor.SignedIn() {
		return ErrSignInRequired
	}
	var wrong Invalids
	checkLanguage(&wrong, language)
	if err := wrong.Err(); err != nil {
		return err
	}
	if _, err := s.db.ExecContext(ctx, `update person set language = ? where id = ?`, language, actor.PersonID); err != nil {
		return fmt.Errorf("set language: %w", err)
	}
	return nil
}

// ChangePassword changes the actor's password, ends all their sessions and opens a new one, whose token it returns.
// Somebody who has no password yet gives an empty current one. It returns Invalids (fields current, password) or a
// TooMany.
func (s *Service) ChangePassword(ctx context.Context, actor Actor, current, password string, from Client) (token string, err error) {
	p, err := s.Me(ctx, actor)
	if err != nil {
		return "", err
	}
	var wrong Invalids
	checkPassword(&wrong, "password", password, p.Email)
	if err := wrong.Err(); err != nil {
		return "", err
	}
	attempt, err := s.admit(ctx, passwordTry(p.Email, from))
	if err != nil {
		return "", err
	}
	if err := s.checkCurrent(ctx, p, current); err != nil {
		return "", err
	}
	hashed, err := s.hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := stillHas(ctx, tx, p); err != nil {
			return err
		}
		if err := s.forgive(ctx, tx, attempt); err != nil {
			return err
		}
		token, err = s.setPassword(ctx, tx, p.ID, hashed, from)
		return err
	})
	return token, err
}

func (s *Service) checkCurrent(ctx context.Context, p Person, current string) error {
	if p.PasswordHash == "" {
		return nil
	}
	right, err := s.matches(ctx, current, p.PasswordHash)
	if err == nil && !right {
		err = Invalids{{Field: "current", Key: "account.error_password_wrong"}}
	}
	return err
}
