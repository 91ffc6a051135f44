package account_test

import (
	"errors"
	"slices"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
)

// region is an office with its moderator.
func region(t testing.TB, b *bench, key string) (account.Office, account.Actor) {
	o := accounttest.Office(t, b.db, key)
	return o, accounttest.Actor(t, b.db, "Moderator of "+key,
		account.Grant{Role: account.OfficeModerator, Kind: account.OverOffice, ScopeID: o.ID})
}

func radio(governorate string) account.NewOrganisation {
	return account.NewOrganisation{Name: "Radio du Bassin", Kind: "media", Governorate: governorate, Description: "Une radio."}
}

func TestAnOfficeValidatesAnOrganisation(t *testing.T) {
	b := setup(t)
	gafsa, moderator := region(t, b, "gafsa")
	_, elsewhere := region(t, b, "tunis")
	creator := accounttest.Actor(t, b.db, "Sami")
	_, err := b.CreateOrganisation(ctx, creator, radio("XX-gafsa"))
	must(t, err)
	_, err = b.CreateOrganisation(ctx, creator, account.NewOrganisation{Name: "Another", Kind: "media", Governorate: "XX-gafsa"})
	if got := fields(err); !slices.Equal(got, []string{"organisation_name:organisation_waits"}) {
		t.Errorf("a second one while the first waits: %v", err)
	}

	queue, err := b.PendingOrganisations(ctx, moderator)
	must(t, err)
	if len(queue) != 1 || queue[0].Name != "Radio du Bassin" || queue[0].AskerName != "Sami" || queue[0].OfficeID != gafsa.ID {
		t.Fatalf("queue is %+v", queue)
	}
	id := queue[0].ID
	if others, err := b.PendingOrganisations(ctx, elsewhere); err != nil || len(others) != 0 {
		t.Errorf("another office's queue is %v, %v", others, err)
	}
	for who, c := range map[string]struct {
		actor account.Actor
		want  error
	}{"another office": {elsewhere, account.ErrForbidden}, "its creator": {creator, account.ErrForbidden}, "a visitor": {account.Actor{}, account.ErrSignInRequired}} {
		if err := b.DecideOrganisation(ctx, c.actor, id, true, ""); !errors.Is(err, c.want) {
			t.Errorf("decided by %s: %v", who, err)
		}
	}
	must(t, b.DecideOrganisation(ctx, moderator, id, true, ""))
	if err := b.DecideOrganisation(ctx, moderator, id, false, "trop tard"); !errors.Is(err, account.ErrConflict) {
		t.Errorf("decided twice: %v", err)
	}
	creator = accounttest.Reload(t, b.db, creator.PersonID)
	if !slices.Equal(creator.Organisations, []int64{id}) || !creator.Can(account.ManageOrganisation, account.Scope{OrganisationID: id}) {
		t.Errorf("its creator is now %+v", creator)
	}
	if b.published(t, "account.organisation_decided") != 1 || b.published(t, "account.membership_changed") != 1 {
		t.Error("the decision was not announced once")
	}
	me, err := b.Me(ctx, creator)
	must(t, err)
	if m := b.mails.Last(t, me.Email); m.Kind != "organisation_decided" || m.Data["state"] != "validated" || m.PersonID != me.ID {
		t.Errorf("mail is %+v", m)
	}
}

func TestARefusalGivesItsReason(t *testing.T) {
	b := setup(t)
	_, moderator := region(t, b, "gafsa")
	creator := accounttest.Actor(t, b.db, "Sami")
	o, err := b.CreateOrganisation(ctx, creator, radio("XX-gafsa"))
	must(t, err)
	if got := fields(b.DecideOrganisation(ctx, moderator, o.ID, false, " ")); !slices.Equal(got, []string{"reason:reason"}) {
		t.Errorf("without a reason: %v", got)
	}
	must(t, b.DecideOrganisation(ctx, moderator, o.ID, false, "Déjà inscrite sous un autre nom."))
	own, err := b.OwnOrganisations(ctx, creator)
	must(t, err)
	if len(own) != 1 || own[0].State != account.OrganisationRefused || own[0].MembershipReason != "Déjà inscrite sous un autre nom." {
		t.Errorf("the creator sees %+v", own)
	}
	stranger := accounttest.Actor(t, b.db, "Rim")
	if _, err := b.Organisation(ctx, stranger, o.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("a stranger finds it: %v", err)
	}
	if _, err := b.CreateOrganisation(ctx, creator, radio("XX-gafsa")); err != nil {
		t.Errorf("asking again: %v", err)
	}
}

func TestAnOrganisationIsNotCreatedTwice(t *testing.T) {
	b := setup(t)
	gafsa, _ := region(t, b, "gafsa")
	accounttest.Organisation(t, b.db, "RADIO du bassin", gafsa)
	_, err := b.CreateOrganisation(ctx, accounttest.Actor(t, b.db, "Sami"), radio("XX-gafsa"))
	if got := fields(err); !slices.Equal(got, []string{"organisation_name:organisation_exists"}) {
		t.Errorf("the same name: %v", err)
	}
}

