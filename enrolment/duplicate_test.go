package enrolment

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

func TestDuplicate(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.open(7)
	plan := w.plan(20, Rule{Kind: Completed, ModuleID: 7})
	plan.Attend, plan.ClosesAt = Rule{Kind: Completed, ModuleID: 7}, w.clock.Add(200*time.Hour)
	plan.Quotas = []Quota{{Trait: ByGender, Values: []string{"female"}, Min: 5}}
	plan.Trainers, plan.Directions = []Trainer{{Name: "Leïla"}}, fr("Derrière la poste")
	sem, err := w.Create(ctx, w.staff, plan)
	if err != nil {
		t.Fatal(err)
	}
	sem, _ = w.ask(sem)
	both := w.staff
	both.Grants = append(both.Grants, w.outsider.Grants...)
	at := sem.StartsAt.Add(7*24*time.Hour + 30*time.Minute)
	copies := []Copy{{OfficeID: w.gafsa, Venue: "Maison de la culture", StartsAt: at}, {OfficeID: w.sousse, Venue: "Ribat", Address: "Sousse", StartsAt: at.Add(48 * time.Hour)}}
	made, err := w.Duplicate(ctx, both, sem.ID, copies)
	if err != nil || len(made) != 2 {
		t.Fatalf("made %d, %v", len(made), err)
	}
	got := w.read(made[1].ID)
	v, err := w.Seminar(ctx, both, got.ID)
	switch {
	case err != nil:
		t.Fatal(err)
	case got.State != Draft, got.OfficeID != w.sousse, got.Venue != "Ribat", got.Capacity != 20, len(got.Trainers) != 0, len(got.Directions) != 0:
		t.Errorf("the copy is %+v", got)
	case !reflect.DeepEqual(got.Gate, sem.Gate), !reflect.DeepEqual(got.Attend, plan.Attend), got.GateVersion != 1, got.AttendVersion != 1:
		t.Errorf("its gates are %+v and %+v", got.Gate, got.Attend)
	case len(got.Quotas) != 1, len(v.Questions) != 5:
		t.Errorf("it has %d quotas and %d questions", len(got.Quotas), len(v.Questions))
	case len(got.Sessions) != 2, !got.StartsAt.Equal(copies[1].StartsAt), got.Sessions[1].StartsAt.Sub(got.StartsAt) != 24*time.Hour:
		t.Errorf("its sessions are %+v", got.Sessions)
	case !got.ClosesAt.Equal(plan.ClosesAt.AddDate(0, 0, 9)):
		t.Errorf("it closes at %s", got.ClosesAt)
	}
	if w.read(sem.ID).GateVersion != sem.GateVersion {
		t.Error("the original changed")
	}
}

func TestDuplicateIsWholeOrNothing(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.published(20, Rule{})
	count := func() int64 { return w.id(`select count(*) from seminar`) }
	before := count()
	_, err := w.Duplicate(ctx, w.staff, sem.ID, []Copy{{OfficeID: w.gafsa, Venue: "Ici", StartsAt: sem.StartsAt}, {OfficeID: w.gafsa, StartsAt: sem.StartsAt}})
	if all, _ := account.InvalidsOf(err); len(all) != 1 || all[0].Field != "venue_1" {
		t.Errorf("a copy without a venue: %v", err)
	}
	if _, err := w.Duplicate(ctx, w.staff, sem.ID, []Copy{{OfficeID: w.sousse, Venue: "Là", StartsAt: sem.StartsAt}}); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("for another office: %v", err)
	}
	if _, err := w.Duplicate(ctx, w.staff, sem.ID, nil); err == nil {
		t.Error("no copy at all")
	}
	if n := count(); n != before {
		t.Errorf("%d seminars, %d before", n, before)
	}
	// What one may see one may bring to one's own office.
	if _, err := w.Duplicate(ctx, w.outsider, sem.ID, []Copy{{OfficeID: w.sousse, Venue: "Là", StartsAt: sem.StartsAt}}); err != nil {
		t.Errorf("to one's own office: %v", err)
	}
}

// Hours stay as they are said when the clocks change between the original and its copy.
func TestDuplicateAcrossDaylightSaving(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	day := func(month time.Month, d, hour int) time.Time { return time.Date(2026, month, d, hour, 0, 0, 0, zone) }
	sem := Seminar{Zone: "Europe/Paris", StartsAt: day(3, 20, 9), Sessions: []Session{{StartsAt: day(3, 20, 9), EndsAt: day(3, 20, 12)}, {StartsAt: day(3, 28, 9), EndsAt: day(3, 28, 12)}}}
	got := sem.moved(Copy{StartsAt: day(3, 27, 10)})
	if !got.Sessions[0].StartsAt.Equal(day(3, 27, 10)) || !got.Sessions[1].EndsAt.Equal(day(4, 4, 13)) {
		t.Errorf("moved to %v", got.Sessions)
	}
}

// Documents are copied for those who may have them, as references to the same files; what becomes of the original's doesn't
// concern the copies.
func TestDuplicateCopiesDocuments(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.Files = shelf()
	sem := w.published(20, Rule{})
	file, err := w.AddFile(ctx, w.staff, sem.ID, "Support", "x", strings.NewReader("abc"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddLink(ctx, w.staff, sem.ID, "Guide", "https://example.org/guide"); err != nil {
		t.Fatal(err)
	}
	there := Copy{OfficeID: w.gafsa, Venue: "Ribat", StartsAt: sem.StartsAt}
	made, err := w.Duplicate(ctx, w.staff, sem.ID, []Copy{there, there})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.RemovePaper(ctx, w.staff, sem.ID, file.ID); err != nil {
		t.Fatal(err)
	}
	for _, c := range made {
		v, err := w.Seminar(ctx, w.staff, c.ID)
		if err != nil || len(v.Papers) != 2 || v.Papers[0].Blob != file.Blob || v.Papers[0].Bytes != 3 || v.Papers[1].Host() != "example.org" {
			t.Fatalf("the copy has %+v, %v", v.Papers, err)
		}
		if _, path, _, err := w.OpenPaper(ctx, w.staff, c.ID, v.Papers[0].ID); err != nil || path != "/abc.pdf" {
			t.Errorf("opened at %q, %v", path, err)
		}
	}
	there.OfficeID = w.sousse
	made, err = w.Duplicate(ctx, w.outsider, sem.ID, []Copy{there})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := w.Seminar(ctx, w.outsider, made[0].ID); err != nil || len(v.Papers) != 0 {
		t.Errorf("an office that may not have them copied %+v, %v", v.Papers, err)
	}
}
