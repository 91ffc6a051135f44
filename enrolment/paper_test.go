package enrolment

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// shelf is a store of texts, called by themselves.
func shelf() Files {
	return Files{
		Keep: func(name string, file io.Reader) (File, error) {
			b, err := io.ReadAll(file)
			if len(b) == 0 {
				return File{}, account.Invalid{Field: "file", Key: "library.error_empty"}
			}
			return File{Blob: string(b) + ".pdf", Name: name + ".pdf", Bytes: int64(len(b))}, err
		},
		Find: func(blob string) (string, string, error) { return "/" + blob, "application/pdf", nil },
	}
}

// Documents are had by those who hold a seat, as long as they do, and by the staff, trainers without any role included.
func TestPapersFollowTheSeat(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.Files = shelf()
	trainer, holder, waiting, stranger := w.person(), w.person(), w.person(), w.person()
	w.email(trainer, "formateur@example.org")
	plan := w.plan(1, Rule{})
	plan.Trainers = []Trainer{{Name: "Hédi", Email: "formateur@example.org"}}
	sem, err := w.Create(ctx, w.staff, plan)
	if err != nil {
		t.Fatal(err)
	}
	early, err := w.AddLink(ctx, w.staff, sem.ID, " À  lire ", "https://example.org/guide")
	if err != nil || early.Title != "À lire" || early.Host() != "example.org" {
		t.Fatalf("a link in a draft: %+v, %v", early, err)
	}
	if err := w.Publish(ctx, w.staff, sem.ID); err != nil {
		t.Fatal(err)
	}
	reg := w.register(holder, sem)
	w.register(waiting, sem)
	file, err := w.AddFile(ctx, trainer, sem.ID, "", "Support", strings.NewReader("abc"))
	if err != nil || file.Title != "Support" || file.Extension() != "pdf" {
		t.Fatalf("a file of the trainer: %+v, %v", file, err)
	}
	for _, c := range []struct {
		who   string
		actor account.Actor
		sees  int
		opens error
	}{
		{"who holds a seat", holder, 2, nil},
		{"who waits", waiting, 0, account.ErrNotFound},
		{"a stranger", stranger, 0, account.ErrNotFound},
		{"another office", w.outsider, 0, account.ErrNotFound},
		{"a visitor", account.Actor{}, 0, account.ErrSignInRequired},
		{"the trainer", trainer, 2, nil},
		{"the office", w.staff, 2, nil},
	} {
		v, err := w.Seminar(ctx, c.actor, sem.ID)
		if err != nil || len(v.Papers) != c.sees {
			t.Errorf("%s sees %d documents, %v", c.who, len(v.Papers), err)
		}
		if _, _, _, err := w.OpenPaper(ctx, c.actor, sem.ID, file.ID); !errors.Is(err, c.opens) {
			t.Errorf("%s opens a file: %v", c.who, err)
		}
	}
	if _, _, _, err := w.OpenPaper(ctx, holder, sem.ID, early.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("a link as a file: %v", err)
	}
	if err := w.Cancel(ctx, holder, reg.ID, ""); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := w.OpenPaper(ctx, holder, sem.ID, file.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("after giving the seat back: %v", err)
	}
	if _, path, _, err := w.OpenPaper(ctx, waiting, sem.ID, file.ID); err != nil || path != "/abc.pdf" {
		t.Errorf("who got the seat: %q, %v", path, err)
	}
}

