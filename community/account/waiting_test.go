package account_test

import (
	"reflect"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
)

func TestWhatWaitsForAPerson(t *testing.T) {
	b := setup(t)
	gafsa, office := region(t, b, "gafsa")
	_, elsewhere := region(t, b, "tunis")
	space := accounttest.Space(t, b.db, "asked", gafsa.ID, func(sp *account.Space) { sp.Visibility = account.ByRequest })
	sami, rim := accounttest.Actor(t, b.db, "Sami"), accounttest.Actor(t, b.db, "Rim")
	moderator := accounttest.Actor(t, b.db, "Moez", account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: space.ID})
	o, err := b.CreateOrganisation(ctx, sami, radio("XX-gafsa"))
	must(t, err)
	wants := func(who account.Actor, what string, want account.Waiting) {
		t.Helper()
		got, err := b.Waiting(ctx, who)
		if must(t, err); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	wants(office, "the office", account.Waiting{Organisations: 1})
	wants(elsewhere, "another office", account.Waiting{})
	must(t, b.DecideOrganisation(ctx, office, o.ID, true, ""))
	must(t, b.JoinOrganisation(ctx, rim, o.ID))
	_, err = b.JoinSpace(ctx, rim, "asked")
	must(t, err)

	entries := []account.WaitingHere{{ID: space.ID, Key: "asked", Name: space.Name, Count: 1}}
	wants(office, "the office, of people", account.Waiting{Memberships: 1, Spaces: entries})
	wants(moderator, "the space's moderator", account.Waiting{Spaces: entries})
	sami = accounttest.Reload(t, b.db, sami.PersonID)
	wants(sami, "the organisation's administrator", account.Waiting{Own: []account.WaitingHere{{ID: o.ID, Title: o.Name, Count: 1}}})
	for what, who := range map[string]account.Actor{"another office": elsewhere, "who asked": rim, "a visitor": {}} {
		wants(who, what, account.Waiting{})
	}
}