func TestJoiningAnOrganisation(t *testing.T) {
	b := setup(t)
	gafsa, moderator := region(t, b, "gafsa")
	_, elsewhere := region(t, b, "tunis")
	org, other := accounttest.Organisation(t, b.db, "Les Amis de l'Oasis", gafsa), accounttest.Organisation(t, b.db, "Other", gafsa)
	admin := accounttest.Actor(t, b.db, "Admin", account.Grant{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: org.ID})
	stranger := accounttest.Actor(t, b.db, "Stranger", account.Grant{Role: account.OrganisationAdministrator, Kind: account.OverOrganisation, ScopeID: other.ID})
	amal, rim := accounttest.Actor(t, b.db, "Amal"), accounttest.Actor(t, b.db, "Rim")
	for _, who := range []account.Actor{amal, amal, rim} {
		must(t, b.JoinOrganisation(ctx, who, org.ID))
	}
	if got := b.published(t, "account.membership_changed"); got != 2 {
		t.Errorf("%d requests announced, want 2", got)
	}
	waiting, err := b.Members(ctx, admin, org, account.MembershipRequested)
	must(t, err)
	if len(waiting) != 2 || waiting[0].Name != "Amal" {
		t.Errorf("waiting are %+v", waiting)
	}
	if _, err := b.Members(ctx, stranger, org, account.MembershipActive); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("another organisation reads its members: %v", err)
	}
	for _, who := range []account.Actor{amal, stranger, elsewhere} {
		if err := b.DecideMembership(ctx, who, org.ID, amal.PersonID, true, ""); !errors.Is(err, account.ErrForbidden) {
			t.Errorf("decided by %s: %v", who.Name, err)
		}
	}
	must(t, b.DecideMembership(ctx, admin, org.ID, amal.PersonID, true, ""))
	must(t, b.DecideMembership(ctx, moderator, org.ID, rim.PersonID, false, "Nous ne vous connaissons pas."))
	if err := b.DecideMembership(ctx, moderator, org.ID, rim.PersonID, true, ""); !errors.Is(err, account.ErrConflict) {
		t.Errorf("decided twice: %v", err)
	}
	if amal = accounttest.Reload(t, b.db, amal.PersonID); !slices.Equal(amal.Organisations, []int64{org.ID}) {
		t.Errorf("Amal is in %v", amal.Organisations)
	}
	must(t, b.JoinOrganisation(ctx, rim, org.ID))
	all, err := b.PendingMemberships(ctx, moderator)
	must(t, err)
	if len(all) != 1 || all[0].Name != "Rim" || all[0].OrganisationName != org.Name {
		t.Errorf("after asking again, waiting are %+v", all)
	}
	if none, err := b.PendingMemberships(ctx, elsewhere); err != nil || len(none) != 0 {
		t.Errorf("another office sees %+v, %v", none, err)
	}
}

func TestLeavingAnOrganisationTakesItsRoleAway(t *testing.T) {
	b := setup(t)
	_, moderator := region(t, b, "gafsa")
	sami := accounttest.Actor(t, b.db, "Sami")
	o, err := b.CreateOrganisation(ctx, sami, radio("XX-gafsa"))
	must(t, err)
	must(t, b.DecideOrganisation(ctx, moderator, o.ID, true, ""))
	must(t, b.LeaveOrganisation(ctx, sami, o.ID))
	sami = accounttest.Reload(t, b.db, sami.PersonID)
	if len(sami.Organisations) != 0 || sami.CanSomewhere(account.ManageOrganisation) {
		t.Errorf("Sami is still %+v", sami)
	}
	if err := b.LeaveOrganisation(ctx, sami, o.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("left twice: %v", err)
	}
	if own, err := b.OwnOrganisations(ctx, sami); err != nil || len(own) != 0 {
		t.Errorf("own organisations are %+v, %v", own, err)
	}
}

func TestFindOrganisations(t *testing.T) {
	b := setup(t)
	gafsa, _ := region(t, b, "gafsa")
	for _, name := range []string{"Réseau des Oasis", "Oasis Vivante", "جمعيّة أمل للتنمية"} {
		accounttest.Organisation(t, b.db, name, gafsa)
	}
	accounttest.Organisation(t, b.db, "Oasis refusée", gafsa, func(o *account.Organisation) { o.State = account.OrganisationRefused })
	for query, want := range map[string][]string{
		"oasis":       {"Oasis Vivante", "Réseau des Oasis"},
		"OASIS résea": {"Réseau des Oasis"},
		"جمعية امل":   {"جمعيّة أمل للتنمية"},
		"nothing":     nil,
		" %_ ":        nil,
		"":            nil,
	} {
		found, err := b.FindOrganisations(ctx, query, 10)
		must(t, err)
		var names []string
		for _, o := range found {
			names = append(names, o.Name)
		}
		if !slices.Equal(names, want) {
			t.Errorf("%q finds %q, want %q", query, names, want)
		}
	}
	if found, err := b.FindOrganisations(ctx, "oasis", 1); err != nil || len(found) != 1 {
		t.Errorf("at most one: %v, %v", found, err)
	}
}
