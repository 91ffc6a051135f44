package main

import (
	"slices"
	"testing"

	"halqa/community/account"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
	"halqa/search"
)

// TestWhatCanBeFound announces one of everything and looks for words of each of its parts.
func TestWhatCanBeFound(t *testing.T) {
	w := newWorld(t, testdb.Clone(t), testConfig(t, t.TempDir()), nil)
	bus := eventstest.New(t, w.p.db, w.p.consumers(), eventstest.Twice(), eventstest.Shuffled(3))
	sem := w.seminar(3)
	draft := w.seminar(3)
	asker := w.actorOf(w.person("amel"))
	org, err := w.p.account.CreateOrganisation(w.ctx, asker, account.NewOrganisation{Name: "Jeunes pour l’oasis", Kind: "association", Governorate: region})
	w.check(err)
	bus.Settle()
	w.check(w.p.search.Build(w.ctx))
	kinds := func(who account.Actor, text string) []search.Kind {
		t.Helper()
		f, err := w.p.search.Search(w.ctx, who, search.Request{Text: text, Reader: "fr"})
		w.check(err)
		all := []search.Kind{}
		for _, h := range f.Hits {
			if !f.Near {
				all = append(all, h.Kind)
			}
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	modules, seminars, spaces, organisations := []search.Kind{search.Modules}, []search.Kind{search.Seminars}, []search.Kind{search.Spaces}, []search.Kind{search.Organisations}
	spoken := w.lesson.Tracks[0].Transcript[1].Text
	for _, test := range []struct {
		text string
		want []search.Kind
	}{
		{"monter budget dix minutes", modules},
		{"les charges", modules},
		{spoken, modules},
		{"maison de la culture", seminars},
		{"financement", spaces},
		{"oasis", nil},
	} {
		if got := kinds(account.Actor{}, test.text); !slices.Equal(got, test.want) {
			t.Errorf("%q finds %v, not %v", test.text, got, test.want)
		}
	}
	if got := kinds(asker, "oasis"); len(got) != 0 {
		t.Errorf("an organisation that waits is found: %v", got)
	}
	w.check(w.p.account.DecideOrganisation(w.ctx, w.moderator, org.ID, true, ""))
	w.check(w.p.enrolment.CancelSeminar(w.ctx, w.moderator, sem.ID, "La salle est fermée."))
	w.check(w.p.enrolment.CancelSeminar(w.ctx, w.moderator, draft.ID, "La salle est fermée."))
	bus.Settle()
	if got := kinds(asker, "oasis"); !slices.Equal(got, organisations) {
		t.Errorf("a validated organisation: %v", got)
	}
	if got := kinds(account.Actor{}, "oasis"); len(got) != 0 {
		t.Errorf("a visitor finds organisations: %v", got)
	}
	if got := kinds(asker, "maison de la culture"); len(got) != 0 {
		t.Errorf("cancelled seminars are found: %v", got)
	}
}
