package library

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/community/account/accounttest"
	"halqa/community/library/librarytest"
	"halqa/events"
	"halqa/migrations/testdb"
)

var ctx = context.Background()

// shelves is the library of an open space, with those who come to it.
type shelves struct {
	*Service
	t                                    testing.TB
	db                                   bun.IDB
	space                                account.Space
	moderator, member, stranger, visitor account.Actor
	clock                                time.Time
}

func furnish(t testing.TB, db bun.IDB, visibility account.Visibility) *shelves {
	t.Helper()
	s := &shelves{t: t, db: db, clock: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	s.Service = New(db, folder(t), func() time.Time { s.clock = s.clock.Add(time.Second); return s.clock })
	s.space = accounttest.Space(t, db, "eau-"+string(visibility), 0, func(sp *account.Space) { sp.Visibility = visibility })
	s.moderator = accounttest.Actor(t, db, "Moez", account.Grant{Role: account.SpaceModerator, Kind: account.OverSpace, ScopeID: s.space.ID})
	s.stranger = accounttest.Actor(t, db, "Sami")
	p := accounttest.Person(t, db, "Amal")
	s.exec("insert into space_member (space_id, person_id) values (?, ?)", s.space.ID, p.ID)
	s.exec(`insert into axis (key, name) values ('water', '{"fr":"Eau"}') on conflict do nothing`)
	s.member = accounttest.Reload(t, db, p.ID)
	return s
}

func (s *shelves) exec(query string, args ...any) {
	s.t.Helper()
	if _, err := s.db.ExecContext(ctx, query, args...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shelves) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func draft(title string) Draft {
	return Draft{Title: events.Text{"fr": title, "ar": "دليل"}, Summary: events.Text{"fr": "Où va l’argent"}, Kind: "guide",
		Axes: []string{"water", "unknown"}, Languages: []string{"ar", "fr", "xx"}}
}

func (s *shelves) give(who account.Actor, title string) (Document, error) {
	return s.Give(ctx, who, s.space.ID, draft(title), title+".pdf", bytes.NewReader(librarytest.File("pdf")))
}

func (s *shelves) given(who account.Actor, title string) Document {
	s.t.Helper()
	d, err := s.give(who, title)
	s.must(err)
	return d
}

func (s *shelves) published(eventType string) (n int) {
	s.t.Helper()
	s.must(s.db.NewRaw("select count(*) from outbox where type = ?", eventType).Scan(ctx, &n))
	return n
}

func titles(list []Item) (all []string) {
	for _, d := range list {
		all = append(all, d.Title["fr"])
	}
	return all
}

func TestModeratorsPublishAndMembersPropose(t *testing.T) {
	s := furnish(t, testdb.Tx(t), account.Open)
	for who, actor := range map[string]account.Actor{"a stranger": s.stranger, "a visitor": s.visitor} {
		want := account.ErrForbidden
		if !actor.SignedIn() {
			want = account.ErrSignInRequired
		}
		if _, err := s.give(actor, "X"); !errors.Is(err, want) {
			t.Errorf("given by %s: %v", who, err)
		}
	}
	guide := s.given(s.moderator, "Guide")
	if guide.State != Published || guide.Name != "Guide.pdf" || !slices.Equal(guide.Axes, []string{"water"}) || !slices.Equal(guide.Languages, []string{"fr", "ar"}) {
		t.Errorf("the moderator's document is %+v", guide)
	}
	model := s.given(s.member, "Modèle")
	if model.State != Proposed || !model.DecidedAt.IsZero() {
		t.Errorf("the member's document is %+v", model)
	}
	for who, c := range map[string]struct {
		actor account.Actor
		want  error
	}{"a visitor": {s.visitor, account.ErrNotFound}, "a stranger": {s.stranger, account.ErrNotFound}, "its giver": {s.member, nil}, "the moderator": {s.moderator, nil}} {
		if _, err := s.Document(ctx, c.actor, model.ID); !errors.Is(err, c.want) {
			t.Errorf("seen by %s: %v", who, err)
		}
		if _, _, _, err := s.Open(ctx, c.actor, model.ID, true); !errors.Is(err, c.want) {
			t.Errorf("opened by %s: %v", who, err)
		}
	}
	if err := s.Decide(ctx, s.member, model.ID, true, ""); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("accepted by its giver: %v", err)
	}
	if err := s.Decide(ctx, s.stranger, model.ID, true, ""); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("accepted by a stranger: %v", err)
	}
	waiting, err := s.Waiting(ctx, s.moderator, s.space)
	if s.must(err); len(waiting) != 1 || waiting[0].Giver != "Amal" || waiting[0].Space.ID != s.space.ID {
		t.Errorf("waiting: %+v", waiting)
	}
	if _, err := s.Waiting(ctx, s.member, s.space); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("the queue of a member: %v", err)
	}
	for who, want := range map[*account.Actor]int{&s.moderator: 1, &s.member: 0, &s.stranger: 0, &s.visitor: 0} {
		here, err := s.WaitingAnywhere(ctx, *who)
		if s.must(err); len(here) != want || want == 1 && (here[0].ID != s.space.ID || here[0].Key != s.space.Key || here[0].Count != 1) {
			t.Errorf("waiting for %d: %+v", who.PersonID, here)
		}
	}
	s.must(s.Decide(ctx, s.moderator, model.ID, true, "not needed"))
	list, next, err := s.Documents(ctx, s.visitor, Filter{SpaceID: s.space.ID})
	if s.must(err); !slices.Equal(titles(list), []string{"Modèle", "Guide"}) || next != "" {
		t.Errorf("listed: %v", titles(list))
	}
	if s.published("library.document_published") != 2 || s.published("library.document_proposed") != 1 {
		t.Error("other events than one each")
	}
}

