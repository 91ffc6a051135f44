package account_test

import (
	"errors"
	"slices"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/events"
	"halqa/migrations/testdb"
)

func TestEditingAnOrganisation(t *testing.T) {
	w := inCountry(t, setup(t))
	org := accounttest.Organisation(t, w.db, "Oasis", w.gafsa)
	accounttest.Organisation(t, w.db, "Palmeraie", w.gafsa)
	own := accounttest.Actor(t, w.db, "Own", account.Grant{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: org.ID})
	edited := func(name, kind, governorate string) account.NewOrganisation {
		return account.NewOrganisation{Name: name, Kind: kind, Governorate: governorate, Description: "Des jardins", Axes: []string{"unknown"}}
	}
	for _, a := range []account.Actor{w.elsewhere, {PersonID: w.rim.ID}} {
		if err := w.EditOrganisation(ctx, a, org.ID, 1, edited("X", "media", "XX-gafsa")); !errors.Is(err, account.ErrForbidden) {
			t.Errorf("%s edits: %v", a.Name, err)
		}
	}
	must(t, w.EditOrganisation(ctx, own, org.ID, 1, edited("Renamed", "public_actor", "XX-tunis")))
	o, err := w.Organisation(ctx, own, org.ID)
	must(t, err)
	if o.Name != "Oasis" || o.Kind != "association" || o.OfficeID != w.gafsa.ID || o.Description != "Des jardins" || len(o.Axes) != 0 {
		t.Errorf("its own administrator made it %+v", o)
	}
	if got := fields(w.EditOrganisation(ctx, w.moderator, org.ID, 2, edited("PALMERAIE", "", "XX-nowhere"))); !slices.Equal(got, []string{"organisation_kind:kind", "organisation_governorate:governorate"}) {
		t.Errorf("wrong fields: %v", got)
	}
	if got := fields(w.EditOrganisation(ctx, w.moderator, org.ID, 2, edited("PALMERAIE", "media", "XX-gafsa"))); !slices.Equal(got, []string{"organisation_name:organisation_exists"}) {
		t.Errorf("a name that is taken: %v", got)
	}
	must(t, w.EditOrganisation(ctx, w.moderator, org.ID, 2, edited("OASIS", "media", "XX-gafsa")))
	must(t, w.EditOrganisation(ctx, w.moderator, org.ID, 3, edited("Oasis du Nord", "media", "XX-tunis")))
	list, total, err := w.AdministeredOrganisations(ctx, w.elsewhere, account.OrganisationFilter{Query: "oasis", Kind: "media", State: account.OrganisationValidated})
	must(t, err)
	if total != 1 || list[0].OfficeID != w.tunis.ID || list[0].Name != "Oasis du Nord" {
		t.Errorf("the new office sees %+v", list)
	}
	if _, total, err := w.AdministeredOrganisations(ctx, w.moderator, account.OrganisationFilter{}); err != nil || total != 1 {
		t.Errorf("the old one sees %d, %v", total, err)
	}
	if _, _, err := w.AdministeredOrganisations(ctx, own, account.OrganisationFilter{}); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("its administrator lists: %v", err)
	}
}

