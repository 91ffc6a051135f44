package enrolment

import (
	"errors"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

func TestCreateRefuses(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	tests := []struct {
		name   string
		change func(s *Seminar)
		field  string
	}{
		{"no title", func(s *Seminar) { s.Title = events.Text{"fr": "  "} }, "title"},
		{"no venue", func(s *Seminar) { s.Venue = "" }, "venue"},
		{"no seat", func(s *Seminar) { s.Capacity = 0 }, "capacity"},
		{"no session", func(s *Seminar) { s.Sessions = nil }, "sessions"},
		{"backwards", func(s *Seminar) { s.Sessions[0].EndsAt = s.Sessions[0].StartsAt }, "sessions"},
		{"overlap", func(s *Seminar) { s.Sessions[0].StartsAt = s.Sessions[1].StartsAt.Add(time.Hour) }, "sessions"},
		{"closes late", func(s *Seminar) { s.ClosesAt = s.Sessions[0].EndsAt }, "closes"},
		{"zone", func(s *Seminar) { s.Zone = "Africa/Gafsa" }, "zone"},
		{"gate", func(s *Seminar) { s.Gate = atLeast(2, completed(1)) }, "gate"},
		{"governorate", func(s *Seminar) { s.Governorate = "XX-1" }, "governorate"},
		{"space", func(s *Seminar) { s.SpaceID = 999999 }, "space"},
		{"space of another office", func(s *Seminar) {
			s.SpaceID = w.id(`insert into space (key, name, office_id) values ('sahel', '{}', ?) returning id`, w.sousse)
		}, "space"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := w.plan(10, Rule{})
			tt.change(&s)
			_, err := w.Create(ctx, w.staff, s)
			wrong, ok := account.InvalidsOf(err)
			if !ok || len(wrong) != 1 || wrong[0].Field != tt.field {
				t.Errorf("Create = %v, want one error on %s", err, tt.field)
			}
		})
	}
	if _, err := w.Create(ctx, w.outsider, w.plan(10, Rule{})); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("another office creates: %v", err)
	}
}

func TestOnlyTheOfficeRunsItsSeminar(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem, err := w.Create(ctx, w.staff, w.plan(10, Rule{}))
	if err != nil {
		t.Fatal(err)
	}
	trainer := w.person()
	trainer.Grants = []account.Grant{{Role: account.Trainer, Kind: account.OverOffice, ScopeID: w.gafsa}}
	for _, who := range []struct {
		account.Actor
		told error // of a draft
	}{{w.outsider, account.ErrNotFound}, {w.person(), account.ErrNotFound}, {trainer, account.ErrForbidden}} {
		a := who.Actor
		_, edit := w.Edit(ctx, a, sem)
		for what, err := range map[string]error{
			"Edit": edit, "Publish": w.Publish(ctx, a, sem.ID), "CancelSeminar": w.CancelSeminar(ctx, a, sem.ID, "pluie"),
		} {
			if !errors.Is(err, who.told) {
				t.Errorf("%s by %s: %v, want %v", what, a.Name, err, who.told)
			}
		}
	}
	for _, a := range []account.Actor{w.outsider, {}, w.person()} {
		if _, err := w.Seminar(ctx, a, sem.ID); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("a draft is read by %q: %v", a.Name, err)
		}
		if _, err := w.DeskSeminar(ctx, a, sem.ID); !errors.Is(err, account.ErrNotFound) {
			t.Errorf("a desk is read by %q: %v", a.Name, err)
		}
	}
	if desk, err := w.Desk(ctx, w.outsider); err != nil || len(desk) != 0 {
		t.Errorf("Desk of another office = %d seminars, %v", len(desk), err)
	}
	if desk, err := w.Desk(ctx, trainer); err != nil || len(desk) != 1 {
		t.Errorf("Desk of the trainer = %d seminars, %v", len(desk), err)
	}
	if err := w.Publish(ctx, w.staff, sem.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.DeskSeminar(ctx, w.outsider, sem.ID); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("a published seminar's desk is read by another office: %v", err)
	}
}

