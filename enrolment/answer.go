package enrolment

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// Answers are what a person answered, by question: what they typed, "yes" or "no", or the places of the choices they took.
type Answers map[int64][]string

// check keeps what answers the questions and says what is missing or wrong, in fields named by QuestionField.
func (a Answers) check(asked []Question) (Answers, error) {
	var wrong account.Invalids
	kept := Answers{}
	for _, q := range asked {
		var given []string
		for _, value := range a[q.ID] {
			if value = clean(value); value != "" {
				given = append(given, value)
			}
		}
		field := QuestionField(q.ID)
		switch {
		case len(given) == 0 && q.Required:
			wrong.Add(field, "training.error_answer")
		case len(given) == 0:
			continue
		case !q.takes(given):
			wrong.Add(field, "training.error_choice")
		case q.Kind == Line && len([]rune(given[0])) > maxLine:
			wrong.Add(field, "desk.error_too_long", "Max", maxLine)
		case q.Kind == Text && len([]rune(given[0])) > maxAnswer:
			wrong.Add(field, "desk.error_too_long", "Max", maxAnswer)
		}
		kept[q.ID] = given
	}
	return kept, wrong.Err()
}

// takes tells whether given has the shape of an answer.
func (q Question) takes(given []string) bool {
	switch q.Kind {
	case YesOrNo:
		return len(given) == 1 && (given[0] == "yes" || given[0] == "no")
	case One, Many:
		return (q.Kind == Many || len(given) == 1) && !slices.ContainsFunc(given, func(s string) bool {
			place, err := strconv.Atoi(s)
			return err != nil || place < 0 || place >= len(q.Options)
		})
	}
	return len(given) == 1
}

// Answer replaces the answers of the actor's registration, until registration closes. It returns account.ErrNotFound for
// somebody else's and for one that was withdrawn, ErrClosed, ErrStarted or ErrCancelled, and account.Invalids about what is missing.
func (s *Service) Answer(ctx context.Context, actor account.Actor, registrationID int64, answers Answers) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	return s.inTx(ctx, "answer questions", func(ctx context.Context, tx bun.Tx) error {
		sem, reg, err := s.lockRegistration(ctx, tx, registrationID)
		switch {
		case err != nil:
			return err
		case reg.PersonID != actor.PersonID || reg.State == Withdrawn:
			return account.ErrNotFound
		case sem.State == Cancelled:
			return ErrCancelled
		case !s.now().Before(sem.StartsAt):
			return ErrStarted
		case !s.now().Before(sem.Closes()):
			return ErrClosed
		}
		return s.saveAnswers(ctx, tx, sem, reg.ID, answers)
	})
}

// saveAnswers checks and stores the answers to what is asked now; those to questions retired since stay.
func (s *Service) saveAnswers(ctx context.Context, tx bun.Tx, sem Seminar, registrationID int64, answers Answers) error {
	asked, err := questionsOf(ctx, tx, sem.ID, false)
	if err != nil || len(asked) == 0 {
		return err
	}
	kept, err := answers.check(asked)
	if err != nil {
		return err
	}
	ids := make([]int64, len(asked))
	for i, q := range asked {
		ids[i] = q.ID
	}
	_, err = tx.NewRaw(`delete from registration_answer where registration_id = ? and question_id in (?)`, registrationID, bun.List(ids)).Exec(ctx)
	if err != nil {
		return err
	}
	return s.writeAnswers(ctx, tx, registrationID, kept)
}

// writeAnswers stores checked answers of a registration that has none to the same questions.
func (s *Service) writeAnswers(ctx context.Context, tx bun.Tx, registrationID int64, kept Answers) error {
	for id, given := range kept {
		value, err := jsonOf(given)
		if err != nil {
			return err
		}
		_, err = tx.NewRaw(`insert into registration_answer (registration_id, question_id, value, answered_at) values (?, ?, ?, ?)`,
			registrationID, id, value, s.now()).Exec(ctx)
		if err != nil {
			return fmt.Errorf("answer question %d: %w", id, err)
		}
	}
	return nil
}

// answersOf reads the answers of registrations.
func answersOf(ctx context.Context, db bun.IDB, registrations []int64) (map[int64]Answers, error) {
	var rows []struct {
		RegistrationID, QuestionID int64
		Value                      []string `bun:"type:jsonb"`
	}
	err := db.NewRaw(`select registration_id, question_id, value from registration_answer where registration_id in (?)`,
		bun.List(append(registrations, 0))).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	all := map[int64]Answers{}
	for _, r := range rows {
		if all[r.RegistrationID] == nil {
			all[r.RegistrationID] = Answers{}
		}
		all[r.RegistrationID][r.QuestionID] = r.Value
	}
	return all, nil
}

// Unanswered counts the questions that must be answered and weren't.
func (v View) Unanswered() int {
	n := 0
	for _, q := range v.Questions {
		if q.Required && len(v.Answers[q.ID]) == 0 {
			n++
		}
	}
	return n
}

// addAnswers reads what is asked and what the person answered.
func (v *View) addAnswers(ctx context.Context, db bun.IDB) (err error) {
	if v.Questions, err = questionsOf(ctx, db, v.ID, false); err != nil || v.Mine == nil {
		return err
	}
	all, err := answersOf(ctx, db, []int64{v.Mine.ID})
	v.Answers = all[v.Mine.ID]
	return err
}

// addAnswers reads all questions, retired ones that were answered too, and everybody's answers, for those who run the
// seminar alone.
func (d *DeskView) addAnswers(ctx context.Context, db bun.IDB, guests []Guest) error {
	if !d.Runs {
		return nil
	}
	var err error
	if d.Asked, err = questionsOf(ctx, db, d.ID, true); err != nil || len(d.Asked) == 0 {
		return err
	}
	ids := make([]int64, len(guests))
	for i, g := range guests {
		ids[i] = g.ID
	}
	all, err := answersOf(ctx, db, ids)
	for i := range guests {
		guests[i].Answers = all[guests[i].ID]
	}
	return err
}
