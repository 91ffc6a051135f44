package search_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
	"halqa/search"
)

// shop is a package that has modules, for a search to hear of: rows of a table of the test's own.
type shop struct {
	t       testing.TB
	ctx     context.Context
	db      bun.IDB
	open    account.Space
	request account.Space
	circle  account.Space
	office  int64
}

func newShop(t testing.TB, db bun.IDB) *shop {
	t.Helper()
	s := &shop{t: t, ctx: context.Background(), db: db}
	s.exec(`create table thing (id bigint primary key, space_id bigint not null, title text not null, shown boolean not null default true)`)
	s.check(db.NewRaw(`insert into office (key, name) values ('gafsa', '{"fr": "Gafsa"}') returning id`).Scan(s.ctx, &s.office))
	for _, sp := range []struct {
		to         *account.Space
		key        string
		visibility account.Visibility
	}{{&s.open, "open", account.Open}, {&s.request, "request", account.ByRequest}, {&s.circle, "circle", account.ByInvitation}} {
		*sp.to = account.Space{Key: sp.key, OfficeID: s.office, Name: events.Text{"fr": "Espace " + sp.key}, Description: events.Text{}, Visibility: sp.visibility}
		_, err := db.NewInsert().Model(sp.to).Exec(s.ctx)
		s.check(err)
	}
	return s
}

func (s *shop) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) exec(query string, args ...any) {
	s.t.Helper()
	_, err := s.db.ExecContext(s.ctx, query, args...)
	s.check(err)
}

// put writes a thing and announces it, in one transaction.
func (s *shop) put(id, space int64, title string, shown bool) {
	s.t.Helper()
	s.check(s.db.RunInTx(s.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `insert into thing values (?, ?, ?, ?)
			on conflict (id) do update set space_id = excluded.space_id, title = excluded.title, shown = excluded.shown`, id, space, title, shown)
		if err != nil {
			return err
		}
		return events.Publish(ctx, tx, events.ModulePublished{ModuleID: id, SpaceID: space, Title: events.Text{"fr": title}})
	}))
}

func sources() []search.Source {
	return []search.Source{
		{Kind: search.Modules, Hears: []search.Hearing{search.On(func(p events.ModulePublished) int64 { return p.ModuleID })},
			Read: func(ctx context.Context, db bun.IDB, id int64) (search.Document, bool, error) {
				var rows []struct {
					SpaceID int64
					Title   string
				}
				err := db.NewRaw(`select space_id, title from thing where id = ? and shown`, id).Scan(ctx, &rows)
				if err != nil || len(rows) == 0 {
					return search.Document{}, false, err
				}
				return search.Document{Shelf: search.ContentOf(rows[0].SpaceID), SpaceID: rows[0].SpaceID, Path: fmt.Sprint("/modules/", id),
					Texts: map[string]search.Content{"fr": {Title: rows[0].Title}}}, true, nil
			},
			IDs: func(ctx context.Context, db bun.IDB) (ids []int64, err error) {
				return ids, db.NewRaw(`select id from thing where shown order by id`).Scan(ctx, &ids)
			}},
		{Kind: search.Spaces,
			Read: func(ctx context.Context, db bun.IDB, id int64) (search.Document, bool, error) {
				sp, err := account.FindSpace(ctx, db, id)
				return search.Document{Shelf: search.ListingOf(id), SpaceID: id, Texts: map[string]search.Content{"fr": {Title: sp.Name["fr"]}}}, err == nil, err
			},
			IDs: account.SpaceIDs},
	}
}

func (s *shop) found(service *search.Service, who account.Actor, text string) (search.Found, []string) {
	s.t.Helper()
	f, err := service.Search(s.ctx, who, search.Request{Text: text, Reader: "fr"})
	s.check(err)
	var titles []string
	for _, h := range f.Hits {
		titles = append(titles, search.Plain(h.Title))
	}
	slices.Sort(titles)
	return f, titles
}

