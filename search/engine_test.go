package search_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"halqa/migrations/testdb"
	"halqa/search"
)

// shelf of samples, and one that nobody of the tests may look at.
const (
	open   = search.Shelf("space:1")
	closed = search.Shelf("space:2")
)

func doc(kind search.Kind, id int64, shelf search.Shelf, texts map[string]search.Content) search.Document {
	return search.Document{Ref: search.Ref{Kind: kind, ID: id}, Shelf: shelf, Path: fmt.Sprintf("/%ss/%d", kind, id), Texts: texts}
}

// samples are documents as the platform has them.
var samples = []search.Document{
	doc(search.Modules, 1, open, map[string]search.Content{
		"fr": {Title: "Monter un budget réaliste", Summary: "Prévoir les charges et les ressources d’une association.",
			Body: "Bonjour et bienvenue. Les dépenses de fonctionnement comprennent le loyer, l’électricité et les déplacements. " + strings.Repeat("Nous y reviendrons. ", 40) + "La trésorerie suit les encaissements mois par mois."},
		"ar": {Title: "إعداد ميزانية واقعية", Summary: "توقّع مصاريف الجمعية ومواردها.",
			Body: "مرحبا بكم. تشمل المصاريف الكراء والكهرباء والتنقلات. السيولة تتبع المداخيل شهرا بشهر."},
		"en": {Title: "Draw up a realistic budget", Summary: "Foresee an association's costs and income."},
	}),
	doc(search.Modules, 2, open, map[string]search.Content{
		"fr": {Title: "Animer une réunion participative", Summary: "Donner la parole à chacune et à chacun.", Body: "Le budget n’est pas notre sujet aujourd’hui."},
		"ar": {Title: "تنشيط اجتماع تشاركي", Summary: "إعطاء الكلمة للجميع.", Body: "والجمعيات المحلية تحتاج إلى اجتماعات."},
	}),
	doc(search.Seminars, 3, open, map[string]search.Content{
		"fr": {Title: "Atelier : le budget en pratique", Summary: "Maison de la culture, Gafsa"}}),
	doc(search.Organisations, 4, search.Members, map[string]search.Content{"": {Title: "جمعية أمل للتنمية – Association Amal"}}),
	doc(search.Threads, 6, open, map[string]search.Content{
		"":   {Title: "Comment tenir un carnet de caisse ?", Body: "Un tableur suffit.\nMoi, je note sur papier."},
		"ar": {Body: "نسجّل المصاريف في دفتر الصندوق."}}),
	doc(search.Threads, 7, closed, map[string]search.Content{"": {Title: "Carnet du comité", Body: "tableur"}}),
	doc(search.Documents, 8, open, map[string]search.Content{"fr": {Title: "Guide du plaidoyer local", Summary: "Convaincre une mairie."}, "ar": {Title: "دليل المناصرة المحلية"}}),
	doc(search.Documents, 9, closed, map[string]search.Content{"fr": {Title: "Guide du plaidoyer réservé"}}),
	doc(search.Modules, 5, closed, map[string]search.Content{
		"fr": {Title: "Budget confidentiel du comité", Body: "budget budget budget"}, "ar": {Title: "ميزانية سرية"}}),
}

func ids(r search.Results) []int64 {
	var all []int64
	for _, h := range r.Hits {
		all = append(all, h.ID)
	}
	return all
}

// TestPostgres holds the engine inside the database to the contract.
func TestPostgres(t *testing.T) {
	contract(t, search.Postgres{DB: testdb.Tx(t)})
}

// TestMeilisearch holds a real server to the same contract, where there is one.
func TestMeilisearch(t *testing.T) {
	url := os.Getenv("MEILI_URL")
	if url == "" {
		program, err := exec.LookPath("meilisearch")
		if err != nil {
			t.Log("no Meilisearch to hold to the contract: MEILI_URL isn't set and no meilisearch is installed; TestMeiliSpeaksTheDocumentedAPI covers the adapter")
			return
		}
		url = startMeili(t, program)
	}
	m := search.NewMeili(url, os.Getenv("MEILI_KEY"))
	if _, err := m.Prepare(context.Background()); err != nil {
		t.Fatal(err)
	}
	contract(t, m)
}