func TestPapersAreAddedByStaff(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.Files = shelf()
	first, second := w.person(), w.person()
	sem := w.published(2, Rule{})
	other := w.published(2, Rule{})
	w.register(first, sem)
	w.register(second, sem)
	if _, err := w.AddFile(ctx, first, sem.ID, "X", "x", strings.NewReader("x")); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("a file of who holds a seat: %v", err)
	}
	if _, err := w.AddLink(ctx, first, sem.ID, "X", "https://example.org"); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("a link of who holds a seat: %v", err)
	}
	paper, err := w.AddFile(ctx, w.staff, sem.ID, "Support", "x", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	told := announced[events.PaperAdded](w)
	if len(told) != 1 || !slices.Equal(told[0].PersonIDs, []int64{first.PersonID, second.PersonID}) {
		t.Errorf("announced %+v", told)
	}
	if _, err := w.AddFile(ctx, w.staff, other.ID, "Support", "x", strings.NewReader("x")); err != nil {
		t.Errorf("the same file at another seminar: %v", err)
	}
	for what, add := range map[string]func() (Paper, error){
		"file":  func() (Paper, error) { return w.AddFile(ctx, w.staff, sem.ID, "Encore", "x", strings.NewReader("x")) },
		"title": func() (Paper, error) { return w.AddLink(ctx, w.staff, sem.ID, " ", "https://example.org") },
		"url":   func() (Paper, error) { return w.AddLink(ctx, w.staff, sem.ID, "X", "javascript:alert(1)") },
		"title of a file": func() (Paper, error) {
			return w.AddFile(ctx, w.staff, sem.ID, strings.Repeat("é", 161), "y", strings.NewReader("y"))
		},
		"file that is empty": func() (Paper, error) { return w.AddFile(ctx, w.staff, sem.ID, "X", "x", strings.NewReader("")) },
	} {
		_, err := add()
		if all, _ := account.InvalidsOf(err); len(all) != 1 || !strings.HasPrefix(what, all[0].Field) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for range 2 {
		if err := w.RemovePaper(ctx, w.staff, sem.ID, paper.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(announced[events.PaperRemoved](w)); n != 1 {
		t.Errorf("removed %d times", n)
	}
	if err := w.RemovePaper(ctx, first, sem.ID, paper.ID); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("removed by who holds a seat: %v", err)
	}
}

func TestPapersHaveAnEnd(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.Files = shelf()
	sem, holder := w.published(2, Rule{}), w.person()
	w.register(holder, sem)
	for i := range maxPapers {
		if _, err := w.AddLink(ctx, w.staff, sem.ID, "X", "https://example.org/"+strings.Repeat("x", i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.AddLink(ctx, w.staff, sem.ID, "X", "https://example.com"); err == nil {
		t.Error("one more than may be")
	}
	if err := w.CancelSeminar(ctx, w.staff, sem.ID, "Inondations"); err != nil {
		t.Fatal(err)
	}
	if v, err := w.Seminar(ctx, holder, sem.ID); err != nil || len(v.Papers) != 0 {
		t.Errorf("%d documents of a seminar that was called off, %v", len(v.Papers), err)
	}
	if _, err := w.AddLink(ctx, w.staff, sem.ID, "X", "https://example.com"); !errors.Is(err, ErrCancelled) {
		t.Errorf("a document for nobody: %v", err)
	}
	if _, err := w.AddFile(ctx, w.staff, sem.ID, "X", "x", strings.NewReader("x")); !errors.Is(err, ErrCancelled) {
		t.Errorf("a file for nobody: %v", err)
	}
}

func TestAddressesOfPapers(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://example.org/a?b=c#d": true, "http://example.org": true, "https://مثال.تونس/دليل": true, "https://[2001:db8::1]/": true,
		"": false, "example.org": false, "//example.org": false, "javascript:alert(1)": false, "data:text/html,x": false, "https://": false,
		"https://a@example.org": false, "ftp://example.org": false, "https://example.org/\u202egpj.exe": false, "https://exa mple.org": false,
		"https://example.org/" + strings.Repeat("x", maxPaperLink): false,
	} {
		if wrong := (Paper{Title: "X", URL: address}).check(); (len(wrong) == 0) != ok {
			t.Errorf("%.60q: %v", address, wrong)
		}
	}
}

// Documents added after the seminar, such as slides, reach those who came.
func TestPapersAfterTheSeminar(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem, came := w.published(2, Rule{}), w.person()
	reg := w.register(came, sem)
	w.clock = sem.EndsAt.Add(24 * time.Hour)
	for _, p := range sem.Sessions {
		if err := w.RecordAttendance(ctx, w.staff, p.ID, map[int64]bool{reg.ID: true}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.AddLink(ctx, w.staff, sem.ID, "Diapositives", "https://example.org"); err != nil {
		t.Fatal(err)
	}
	if told := announced[events.PaperAdded](w); len(told) != 1 || !slices.Equal(told[0].PersonIDs, []int64{came.PersonID}) {
		t.Errorf("announced %+v", told)
	}
}