// Whoever isn't let into a space learns nothing of what is in it: no title, no count, no name of the space.
func TestWhoFindsWhat(t *testing.T) {
	s := newShop(t, testdb.Tx(t))
	service := search.New(s.db, search.Options{Sources: sources()})
	s.put(1, s.open.ID, "Lanterne ouverte", true)
	s.put(2, s.request.ID, "Lanterne demandée", true)
	s.put(3, s.circle.ID, "Lanterne secrète", true)
	s.put(4, s.open.ID, "Lanterne brouillon", false)
	eventstest.New(t, s.db, service.Consumers()).Settle()
	s.check(service.Build(s.ctx))
	grant := func(role account.Role, kind account.ScopeKind, id int64) account.Actor {
		return account.Actor{PersonID: 7, Grants: []account.Grant{{Role: role, Kind: kind, ScopeID: id}}}
	}
	one, two, all := []string{"Lanterne ouverte"}, []string{"Lanterne demandée", "Lanterne ouverte"}, []string{"Lanterne demandée", "Lanterne ouverte", "Lanterne secrète"}
	for _, test := range []struct {
		name   string
		who    account.Actor
		want   []string
		spaces int // that they may know of
	}{
		{"a visitor", account.Actor{}, one, 2},
		{"a learner", account.Actor{PersonID: 7}, one, 2},
		{"a member of the space by request", account.Actor{PersonID: 7, Spaces: []int64{s.request.ID}}, two, 2},
		{"a member of the circle", account.Actor{PersonID: 7, Spaces: []int64{s.circle.ID}}, []string{"Lanterne ouverte", "Lanterne secrète"}, 3},
		{"a moderator of the space by request", grant(account.SpaceModerator, account.OverSpace, s.request.ID), two, 2},
		{"the office", grant(account.OfficeModerator, account.OverOffice, s.office), all, 3},
		{"another office", grant(account.OfficeModerator, account.OverOffice, s.office+1), one, 2},
		{"the administrator", grant(account.Administrator, account.OverPlatform, 0), all, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, titles := s.found(service, test.who, "lanterne")
			if !slices.Equal(titles, test.want) || f.Total != len(test.want) || f.All() != len(test.want) || f.Counts[search.Modules] != len(test.want) {
				t.Errorf("finds %q, total %d, counts %v", titles, f.Total, f.Counts)
			}
			if len(f.Spaces) != test.spaces {
				t.Errorf("is told of %d spaces", len(f.Spaces))
			}
			if f, titles := s.found(service, test.who, "espace"); len(titles) != test.spaces || f.All() != test.spaces {
				t.Errorf("finds the spaces %q, counts %v", titles, f.Counts)
			}
			f, err := service.Search(s.ctx, test.who, search.Request{Text: "lanterne", SpaceID: s.circle.ID})
			if sees := slices.Contains(test.want, "Lanterne secrète"); err != nil || (f.All() > 0) != sees {
				t.Errorf("asking for the circle by its number: %v, counts %v", err, f.Counts)
			}
		})
	}
	s.exec(`update space set visibility = 'invitation' where id = ?`, s.open.ID) // heard by nobody, and heeded at once
	if f, titles := s.found(service, account.Actor{}, "lanterne"); f.All() > 0 {
		t.Errorf("after the space was closed: %q", titles)
	}
}

// Whatever the order in which events come, and however often, what is found is what is true.
func TestOrderDoesNotMatter(t *testing.T) {
	for seed := range uint64(4) {
		s := newShop(t, testdb.Clone(t))
		service := search.New(s.db, search.Options{Sources: sources()})
		for version := range 5 {
			for id := range int64(6) {
				s.put(id+1, s.open.ID, fmt.Sprintf("Lanterne %d version%d", id+1, version), !(version == 4 && id == 2))
			}
		}
		bus := eventstest.New(t, s.db, service.Consumers(), eventstest.Twice(), eventstest.Shuffled(seed))
		bus.Settle()
		want := []string{"Lanterne 1 version4", "Lanterne 2 version4", "Lanterne 4 version4", "Lanterne 5 version4", "Lanterne 6 version4"}
		if _, titles := s.found(service, account.Actor{}, "lanterne"); !slices.Equal(titles, want) {
			t.Errorf("seed %d: %q", seed, titles)
		}
		s.exec(`delete from search_document`)
		s.check(events.RequestReplay(s.ctx, s.db, service.Consumers()[0]))
		bus.Settle()
		if _, titles := s.found(service, account.Actor{}, "lanterne"); !slices.Equal(titles, want) {
			t.Errorf("seed %d, replayed: %q", seed, titles)
		}
		s.exec(`update search_document set title = 'stale'`)
		n, err := service.Reindex(s.ctx)
		s.check(err)
		if _, titles := s.found(service, account.Actor{}, "lanterne"); n != 8 || !slices.Equal(titles, want) {
			t.Errorf("seed %d, reindexed %d: %q", seed, n, titles)
		}
	}
}

// Two nodes that handle events of one document at once, while a third builds the index anew, leave the latest.
func TestSeveralAtOnce(t *testing.T) {
	s := newShop(t, testdb.Clone(t))
	service := search.New(s.db, search.Options{Sources: sources()})
	consumer := service.Consumers()[0]
	var group sync.WaitGroup
	var mu sync.Mutex
	version := 0
	for range 4 {
		group.Go(func() {
			for range 10 {
				mu.Lock()
				version++
				s.put(1, s.open.ID, fmt.Sprintf("Lanterne version%d", version), true)
				mu.Unlock()
				err := s.db.RunInTx(s.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
					return consumer.Hear(ctx, tx, events.Event{Type: events.ModulePublished{}.EventType(), Data: []byte(`{"module_id": 1}`)})
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Go(func() {
		for range 5 {
			if _, err := service.Reindex(s.ctx); err != nil {
				t.Error(err)
			}
		}
	})
	group.Wait()
	if _, titles := s.found(service, account.Actor{}, "lanterne"); !slices.Equal(titles, []string{"Lanterne version40"}) {
		t.Errorf("found %q", titles)
	}
}