// contract is what every engine does.
func contract(t *testing.T, e search.Engine) {
	t.Helper()
	h := held{t, e}
	h.check(e.Clear(context.Background()))
	h.check(e.Put(context.Background(), samples))
	h.check(e.Put(context.Background(), samples)) // again changes nothing
	h.findsWhatIsMeant()
	h.narrowsAndCounts()
	h.showsWhatItFound()
	h.keepsToItsShelves()
	h.survivesAnyWords()
	h.forgetsWhatChanged()
}

// held is an engine held to the contract, with the samples in it.
type held struct {
	*testing.T
	engine search.Engine
}

func (h held) check(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h held) find(q search.Query) search.Results {
	h.Helper()
	if q.Shelves == nil {
		q.Shelves = []search.Shelf{open, search.Members}
	}
	if q.Limit == 0 {
		q.Limit = 10
	}
	r, err := h.engine.Search(context.Background(), q)
	h.check(err)
	return r
}

// findsWhatIsMeant looks for words as people type them: in any case, without accents or vowels, in the middle of typing.
func (h held) findsWhatIsMeant() {
	for _, test := range []struct {
		text  string
		first int64 // 0: nothing is found
	}{
		{"budget", 1}, {"BUDGET", 1}, {"budg", 1},
		{"realiste", 1}, {"réaliste", 1}, {"electricite", 1}, {"l'électricité", 1}, {"tresorerie", 1},
		{"reunion participat", 2}, {"atelier budget", 3}, {"gafsa", 3},
		{"realistic", 1}, {"amal", 4},
		{"carnet caisse", 6}, {"carnets", 6}, {"tableur", 6}, {"دفتر", 6}, {"الدفتر", 6}, {"guide plaidoyer", 8}, {"mairie", 8}, {"مناصرة", 8},
		{"ميزانية", 1}, {"ميزانيه", 1}, {"مِيزَانِيَّة", 1}, {"إعداد ميزانية", 1}, {"اعداد", 1},
		{"كهرباء", 1}, {"الكهرباء", 1}, {"والكهرباء", 1}, {"أمل", 4}, {"امل", 4},
		{"xylophone quantique", 0}, {"", 0}, {"  ?!  ", 0},
	} {
		r := h.find(search.Query{Text: test.text, Reader: "fr"})
		if test.first == 0 && len(r.Hits) > 0 || test.first != 0 && (len(r.Hits) == 0 || r.Hits[0].ID != test.first) {
			h.Errorf("%q finds %v, and %d should come first", test.text, ids(r), test.first)
		}
	}
}

// narrowsAndCounts looks in one kind or language, page by page.
func (h held) narrowsAndCounts() {
	if r := h.find(search.Query{Text: "budget", Kind: search.Seminars}); len(r.Hits) != 1 || r.Total != 1 || r.Counts[search.Modules] != 2 {
		h.Errorf("only seminars: %v, total %d, counts %v", ids(r), r.Total, r.Counts)
	}
	if r := h.find(search.Query{Text: "budget", Language: "en"}); len(r.Hits) != 1 || r.Hits[0].ID != 1 || r.Hits[0].Language != "en" {
		h.Errorf("only English: %+v", r.Hits)
	}
	if r := h.find(search.Query{Text: "amal", Language: "ar"}); len(r.Hits) != 1 {
		h.Errorf("a name is of every language: %v", ids(r))
	}
	one, two := h.find(search.Query{Text: "budget", Limit: 2}), h.find(search.Query{Text: "budget", Limit: 2, Offset: 2})
	if all := append(ids(one), ids(two)...); len(all) != 3 || len(slices.Compact(slices.Sorted(slices.Values(all)))) != 3 {
		h.Errorf("pages overlap: %v", all)
	}
	if r := h.find(search.Query{Text: "tableur"}); len(r.Hits) != 1 || r.Counts[search.Threads] != 1 || r.Hits[0].Path != "/threads/6" {
		h.Errorf("a thread: %+v, counts %v", r.Hits, r.Counts)
	}
	if r := h.find(search.Query{Text: "plaidoyer", Kind: search.Documents}); len(r.Hits) != 1 || r.Total != 1 {
		h.Errorf("a document: %+v, total %d", r.Hits, r.Total)
	}
}

