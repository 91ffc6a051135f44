package enrolment

import (
	"errors"
	"testing"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

func TestAttendance(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	sem := w.published(2, Rule{})
	a, b, waiting := w.register(w.person(), sem), w.register(w.person(), sem), w.register(w.person(), sem)
	first, second := sem.Sessions[0].ID, sem.Sessions[1].ID
	mark := func(session int64, marks map[int64]bool) error {
		return w.RecordAttendance(ctx, w.staff, session, marks)
	}
	if err := mark(first, map[int64]bool{a.ID: true}); !errors.Is(err, ErrTooEarly) {
		t.Errorf("ten days before: %v", err)
	}
	w.clock = sem.StartsAt
	if err := w.RecordAttendance(ctx, w.outsider, first, nil); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("by another office: %v", err)
	}
	if err := mark(first, map[int64]bool{waiting.ID: true}); !errors.Is(err, account.ErrNotFound) {
		t.Errorf("somebody without a seat: %v", err)
	}
	for range 2 { // the same marks again announce nothing
		if err := mark(first, map[int64]bool{a.ID: true, b.ID: false}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(announced[events.AttendanceRecorded](w)); n != 2 {
		t.Errorf("%d marks announced, want 2", n)
	}
	w.clock = sem.Sessions[1].StartsAt
	if err := mark(second, map[int64]bool{a.ID: false, b.ID: false}); err != nil {
		t.Fatal(err)
	}
	states := func() (Standing, Standing) {
		d, err := w.DeskSeminar(ctx, w.staff, sem.ID)
		if err != nil || len(d.Holders) != 2 || len(d.Queue) != 1 || d.Queue[0].Place != 1 {
			t.Fatalf("desk = %d holders, %d waiting, %v", len(d.Holders), len(d.Queue), err)
		}
		return d.Holders[0].State, d.Holders[1].State
	}
	if x, y := states(); x != Present || y != Absent {
		t.Errorf("states = %s, %s", x, y)
	}
	if err := mark(first, map[int64]bool{b.ID: true}); err != nil { // a correction
		t.Fatal(err)
	}
	if x, y := states(); x != Present || y != Present {
		t.Errorf("corrected states = %s, %s", x, y)
	}
	changes := announced[events.RegistrationChanged](w)
	if last := changes[len(changes)-1]; last.From != "absent" || last.State != "attended" || last.Reason != "attendance" {
		t.Errorf("announced %+v", last)
	}
	sem = w.read(sem.ID)
	sem.Sessions = sem.Sessions[:1]
	if _, ok := account.InvalidsOf(func() error { _, err := w.Edit(ctx, w.staff, sem); return err }()); !ok {
		t.Error("a session with attendance was removed")
	}
	w.sound()
}
