package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"halqa/search"
)

// The title of a page is shown to those who may read it, in their language, and to nobody else.
func TestTitlesOfLinks(t *testing.T) {
	a := openAgora(t)
	a.deps.PublicURL = &url.URL{Scheme: "http", Host: "halqa.example"}
	a.deps.Search = search.New(a.db, search.Options{})
	amel, who := a.person(t, "Amel")
	if _, err := a.db.ExecContext(t.Context(), `insert into space_member (space_id, person_id, since) values (?, ?, ?)`, a.closed.ID, who.PersonID, a.now); err != nil {
		t.Fatal(err)
	}
	var module, lesson int64
	err := a.db.NewRaw(`insert into module (space_id, position, state, title, created_at) values (?, 1, 'published', '{}', now()) returning id`, a.open.ID).Scan(t.Context(), &module)
	if err == nil {
		err = a.db.NewRaw(`insert into lesson (module_id, position, kind, title) values (?, 1, 'video', '{}') returning id`, module).Scan(t.Context(), &lesson)
	}
	if err != nil {
		t.Fatal(err)
	}
	shown := a.start(t, amel, "Le fil ouvert")
	post := posts(amel.get(shown).body)[0]
	documents := []search.Document{
		{Ref: search.Ref{Kind: search.Threads, ID: 1}, Shelf: search.ContentOf(a.open.ID), Path: shown, Texts: map[string]search.Content{"": {Title: "Le fil ouvert"}}},
		{Ref: search.Ref{Kind: search.Threads, ID: 2}, Shelf: search.ContentOf(a.closed.ID), Path: "/threads/999", Texts: map[string]search.Content{"": {Title: "Le fil fermé"}}},
		{Ref: search.Ref{Kind: search.Modules, ID: module}, Shelf: search.ContentOf(a.open.ID), Path: fmt.Sprintf("/modules/%d", module),
			Texts: map[string]search.Content{"fr": {Title: "Monter un budget"}, "ar": {Title: "إعداد ميزانية"}}},
		{Ref: search.Ref{Kind: search.Spaces, ID: 1}, Shelf: search.ListingOf(a.open.ID), Path: "/spaces/projets", Texts: map[string]search.Content{"fr": {Title: "Projets"}}},
	}
	if err := (search.Postgres{DB: a.db}).Put(t.Context(), documents); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("http://halqa.example%s et http://halqa.example%s puis http://halqa.example/threads/999, http://halqa.example/lessons/%d?at=205000 http://halqa.example/spaces/projets https://elsewhere.example/threads/999",
		shown, post, lesson)
	a.later()
	here := a.start(t, amel, "Des liens")
	if _, err := a.db.ExecContext(t.Context(), `update post set body = ? where id = (select max(id) from post)`, text); err != nil { // so many links would wait
		t.Fatal(err)
	}
	expect(t, amel.get(here), 200, "<bdi>Le fil ouvert</bdi></a> et <a", "<bdi>Le fil fermé</bdi>", "<bdi>Monter un budget · 3:25</bdi>", "<bdi>Projets</bdi>", "<bdi>elsewhere.example/threads/999</bdi>")
	page := a.visitor(t).get(here)
	expect(t, page, 200, "<bdi>Le fil ouvert</bdi>", "<bdi>halqa.example/threads/999</bdi>")
	if strings.Contains(page.body, "fermé") {
		t.Error("a visitor reads the title of a closed space's thread")
	}
	expect(t, amel.send("/preview", url.Values{"body": {text}}), 200, "<bdi>Le fil fermé</bdi>")
	for _, host := range []string{"localhost:3000", "192.168.1.5", "[::1]:8080", "halqa"} {
		a.deps.PublicURL = &url.URL{Scheme: "http", Host: host}
		if _, err := a.db.ExecContext(t.Context(), `update post set body = ? where id = (select max(id) from post)`, "Voir http://"+host+shown+"."); err != nil {
			t.Fatal(err)
		}
		expect(t, a.visitor(t).get(here), 200, `<a href="http://`+host+shown+`"`, "<bdi>Le fil ouvert</bdi>")
	}
}
