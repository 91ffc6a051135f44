package enrolment

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

const (
	maxTrainers = 10
	maxAbout    = 1000 // letters of a note
	maxName     = 100  // letters
)

// Trainer is one who trains at a seminar: somebody of the platform, who then sees who comes and what they know, takes
// attendance and shares documents there, or somebody who is only named.
type Trainer struct {
	bun.BaseModel `bun:"table:seminar_trainer,alias:trainer"`

	ID        int64 `bun:",pk,autoincrement"`
	SeminarID int64
	Position  int
	PersonID  int64 `bun:",nullzero"` // 0 for somebody who is only named
	Name      string
	About     string // in a line

	Email string `bun:"-"` // of the account to link, when the author typed one
}

// TrainedBy tells whether the actor is one of the seminar's trainers.
func (s Seminar) TrainedBy(actor account.Actor) bool {
	return actor.SignedIn() && slices.ContainsFunc(s.Trainers, func(t Trainer) bool { return t.PersonID == actor.PersonID })
}

// keepsDoor tells whether the actor may see who comes and take attendance.
func (s Seminar) keepsDoor(actor account.Actor) bool {
	return actor.Can(account.RecordAttendance, s.Scope()) || s.TrainedBy(actor)
}

// tidyTrainers drops the lines without a name and checks the others.
func (s *Seminar) tidyTrainers(wrong *account.Invalids) {
	var kept []Trainer
	for i, t := range s.Trainers {
		t.Name, t.About, t.Email = clean(t.Name), clean(t.About), clean(t.Email)
		at := strconv.Itoa(i)
		switch {
		case t.Name == "" && t.Email == "":
			continue
		case t.Name == "":
			wrong.Add("trainer_name_"+at, "training.error_trainer_name")
		case len([]rune(t.Name)) > maxName:
			wrong.Add("trainer_name_"+at, "desk.error_too_long", "Max", maxName)
		}
		if len([]rune(t.About)) > maxTitle {
			wrong.Add("trainer_about_"+at, "desk.error_too_long", "Max", maxTitle)
		}
		t.Position = i
		kept = append(kept, t)
	}
	if len(kept) > maxTrainers {
		wrong.Add("trainer_name_"+strconv.Itoa(maxTrainers), "training.error_trainers", "Max", maxTrainers)
	}
	s.Trainers = kept
}

// saveTrainers makes the rows of the seminar's trainers equal to sem.Trainers. One that was linked to an account stays so;
// an address links a line to the account that has it.
func (s *Service) saveTrainers(ctx context.Context, tx bun.Tx, sem *Seminar, before []Trainer) error {
	var wrong account.Invalids
	for i := range sem.Trainers {
		if err := link(ctx, tx, &wrong, sem.Trainers[:i], &sem.Trainers[i], before); err != nil {
			return err
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	keep := []int64{0}
	for _, t := range sem.Trainers {
		keep = append(keep, t.ID)
	}
	if _, err := tx.NewRaw(`delete from seminar_trainer where seminar_id = ? and id not in (?)`, sem.ID, bun.List(keep)).Exec(ctx); err != nil {
		return err
	}
	for i := range sem.Trainers {
		t := &sem.Trainers[i]
		t.SeminarID = sem.ID
		var err error
		if t.ID == 0 {
			_, err = tx.NewInsert().Model(t).ExcludeColumn("id").Returning("id").Exec(ctx)
		} else {
			_, err = tx.NewUpdate().Model(t).ExcludeColumn("id").WherePK().Exec(ctx)
		}
		if err != nil {
			return fmt.Errorf("trainer %q: %w", t.Name, err)
		}
	}
	return nil
}

// link finds the account of a trainer: the one their line had, or the one of the address typed.
func link(ctx context.Context, tx bun.Tx, wrong *account.Invalids, others []Trainer, t *Trainer, before []Trainer) error {
	t.PersonID = 0
	if i := slices.IndexFunc(before, func(b Trainer) bool { return b.ID == t.ID }); i >= 0 {
		t.PersonID = before[i].PersonID
	} else {
		t.ID = 0 // a line of this seminar, or a new one
	}
	field := "trainer_email_" + strconv.Itoa(t.Position)
	if t.Email != "" {
		err := tx.NewRaw(`select coalesce(max(id), 0) from person where email = lower(?) and email_confirmed_at is not null`, t.Email).Scan(ctx, &t.PersonID)
		if err != nil {
			return fmt.Errorf("account of a trainer: %w", err)
		}
		if t.PersonID == 0 {
			wrong.Add(field, "training.error_trainer_email")
		}
	}
	if t.PersonID != 0 && slices.ContainsFunc(others, func(o Trainer) bool { return o.PersonID == t.PersonID }) {
		wrong.Add(field, "training.error_trainer_twice")
	}
	return nil
}

// tellTrainers announces to those who became trainers of a published seminar that they are.
func (s *Service) tellTrainers(ctx context.Context, tx bun.Tx, sem Seminar, before []Trainer, by account.Actor) error {
	for _, t := range sem.Trainers {
		known := slices.ContainsFunc(before, func(b Trainer) bool { return b.PersonID == t.PersonID })
		if t.PersonID == 0 || known {
			continue
		}
		err := events.Publish(ctx, tx, events.TrainerNamed{SeminarID: sem.ID, PersonID: t.PersonID, Title: sem.Title, StartsAt: sem.StartsAt, By: by.PersonID})
		if err != nil {
			return err
		}
	}
	return nil
}

// addTrainers reads the trainers of cards.
func addTrainers(ctx context.Context, db bun.IDB, byID map[int64]*Card, ids []int64) error {
	var all []Trainer
	if err := db.NewSelect().Model(&all).Where("seminar_id in (?)", bun.List(ids)).Order("position").Scan(ctx); err != nil {
		return fmt.Errorf("trainers: %w", err)
	}
	for _, t := range all {
		byID[t.SeminarID].Trainers = append(byID[t.SeminarID].Trainers, t)
	}
	return nil
}

// Trains lists the seminars at which the actor trains and that aren't over, the soonest first.
func (s *Service) Trains(ctx context.Context, actor account.Actor) ([]Card, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	var all []Card
	err := s.db.NewRaw(cards+`where seminar.state <> 'cancelled' and ends_at > ?
		and seminar.id in (select seminar_id from seminar_trainer where person_id = ?) order by starts_at, seminar.id limit 100`,
		s.now(), actor.PersonID).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("seminars trained at: %w", err)
	}
	if err := s.personalise(ctx, actor, all); err != nil {
		return nil, err
	}
	return all, addCircles(ctx, s.db, actor, all)
}
