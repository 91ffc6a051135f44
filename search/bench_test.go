package search_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"halqa/migrations/testdb"
	"halqa/search"
)

// BenchmarkPostgres asks, as somebody who types does, 20,000 documents of three languages on 40 shelves.
func BenchmarkPostgres(b *testing.B) {
	db := testdb.Tx(b)
	engine, ctx := search.Postgres{DB: db}, context.Background()
	const size = 20_000
	words := strings.Fields("budget charges loyer réunion atelier association projet quartier jeunes femmes eau école santé débat élus plaidoyer trésorerie subvention objectif activité indicateur partenaire commune région mémoire culture")
	pick := func(i, n int) string {
		var all []string
		for k := range n {
			all = append(all, words[(i*7+k*k*3+i/len(words)*k)%len(words)])
		}
		return strings.Join(all, " ")
	}
	var documents []search.Document
	for i := range size {
		documents = append(documents, doc(search.Modules, int64(i+1), search.ContentOf(int64(i%40)), map[string]search.Content{
			"fr": {Title: fmt.Sprint(pick(i, 4), " ", i), Body: pick(i, 60)}}))
	}
	if err := engine.Put(ctx, documents); err != nil {
		b.Fatal(err)
	}
	if _, err := db.Exec("analyze search_document"); err != nil {
		b.Fatal(err)
	}
	shelves := []search.Shelf{search.Members}
	for i := range 30 {
		shelves = append(shelves, search.ContentOf(int64(i)))
	}
	for _, text := range []string{"bu", "budg", "budget", "budget réunion", "budget 1234", "xylophone"} {
		b.Run(strings.ReplaceAll(text, " ", "_"), func(b *testing.B) {
			found := 0
			for b.Loop() {
				r, err := engine.Search(ctx, search.Query{Text: text, Shelves: shelves, Reader: "fr", Limit: 20})
				if err != nil {
					b.Fatal(err)
				}
				found = r.All()
			}
			b.ReportMetric(float64(found), "found")
		})
	}
}
