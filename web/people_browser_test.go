package web

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/community/library"
	"halqa/community/library/librarytest"
	"halqa/events"
	"halqa/web/browsertest"
)

// TestPeopleAndLibraryInABrowser looks at the directories and at the library of a space, empty and full, in French on a
// desk and in Arabic on a phone, and by night.
func TestPeopleAndLibraryInABrowser(t *testing.T) {
	w, org := country(t)
	folder, err := library.OpenFolder(t.TempDir())
	mustDo(t, err)
	w.deps.Library = library.New(w.db, folder, nil)
	space := accounttest.Space(t, w.db, "local-democracy", w.office.ID, func(sp *account.Space) {
		sp.Name = events.Text{"fr": "Démocratie locale", "ar": "الديمقراطية المحلية"}
		sp.Hue = 92
	})
	bare := accounttest.Space(t, w.db, "bare", 0, func(sp *account.Space) {
		sp.Name = events.Text{"fr": "Culture numérique", "ar": "الثقافة الرقمية"}
	})
	me, err := w.deps.Account.AddPerson(context.Background(), account.Newcomer{Name: "Samia Ben Youssef", Email: "samia@example.org", Language: "fr", Password: phrase, Governorate: "TN-11"})
	mustDo(t, err)
	accounttest.Grant(t, w.db, me.ID, account.Grant{Role: account.Administrator, Kind: account.OverPlatform})
	member := w.showPeople(t, space, org)
	w.fillLibrary(t, accounttest.Reload(t, w.db, me.ID), member, space)
	site := serve(t, w.deps)
	for _, c := range []struct {
		width int
		lang  string
		dark  bool
	}{{1280, "fr", false}, {360, "ar", false}, {360, "fr", true}} {
		mustDo(t, w.deps.Account.SetLanguage(context.Background(), account.Actor{PersonID: me.ID}, c.lang))
		b := browsertest.New(t, c.width, c.lang, c.dark)
		b.Open(site + "/sign-in?next=/people")
		b.Type("#f-email", "samia@example.org")
		b.Type("#f-password", phrase)
		b.Click("main form .button.block")
		b.Wait(".people")
		for _, page := range []struct{ name, path string }{
			{"people", "/people"}, {"people-nobody", "/people?q=zzz"}, {"person", fmt.Sprintf("/people/%d", member.PersonID)}, {"organisations", "/organisations"},
			{"organisation", fmt.Sprintf("/organisations/%d", org.ID)}, {"profile", "/profile"}, {"space-people", "/spaces/local-democracy/people"},
			{"space-people-none", "/spaces/bare/people"}, {"library", "/library"}, {"space-library", "/spaces/local-democracy/library"},
			{"space-library-none", "/spaces/" + bare.Key + "/library"}, {"give", "/spaces/local-democracy/library/new"}, {"document", "/documents/1"},
		} {
			b.Open(site + page.path)
			b.Check()
			b.Shot("rooms-" + page.name)
		}
	}
}

// showPeople fills the space with people who show what they please; the first of them is returned.
func (w *town) showPeople(t *testing.T, space account.Space, org account.Organisation) account.Actor {
	t.Helper()
	ctx := context.Background()
	var first account.Actor
	for i, name := range []string{"آمنة الدريدي", "Hédi Gharsalli", "Amel Zouari", "ماهر السعيدي"} {
		p := accounttest.Person(t, w.db, name, func(p *account.Person) { p.Governorate = "TN-11" })
		accounttest.Member(t, w.db, p.ID, org.ID)
		if i == 1 {
			accounttest.Grant(t, w.db, p.ID, account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: space.ID})
		}
		a := accounttest.Reload(t, w.db, p.ID)
		_, err := w.deps.Account.JoinSpace(ctx, a, space.Key)
		mustDo(t, err)
		if i == 3 {
			continue // shows a name only
		}
		shown := map[account.CardField]account.Audience{}
		for _, f := range account.CardFields {
			shown[f] = account.ToMembers
		}
		mustDo(t, w.deps.Account.UpdateCard(ctx, a, account.Card{Bio: "أنشّط نادي الشباب وأهتمّ بالميزانيات التشاركية.\nJe cherche des associations pour un projet commun.",
			Occupation: []string{"أمينة مال الجمعية", "Animateur de l’espace, chargé de projet", "Trésorière"}[i], Expertise: "Budgets participatifs, plaidoyer",
			Axes: []string{"youth", "environment"}, Languages: []string{"ar", "fr", "tse"}, Email: "contact@association-exemple.tn", Phone: "+216 70 111 222", Shown: shown}))
		if i == 0 {
			first = accounttest.Reload(t, w.db, p.ID)
		}
	}
	return first
}

// fillLibrary gives the space documents of every kind, published and proposed.
func (w *town) fillLibrary(t *testing.T, admin, member account.Actor, space account.Space) {
	t.Helper()
	ctx := context.Background()
	for _, d := range []struct {
		who       account.Actor
		title, ar string
		kind, ext string
	}{{admin, "Guide de la réunion participative", "دليل الاجتماع التشاركي", "guide", "pdf"}, {admin, "Modèle de procès-verbal", "", "template", "docx"},
		{admin, "Décret-loi n° 2011-88 sur les associations", "المرسوم عدد 88 لسنة 2011 المتعلّق بتنظيم الجمعيات", "law", "odt"},
		{member, "Budget type d’un événement", "", "template", "xlsx"}} {
		title := events.Text{"fr": d.title}
		if d.ar != "" {
			title["ar"] = d.ar
		}
		_, err := w.deps.Library.Give(ctx, d.who, space.ID, library.Draft{Title: title, Kind: d.kind, Axes: []string{"youth"}, Languages: []string{"fr", "ar"},
			Summary: events.Text{"fr": "Les étapes, de la convocation au compte rendu, avec des exemples tirés de réunions tenues dans quatre communes."}},
			d.title+"."+d.ext, bytes.NewReader(librarytest.File(d.ext)))
		mustDo(t, err)
	}
	_, _, _, err := w.deps.Library.Open(ctx, admin, 1, true)
	mustDo(t, err)
}