func TestADraftThatIsDroppedStaysUnseen(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem, err := w.Create(ctx, w.staff, w.plan(10, Rule{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.CancelSeminar(ctx, w.staff, sem.ID, "Doublon"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Seminar(ctx, w.person(), sem.ID); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("a learner reads it: %v", err)
	}
	if n := len(announced[events.SeminarChanged](w)); n != 0 {
		t.Errorf("%d events announced", n)
	}
}

func TestTwoEditorsDoNotOverwriteOneAnother(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.published(10, Rule{})
	first, second := sem, sem
	first.Venue, second.Venue = "Théâtre", "Lycée"
	if _, err := w.Edit(ctx, w.staff, first); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Edit(ctx, w.staff, second); !errors.Is(err, ErrStale) || !errors.Is(err, account.ErrConflict) {
		t.Errorf("the second edit: %v, want ErrStale", err)
	}
	if got := w.read(sem.ID); got.Venue != "Théâtre" || got.Version != sem.Version+1 {
		t.Errorf("kept %s, version %d", got.Venue, got.Version)
	}
}

func TestSessionsKeepTheirIdentity(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.published(10, Rule{})
	second := sem.Sessions[1].ID
	sem.Sessions = append(sem.Sessions[1:2:2], Session{StartsAt: sem.EndsAt.Add(time.Hour), EndsAt: sem.EndsAt.Add(2 * time.Hour)})
	if _, err := w.Edit(ctx, w.staff, sem); err != nil {
		t.Fatal(err)
	}
	got := w.read(sem.ID)
	if len(got.Sessions) != 2 || got.Sessions[0].ID != second || !got.StartsAt.Equal(got.Sessions[0].StartsAt) {
		t.Errorf("sessions = %+v", got.Sessions)
	}
	all := announced[events.SeminarChanged](w)
	if last := all[len(all)-1]; len(all) != 2 || last.State != "published" || len(last.Sessions) != 2 || last.Capacity != 10 {
		t.Errorf("announced %+v", all)
	}
	other := w.published(10, Rule{})
	other.Sessions[0].ID = second
	if _, err := w.Edit(ctx, w.staff, other); !errors.Is(err, ErrStale) {
		t.Errorf("a session of another seminar is taken over: %v", err)
	}
}

func TestCapacityFollowsSeats(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.published(2, Rule{})
	for range 4 {
		w.register(w.person(), sem)
	}
	sem.Capacity = 1
	_, err := w.Edit(ctx, w.staff, sem)
	if wrong, ok := account.InvalidsOf(err); !ok || wrong[0].Field != "capacity" {
		t.Errorf("capacity below the seats held: %v", err)
	}
	sem.Capacity = 3
	if _, err := w.Edit(ctx, w.staff, sem); err != nil {
		t.Fatal(err)
	}
	if held, waiting, _ := seats(ctx, w.db, sem.ID); held != 3 || waiting != 1 {
		t.Errorf("after raising: %d held, %d waiting", held, waiting)
	}
	w.sound()
}

func TestCancelSeminar(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.published(1, Rule{})
	a, b := w.person(), w.person()
	w.register(a, sem)
	w.register(b, sem)
	if _, ok := account.InvalidsOf(w.CancelSeminar(ctx, w.staff, sem.ID, " ")); !ok {
		t.Error("cancelled without a reason")
	}
	for range 2 { // the second press does nothing
		if err := w.CancelSeminar(ctx, w.staff, sem.ID, "Inondations"); err != nil {
			t.Fatal(err)
		}
	}
	changes := announced[events.RegistrationChanged](w)
	if len(changes) != 4 || changes[2].Reason != "seminar_cancelled" || changes[3].From != "waitlisted" {
		t.Errorf("announced %+v", changes)
	}
	if _, err := w.Register(ctx, w.person(), sem.ID); !errors.Is(err, ErrCancelled) {
		t.Errorf("Register = %v", err)
	}
	if _, err := w.Edit(ctx, w.staff, w.read(sem.ID)); !errors.Is(err, ErrCancelled) {
		t.Errorf("Edit = %v", err)
	}
	seats, err := w.MySeats(ctx, a)
	if err != nil || len(seats) != 1 || seats[0].CancelReason != "Inondations" {
		t.Errorf("MySeats = %+v, %v", seats, err)
	}
	w.sound()
}