func TestRefusedWithAReason(t *testing.T) {
	s := furnish(t, testdb.Tx(t), account.Open)
	d := s.given(s.member, "Brouillon")
	var wrong account.Invalid
	if err := s.Decide(ctx, s.moderator, d.ID, false, " \n"); !errors.As(err, &wrong) || wrong.Field != "reason" {
		t.Errorf("without a reason: %v", err)
	}
	s.must(s.Decide(ctx, s.moderator, d.ID, false, "Il manque la date."))
	if err := s.Decide(ctx, s.moderator, d.ID, true, ""); !errors.Is(err, account.ErrConflict) {
		t.Errorf("decided twice: %v", err)
	}
	mine, err := s.Mine(ctx, s.member, s.space)
	if s.must(err); len(mine) != 1 || mine[0].State != Refused || mine[0].Reason != "Il manque la date." {
		t.Errorf("mine: %+v", mine)
	}
	if list, _, err := s.Documents(ctx, s.member, Filter{}); err != nil || len(list) != 0 {
		t.Errorf("a refused document is listed: %v", err)
	}
	if s.published("library.document_refused") != 1 {
		t.Error("the refusal isn't announced once")
	}
}

func TestWithdrawing(t *testing.T) {
	s := furnish(t, testdb.Tx(t), account.Open)
	d := s.given(s.moderator, "Guide")
	if err := s.Withdraw(ctx, s.member, d.ID); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("by a member: %v", err)
	}
	s.must(s.Withdraw(ctx, s.moderator, d.ID))
	if err := s.Withdraw(ctx, s.moderator, d.ID); !errors.Is(err, account.ErrConflict) {
		t.Errorf("twice: %v", err)
	}
	if _, _, _, err := s.Open(ctx, s.member, d.ID, true); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("its file: %v", err)
	}
	own := s.given(s.member, "Modèle")
	s.must(s.Withdraw(ctx, s.member, own.ID))
	if _, err := s.Document(ctx, s.member, own.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("taken back: %v", err)
	}
	kept := s.given(s.member, "Accepté")
	s.must(s.Decide(ctx, s.moderator, kept.ID, true, ""))
	if err := s.Withdraw(ctx, s.member, kept.ID); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("taken back once published: %v", err)
	}
	if s.published("library.document_withdrawn") != 2 {
		t.Error("other events than one each")
	}
}

