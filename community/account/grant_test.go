package account_test

import (
	"errors"
	"slices"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
)

func TestWhoGrantsWhat(t *testing.T) {
	b := setup(t)
	gafsa, moderator := region(t, b, "gafsa")
	tunis := accounttest.Office(t, b.db, "tunis")
	local, national := accounttest.Space(t, b.db, "local", gafsa.ID), accounttest.Space(t, b.db, "national", 0)
	org := accounttest.Organisation(t, b.db, "Oasis", gafsa)
	admin := accounttest.Actor(t, b.db, "Admin", account.Grant{Role: account.Administrator, Kind: account.OverPlatform})
	officeAdmin := accounttest.Actor(t, b.db, "Office admin", account.Grant{Role: account.Administrator, Kind: account.OverOffice, ScopeID: gafsa.ID})
	orgAdmin := accounttest.Actor(t, b.db, "Org admin", account.Grant{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: org.ID})
	who := map[string]account.Actor{"admin": admin, "office admin": officeAdmin, "moderator": moderator, "organisation admin": orgAdmin}
	person := accounttest.Person(t, b.db, "Rim")
	accounttest.Member(t, b.db, person.ID, org.ID)
	for _, c := range []struct {
		grant account.Grant
		by    []string // who may; the others may not
	}{
		{account.Grant{Role: account.Administrator, Kind: account.OverPlatform}, []string{"admin"}},
		{account.Grant{Role: account.Administrator, Kind: account.OverOffice, ScopeID: gafsa.ID}, []string{"admin", "office admin"}},
		{account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: tunis.ID}, []string{"admin"}},
		{account.Grant{Role: account.ProgrammeManager, Kind: account.OverPlatform}, []string{"admin"}},
		{account.Grant{Role: account.Trainer, Kind: account.OverOffice, ScopeID: gafsa.ID}, []string{"admin", "office admin"}},
		{account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: local.ID}, []string{"admin", "office admin"}},
		{account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: national.ID}, []string{"admin"}},
		{account.Grant{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: org.ID}, []string{"admin", "office admin", "moderator", "organisation admin"}},
	} {
		for name, actor := range who {
			err := b.Grant(ctx, actor, person.ID, c.grant)
			held := slices.Contains(accounttest.Reload(t, b.db, person.ID).Grants, c.grant)
			if !slices.Contains(c.by, name) {
				if !errors.Is(err, account.ErrForbidden) || held {
					t.Errorf("%s grants %+v: %v, held %v", name, c.grant, err, held)
				}
				continue
			}
			if err != nil || !held {
				t.Errorf("%s grants %+v: %v, held %v", name, c.grant, err, held)
			}
			must(t, b.Grant(ctx, actor, person.ID, c.grant)) // twice is once
			must(t, b.Revoke(ctx, actor, person.ID, c.grant))
			if err := b.Revoke(ctx, actor, person.ID, c.grant); !errors.Is(err, account.ErrNotFound) {
				t.Errorf("%s revokes %+v twice: %v", name, c.grant, err)
			}
		}
		if err := b.Grant(ctx, account.Actor{}, person.ID, c.grant); !errors.Is(err, account.ErrSignInRequired) {
			t.Errorf("a visitor grants %+v: %v", c.grant, err)
		}
	}
	if got := b.count(t, "role_grant where person_id = ? and (given_by is null or revoked_by is null)", person.ID); got != 0 {
		t.Errorf("%d grants don't say who gave and took them", got)
	}
}

func TestGrantsThatMakeNoSense(t *testing.T) {
	b := setup(t)
	gafsa, _ := region(t, b, "gafsa")
	org := accounttest.Organisation(t, b.db, "Oasis", gafsa)
	admin := accounttest.Actor(t, b.db, "Admin", account.Grant{Role: account.Administrator, Kind: account.OverPlatform})
	rim := accounttest.Person(t, b.db, "Rim")
	for _, g := range []account.Grant{
		{Role: "emperor", Kind: account.OverPlatform},
		{Role: account.SpaceModerator, Kind: account.OverPlatform},
		{Role: account.OrganisationAdministrator, Kind: account.OverOffice, ScopeID: gafsa.ID},
		{Role: account.Administrator, Kind: account.OverPlatform, ScopeID: 4},
		{Role: account.OfficeModerator, Kind: account.OverOffice},
	} {
		if got := fields(b.Grant(ctx, admin, rim.ID, g)); !slices.Equal(got, []string{"role:choice"}) {
			t.Errorf("%+v: %v", g, got)
		}
	}
	for _, g := range []account.Grant{
		{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: 999999},
		{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: 999999},
		{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: 999999},
	} {
		if err := b.Grant(ctx, admin, rim.ID, g); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("%+v: %v", g, err)
		}
	}
	outsider := account.Grant{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: org.ID}
	if got := fields(b.Grant(ctx, admin, rim.ID, outsider)); !slices.Equal(got, []string{"person:not_member"}) {
		t.Errorf("somebody who isn't a member: %v", got)
	}
	must(t, b.JoinOrganisation(ctx, accounttest.Reload(t, b.db, rim.ID), org.ID))
	if got := fields(b.Grant(ctx, admin, rim.ID, outsider)); !slices.Equal(got, []string{"person:not_member"}) {
		t.Errorf("somebody who only asked: %v", got)
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	b := setup(t)
	g := account.Grant{Role: account.Administrator, Kind: account.OverPlatform}
	first, second := accounttest.Actor(t, b.db, "First", g), accounttest.Actor(t, b.db, "Second", g)
	must(t, b.Revoke(ctx, first, second.PersonID, g))
	if err := b.Revoke(ctx, first, first.PersonID, g); !errors.Is(err, account.ErrConflict) {
		t.Errorf("the last one: %v", err)
	}
}

func TestCreateAdministrator(t *testing.T) {
	b := setup(t)
	n := account.Newcomer{Name: "Root", Email: "Root@example.org", Language: "en", Password: phrase}
	p, err := b.CreateAdministrator(ctx, n)
	must(t, err)
	if !accounttest.Reload(t, b.db, p.ID).Can(account.AdministerPlatform, account.Scope{}) {
		t.Error("isn't administrator")
	}
	before, err := b.SignIn(ctx, n.Email, phrase, account.Client{})
	must(t, err)
	n.Password = "a phrase to get in again"
	again, err := b.CreateAdministrator(ctx, n)
	must(t, err)
	if again.ID != p.ID || b.count(t, "role_grant") != 1 {
		t.Errorf("again made %+v", again)
	}
	if _, _, err := b.Actor(ctx, before); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("the old session: %v", err)
	}
	if _, err := b.SignIn(ctx, n.Email, n.Password, account.Client{}); err != nil {
		t.Errorf("the new password: %v", err)
	}
	n.Password = ""
	_, err = b.CreateAdministrator(ctx, n)
	must(t, err)
	if _, err := b.SignIn(ctx, n.Email, "a phrase to get in again", account.Client{}); err != nil {
		t.Errorf("the kept password: %v", err)
	}
	if _, err := b.CreateAdministrator(ctx, account.Newcomer{Email: "x"}); len(fields(err)) != 3 {
		t.Errorf("an empty one: %v", err)
	}
}
