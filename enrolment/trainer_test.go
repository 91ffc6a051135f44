package enrolment

import (
	"errors"
	"slices"
	"testing"
	"time"

	"halqa/community/account"
	"halqa/events"
	"halqa/migrations/testdb"
)

// email gives the person an address that they confirmed.
func (w *world) email(a account.Actor, address string) {
	w.t.Helper()
	w.id(`update person set email = ? where id = ? returning id`, address, a.PersonID)
}

func TestTrainersSeeWhoComesAndTakeAttendance(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	trainer, stranger, guest := w.person(), w.person(), w.person()
	w.email(trainer, "formateur@example.org")
	w.open(7)
	plan := w.plan(3, Rule{})
	plan.Attend = Rule{Kind: Completed, ModuleID: 7}
	plan.Trainers = []Trainer{{}, {Name: " Hédi ", About: "Comptable", Email: "Formateur@example.org"}, {Name: "Leïla"}}
	sem, err := w.Create(ctx, w.staff, plan)
	if err != nil {
		t.Fatal(err)
	}
	if len(sem.Trainers) != 2 || sem.Trainers[0].PersonID != trainer.PersonID || sem.Trainers[1].PersonID != 0 {
		t.Fatalf("trainers %+v", sem.Trainers)
	}
	if _, err := w.DeskSeminar(ctx, trainer, sem.ID); err != nil {
		t.Errorf("the desk of the draft, for its trainer: %v", err)
	}
	if err := w.Publish(ctx, w.staff, sem.ID); err != nil {
		t.Fatal(err)
	}
	reg := w.register(guest, sem)
	if err := w.learns(guest, 7); err != nil {
		t.Fatal(err)
	}
	k, err := w.Knowledge(ctx, trainer, sem.ID)
	if err != nil || k.Percent[guest.PersonID][7] != 100 || k.All[7] != 1 || len(k.Asked) != 1 {
		t.Errorf("what the guest knows: %+v, %v", k.Percent, err)
	}
	if _, err := w.Knowledge(ctx, stranger, sem.ID); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("a stranger: %v", err)
	}
	w.clock = sem.StartsAt
	mark := func(a account.Actor) error {
		return w.RecordAttendance(ctx, a, sem.Sessions[0].ID, map[int64]bool{reg.ID: true})
	}
	if err := mark(trainer); err != nil {
		t.Errorf("attendance by the trainer: %v", err)
	}
	if err := mark(stranger); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("attendance by a stranger: %v", err)
	}
	if err := w.CancelSeminar(ctx, trainer, sem.ID, "Non"); !errors.Is(err, account.ErrForbidden) {
		t.Errorf("a trainer cancels: %v", err)
	}
}

// An edit keeps the account of a line, takes rights away with it, and tells only who is new.
func TestTrainersAreEdited(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	first, second := w.person(), w.person()
	w.email(first, "un@example.org")
	w.email(second, "deux@example.org")
	sem := w.published(3, Rule{})
	edit := func(trainers ...Trainer) error {
		sem.Trainers = trainers
		_, err := w.Edit(ctx, w.staff, sem)
		if err == nil {
			sem = w.read(sem.ID)
		}
		return err
	}
	if err := edit(Trainer{Name: "Un", Email: "un@example.org"}); err != nil {
		t.Fatal(err)
	}
	line := sem.Trainers[0]
	line.Name = "Autre nom"
	if err := edit(line, Trainer{Name: "Deux", Email: "deux@example.org"}); err != nil {
		t.Fatal(err)
	}
	if got := w.named(sem); !slices.Equal(got, []int64{first.PersonID, second.PersonID}) {
		t.Errorf("told to %v", got)
	}
	for what, trainers := range map[string][]Trainer{
		"trainer_email_0": {{Name: "Un", Email: "personne@example.org"}},
		"trainer_email_1": {line, {Name: "Lui encore", Email: "un@example.org"}},
		"trainer_name_0":  {{Email: "un@example.org"}},
	} {
		kept := sem
		err := edit(trainers...)
		sem = kept
		if all, _ := account.InvalidsOf(err); len(all) != 1 || all[0].Field != what {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := edit(Trainer{ID: 999999, PersonID: second.PersonID, Name: "Forgé"}); err != nil {
		t.Fatal(err)
	}
	if sem.Trainers[0].PersonID != 0 || sem.TrainedBy(first) || sem.TrainedBy(second) {
		t.Error("a forged line linked an account, or a removed one still does")
	}
}

// named lists whom events named trainers, in order.
func (w *world) named(sem Seminar) (people []int64) {
	w.t.Helper()
	err := w.db.NewRaw(`select (data->>'person_id')::bigint from outbox where type = ? and key = ? order by seq`,
		events.TrainerNamed{}.EventType(), events.TrainerNamed{SeminarID: sem.ID}.EventKey()).Scan(ctx, &people)
	if err != nil {
		w.t.Fatal(err)
	}
	return people
}

// Whoever came in person keeps the seat that hangs on a condition; whoever didn't is left to the deadline.
func TestAttendanceOfConditionalSeats(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	w.open(7)
	plan := w.plan(2, Rule{})
	plan.Attend = Rule{Kind: Completed, ModuleID: 7}
	sem, err := w.Create(ctx, w.staff, plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Publish(ctx, w.staff, sem.ID); err != nil {
		t.Fatal(err)
	}
	here, away := w.register(w.person(), sem), w.register(w.person(), sem)
	w.clock = sem.StartsAt.Add(-30 * time.Minute)
	if err := w.RecordAttendance(ctx, w.staff, sem.Sessions[0].ID, map[int64]bool{here.ID: true, away.ID: false}); err != nil {
		t.Fatal(err)
	}
	w.clock = sem.StartsAt
	if _, err := w.DoDue(ctx); err != nil {
		t.Fatal(err)
	}
	if a, b := w.state(here), w.state(away); a != Confirmed || b != Withdrawn {
		t.Errorf("who came is %s, who didn't %s", a, b)
	}
}

func (w *world) state(reg Registration) (s Standing) {
	w.t.Helper()
	if err := w.db.NewRaw(`select state from registration where id = ?`, reg.ID).Scan(ctx, &s); err != nil {
		w.t.Fatal(err)
	}
	return s
}

func TestPlacesOnEarth(t *testing.T) {
	for _, c := range []struct {
		p   Point
		geo string
	}{
		{Point{34.425, 8.784219}, "geo:34.425,8.78422"},
		{Point{0, -0.000001}, "geo:0,0"},
		{Point{-90, 180}, "geo:-90,180"},
	} {
		if got := c.p.GeoURI(); got != c.geo {
			t.Errorf("%v is %s", c.p, got)
		}
	}
	sem := Seminar{}
	sem.Place(Point{91, 0})
	var wrong account.Invalids
	if sem.tidyAbout(&wrong); len(wrong) != 1 || wrong[0].Field != "point" {
		t.Errorf("a latitude of 91: %v", wrong)
	}
}
