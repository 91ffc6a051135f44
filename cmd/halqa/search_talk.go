package main

import (
	"context"
	"unicode"

	"github.com/uptrace/bun"

	"halqa/community"
	"halqa/community/library"
	"halqa/search"
	"halqa/web/markdown"
)

// readThread makes one document of a thread, its opening and its latest replies: somebody who looks for a word wants the
// thread once, not each of its replies. What is read is bounded, so that a reply to a long thread costs no more than one
// to a short one; the words of very old replies of very long threads can't be found.
func readThread(ctx context.Context, db bun.IDB, id int64) (search.Document, bool, error) {
	w, found, err := community.WordsOf(ctx, db, id)
	texts := map[string]search.Content{}
	add := func(text string, put func(c *search.Content, s string)) {
		lang := writtenIn(text)
		c := texts[lang]
		put(&c, text)
		texts[lang] = c
	}
	add(w.Title, func(c *search.Content, s string) { c.Title = s })
	for lang, title := range w.Titles {
		c := texts[lang]
		c.Title = title
		texts[lang] = c
	}
	add(markdown.Plain(w.Opening), func(c *search.Content, s string) { c.Summary = s })
	for _, shown := range w.Shown {
		add(shown, func(c *search.Content, s string) { c.Summary += "\n" + s })
	}
	for _, name := range w.Tags {
		add(name, func(c *search.Content, s string) { c.Summary += "\n" + s })
	}
	for _, r := range w.Replies {
		add(markdown.Plain(r), func(c *search.Content, s string) { c.Body += s + "\n" })
	}
	for _, shown := range w.Others {
		add(shown, func(c *search.Content, s string) { c.Body += s + "\n" })
	}
	shelf := search.ContentOf(w.SpaceID)
	if w.Seminar != 0 {
		shelf = search.CircleOf(w.Seminar)
	}
	return search.Document{Shelf: shelf, SpaceID: w.SpaceID, Path: address("/threads/", id), Texts: texts}, found, err
}

// writtenIn is "ar" for a text mostly of Arabic letters, which its language's stems help to find, and else "": nothing
// says whether somebody who writes in Latin letters writes French or English.
func writtenIn(text string) string {
	letters := 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Arabic, r):
			letters++
		case unicode.IsLetter(r):
			letters--
		}
	}
	if letters > 0 {
		return "ar"
	}
	return ""
}

func readDocument(ctx context.Context, db bun.IDB, id int64) (search.Document, bool, error) {
	d, found, err := library.FindPublished(ctx, db, id)
	return search.Document{Shelf: search.ContentOf(d.SpaceID), SpaceID: d.SpaceID, Path: address("/documents/", id),
		Texts: inLanguages(d.Title, d.Summary, nil)}, found, err
}
