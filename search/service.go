package search

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// Service offers the use cases of search.
type Service struct {
	db       bun.IDB
	sources  []Source
	circles  Circles
	external External // a copy elsewhere; nil when PostgreSQL is all there is
	log      *slog.Logger
}

// Circles lists the seminars in whose circles a person is at this moment.
type Circles func(ctx context.Context, db bun.IDB, personID int64) ([]int64, error)

// Options are what the service is wired to.
type Options struct {
	Sources  []Source
	Circles  Circles  // without it nobody finds what is said in one
	External External // such as Meilisearch; nil for PostgreSQL alone
	Log      *slog.Logger
}

// New returns the service over db.
func New(db bun.IDB, o Options) *Service {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Service{db: db, sources: o.Sources, circles: o.Circles, external: o.External, log: o.Log}
}

// PageSize is how many hits one page of results has, and maxPages how many pages can be asked for.
const (
	PageSize = 20
	maxPages = 50
)

// Request is what a person looks for.
type Request struct {
	Text     string
	Kind     Kind   // only these; "" for all
	SpaceID  int64  // only in this space; 0 for everywhere
	Language string // only texts in "fr", "ar" or "en"; "" for all
	Reader   string // the language the person reads
	Page     int    // from 1
}

// Found is a page of results with the spaces they are in.
type Found struct {
	Results
	Spaces map[int64]account.Space // of the hits; only spaces the actor may know of
	Page   int
	Pages  int
}

// Search finds what the actor may read. The spaces that the actor may not read aren't counted either.
func (s *Service) Search(ctx context.Context, actor account.Actor, r Request) (Found, error) {
	spaces, shelves, err := s.reach(ctx, actor, r.SpaceID)
	if err != nil {
		return Found{}, err
	}
	if _, known := configs[r.Language]; !known {
		r.Language = ""
	}
	f := Found{Spaces: map[int64]account.Space{}, Page: max(1, min(r.Page, maxPages))}
	f.Results, err = s.ask(ctx, Query{Text: cut(r.Text, maxQuery), Shelves: shelves, Kind: r.Kind,
		Language: r.Language, Reader: r.Reader, Offset: (f.Page - 1) * PageSize, Limit: PageSize})
	if err != nil {
		return Found{}, err
	}
	f.Pages = min((f.Total+PageSize-1)/PageSize, maxPages)
	for _, sp := range spaces {
		if sp.ListedFor(actor) {
			f.Spaces[sp.ID] = sp
		}
	}
	return f, nil
}

// reach is what the actor may look at, of one space or, when only is 0, of all; and the spaces there are.
func (s *Service) reach(ctx context.Context, actor account.Actor, only int64) (spaces []account.Space, shelves []Shelf, err error) {
	if err := s.db.NewSelect().Model(&spaces).Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("search: spaces: %w", err)
	}
	var circles []int64
	if s.circles != nil && actor.SignedIn() {
		if circles, err = s.circles(ctx, s.db, actor.PersonID); err != nil {
			return nil, nil, fmt.Errorf("search: %w", err)
		}
	}
	return spaces, shelvesOf(actor, spaces, circles, only), nil
}

// ask asks the engine elsewhere, or PostgreSQL when there is none or it doesn't answer.
func (s *Service) ask(ctx context.Context, q Query) (Results, error) {
	if s.external != nil {
		results, err := s.external.Search(ctx, q)
		if err == nil || ctx.Err() != nil {
			return results, err
		}
		s.log.WarnContext(ctx, "the search engine doesn't answer: PostgreSQL does", "error", err)
	}
	return Postgres{s.db}.Search(ctx, q)
}