// showsWhatItFound reads what a hit says of itself.
func (h held) showsWhatItFound() {
	r := h.find(search.Query{Text: "budget", Reader: "fr"})
	if got := ids(r); len(got) != 3 || slices.Contains(got, 5) || r.Total != 3 || r.Counts[search.Modules] != 2 || r.Counts[search.Seminars] != 1 {
		h.Errorf("budget: %v, total %d, counts %v", got, r.Total, r.Counts)
	}
	if got := search.Plain(r.Hits[0].Title); got != "Monter un budget réaliste" || !marks(r.Hits[0].Title, "budget") || r.Hits[0].Language != "fr" || r.Hits[0].Path != "/modules/1" {
		h.Errorf("the best hit: %+v", r.Hits[0])
	}
	if r := h.find(search.Query{Text: "budget", Reader: "en"}); r.Hits[0].Language != "en" {
		h.Errorf("a reader of English is shown %q", r.Hits[0].Language)
	}
	if r := h.find(search.Query{Text: "trésorerie", Reader: "fr"}); !marks(r.Hits[0].Excerpt, "trésorerie") || len(search.Plain(r.Hits[0].Excerpt)) > 600 {
		h.Errorf("the excerpt isn't around what was found: %+v", r.Hits[0].Excerpt)
	}
}

// keepsToItsShelves asks from outside for what lies in a closed space, and by words made to break a filter.
func (h held) keepsToItsShelves() {
	for _, text := range []string{"budget confidentiel", "confidentiel", "سرية", "comité"} { // the closed space's
		for _, kind := range []search.Kind{"", search.Modules} {
			if r := h.find(search.Query{Text: text, Kind: kind}); slices.Contains(ids(r), 5) || !r.Near && (r.Total > 0 || r.All() > 0) {
				h.Errorf("%q leaks: %v, counts %v", text, ids(r), r.Counts)
			}
		}
	}
	for _, shelves := range [][]search.Shelf{{}, {"space:3"}, {`x" OR shelf = "space:2`}, {`'] OR kind = module`}} {
		if r := h.find(search.Query{Text: "budget", Shelves: shelves}); len(r.Hits) > 0 || r.All() > 0 {
			h.Errorf("on shelves %q: %v %v", shelves, ids(r), r.Counts)
		}
	}
}

// survivesAnyWords asks in words made to break a query.
func (h held) survivesAnyWords() {
	for _, text := range []string{`' | ':*`, `budget') or 1=1 --`, `\`, "\x00\xff budget", strings.Repeat("budget ", 5000), "<b>budget</b>", `" OR shelf EXISTS`, "? ?0 %s"} {
		h.find(search.Query{Text: text}) // must not fail
	}
	for _, kind := range []search.Kind{`x" OR shelf = "space:2`, `' or true --`} {
		if r := h.find(search.Query{Text: "budget", Kind: kind}); len(r.Hits) > 0 {
			h.Errorf("kind %q: %v", kind, ids(r))
		}
	}
}

// forgetsWhatChanged changes and removes what was found before.
func (h held) forgetsWhatChanged() {
	changed := samples[0]
	changed.Texts = map[string]search.Content{"fr": {Title: "Écrire un discours"}}
	h.check(h.engine.Put(context.Background(), []search.Document{changed}))
	if r := h.find(search.Query{Text: "électricité"}); len(r.Hits) > 0 {
		h.Errorf("the old text is still found: %v", ids(r))
	}
	if r := h.find(search.Query{Text: "discours"}); len(r.Hits) != 1 {
		h.Errorf("the new text: %v", ids(r))
	}
	h.check(h.engine.Remove(context.Background(), []search.Ref{changed.Ref, {Kind: search.Modules, ID: 999}}))
	if r := h.find(search.Query{Text: "discours"}); len(r.Hits) > 0 {
		h.Errorf("a removed document is found: %v", ids(r))
	}
	h.check(h.engine.Clear(context.Background()))
	if r := h.find(search.Query{Text: "atelier"}); r.All() > 0 {
		h.Errorf("after clearing: %v", ids(r))
	}
}

// marks tells whether the spans mark a word.
func marks(spans []search.Span, word string) bool {
	return slices.ContainsFunc(spans, func(s search.Span) bool { return s.Found && s.Text == word })
}
