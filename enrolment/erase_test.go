package enrolment

import (
	"errors"
	"testing"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

// TestEraseGivesSeatsBack has somebody who holds a seat, waits and trains leave all of it, twice; they can't come back meanwhile.
func TestEraseGivesSeatsBack(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	held, awaited := w.published(1, Rule{}), w.published(1, Rule{})
	leaver, next := w.person(), w.person()
	w.register(next, awaited)
	for _, a := range []account.Actor{leaver, next} {
		w.register(a, held)
	}
	w.register(leaver, awaited)
	if _, err := w.db.ExecContext(ctx, `insert into seminar_trainer (seminar_id, position, person_id, name) values (?, 0, ?, 'Leila')`, awaited.ID, leaver.PersonID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.ExecContext(ctx, `update person set erased_at = now() where id = ?`, leaver.PersonID); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Erase(ctx, account.Erased{IDs: []int64{leaver.PersonID}}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Register(ctx, leaver, held.ID); !errors.Is(err, account.ErrSignInRequired) {
			t.Errorf("registering on the way out: %v", err)
		}
	}
	w.expect(held, 1, 0)
	w.expect(awaited, 1, 0)
	if reg, err := w.active(ctx, w.db, held, next.PersonID); err != nil || reg.State != Confirmed {
		t.Errorf("who waited is %+v, %v", reg, err)
	}
	if sem, err := findSeminar(ctx, w.db, awaited.ID, ""); err != nil || len(sem.Trainers) > 0 {
		t.Errorf("trainers: %+v, %v", sem.Trainers, err)
	}
	w.sound()
}
