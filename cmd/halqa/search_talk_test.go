package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"halqa/community"
	"halqa/community/account"
	"halqa/community/library"
	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
	"halqa/search"
)

// finder is a world with a bus, and a search to ask.
type finder struct {
	*world
	bus *eventstest.Bus
}

func newFinder(t *testing.T) finder {
	t.Helper()
	w := newWorld(t, testdb.Clone(t), testConfig(t, t.TempDir()), nil)
	f := finder{w, eventstest.New(t, w.p.db, w.p.consumers(), eventstest.Twice(), eventstest.Shuffled(5))}
	f.bus.Settle()
	w.check(w.p.search.Build(w.ctx)) // the world's space was never announced
	return f
}

// finds lists the addresses that somebody finds, once every event has been heard.
func (f finder) finds(who account.Actor, text string) []string {
	f.t.Helper()
	f.bus.Settle()
	found, err := f.p.search.Search(f.ctx, who, search.Request{Text: text, Reader: "fr"})
	f.check(err)
	paths := []string{}
	for _, h := range found.Hits {
		if !found.Near {
			paths = append(paths, h.Path)
		}
	}
	slices.Sort(paths)
	return paths
}

func (f finder) want(who account.Actor, text string, paths ...string) {
	f.t.Helper()
	if got := f.finds(who, text); !slices.Equal(got, paths) {
		f.t.Errorf("%q finds %v, not %v", text, got, paths)
	}
}

// A thread is found by its title and its posts, as its space's readers see them now.
func TestThreadsAreFound(t *testing.T) {
	f := newFinder(t)
	amel, sami := f.actorOf(f.person("amel")), f.actorOf(f.person("sami"))
	visitor := account.Actor{}
	f.check(f.p.community.SetGuard(f.ctx, f.admin, f.space.ID, community.Guard{})) // a newcomer writes a link
	th, err := f.p.community.StartThread(f.ctx, amel, community.NewThread{SpaceID: f.space.ID, Kind: community.Question,
		Title: "Quel carnet pour la caisse ?", Body: "Nous notons tout sur un **brouillard**."})
	f.check(err)
	reply, err := f.p.community.Reply(f.ctx, sami, community.NewReply{ThreadID: th.ID, Body: "Un tableur suffit, voir la [trésorerie](https://example.org/secretpath)."})
	f.check(err)
	arabic, err := f.p.community.Reply(f.ctx, sami, community.NewReply{ThreadID: th.ID, Body: "والكهرباء كذلك تُسجّل في الدفتر."})
	f.check(err)
	path := address("/threads/", th.ID)
	for _, text := range []string{"carnet caisse", "brouillard", "tableur", "tresorerie", "كهرباء", "الدفتر"} {
		f.want(visitor, text, path)
	}
	f.want(visitor, "secretpath")

	shown, err := f.p.community.AttachInThread(f.ctx, sami, th.ID, "Registre.png", bytes.NewReader(photo(t)))
	f.check(err)
	_, err = f.p.community.Reply(f.ctx, sami, community.NewReply{ThreadID: th.ID, Attached: []community.Attached{{ID: shown.ID, Alt: "Une ardoise"}}})
	f.check(err)
	f.want(visitor, "ardoise", path)

	f.check(f.p.community.HidePost(f.ctx, f.admin, reply.ID, "Hors sujet"))
	f.want(visitor, "tableur")
	f.want(f.admin, "tableur")
	f.check(f.p.community.RestorePost(f.ctx, f.admin, reply.ID))
	f.want(visitor, "tableur", path)
	_, err = f.p.community.EditPost(f.ctx, sami, reply.ID, community.Edit{Body: "Un registre suffit."})
	f.check(err)
	f.want(visitor, "tableur")
	f.want(visitor, "registre", path)
	_, err = f.p.community.DeletePost(f.ctx, sami, arabic.ID)
	f.check(err)
	f.want(visitor, "كهرباء")

	page, err := f.p.community.Thread(f.ctx, amel, th.ID, 0)
	f.check(err)
	opening := page.Lines[0].ID
	f.check(f.p.community.HidePost(f.ctx, f.admin, opening, "Hors sujet"))
	for _, text := range []string{"carnet caisse", "registre"} {
		f.want(visitor, text)
		f.want(amel, text)
	}
	f.check(f.p.community.RestorePost(f.ctx, f.admin, opening))
	f.want(visitor, "registre", path)
}

