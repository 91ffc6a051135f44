package account_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
)

// country is two offices, each with its administrator, its moderator and one learner, under a platform administrator.
type country struct {
	*bench
	gafsa, tunis                       account.Office
	admin, local, moderator, elsewhere account.Actor
	rim, sami                          account.Person // of Gafsa, of Tunis
}

func inCountry(t *testing.T, b *bench) *country {
	t.Helper()
	w := &country{bench: b, gafsa: accounttest.Office(t, b.db, "gafsa"), tunis: accounttest.Office(t, b.db, "tunis")}
	over := func(r account.Role, o account.Office) account.Grant {
		return account.Grant{Role: r, Kind: account.OverOffice, ScopeID: o.ID}
	}
	w.admin = accounttest.Actor(t, b.db, "Admin", account.Grant{Role: account.Administrator, Kind: account.OverPlatform})
	w.local = accounttest.Actor(t, b.db, "Local", over(account.Administrator, w.gafsa))
	w.moderator = accounttest.Actor(t, b.db, "Moderator", over(account.OfficeModerator, w.gafsa))
	w.elsewhere = accounttest.Actor(t, b.db, "Elsewhere", over(account.OfficeModerator, w.tunis))
	w.rim = accounttest.Person(t, b.db, "Rîm Jaziri", func(p *account.Person) { p.Governorate = "XX-gafsa" })
	w.sami = accounttest.Person(t, b.db, "سامي الطرابلسي", func(p *account.Person) { p.Governorate = "XX-tunis" })
	return w
}

func TestRolesAreSeenWhereTheyCanBeGiven(t *testing.T) {
	w := inCountry(t, setup(t))
	space := accounttest.Space(t, w.db, "local", w.gafsa.ID)
	g := account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: space.ID}
	must(t, w.Grant(ctx, w.local, w.rim.ID, g))
	seen := func(a account.Actor, f account.RoleFilter) (names []string) {
		list, more, err := w.HeldRoles(ctx, a, f)
		must(t, err)
		if more {
			t.Error("more than a page")
		}
		for _, r := range list {
			names = append(names, r.PersonName)
		}
		slices.Sort(names)
		return names
	}
	if got := seen(w.admin, account.RoleFilter{}); !slices.Equal(got, []string{"Admin", "Elsewhere", "Local", "Moderator", "Rîm Jaziri"}) {
		t.Errorf("the platform's administrator sees %q", got)
	}
	if got := seen(w.local, account.RoleFilter{}); !slices.Equal(got, []string{"Local", "Moderator", "Rîm Jaziri"}) {
		t.Errorf("the office's administrator sees %q", got)
	}
	if got := seen(w.local, account.RoleFilter{OfficeID: w.tunis.ID}); len(got) != 0 {
		t.Errorf("and of another office %q", got)
	}
	list, _, err := w.HeldRoles(ctx, w.local, account.RoleFilter{Role: account.SpaceModerator})
	must(t, err)
	if len(list) != 1 || list[0].GivenBy != "Local" || list[0].Grant != g || list[0].Place.String() != "Espace local" {
		t.Errorf("the space's moderator is %+v", list)
	}
	must(t, w.Revoke(ctx, w.admin, w.rim.ID, g))
	list, _, err = w.HeldRoles(ctx, w.local, account.RoleFilter{Revoked: true})
	must(t, err)
	if len(list) != 1 || list[0].RevokedBy != "Admin" || list[0].RevokedAt.IsZero() {
		t.Errorf("what was taken back is %+v", list)
	}
	for _, a := range []account.Actor{w.moderator, {PersonID: w.rim.ID}} {
		if _, _, err := w.HeldRoles(ctx, a, account.RoleFilter{}); !errors.Is(err, account.ErrForbidden) {
			t.Errorf("%s reads roles: %v", a.Name, err)
		}
	}
	if w.published(t, "account.role_granted") != 1 || w.published(t, "account.role_revoked") != 1 {
		t.Error("giving and taking weren't announced once")
	}
}

func TestFindingPeopleToGiveARole(t *testing.T) {
	w := inCountry(t, setup(t))
	for _, c := range []struct {
		who   account.Actor
		query string
		want  int
	}{{w.admin, "rim", 1}, {w.admin, "JAZIRI rîm", 1}, {w.admin, "سامى", 1}, {w.local, "rim", 1}, {w.local, "سامي", 0},
		{w.local, w.sami.Email, 1}, {w.admin, " %_ ", 0}, {w.admin, "", 0}, {w.admin, "' or 1=1 --", 0}} {
		found, err := w.FindPeople(ctx, c.who, c.query, 10)
		if err != nil || len(found) != c.want {
			t.Errorf("%s looks for %q: %+v, %v", c.who.Name, c.query, found, err)
		}
	}
	if _, err := w.FindPeople(ctx, w.moderator, "rim", 10); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("a moderator: %v", err)
	}
	if f, err := w.Grantee(ctx, w.local, w.sami.ID); err != nil || f.Email != "" || f.Name == "" {
		t.Errorf("somebody of another office is shown as %+v, %v", f, err)
	}
}

