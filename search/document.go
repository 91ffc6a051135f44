// Package search finds modules, seminars, threads, documents, spaces, organisations and whatever else is given a Source, in three languages,
// for those who may read them.
//
// Documents are a projection: a consumer hears that something changed, asks its Source how it is now, and writes that
// into PostgreSQL, which answers queries. An engine elsewhere, such as Meilisearch, is a copy of that projection; when it
// is away, PostgreSQL answers.
package search

import (
	"fmt"

	"halqa/community/account"
)

// Kind says what a document is of. It is also the last part of its label's key in the pages.
type Kind string

// The kinds of the sources that exist.
const (
	Modules       Kind = "module"
	Seminars      Kind = "seminar"
	Threads       Kind = "thread"
	Documents     Kind = "document"
	Spaces        Kind = "space"
	Organisations Kind = "organisation"
)

// Kinds lists the kinds in the order in which pages show them.
var Kinds = []Kind{Modules, Seminars, Threads, Documents, Spaces, Organisations}

// Ref names a document.
type Ref struct {
	Kind Kind
	ID   int64
}

// Shelf says who may find a document. A query names the shelves that its reader may look at, and sees nothing else.
type Shelf string

// Members holds what everybody signed in may find.
const Members Shelf = "members"

// ContentOf holds what the readers of a space may find.
func ContentOf(spaceID int64) Shelf { return Shelf(fmt.Sprintf("space:%d", spaceID)) }

// ListingOf holds what those may find who may know that a space exists.
func ListingOf(spaceID int64) Shelf { return Shelf(fmt.Sprintf("list:%d", spaceID)) }

// CircleOf holds what the participants of a seminar say to each other.
func CircleOf(seminarID int64) Shelf { return Shelf(fmt.Sprintf("circle:%d", seminarID)) }

// shelvesOf lists what actor may look at, of one space or, when only is 0, of all. circles are the seminars in whose circles
// they are.
func shelvesOf(actor account.Actor, spaces []account.Space, circles []int64, only int64) []Shelf {
	shelves := []Shelf{}
	if actor.SignedIn() && only == 0 {
		shelves = append(shelves, Members)
		for _, id := range circles {
			shelves = append(shelves, CircleOf(id))
		}
	}
	for _, s := range spaces {
		if only != 0 && s.ID != only {
			continue
		}
		if s.ListedFor(actor) {
			shelves = append(shelves, ListingOf(s.ID))
		}
		if s.ReadableBy(actor) {
			shelves = append(shelves, ContentOf(s.ID))
		}
	}
	return shelves
}

// Document is something that can be found.
type Document struct {
	Ref
	Shelf   Shelf
	SpaceID int64  // 0 for what is in none
	Path    string // of its page; "" for what has none
	Texts   map[string]Content
}

// Content is a document in one language: "fr", "ar", "en", or "" for names, which are of every language.
type Content struct {
	Title   string
	Summary string // counts more than Body
	Body    string // searched, and shown around what was found
}

// maxBody bounds what is kept of a body, in bytes: PostgreSQL refuses vectors of more than 1 MiB.
const maxBody = 256 << 10

func (c Content) empty() bool { return c.Title == "" && c.Summary == "" && c.Body == "" }

// titled gives texts without a title one of another language, since every result shows one.
func (d Document) titled() Document {
	texts := map[string]Content{}
	for lang, c := range d.Texts {
		if c.empty() {
			continue
		}
		for _, other := range []string{"", "fr", "ar", "en"} {
			if c.Title == "" {
				c.Title = d.Texts[other].Title
			}
		}
		c.Body = cut(c.Body, maxBody)
		texts[lang] = c
	}
	d.Texts = texts
	return d
}
