package account_test

import (
	"context"
	"errors"
	"testing"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/account/accounttest"
)

func visible(v account.Visibility) func(*account.Space) {
	return func(sp *account.Space) { sp.Visibility = v }
}

func TestJoiningSpaces(t *testing.T) {
	b := setup(t)
	gafsa, moderator := region(t, b, "gafsa")
	open := accounttest.Space(t, b.db, "open", gafsa.ID)
	asked := accounttest.Space(t, b.db, "asked", gafsa.ID, visible(account.ByRequest))
	closed := accounttest.Space(t, b.db, "closed", gafsa.ID, visible(account.ByInvitation))
	rim := accounttest.Actor(t, b.db, "Rim")

	if _, err := b.JoinSpace(ctx, account.Actor{}, "open"); !errors.Is(err, account.ErrSignInRequired) {
		t.Errorf("a visitor: %v", err)
	}
	for range 2 {
		if joined, err := b.JoinSpace(ctx, rim, "open"); err != nil || !joined {
			t.Errorf("the open one: %v, %v", joined, err)
		}
		if joined, err := b.JoinSpace(ctx, rim, "asked"); err != nil || joined {
			t.Errorf("the one by request: %v, %v", joined, err)
		}
	}
	if _, err := b.JoinSpace(ctx, rim, "closed"); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("the one by invitation: %v", err)
	}
	if got := b.published(t, "account.space_joined"); got != 1 {
		t.Errorf("%d entries announced", got)
	}
	if waits, err := b.HasAskedToEnter(ctx, rim, asked.ID); err != nil || !waits {
		t.Errorf("waits: %v, %v", waits, err)
	}
	requests, err := b.SpaceRequests(ctx, moderator, asked.ID)
	if must(t, err); len(requests) != 1 || requests[0].Name != "Rim" {
		t.Errorf("requests are %+v", requests)
	}
	if err := b.DecideSpaceRequest(ctx, rim, asked.ID, rim.PersonID, true); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("letting oneself in: %v", err)
	}
	must(t, b.DecideSpaceRequest(ctx, moderator, asked.ID, rim.PersonID, true))
	if err := b.DecideSpaceRequest(ctx, moderator, asked.ID, rim.PersonID, true); !errors.Is(err, account.ErrConflict) {
		t.Errorf("deciding twice: %v", err)
	}
	must(t, b.AddSpaceMember(ctx, moderator, closed.ID, rim.PersonID))
	rim = accounttest.Reload(t, b.db, rim.PersonID)
	all, err := b.Spaces(ctx, rim)
	if must(t, err); len(all) != 3 {
		t.Errorf("Rim sees %d spaces", len(all))
	}
	for _, sp := range all {
		if !sp.HasMember(rim) {
			t.Errorf("Rim isn't in %s", sp.Key)
		}
		must(t, b.LeaveSpace(ctx, rim, sp.ID))
	}
	rim = accounttest.Reload(t, b.db, rim.PersonID)
	if all, err = b.Spaces(ctx, rim); err != nil || len(all) != 2 || len(rim.Spaces) != 0 {
		t.Errorf("after leaving, Rim sees %d spaces, %v", len(all), err)
	}
	if sp, err := account.FindSpace(ctx, b.db, open.ID); err != nil || sp.Scope() != (account.Scope{OfficeID: gafsa.ID, SpaceID: open.ID}) {
		t.Errorf("found %+v, %v", sp, err)
	}
	if _, err := account.FindSpace(ctx, b.db, 999999); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("found nothing: %v", err)
	}
}

func TestLoadingPlacesTwice(t *testing.T) {
	b := setup(t)
	var places account.Places
	var axes account.Axes
	readJSON(t, "../../cmd/halqa/demo/places.json", &places)
	readJSON(t, "../../cmd/halqa/demo/axes.json", &axes)
	for range 2 {
		must(t, b.db.RunInTx(ctx, nil, func(_ context.Context, tx bun.Tx) error {
			if err := account.LoadPlaces(ctx, tx, places); err != nil {
				return err
			}
			return account.LoadAxes(ctx, tx, axes)
		}))
	}
	offices, err := b.Offices(ctx)
	must(t, err)
	governorates, err := b.Governorates(ctx)
	must(t, err)
	all, err := b.Axes(ctx)
	must(t, err)
	if len(offices) != 6 || len(governorates) != 24 || len(all) != 12 {
		t.Fatalf("%d offices, %d governorates, %d axes", len(offices), len(governorates), len(all))
	}
	if governorates[0].Code != "TN-11" || all[0].Key != "governance" {
		t.Errorf("the order isn't the file's: %s, %s", governorates[0].Code, all[0].Key)
	}
	if name, lang := governorates[23].Name.In("en"); name != "Tataouine" || lang != "fr" {
		t.Errorf("a name without English is %q in %q", name, lang)
	}
	places.Offices = places.Offices[1:]
	err = b.db.RunInTx(ctx, nil, func(_ context.Context, tx bun.Tx) error { return account.LoadPlaces(ctx, tx, places) })
	if err == nil {
		t.Error("governorates without an office were accepted")
	}
}

func TestLoadingASpaceTwice(t *testing.T) {
	b := setup(t)
	var ids []int64
	for _, hue := range []int{10, 20} {
		sp := account.Space{Key: "projets", Name: map[string]string{"fr": "Gestion de projet"}, Visibility: account.Open, Hue: hue}
		must(t, b.db.RunInTx(ctx, nil, func(_ context.Context, tx bun.Tx) error { return account.LoadSpace(ctx, tx, &sp) }))
		ids = append(ids, sp.ID)
	}
	sp, err := account.FindSpace(ctx, b.db, ids[0])
	must(t, err)
	if ids[0] != ids[1] || sp.Hue != 20 || sp.OfficeID != 0 || sp.Axis != "" || sp.Name["fr"] != "Gestion de projet" {
		t.Errorf("ids %v, space %+v", ids, sp)
	}
}
