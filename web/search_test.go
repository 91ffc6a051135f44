package web

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
	"halqa/search"
	"halqa/web/browsertest"
)

// shelf is a site with an open and a closed space, and things to find in both.
func shelfDeps(t *testing.T, db bun.IDB) Deps {
	t.Helper()
	ctx := context.Background()
	spaces := []account.Space{
		{Key: "funding", Visibility: account.Open, Hue: 32, Position: 1,
			Name: events.Text{"fr": "Financement", "ar": "التمويل", "en": "Funding"}, Description: events.Text{}},
		{Key: "projects", Visibility: account.Open, Hue: 205, Position: 2,
			Name: events.Text{"fr": "Gestion de projet", "ar": "إدارة المشاريع", "en": "Project management"}, Description: events.Text{}},
		{Key: "circle", Visibility: account.ByInvitation, Name: events.Text{"fr": "Cercle"}, Description: events.Text{}},
	}
	for i := range spaces {
		_, err := db.NewInsert().Model(&spaces[i]).Exec(ctx)
		mustDo(t, err)
	}
	doc := func(kind search.Kind, id int64, space account.Space, texts map[string]search.Content) search.Document {
		return search.Document{Ref: search.Ref{Kind: kind, ID: id}, Shelf: search.ContentOf(space.ID), SpaceID: space.ID, Path: fmt.Sprintf("/%ss/%d", kind, id), Texts: texts}
	}
	documents := []search.Document{
		doc(search.Modules, 1, spaces[0], map[string]search.Content{
			"fr": {Title: "Monter un budget réaliste", Summary: "Prévoir les charges et les ressources d’une association, sans rien oublier."},
			"ar": {Title: "إعداد ميزانية واقعية", Summary: "توقّع مصاريف الجمعية ومواردها دون نسيان شيء."}}),
		doc(search.Modules, 2, spaces[1], map[string]search.Content{
			"fr": {Title: "Le cadre logique", Body: strings.Repeat("Chaque objectif a ses activités. ", 12) + "Le budget suit le cadre, ligne par ligne, et jamais l’inverse."},
			"ar": {Title: "الإطار المنطقي", Body: "لكل هدف أنشطته. والميزانية تتبع الإطار سطرا بسطر."}}),
		doc(search.Seminars, 3, spaces[0], map[string]search.Content{
			"fr": {Title: "Atelier : du budget à la demande de subvention", Summary: "Maison de la culture, Gafsa"},
			"ar": {Title: "ورشة: من الميزانية إلى طلب المنحة", Summary: "دار الثقافة، قفصة"}}),
		doc(search.Modules, 4, spaces[2], map[string]search.Content{"fr": {Title: "Budget du cercle"}, "ar": {Title: "ميزانية الدائرة"}}),
		{Ref: search.Ref{Kind: search.Organisations, ID: 5}, Shelf: search.Members,
			Texts: map[string]search.Content{"": {Title: "Observatoire du budget – مرصد الميزانية"}}},
	}
	for i := range 25 {
		documents = append(documents, doc(search.Seminars, int64(100+i), spaces[1], map[string]search.Content{"fr": {Title: fmt.Sprintf("Rencontre numéro %d", i)}}))
	}
	mustDo(t, search.Postgres{DB: db}.Put(ctx, documents))
	return signedIn(Deps{Account: account.New(db, account.Options{}), Search: search.New(db, search.Options{})})
}

