package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"halqa/events"
)

// check tidies a newcomer's form in place and returns all that is wrong with it.
func (s *Service) check(ctx context.Context, n *Newcomer, governorateNeeded bool) error {
	var wrong Invalids
	n.Name = checkName(&wrong, "name", n.Name)
	address, ok := CanonicalEmail(n.Email)
	if ok {
		n.Email = address
	} else {
		wrong.Add("email", "account.error_email")
	}
	checkPassword(&wrong, "password", n.Password, n.Email)
	checkLanguage(&wrong, n.Language)
	s.checkPrivate(&wrong, n.Gender, n.BirthYear)
	if n.Governorate != "" || governorateNeeded {
		if err := checkGovernorate(ctx, s.db, &wrong, n.Governorate); err != nil {
			return err
		}
	}
	if err := s.checkOrganisationChoice(ctx, &wrong, n); err != nil {
		return err
	}
	return wrong.Err()
}

func (s *Service) checkOrganisationChoice(ctx context.Context, wrong *Invalids, n *Newcomer) error {
	switch {
	case n.Create != nil:
		return s.checkOrganisation(ctx, s.db, wrong, n.Create, nil)
	case n.JoinID != 0:
		found, err := s.db.NewSelect().Table("organisation").
			Where("id = ? and state = ?", n.JoinID, OrganisationValidated).Exists(ctx)
		if err != nil {
			return fmt.Errorf("organisation %d: %w", n.JoinID, err)
		}
		if !found {
			wrong.Add("organisation", "account.error_organisation_unknown")
		}
	}
	return nil
}

func checkName(wrong *Invalids, field, name string) string {
	name = line(name)
	switch {
	case name == "":
		wrong.Add(field, "account.error_name")
	case utf8.RuneCountInString(name) > MaxName:
		wrong.Add(field, "account.error_long", "Max", MaxName)
	}
	return name
}

func checkPassword(wrong *Invalids, field, password, email string) {
	n := utf8.RuneCountInString(password)
	switch {
	case n < MinPassword:
		wrong.Add(field, "account.error_password_short", "Min", MinPassword)
	case n > maxPassword:
		wrong.Add(field, "account.error_long", "Max", maxPassword)
	case easy(password, email):
		wrong.Add(field, "account.error_password_easy")
	}
}

// easy tells the passwords that are tried first: the address itself, or very few different characters.
func easy(password, email string) bool {
	lower := strings.ToLower(password)
	different := map[rune]bool{}
	for _, r := range lower {
		different[r] = true
	}
	return lower == email || len(different) < 4 || strings.HasPrefix("01234567890123456789", lower)
}

func checkLanguage(wrong *Invalids, language string) {
	if !slices.Contains(events.Languages, language) {
		wrong.Add("language", "account.error_choice")
	}
}

func (s *Service) checkPrivate(wrong *Invalids, gender string, birthYear int) {
	if gender != "" && gender != "female" && gender != "male" {
		wrong.Add("gender", "account.error_choice")
	}
	this := s.now().Year()
	if birthYear != 0 && (birthYear < this-110 || birthYear > this-5) {
		wrong.Add("birth_year", "account.error_birth_year")
	}
}

func checkGovernorate(ctx context.Context, db bun.IDB, wrong *Invalids, code string) error {
	_, err := officeOf(ctx, db, code)
	if errors.Is(err, ErrNotFound) {
		wrong.Add("governorate", "account.error_governorate")
		return nil
	}
	return err
}

// officeOf returns the office that serves a governorate, or ErrNotFound.
func officeOf(ctx context.Context, db bun.IDB, code string) (officeID int64, err error) {
	err = db.NewSelect().Table("governorate").Column("office_id").Where("code = ?", code).Scan(ctx, &officeID)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("governorate %q: %w", code, ErrNotFound)
	}
	if err != nil {
		return 0, fmt.Errorf("governorate %q: %w", code, err)
	}
	return officeID, nil
}