// TestWhoReadsWhat asks every list and file of each kind of space by each kind of person.
func TestWhoReadsWhat(t *testing.T) {
	for visibility, want := range map[account.Visibility]map[string]error{
		account.Open:         {"visitor": nil, "stranger": nil, "member": nil, "moderator": nil},
		account.ByRequest:    {"visitor": account.ErrSignInRequired, "stranger": account.ErrForbidden, "member": nil, "moderator": nil},
		account.ByInvitation: {"visitor": account.ErrNotFound, "stranger": account.ErrNotFound, "member": nil, "moderator": nil},
	} {
		t.Run(string(visibility), func(t *testing.T) {
			s := furnish(t, testdb.Tx(t), visibility)
			s.whoReads(s.given(s.moderator, "Guide").ID, want)
		})
	}
}

func (s *shelves) whoReads(id int64, want map[string]error) {
	s.t.Helper()
	for who, actor := range map[string]account.Actor{"visitor": s.visitor, "stranger": s.stranger, "member": s.member, "moderator": s.moderator} {
		_, _, one := s.Documents(ctx, actor, Filter{SpaceID: s.space.ID})
		_, seen := s.Document(ctx, actor, id)
		_, _, _, opened := s.Open(ctx, actor, id, true)
		for what, err := range map[string]error{"the list": one, "the page": seen, "the file": opened} {
			if !errors.Is(err, want[who]) {
				s.t.Errorf("%s, for the %s: %v", what, who, err)
			}
		}
		all, _, err := s.Documents(ctx, actor, Filter{})
		if err != nil || (len(all) == 1) != (want[who] == nil) {
			s.t.Errorf("the whole library, for the %s: %v, %v", who, titles(all), err)
		}
	}
}

func TestFiltersAndPages(t *testing.T) {
	s := furnish(t, testdb.Tx(t), account.Open)
	for i := range PageSize + 5 {
		s.given(s.moderator, fmt.Sprintf("Guide n° %d", i))
	}
	law := draft("Loi sur les associations")
	law.Kind, law.Languages, law.Axes = "law", []string{"ar"}, nil
	_, err := s.Give(ctx, s.moderator, s.space.ID, law, "loi.odt", bytes.NewReader(librarytest.File("odt")))
	s.must(err)
	seen, after := map[int64]bool{}, ""
	for pages := 1; ; pages++ {
		list, next, err := s.Documents(ctx, s.visitor, Filter{After: after})
		s.must(err)
		for _, d := range list {
			seen[d.ID] = true
		}
		if after = next; next == "" {
			if pages != 2 {
				t.Errorf("%d pages", pages)
			}
			break
		}
	}
	if len(seen) != PageSize+6 {
		t.Errorf("the pages hold %d documents", len(seen))
	}
	for name, c := range map[string]struct {
		f    Filter
		want int
	}{
		"kind": {Filter{Kind: "law"}, 1}, "language": {Filter{Language: "fr"}, PageSize}, "Arabic": {Filter{Language: "ar", Kind: "law"}, 1},
		"axis": {Filter{Axis: "water", Kind: "law"}, 0}, "words": {Filter{Words: "ASSOCIÂTIONS loi"}, 1}, "Arabic words": {Filter{Words: "دَليل", Kind: "law"}, 1},
		"summary": {Filter{Words: "argent", Kind: "law"}, 1}, "nothing": {Filter{Words: "%"}, PageSize}, "a false cursor": {Filter{After: "x-y", Kind: "law"}, 1},
	} {
		if list, _, err := s.Documents(ctx, s.visitor, c.f); err != nil || len(list) != c.want {
			t.Errorf("%s finds %d documents, %v", name, len(list), err)
		}
	}
	if _, _, err := s.Documents(ctx, s.visitor, Filter{SpaceID: 999999}); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("of no space: %v", err)
	}
}

