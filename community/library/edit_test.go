package library

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"halqa/community/account"
	"halqa/community/library/librarytest"
	"halqa/events"
	"halqa/migrations/testdb"
)

func TestEditing(t *testing.T) {
	s := furnish(t, testdb.Tx(t), account.Open)
	guide, model := s.given(s.moderator, "Guide"), s.given(s.member, "Modèle")
	better := Draft{Title: events.Text{"fr": "Guide revu"}, Kind: "template", Languages: []string{"fr"}}
	for name, c := range map[string]struct {
		who  account.Actor
		id   int64
		want error
	}{
		"a visitor": {s.visitor, guide.ID, account.ErrSignInRequired}, "a member": {s.member, guide.ID, account.ErrForbidden},
		"a stranger": {s.stranger, guide.ID, account.ErrForbidden}, "a stranger, what waits": {s.stranger, model.ID, account.ErrNotFound},
		"the moderator": {s.moderator, guide.ID, nil}, "who proposed": {s.member, model.ID, nil}, "the moderator, what waits": {s.moderator, model.ID, nil},
	} {
		begun, _ := s.Document(ctx, s.moderator, c.id)
		better.Version = begun.Version
		if _, err := s.Edit(ctx, c.who, c.id, better, "", nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if d, err := s.Document(ctx, s.visitor, guide.ID); err != nil || d.Title["fr"] != "Guide revu" || d.Title["ar"] != "" || d.Kind != "template" ||
		len(d.Axes) > 0 || d.Name != "Guide.pdf" || d.Blob != guide.Blob || d.State != Published {
		t.Errorf("edited it is %+v, %v", d, err)
	}
	better.Version = 2
	edited, err := s.Edit(ctx, s.moderator, guide.ID, better, "notes.html", strings.NewReader("Des notes, sans plus."))
	s.must(err)
	if edited.Name != "notes.txt" || edited.Blob == guide.Blob || edited.Bytes != 21 {
		t.Errorf("with another file it is %+v", edited)
	}
	_, path, mime, err := s.Open(ctx, s.visitor, guide.ID, false)
	if s.must(err); mime != "text/plain; charset=utf-8" || !strings.HasSuffix(path, edited.Blob) {
		t.Errorf("it opens as %s at %s", mime, path)
	}
	for field, edit := range map[string]func() error{
		"file": func() error {
			_, err := s.Edit(ctx, s.moderator, guide.ID, better, "a.pdf", strings.NewReader("<script>alert(1)</script>"))
			return err
		},
		"title_fr": func() error {
			_, err := s.Edit(ctx, s.moderator, guide.ID, Draft{Kind: "guide", Languages: []string{"fr"}}, "a.pdf", bytes.NewReader(librarytest.File("pdf")))
			return err
		},
	} {
		if wrong, ok := account.InvalidsOf(edit()); !ok || wrong[0].Field != field {
			t.Errorf("a wrong %s: %v", field, wrong)
		}
	}
	if list, _, err := s.Documents(ctx, s.visitor, Filter{Words: "revu"}); err != nil || len(list) != 1 {
		t.Errorf("found by its new words: %d, %v", len(list), err)
	}
	s.must(s.Decide(ctx, s.moderator, model.ID, true, ""))
	if _, err := s.Edit(ctx, s.member, model.ID, better, "", nil); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("who proposed, once published: %v", err)
	}
	s.must(s.Withdraw(ctx, s.moderator, guide.ID))
	if _, err := s.Edit(ctx, s.moderator, guide.ID, better, "", nil); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("withdrawn: %v", err)
	}
	if n := s.published("library.document_changed"); n != 4 {
		t.Errorf("%d changes were announced", n)
	}
}

// Of several people who edit a document from the same version, one saves; the others are told.
func TestOneEditOfEachVersion(t *testing.T) {
	s := furnish(t, testdb.Clone(t), account.Open)
	guide := s.given(s.moderator, "Guide")
	all := make([]error, 6)
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() {
			_, all[i] = s.Edit(ctx, s.moderator, guide.ID, Draft{Title: events.Text{"fr": fmt.Sprint("Guide ", i)}, Kind: "guide",
				Languages: []string{"fr"}, Version: guide.Version}, "", nil)
		})
	}
	wg.Wait()
	saved := 0
	for _, err := range all {
		if err == nil {
			saved++
		} else if !errors.Is(err, account.ErrStale) {
			t.Error(err)
		}
	}
	if d, err := s.Document(ctx, s.visitor, guide.ID); saved != 1 || err != nil || d.Version != 2 {
		t.Errorf("%d saved, version %d, %v", saved, d.Version, err)
	}
}