func TestPeopleAreReadInOnesOwnGovernorates(t *testing.T) {
	w := inCountry(t, setup(t))
	org := accounttest.Organisation(t, w.db, "Oasis", w.gafsa)
	accounttest.Member(t, w.db, w.rim.ID, org.ID)
	for _, c := range []struct {
		who   account.Actor
		f     account.PeopleFilter
		want  int
		email bool
	}{
		{w.admin, account.PeopleFilter{}, 6, true},
		{w.admin, account.PeopleFilter{Query: "jaz rim"}, 1, true},
		{w.admin, account.PeopleFilter{Query: w.rim.Email}, 1, true},
		{w.admin, account.PeopleFilter{Query: "%@%"}, 0, true},
		{w.admin, account.PeopleFilter{Query: "سامي"}, 1, true},
		{w.admin, account.PeopleFilter{OfficeID: w.tunis.ID}, 1, true},
		{w.admin, account.PeopleFilter{Role: account.OfficeModerator}, 2, true},
		{w.admin, account.PeopleFilter{Page: 9}, 0, true},
		{w.admin, account.PeopleFilter{Page: -1 << 62}, 6, true},
		{w.local, account.PeopleFilter{}, 1, true},
		{w.moderator, account.PeopleFilter{}, 1, false},
		{w.moderator, account.PeopleFilter{Query: w.rim.Email}, 0, false}, // no guessing at addresses
		{w.moderator, account.PeopleFilter{Governorate: "XX-tunis"}, 0, false},
	} {
		list, _, err := w.AdministeredPeople(ctx, c.who, c.f)
		must(t, err)
		if len(list) != c.want {
			t.Errorf("%s asks for %+v and sees %+v", c.who.Name, c.f, list)
		}
		for _, p := range list {
			if (p.Email != "") != c.email {
				t.Errorf("%s sees the address %q", c.who.Name, p.Email)
			}
		}
	}
	if _, _, err := w.AdministeredPeople(ctx, account.Actor{PersonID: w.rim.ID}, account.PeopleFilter{}); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("a learner: %v", err)
	}
	sheet, err := w.PersonSheet(ctx, w.moderator, w.rim.ID)
	must(t, err)
	if sheet.Email != "" || sheet.Administers || len(sheet.Memberships) != 1 {
		t.Errorf("the moderator sees %+v", sheet)
	}
	if _, err := w.PersonSheet(ctx, w.elsewhere, w.rim.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("the other office: %v", err)
	}
	if _, err := w.PersonSheet(ctx, w.moderator, w.admin.PersonID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("somebody without a governorate: %v", err)
	}
}

func TestEndingSomebodysSessions(t *testing.T) {
	w := inCountry(t, setup(t))
	p, err := w.AddPerson(ctx, account.Newcomer{Name: "Amal", Email: "amal@example.org", Language: "fr", Password: phrase, Governorate: "XX-gafsa"})
	must(t, err)
	session, err := w.SignIn(ctx, p.Email, phrase, account.Client{})
	must(t, err)
	for _, a := range []account.Actor{w.moderator, w.elsewhere, {PersonID: w.rim.ID}} {
		if err := w.EndSessions(ctx, a, p.ID); !errors.Is(err, account.ErrForbidden) {
			t.Errorf("%s ends sessions: %v", a.Name, err)
		}
	}
	must(t, w.EndSessions(ctx, w.local, p.ID))
	if _, _, err := w.Actor(ctx, session); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("the session: %v", err)
	}
	if w.published(t, "account.sessions_ended") != 1 {
		t.Error("it wasn't announced")
	}
}

func TestManyRolesComeInPages(t *testing.T) {
	w := inCountry(t, setup(t))
	for i := range account.PageSize {
		accounttest.Actor(t, w.db, fmt.Sprint("Trainer ", i), account.Grant{Role: account.Trainer, Kind: account.OverOffice, ScopeID: w.gafsa.ID})
	}
	first, more, err := w.HeldRoles(ctx, w.local, account.RoleFilter{})
	must(t, err)
	second, last, err := w.HeldRoles(ctx, w.local, account.RoleFilter{Page: 2})
	must(t, err)
	if len(first) != account.PageSize || !more || len(second) != 2 || last {
		t.Errorf("%d (more: %v), then %d (more: %v)", len(first), more, len(second), last)
	}
}