func TestSearchPage(t *testing.T) {
	v := arrive(t, shelfDeps(t, testdb.Tx(t)))
	got := v.get("/search?q=budget")
	for _, want := range []string{"<mark>budget</mark>", `href="/modules/1"`, `href="/seminars/3"`, "Financement", "3 résultats", `value="budget"`} {
		if !strings.Contains(got.body, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, never := range []string{"du cercle", "Cercle", "/modules/4", "Observatoire", "4 résultats"} {
		if strings.Contains(got.body, never) {
			t.Errorf("a visitor reads %q", never)
		}
	}
	for _, test := range []struct{ query, has, hasNot string }{
		{"q=budget&kind=seminar", `href="/seminars/3"`, `href="/modules/1"`},
		{"q=budget&kind=nonsense", `href="/modules/1"`, `name="kind"`},
		{"q=budget&language=ar", `id="results"`, "Monter un"},
		{"q=%D9%85%D9%8A%D8%B2%D8%A7%D9%86%D9%8A%D8%A9", "إعداد", "الدائرة"},
		{"q=rencontre", "Page 1 sur 2", `rel="prev"`},
		{"q=rencontre&page=2", "Page 2 sur 2", `rel="next"`},
		{"q=rencontre&page=-7", "Page 1 sur 2", `rel="prev"`},
		{"q=rencontre&page=99999999999999999999", "Rencontre", `rel="prev"`},
		{"q=budgte", "Rien ne contient exactement", "Rien ne correspond"},
		{"q=xylophone", "Rien ne correspond à « xylophone »", "<mark>"},
		{"q=xylophone&language=ar", "Chercher partout", "<mark>"},
		{"q=" + url.QueryEscape(`<script>alert(1)</script>`), "&lt;script&gt;", "<script>alert"},
		{"q=budget&space=999999", "Rien ne correspond", "<mark>"},
		{"q=budget&space=x", "<mark>budget</mark>", "Rien ne correspond"},
		{"q=%00%ff", `id="results"`, "<mark>"},
		{"", "Écrivez quelques mots", "<mark>"},
	} {
		got := v.get("/search?" + test.query)
		if got.StatusCode != 200 || !strings.Contains(got.body, test.has) || test.hasNot != "" && strings.Contains(got.body, test.hasNot) {
			t.Errorf("%s: status %d, wants %q and not %q:\n%.900s", test.query, got.StatusCode, test.has, test.hasNot, got.body[max(0, strings.Index(got.body, `id="results"`)):])
		}
	}
	r := httptest.NewRequest("GET", "/search?q=budget", nil)
	r.Header.Set("Halqa-Part", "results")
	if got := v.do(r); got.StatusCode != 200 || strings.Contains(got.body, "<html") || !strings.Contains(got.body, "<mark>budget</mark>") {
		t.Errorf("the results alone: status %d: %.300s", got.StatusCode, got.body)
	}
}

// TestSearchInABrowser types, narrows and follows, on a phone in Arabic and on a desk in French, by day and by night.
func TestSearchInABrowser(t *testing.T) {
	base := serve(t, shelfDeps(t, testdb.Clone(t)))
	for _, c := range []struct {
		width       int
		lang, words string
		dark        bool
		title       string
	}{{360, "ar", "ميزان", false, "إعداد"}, {1280, "fr", "budg", false, "Monter"}, {360, "fr", "budg", true, "Monter"}, {1280, "ar", "ميزان", true, "إعداد"}} {
		b := browsertest.New(t, c.width, c.lang, c.dark)
		b.Open(base + "/search")
		b.Check()
		b.Shot("search-start")
		b.Type("#f-q", c.words)
		b.WaitText(".found h2", c.title)
		b.WaitFor(`location.search.includes("q=")`)
		b.Check()
		b.Shot("search-found")
		browsertest.Eval[any](b, `document.querySelector("#f-q").value = ""`)
		b.Type("#f-q", "xqzwk")
		b.Wait("#results .empty")
		b.Check()
		b.Shot("search-none")
		b.Open(base + "/search?q=" + url.QueryEscape(c.words) + "&kind=module")
		b.Check()
		b.Shot("search-kind")
	}
	phone := browsertest.New(t, 360, "fr", false)
	phone.Open(base + "/search?q=rencontre")
	phone.Check()
	phone.Shot("search-pages")
	phone.Click(".mainnav a[href='/search']")
	phone.WaitFor(`location.pathname + location.search === "/search"`)
	phone.Wait(".mainnav a[aria-current='page'][href='/search']")
}
