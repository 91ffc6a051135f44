package account_test

import (
	"errors"
	"slices"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/events"
)

// offered are the axes that may be newly chosen, in order.
func offered(t *testing.T, s *account.Service) (keys []string) {
	t.Helper()
	all, err := s.Axes(ctx)
	must(t, err)
	for _, a := range account.Choosable(all) {
		keys = append(keys, a.Key)
	}
	return keys
}

func TestAdministeringAxes(t *testing.T) {
	w := inCountry(t, setup(t))
	add := func(name string) account.Axis {
		a, err := w.CreateAxis(ctx, w.admin, events.Text{"fr": name, "ar": " "})
		must(t, err)
		return a
	}
	water, youth, media := add("Eau"), add("Jeunesse"), add("Médias")
	if got := offered(t, w.Service); !slices.Equal(got, []string{"eau", "jeunesse", "medias"}) || media.Name["ar"] != "" {
		t.Fatalf("axes are %v, %v", got, media)
	}
	for _, who := range []account.Actor{w.local, w.moderator, {PersonID: w.rim.ID}} {
		_, created := w.CreateAxis(ctx, who, events.Text{"fr": "X"})
		_, listed := w.AdministeredAxes(ctx, who)
		for _, err := range []error{created, listed, w.RenameAxis(ctx, who, "eau", 1, events.Text{"fr": "X"}), w.MoveAxis(ctx, who, "eau", false), w.OfferAxis(ctx, who, "eau", false)} {
			if !errors.Is(err, account.ErrForbidden) {
				t.Errorf("%s: %v", who.Name, err)
			}
		}
	}
	for want, name := range map[string]events.Text{"name_fr:name": {"ar": " "}, "name_fr:admin.error_axis_exists": {"fr": "MEDIAS", "en": "Press"}} {
		if got := fields(w.RenameAxis(ctx, w.admin, water.Key, 1, name)); !slices.Equal(got, []string{want}) {
			t.Errorf("renamed to %v: %v", name, got)
		}
	}
	must(t, w.RenameAxis(ctx, w.admin, water.Key, 1, events.Text{"fr": "Eau", "ar": "الماء"}))
	if err := w.RenameAxis(ctx, w.admin, "nothing", 1, events.Text{"fr": "Rien"}); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("an unknown one: %v", err)
	}
	must(t, w.MoveAxis(ctx, w.admin, media.Key, true))
	must(t, w.MoveAxis(ctx, w.admin, water.Key, true)) // already first
	must(t, w.OfferAxis(ctx, w.admin, youth.Key, false))
	must(t, w.OfferAxis(ctx, w.admin, youth.Key, false))
	must(t, w.MoveAxis(ctx, w.admin, youth.Key, true))
	if got := offered(t, w.Service); !slices.Equal(got, []string{"eau", "medias"}) {
		t.Errorf("offered are %v", got)
	}
	all, err := w.AdministeredAxes(ctx, w.admin)
	if must(t, err); len(all) != 3 || all[2].Key != youth.Key || !all[2].Retired() {
		t.Errorf("administered are %+v", all)
	}
	must(t, w.OfferAxis(ctx, w.admin, youth.Key, true))
	if got := offered(t, w.Service); !slices.Equal(got, []string{"eau", "medias", "jeunesse"}) {
		t.Errorf("offered again are %v", got)
	}
	lines, _, err := w.Audit(ctx, w.admin, account.AuditFilter{Kind: "axes"})
	must(t, err)
	var told []string
	for _, l := range lines {
		told = append(told, l.What+" "+l.Name["fr"])
	}
	if want := []string{"axis_restored Jeunesse", "axis_retired Jeunesse", "axis_moved Médias", "axis_renamed Eau", "axis_created Médias",
		"axis_created Jeunesse", "axis_created Eau"}; !slices.Equal(told, want) {
		t.Errorf("the audit tells %q", told)
	}
	if lines, _, err := w.Audit(ctx, w.moderator, account.AuditFilter{Kind: "axes"}); err != nil || len(lines) > 0 {
		t.Errorf("an office reads %d lines, %v", len(lines), err)
	}
}

func TestARetiredAxisStaysWhereItIs(t *testing.T) {
	w := inCountry(t, setup(t))
	old, err := w.CreateAxis(ctx, w.admin, events.Text{"fr": "Ancien"})
	must(t, err)
	_, err = w.CreateAxis(ctx, w.admin, events.Text{"fr": "Neuf"})
	must(t, err)
	holder := accounttest.Organisation(t, w.db, "Oasis", w.gafsa, func(o *account.Organisation) { o.Axes = []string{old.Key} })
	other := accounttest.Organisation(t, w.db, "Palmeraie", w.gafsa)
	rim := account.Actor{PersonID: w.rim.ID}
	must(t, w.UpdateCard(ctx, rim, account.Card{Axes: []string{old.Key}}))
	space := account.Space{Name: events.Text{"fr": "Jardins"}, Visibility: account.Open, Axis: old.Key}
	held, err := w.CreateSpace(ctx, w.admin, space)
	must(t, err)
	must(t, w.OfferAxis(ctx, w.admin, old.Key, false))

	both := []string{"neuf", old.Key}
	for id, want := range map[int64][]string{holder.ID: {old.Key, "neuf"}, other.ID: {"neuf"}} {
		must(t, w.EditOrganisation(ctx, w.moderator, id, 1, account.NewOrganisation{Name: "O" + string(rune('a'+len(want))), Kind: "association",
			Governorate: "XX-gafsa", Axes: both}))
		if o, err := w.Organisation(ctx, w.moderator, id); err != nil || !slices.Equal(o.Axes, want) {
			t.Errorf("organisation %d has %v, %v", id, o.Axes, err)
		}
	}
	for who, want := range map[int64][]string{w.rim.ID: {old.Key, "neuf"}, w.sami.ID: {"neuf"}} {
		must(t, w.UpdateCard(ctx, account.Actor{PersonID: who}, account.Card{Axes: both}))
		if c, err := w.MyCard(ctx, account.Actor{PersonID: who}); err != nil || !slices.Equal(c.Axes, want) {
			t.Errorf("card %d has %v, %v", who, c.Axes, err)
		}
	}
	held.Name = events.Text{"fr": "Vergers"}
	must(t, w.EditSpace(ctx, w.admin, held))
	if _, err := w.CreateSpace(ctx, w.admin, space); !slices.Equal(fields(err), []string{"axis:choice"}) {
		t.Errorf("a new space with it: %v", err)
	}
	all, err := w.AdministeredAxes(ctx, w.admin)
	must(t, err)
	if last := all[len(all)-1]; last.Organisations != 1 || last.Spaces != 1 || last.People != 1 {
		t.Errorf("it is held by %+v", last)
	}
}