// What a space holds is lost to outsiders as soon as it closes, and found again when it opens.
func TestAClosedSpaceIsntFound(t *testing.T) {
	f := newFinder(t)
	outsider := f.actorOf(f.person("amel"))
	th, err := f.p.community.StartThread(f.ctx, f.admin, community.NewThread{SpaceID: f.space.ID, Kind: community.Discussion, Title: "Lanterne du forum", Body: "Bonjour."})
	f.check(err)
	d, err := f.p.library.Give(f.ctx, f.admin, f.space.ID, library.Draft{Title: events.Text{"fr": "Lanterne du rayon"}, Kind: "guide", Languages: []string{"fr"}},
		"lanterne.txt", strings.NewReader("Une lanterne éclaire."))
	f.check(err)
	thread, document, space := address("/threads/", th.ID), address("/documents/", d.ID), "/spaces/funding"
	f.want(outsider, "lanterne", document, thread)
	f.want(account.Actor{}, "financement", space)
	for _, step := range []struct {
		visibility account.Visibility
		inside     []string
		listed     []string
	}{
		{account.ByInvitation, []string{}, []string{}},
		{account.ByRequest, []string{}, []string{space}},
		{account.Open, []string{document, thread}, []string{space}},
	} {
		sp, err := account.FindSpace(f.ctx, f.p.db, f.space.ID)
		f.check(err)
		sp.Visibility = step.visibility
		f.check(f.p.account.EditSpace(f.ctx, f.admin, sp))
		f.want(outsider, "lanterne", step.inside...)
		f.want(outsider, "financement", step.listed...)
		f.want(f.admin, "lanterne", document, thread)
	}
	sp, err := account.FindSpace(f.ctx, f.p.db, f.space.ID)
	f.check(err)
	sp.Name = in3("Monter un budget")
	f.check(f.p.account.EditSpace(f.ctx, f.admin, sp))
	f.want(outsider, "financement")
	f.check(f.p.library.Withdraw(f.ctx, f.admin, d.ID))
	f.want(f.admin, "lanterne", thread)
}

// A retired module, and the old name of an organisation, aren't found; reindexing finds what the events had found.
func TestWhatLeavesIsntFound(t *testing.T) {
	f := newFinder(t)
	amel := f.actorOf(f.person("amel"))
	org, err := f.p.account.CreateOrganisation(f.ctx, amel, account.NewOrganisation{Name: "Jeunes pour l’oasis", Kind: "association", Governorate: region})
	f.check(err)
	f.check(f.p.account.DecideOrganisation(f.ctx, f.moderator, org.ID, true, ""))
	f.want(amel, "oasis", address("/organisations/", org.ID))
	f.check(f.p.account.EditOrganisation(f.ctx, f.moderator, org.ID, 1, account.NewOrganisation{Name: "Palmiers de demain", Kind: "association", Governorate: region}))
	f.want(amel, "oasis")
	f.want(amel, "palmiers", address("/organisations/", org.ID))
	f.want(amel, "dix minutes", address("/modules/", f.module.ID))
	before, err := f.p.search.Reindex(f.ctx)
	f.check(err)
	f.check(f.p.courses.RetireModule(f.ctx, f.admin, f.module.ID))
	f.want(amel, "dix minutes")
	after, err := f.p.search.Reindex(f.ctx)
	f.check(err)
	if after != before-1 {
		t.Errorf("%d documents, then %d without the module", before, after)
	}
}

func TestWhichLanguageAPostIsIn(t *testing.T) {
	for text, want := range map[string]string{"Bonjour": "", "": "", "12 %": "", "مرحبا": "ar", "مرحبا بكم يا Amel": "ar", "Le mot مرحبا": ""} {
		if got := writtenIn(text); got != want {
			t.Errorf("%q is in %q, not %q", text, got, want)
		}
	}
}