func TestOfficesAndGovernorates(t *testing.T) {
	w := inCountry(t, setup(t))
	for _, a := range []account.Actor{w.local, w.moderator, {PersonID: w.rim.ID}} {
		if _, err := w.CreateOffice(ctx, a, events.Text{"fr": "X"}); !errors.Is(err, account.ErrForbidden) {
			t.Errorf("%s creates an office: %v", a.Name, err)
		}
		if err := w.SetGovernorate(ctx, a, account.Governorate{Code: "XX-gafsa", OfficeID: w.gafsa.ID, Name: events.Text{"fr": "X"}}); !errors.Is(err, account.ErrForbidden) {
			t.Errorf("%s moves a governorate: %v", a.Name, err)
		}
	}
	if _, err := w.CreateOffice(ctx, w.admin, events.Text{"fr": "  "}); !slices.Equal(fields(err), []string{"name_fr:name"}) {
		t.Errorf("without a name: %v", err)
	}
	first, err := w.CreateOffice(ctx, w.admin, events.Text{"fr": "Bureau de l’Île", "ar": ""})
	must(t, err)
	second, err := w.CreateOffice(ctx, w.admin, events.Text{"fr": "Bureau de l'île"})
	must(t, err)
	arabic, err := w.CreateOffice(ctx, w.admin, events.Text{"ar": "مكتب"})
	must(t, err)
	if first.Key != "bureau-de-l-ile" || second.Key != "bureau-de-l-ile-2" || arabic.Key != "office" {
		t.Errorf("keys are %q, %q, %q", first.Key, second.Key, arabic.Key)
	}
	must(t, w.RenameOffice(ctx, w.local, w.gafsa.ID, 1, events.Text{"en": "South"}))
	if err := w.RenameOffice(ctx, w.local, w.tunis.ID, 1, events.Text{"en": "South"}); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("another office is renamed: %v", err)
	}
	if err := w.RenameOffice(ctx, w.admin, 999999, 1, events.Text{"en": "South"}); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("an unknown office is renamed: %v", err)
	}
	wrong := account.Governorate{Code: "x'--", Name: events.Text{}}
	if got := fields(w.SetGovernorate(ctx, w.admin, wrong)); !slices.Equal(got, []string{"code:code", "name_fr:name", "office:choice"}) {
		t.Errorf("wrong fields: %v", got)
	}
	org := accounttest.Organisation(t, w.db, "Oasis", w.gafsa, func(o *account.Organisation) { o.State = account.OrganisationRequested })
	must(t, w.SetGovernorate(ctx, w.admin, account.Governorate{Code: "tn-99", OfficeID: w.gafsa.ID, Name: events.Text{"fr": "Neuf"}}))
	_, err = w.db.ExecContext(ctx, `update organisation set governorate = 'TN-99' where id = ?`, org.ID)
	must(t, err)
	must(t, w.SetGovernorate(ctx, w.admin, account.Governorate{Code: "TN-99", OfficeID: w.tunis.ID, Name: events.Text{"fr": "Neuf"}, Version: 1}))
	must(t, w.DecideOrganisation(ctx, w.elsewhere, org.ID, true, ""))
	if got := w.published(t, "account.office_changed"); got != 7 { // three created, one renamed, one that gains, then two that exchange
		t.Errorf("%d changes of offices announced", got)
	}
}

