package demo

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

//go:embed places.json
var placesJSON []byte

//go:embed axes.json
var axesJSON []byte

// LoadCountry stores the offices, governorates and axes of the demonstration, which are a real country's: Tunisia's.
func LoadCountry(ctx context.Context, tx bun.Tx) error {
	var places account.Places
	if err := json.Unmarshal(placesJSON, &places); err != nil {
		return fmt.Errorf("places.json: %w", err)
	}
	var axes account.Axes
	if err := json.Unmarshal(axesJSON, &axes); err != nil {
		return fmt.Errorf("axes.json: %w", err)
	}
	if err := account.LoadPlaces(ctx, tx, places); err != nil {
		return err
	}
	return account.LoadAxes(ctx, tx, axes)
}

// setPlaces loads offices, governorates, axes and spaces.
func (s *stage) setPlaces(ctx context.Context) error {
	err := s.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := LoadCountry(ctx, tx); err != nil {
			return err
		}
		for i, sp := range spaces {
			row := account.Space{Key: sp.key, Axis: sp.axis, Name: sp.name, Description: sp.description,
				Visibility: account.Visibility(sp.visibility), Hue: sp.hue, Position: i + 1}
			if err := account.LoadSpace(ctx, tx, &row); err != nil {
				return err
			}
			s.spaces[sp.key] = row
		}
		return nil
	})
	if err != nil {
		return err
	}
	offices, err := s.account.Offices(ctx)
	for _, o := range offices {
		s.offices[o.Key] = o.ID
	}
	return err
}

// passwords is how many of the crowd can sign in with Password: hashing one takes a while.
const passwords = 24

// castPeople creates everybody and gives the roles.
func (s *stage) castPeople(ctx context.Context) error {
	governorates, err := s.account.Governorates(ctx)
	if err != nil {
		return err
	}
	var codes []string
	for _, g := range governorates {
		codes = append(codes, g.Code)
	}
	for i, p := range slices.Concat(cast, crowd(s.People, codes)) {
		password := ""
		if i < len(cast)+passwords {
			password = Password
		}
		at := s.at(ctx, -88+(i*7)%50, 9+i%9)
		row, err := s.account.AddPerson(at, account.Newcomer{Name: p.name, Email: p.email, Password: password, Language: p.language,
			Governorate: p.governorate, Gender: p.gender, BirthYear: p.birthYear})
		if err != nil {
			return fmt.Errorf("%s: %w", p.email, err)
		}
		s.people = append(s.people, &player{person: p, id: row.ID})
		s.byEmail[p.email] = s.people[len(s.people)-1]
	}
	return s.giveRoles(s.at(ctx, -89, 9))
}

func (s *stage) giveRoles(ctx context.Context) error {
	if _, err := s.account.CreateAdministrator(ctx, account.Newcomer{Name: "Nabil Chebbi", Email: "admin@demo.example",
		Language: "fr", Governorate: "TN-11"}); err != nil {
		return err
	}
	admin, err := s.actor(ctx, "admin@demo.example")
	if err != nil {
		return err
	}
	over := func(role account.Role, kind account.ScopeKind, id int64) account.Grant {
		return account.Grant{Role: role, Kind: kind, ScopeID: id}
	}
	grants := []struct {
		email string
		grant account.Grant
	}{
		{"programme@demo.example", over(account.ProgrammeManager, account.OverPlatform, 0)},
		{"formateur@demo.example", over(account.Trainer, account.OverOffice, s.offices["gafsa"])},
		{"animateur@demo.example", over(account.SpaceModerator, account.OverSpace, s.spaces["funding"].ID)},
		{"animateur@demo.example", over(account.SpaceModerator, account.OverSpace, s.spaces["projects"].ID)},
	}
	for key, id := range s.offices {
		grants = append(grants, struct {
			email string
			grant account.Grant
		}{key + "@demo.example", over(account.OfficeModerator, account.OverOffice, id)})
	}
	for _, g := range grants {
		if err := s.account.Grant(ctx, admin, s.byEmail[g.email].id, g.grant); err != nil {
			return fmt.Errorf("%s becomes %s: %w", g.email, g.grant.Role, err)
		}
	}
	return nil
}
