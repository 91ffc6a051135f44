package account_test

import (
	"errors"
	"slices"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/events"
)

func TestANewSpaceBegins(t *testing.T) {
	w := inCountry(t, setup(t))
	sp, err := w.CreateSpace(ctx, w.moderator, account.Space{OfficeID: w.gafsa.ID, Name: events.Text{"fr": "Eau"}, Visibility: account.Open})
	must(t, err)
	old := accounttest.Space(t, w.db, "ancien", w.gafsa.ID)
	begun := func(a account.Actor) []account.Beginning {
		all, err := w.Beginnings(ctx, a, account.OverSpace, sp.ID, old.ID)
		must(t, err)
		return all
	}
	for name, a := range map[string]account.Actor{"a visitor": {}, "a learner": {PersonID: w.rim.ID}, "another office": w.elsewhere} {
		if all := begun(a); len(all) != 0 {
			t.Errorf("%s is shown %+v", name, all)
		}
	}
	if all := begun(w.moderator); len(all) != 1 || all[0].PlaceID != sp.ID || all[0].Keepers != 0 || all[0].Members != 0 {
		t.Fatalf("its office is shown %+v", all)
	}
	must(t, w.Grant(ctx, w.local, w.rim.ID, account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: sp.ID}))
	_, err = w.JoinSpace(ctx, account.Actor{PersonID: w.sami.ID}, sp.Key)
	must(t, err)
	for range 2 {
		must(t, w.SkipStep(ctx, w.moderator, account.OverSpace, sp.ID, "charter"))
	}
	if all := begun(w.moderator); len(all) != 1 || all[0].Keepers != 1 || all[0].Members != 1 || !all[0].Skips("charter") || !slices.Equal(all[0].Skipped, []string{"charter"}) {
		t.Errorf("then %+v", all)
	}
	rim := account.Actor{PersonID: w.rim.ID, Grants: []account.Grant{{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: sp.ID}}}
	if all := begun(rim); len(all) != 1 || len(all[0].Skipped) != 0 {
		t.Errorf("what one puts aside, another is shown: %+v", all)
	}
	must(t, w.SkipStep(ctx, w.moderator, account.OverSpace, sp.ID, ""))
	if len(begun(w.moderator)) != 0 || len(begun(rim)) != 1 {
		t.Error("the list isn't put away for one of them alone")
	}
	for name, c := range map[string]struct {
		who  account.Actor
		id   int64
		step string
		want error
	}{
		"a visitor":                   {account.Actor{}, sp.ID, "", account.ErrSignInRequired},
		"a learner":                   {account.Actor{PersonID: w.sami.ID}, sp.ID, "", account.ErrForbidden},
		"what is told from facts":     {w.moderator, sp.ID, "members", account.ErrNotFound},
		"a space that isn't new":      {w.moderator, old.ID, "", account.ErrNotFound},
		"a space that there isn't":    {w.moderator, 99999, "", account.ErrNotFound},
		"no step that anybody may do": {w.moderator, sp.ID, "x", account.ErrNotFound},
	} {
		if err := w.SkipStep(ctx, c.who, account.OverSpace, c.id, c.step); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewOfficesAndOrganisationsBegin(t *testing.T) {
	w := inCountry(t, setup(t))
	o, err := w.CreateOffice(ctx, w.admin, events.Text{"fr": "Bureau du Sud"})
	must(t, err)
	all, err := w.Beginnings(ctx, w.admin, account.OverOffice, o.ID, w.gafsa.ID)
	if must(t, err); len(all) != 1 || all[0].PlaceID != o.ID || all[0].Governorates+all[0].Spaces+all[0].Keepers != 0 {
		t.Errorf("the new office: %+v", all)
	}
	rim := account.Actor{PersonID: w.rim.ID}
	waiting := accounttest.Organisation(t, w.db, "Oasis", w.gafsa, func(o *account.Organisation) { o.State, o.AskedBy = account.OrganisationRequested, w.rim.ID })
	own := account.Actor{PersonID: w.rim.ID, Grants: []account.Grant{{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: waiting.ID}}}
	if all, err = w.Beginnings(ctx, own, account.OverOrganisation, waiting.ID); err != nil || len(all) != 0 {
		t.Errorf("one that waits begins: %+v, %v", all, err)
	}
	must(t, w.DecideOrganisation(ctx, w.moderator, waiting.ID, true, ""))
	if all, err = w.Beginnings(ctx, own, account.OverOrganisation, waiting.ID); err != nil || len(all) != 1 {
		t.Errorf("one that is validated: %+v, %v", all, err)
	}
	if all, err = w.Beginnings(ctx, rim, account.OverOrganisation, waiting.ID); err != nil || len(all) != 0 {
		t.Errorf("somebody else is shown %+v, %v", all, err)
	}
}
