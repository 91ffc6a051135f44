package demo

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
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

// space is a thematic space as spaces.toml describes it.
type space struct {
	Key, Axis, Visibility, Office string
	Moderators                    []string
	Hue                           int // degrees on the colour wheel
	Pseudonyms                    bool
	Name, Description             events.Text
}

// setPlaces loads offices, governorates, axes and spaces.
func (s *stage) setPlaces(ctx context.Context) error {
	err := s.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return LoadCountry(ctx, tx) })
	if err != nil {
		return err
	}
	offices, err := s.account.Offices(ctx)
	if err != nil {
		return err
	}
	for _, o := range offices {
		s.offices[o.Key] = o.ID
	}
	governorates, err := s.account.Governorates(ctx)
	if err != nil {
		return err
	}
	for _, g := range governorates {
		s.codes = append(s.codes, g.Code)
		s.officeOf[g.Code] = g.OfficeID
	}
	return s.setSpaces(ctx)
}

func (s *stage) setSpaces(ctx context.Context) error {
	list, err := read[struct{ Space []space }]("spaces.toml")
	if err != nil {
		return err
	}
	s.spaceTexts = list.Space
	return s.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for i, sp := range list.Space {
			row := account.Space{Key: sp.Key, OfficeID: s.offices[sp.Office], Axis: sp.Axis, Name: sp.Name, Description: sp.Description,
				Visibility: account.Visibility(sp.Visibility), Hue: sp.Hue, Pseudonyms: sp.Pseudonyms, Position: i + 1}
			if err := account.LoadSpace(ctx, tx, &row); err != nil {
				return err
			}
			s.spaces[sp.Key] = row
		}
		return nil
	})
}

// moderator is the address of who runs a space day by day.
func (s *stage) moderator(space string) string {
	for _, sp := range s.spaceTexts {
		if sp.Key == space && len(sp.Moderators) > 0 {
			return email(sp.Moderators[0])
		}
	}
	return email("admin")
}

// giveRoles has the administrator give everybody of the cast their role.
func (s *stage) giveRoles(ctx context.Context) error {
	if _, err := s.account.CreateAdministrator(ctx, account.Newcomer{Name: "Nabil Chebbi", Email: email("admin"),
		Language: "fr", Governorate: "TN-11"}); err != nil {
		return err
	}
	admin, err := s.actor(ctx, email("admin"))
	if err != nil {
		return err
	}
	type given struct {
		who  string
		role account.Role
		kind account.ScopeKind
		id   int64
	}
	all := []given{
		{"programme", account.ProgrammeManager, account.OverPlatform, 0},
		{"formateur", account.Trainer, account.OverOffice, s.offices["gafsa"]},
	}
	for _, sp := range s.spaceTexts {
		for _, who := range sp.Moderators {
			all = append(all, given{who, account.SpaceModerator, account.OverSpace, s.spaces[sp.Key].ID})
		}
	}
	for _, key := range officeKeys {
		all = append(all, given{key, account.OfficeModerator, account.OverOffice, s.offices[key]})
	}
	for _, g := range all {
		if err := s.account.Grant(ctx, admin, s.byEmail[email(g.who)].id, account.Grant{Role: g.role, Kind: g.kind, ScopeID: g.id}); err != nil {
			return fmt.Errorf("%s becomes %s: %w", g.who, g.role, err)
		}
	}
	return nil
}

// officeKeys are the offices, whose moderators are called like them.
var officeKeys = []string{"gafsa", "tunis", "kef", "sousse", "tozeur", "medenine"}
