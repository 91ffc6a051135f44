package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strconv"

	"github.com/uptrace/bun"

	"halqa/community"
	"halqa/community/account"
	"halqa/community/library"
	"halqa/courses"
	"halqa/enrolment"
	"halqa/events"
	"halqa/search"
)

// sources are what can be found. To add a kind: its events, how one is read, which there are; and in
// web/locale/catalogue/search.*.toml, kind_NAME and one_NAME, the names of several and of one.
var sources = []search.Source{
	{Kind: search.Modules, Read: readModule, IDs: courses.PublishedIDs, Hears: []search.Hearing{
		search.On(func(p events.ModulePublished) int64 { return p.ModuleID }),
		search.On(func(p events.ModuleRetired) int64 { return p.ModuleID })}},
	{Kind: search.Seminars, Read: readSeminar, IDs: enrolment.PublishedIDs, Hears: []search.Hearing{
		search.On(func(p events.SeminarChanged) int64 { return p.SeminarID })}},
	{Kind: search.Threads, Read: readThread, IDs: community.ThreadIDs, Hears: []search.Hearing{
		search.On(func(p events.Contributed) int64 { return p.ThreadID }),
		search.On(func(p events.ContributionEdited) int64 { return p.ThreadID }),
		search.On(func(p events.AnswerAccepted) int64 { return p.ThreadID }),
		search.On(func(p events.CircleChanged) int64 { return p.ThreadID }),
		search.On(func(p events.NameErased) int64 { return p.ThreadID }),
		search.On(func(p events.ThreadTagged) int64 { return p.ThreadID }),
		search.On(func(p events.ThreadMoved) int64 { return p.ThreadID }),
		search.On(func(p events.ThreadMoved) int64 { return p.ToThread }),
		search.On(func(p events.ContributionDeleted) int64 { return p.ThreadID }),
		search.On(func(p events.ContributionHidden) int64 { return p.ThreadID }),
		search.On(func(p events.ContributionRestored) int64 { return p.ThreadID })}},
	{Kind: search.Documents, Read: readDocument, IDs: library.PublishedIDs, Hears: []search.Hearing{
		search.On(func(p events.DocumentPublished) int64 { return p.DocumentID }),
		search.On(func(p events.DocumentChanged) int64 { return p.DocumentID }),
		search.On(func(p events.DocumentWithdrawn) int64 { return p.DocumentID })}},
	{Kind: search.Spaces, Read: readSpace, IDs: account.SpaceIDs, Hears: []search.Hearing{
		search.On(func(p events.SpaceChanged) int64 { return p.SpaceID })}},
	{Kind: search.Organisations, Read: readOrganisation, IDs: account.ValidatedIDs, Hears: []search.Hearing{
		search.On(func(p events.OrganisationDecided) int64 { return p.OrganisationID }),
		search.On(func(p events.OrganisationChanged) int64 { return p.OrganisationID })}},
}

func address(path string, id int64) string { return path + strconv.FormatInt(id, 10) }

// inLanguages puts authored texts together, by language.
func inLanguages(title, summary, body events.Text) map[string]search.Content {
	all := map[string]search.Content{}
	for _, lang := range events.Languages {
		all[lang] = search.Content{Title: title[lang], Summary: summary[lang], Body: body[lang]}
	}
	return all
}

func readModule(ctx context.Context, db bun.IDB, id int64) (search.Document, bool, error) {
	w, err := courses.WordsOf(ctx, db, id)
	return search.Document{Shelf: search.ContentOf(w.SpaceID), SpaceID: w.SpaceID, Path: address("/modules/", id),
		Texts: inLanguages(w.Title, w.Summary, w.Body)}, w.Published, err
}

func readSeminar(ctx context.Context, db bun.IDB, id int64) (search.Document, bool, error) {
	s, found, err := enrolment.FindPublished(ctx, db, id)
	where := s.Venue
	if s.Address != "" {
		where += ", " + s.Address
	}
	place := events.Text{}
	for lang := range s.Title {
		place[lang] = where
	}
	return search.Document{Shelf: search.ContentOf(s.SpaceID), SpaceID: s.SpaceID, Path: address("/seminars/", id),
		Texts: inLanguages(s.Title, place, s.Description)}, found, err
}

func readSpace(ctx context.Context, db bun.IDB, id int64) (search.Document, bool, error) {
	s, err := account.FindSpace(ctx, db, id)
	if errors.Is(err, account.ErrNotFound) {
		return search.Document{}, false, nil
	}
	return search.Document{Shelf: search.ListingOf(id), SpaceID: id, Path: "/spaces/" + url.PathEscape(s.Key),
		Texts: inLanguages(s.Name, s.Description, nil)}, err == nil, err
}

func readOrganisation(ctx context.Context, db bun.IDB, id int64) (search.Document, bool, error) {
	o, found, err := account.FindValidated(ctx, db, id)
	return search.Document{Shelf: search.Members, Path: address("/organisations/", id), Texts: map[string]search.Content{"": {Title: o.Name, Summary: o.Description}}}, found, err
}

// newSearch wires the search to Meilisearch when one is configured.
func newSearch(db *bun.DB, cfg Config) *search.Service {
	o := search.Options{Sources: sources, Circles: enrolment.CirclesOf, Log: slog.Default()}
	if cfg.MeiliURL != "" {
		o.External = search.NewMeili(cfg.MeiliURL, cfg.meiliKey)
	}
	return search.New(db, o)
}

func searchCommand(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("search", flag.ContinueOnError)
	const arguments = "reindex"
	if err := parse(flags, arguments, args, out); err != nil {
		return err
	}
	if flags.NArg() != 1 || flags.Arg(0) != "reindex" {
		return parse(flags, arguments, []string{"-h"}, out)
	}
	return withPlatform(ctx, func(p *platform, cfg Config) error {
		n, err := p.search.Reindex(ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%d documents can be found.\n", n)
		if err == nil && cfg.MeiliURL != "" {
			_, err = fmt.Fprintln(out, "The running server brings them to MEILI_URL.")
		}
		return err
	})
}