func TestLookingAfterSpaces(t *testing.T) {
	w := inCountry(t, setup(t))
	described := account.Space{Name: events.Text{"fr": "Jardins & eau"}, Description: events.Text{"ar": "حدائق"}, Visibility: account.ByInvitation, Hue: 120}
	at := func(o int64) account.Space { sp := described; sp.OfficeID = o; return sp }
	for _, c := range []struct {
		who    account.Actor
		office int64
		want   error
	}{{w.moderator, w.tunis.ID, account.ErrForbidden}, {w.moderator, 0, account.ErrForbidden}, {account.Actor{}, 0, account.ErrSignInRequired},
		{account.Actor{PersonID: w.rim.ID}, w.gafsa.ID, account.ErrForbidden}, {w.admin, 0, nil}} {
		if _, err := w.CreateSpace(ctx, c.who, at(c.office)); !errors.Is(err, c.want) {
			t.Errorf("%s creates over %d: %v", c.who.Name, c.office, err)
		}
	}
	bad := account.Space{OfficeID: 0, Visibility: "hidden", Hue: 400, Axis: "x"}
	if got := fields(func() error { _, err := w.CreateSpace(ctx, w.admin, bad); return err }()); len(got) != 4 {
		t.Errorf("wrong fields: %v", got)
	}
	sp, err := w.CreateSpace(ctx, w.moderator, at(w.gafsa.ID))
	must(t, err)
	if sp.Key != "jardins-eau-2" || sp.Position < 2 {
		t.Errorf("created %+v", sp)
	}
	animator := accounttest.Actor(t, w.db, "Animator", account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: sp.ID})
	edited := sp
	edited.Name, edited.Visibility, edited.Hue, edited.OfficeID = events.Text{"fr": "Jardins"}, account.Open, 10, w.tunis.ID
	must(t, w.EditSpace(ctx, animator, edited))
	now, err := w.ModeratedSpace(ctx, animator, sp.Key)
	must(t, err)
	if now.Name.String() != "Jardins" || now.Visibility != account.ByInvitation || now.Hue != 120 || now.OfficeID != w.gafsa.ID {
		t.Errorf("its moderator made it %+v", now)
	}
	if edited.Version++; now.Version != edited.Version {
		t.Errorf("version %d after an edit", now.Version)
	}
	if err := w.EditSpace(ctx, w.moderator, edited); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("given to an office of somebody else: %v", err)
	}
	edited.OfficeID = w.gafsa.ID
	must(t, w.EditSpace(ctx, w.moderator, edited))
	edited.Version++
	for _, a := range []account.Actor{w.elsewhere, {PersonID: w.rim.ID}} {
		if err := w.EditSpace(ctx, a, edited); !errors.Is(err, account.ErrForbidden) {
			t.Errorf("%s edits: %v", a.Name, err)
		}
		if _, _, err := w.SpaceMembers(ctx, a, sp.ID, 1); !errors.Is(err, account.ErrForbidden) {
			t.Errorf("%s reads members: %v", a.Name, err)
		}
		if err := w.RemoveSpaceMember(ctx, a, sp.ID, w.rim.ID); !errors.Is(err, account.ErrForbidden) {
			t.Errorf("%s removes members: %v", a.Name, err)
		}
		if _, err := w.InviteToSpace(ctx, a, sp.ID, w.rim.Email); !errors.Is(err, account.ErrForbidden) {
			t.Errorf("%s invites: %v", a.Name, err)
		}
	}
	if _, err := w.InviteToSpace(ctx, animator, sp.ID, "nobody@example.org"); !slices.Equal(fields(err), []string{"email:email_unknown"}) {
		t.Errorf("nobody is invited: %v", err)
	}
	for range 2 {
		_, err = w.InviteToSpace(ctx, animator, sp.ID, w.rim.Email)
		must(t, err)
	}
	members, total, err := w.SpaceMembers(ctx, animator, sp.ID, 1)
	must(t, err)
	if total != 1 || members[0].Name != w.rim.Name || w.published(t, "account.space_joined") != 1 {
		t.Errorf("members are %+v", members)
	}
	must(t, w.RemoveSpaceMember(ctx, animator, sp.ID, w.rim.ID))
	if err := w.RemoveSpaceMember(ctx, animator, sp.ID, w.rim.ID); !errors.Is(err, account.ErrNotFound) || w.published(t, "account.space_left") != 1 {
		t.Errorf("removed twice: %v", err)
	}
	managed, err := w.ManagedSpaces(ctx, animator)
	must(t, err)
	if len(managed) != 1 || !slices.Equal(managed[0].Moderators, []string{"Animator"}) {
		t.Errorf("the animator looks after %+v", managed)
	}
}

func TestSpacesOfOneNameCreatedAtOnce(t *testing.T) {
	w := inCountry(t, on(testdb.Clone(t)))
	for _, err := range together(6, func(int) error {
		_, err := w.CreateSpace(ctx, w.admin, account.Space{Name: events.Text{"fr": "Eau"}, Visibility: account.Open})
		return err
	}) {
		must(t, err)
	}
	if got := w.count(t, "space where key like 'eau%'"); got != 6 {
		t.Errorf("%d spaces", got)
	}
}