func TestWrongDocuments(t *testing.T) {
	s := furnish(t, testdb.Tx(t), account.Open)
	fields := func(err error) (all []string) {
		invalids, _ := account.InvalidsOf(err)
		for _, f := range invalids {
			all = append(all, f.Field+" "+f.Key[strings.Index(f.Key, "_")+1:])
		}
		return all
	}
	_, err := s.Give(ctx, s.moderator, s.space.ID, Draft{}, "", nil)
	if got := fields(err); !slices.Equal(got, []string{"title_fr title", "kind kind", "languages languages", "file file"}) {
		t.Errorf("nothing at all: %v", got)
	}
	long := draft(strings.Repeat("x", MaxTitle+1))
	long.Summary["ar"] = strings.Repeat("x", MaxSummary+1)
	_, err = s.Give(ctx, s.moderator, s.space.ID, long, "x.svg", strings.NewReader("<svg/>"))
	if got := fields(err); !slices.Equal(got, []string{"title_fr long", "summary_ar long", "file type"}) {
		t.Errorf("too long, and a drawing: %v", got)
	}
	_, err = s.Give(ctx, s.moderator, s.space.ID, draft("X"), "x.pdf", strings.NewReader(""))
	if got := fields(err); !slices.Equal(got, []string{"file empty"}) {
		t.Errorf("an empty file: %v", got)
	}
	_, err = s.Give(ctx, s.moderator, s.space.ID, draft("X"), "x.pdf", bytes.NewReader(make([]byte, MaxBytes+1)))
	if got := fields(err); !slices.Equal(got, []string{"file large"}) {
		t.Errorf("a huge file: %v", got)
	}
	if list, _, err := s.Documents(ctx, s.moderator, Filter{}); err != nil || len(list) != 0 {
		t.Errorf("something was added: %v", err)
	}
}

func TestDownloadsAreCounted(t *testing.T) {
	s := furnish(t, testdb.Clone(t), account.Open)
	d := s.given(s.moderator, "Guide")
	p := s.given(s.member, "Proposé")
	var together sync.WaitGroup
	for range 10 {
		together.Go(func() {
			got, path, mime, err := s.Open(ctx, s.visitor, d.ID, true)
			if err != nil || mime != "application/pdf" || path == "" || got.Name != "Guide.pdf" {
				t.Errorf("opened as %s, %v", mime, err)
			}
		})
	}
	together.Wait()
	for _, id := range []int64{d.ID, p.ID} {
		_, _, _, err := s.Open(ctx, s.moderator, id, id == p.ID)
		s.must(err)
	}
	for id, want := range map[int64]int64{d.ID: 10, p.ID: 0} {
		if item, err := s.Document(ctx, s.moderator, id); err != nil || item.Downloads != want {
			t.Errorf("counted %d, want %d, %v", item.Downloads, want, err)
		}
	}
	s.exec("update document set blob = '../../etc/passwd.pdf' where id = ?", d.ID)
	if _, _, _, err := s.Open(ctx, s.visitor, d.ID, true); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("a blob that isn't one: %v", err)
	}
}

// TestTwoModeratorsAtOnce lets one accept while the other refuses: one of them wins, and is announced alone.
func TestTwoModeratorsAtOnce(t *testing.T) {
	s := furnish(t, testdb.Clone(t), account.Open)
	for range 5 {
		d := s.given(s.member, "Modèle")
		var together sync.WaitGroup
		errs := make([]error, 2)
		for i := range errs {
			together.Go(func() { errs[i] = s.Decide(ctx, s.moderator, d.ID, i == 0, "Non.") })
		}
		together.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), account.ErrConflict) {
			t.Errorf("the two are told %v", errs)
		}
	}
	if n := s.published("library.document_published") + s.published("library.document_refused"); n != 5 {
		t.Errorf("%d answers announced", n)
	}
}
