package enrolment

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Asking is how a question is answered.
type Asking string

// The ways of answering.
const (
	Line    Asking = "line" // a short text
	Text    Asking = "text" // a long one
	One     Asking = "one"  // one of several choices
	Many    Asking = "many" // any of several choices
	YesOrNo Asking = "yes_no"
)

// Askings lists every way of answering, in the order the form shows them.
var Askings = []Asking{Line, Text, One, Many, YesOrNo}

const (
	maxQuestions = 20
	maxOptions   = 20
	maxLine      = 300  // letters of an answer to Line
	maxAnswer    = 4000 // to Text
)

// Question is asked of people who register at a seminar.
type Question struct {
	bun.BaseModel `bun:"table:seminar_question,alias:question"`

	ID        int64 `bun:",pk,autoincrement"`
	SeminarID int64
	Position  int
	Kind      Asking
	Required  bool
	Label     events.Text   `bun:"type:jsonb"`
	Options   []events.Text `bun:"type:jsonb"` // of One and Many
	RetiredAt time.Time     `bun:",nullzero"`  // no longer asked; its answers are kept
}

// QuestionField is what forms and errors call the field of a question.
func QuestionField(id int64) string { return "question_" + strconv.FormatInt(id, 10) }

// tidy checks one question; at is its line in the form.
func (q *Question) tidy(wrong *account.Invalids, at string) {
	q.Label = cleanText(q.Label)
	switch {
	case q.Label.String() == "":
		wrong.Add("label_"+at, "training.error_question")
	case longest(q.Label) > maxTitle:
		wrong.Add("label_"+at, "desk.error_too_long", "Max", maxTitle)
	}
	if !slices.Contains(Askings, q.Kind) {
		wrong.Add("kind_"+at, "training.error_kind")
	}
	if q.Kind != One && q.Kind != Many {
		q.Options = []events.Text{}
		return
	}
	for i := range q.Options {
		q.Options[i] = cleanText(q.Options[i])
		if longest(q.Options[i]) > maxTitle {
			wrong.Add("options_"+at, "desk.error_too_long", "Max", maxTitle)
		}
	}
	q.Options = slices.DeleteFunc(q.Options, func(o events.Text) bool { return len(o) == 0 })
	if len(q.Options) < 2 || len(q.Options) > maxOptions {
		wrong.Add("options_"+at, "training.error_options", "Max", maxOptions)
	}
}

// blank tells a line of the form that nobody filled.
func (q Question) blank() bool {
	return cleanText(q.Label).String() == "" && !slices.ContainsFunc(q.Options, func(o events.Text) bool { return cleanText(o).String() != "" })
}

// SetQuestions makes a seminar's questions equal to asked; lines without any text are left out. version is the seminar's
// that was read: see Edit. A question that was answered keeps its kind and its choices, which may be reworded and added to;
// taken out, it is no longer asked and its answers stay. It returns account.Invalids, ErrStale and ErrCancelled.
func (s *Service) SetQuestions(ctx context.Context, actor account.Actor, seminarID int64, version int, asked []Question) error {
	return s.inTx(ctx, "set questions", func(ctx context.Context, tx bun.Tx) error {
		sem, err := s.lockForOffice(ctx, tx, actor, seminarID)
		switch {
		case err != nil:
			return err
		case sem.State == Cancelled:
			return ErrCancelled
		case sem.Version != version:
			return ErrStale
		}
		old, err := questionsOf(ctx, tx, seminarID, true)
		if err != nil {
			return err
		}
		answered, err := answeredOf(ctx, tx, seminarID)
		if err != nil {
			return err
		}
		kept, err := checkQuestions(asked, old, answered)
		if err != nil {
			return err
		}
		if _, err := tx.NewRaw(`update seminar set version = version + 1 where id = ?`, seminarID).Exec(ctx); err != nil {
			return err
		}
		return s.saveQuestions(ctx, tx, sem.ID, kept, old, answered)
	})
}

// checkQuestions drops the empty lines and checks the others against what was answered.
func checkQuestions(asked, old []Question, answered map[int64]bool) (kept []Question, err error) {
	var wrong account.Invalids
	for i, q := range asked {
		if q.blank() {
			continue
		}
		at := strconv.Itoa(i)
		q.tidy(&wrong, at)
		before := slices.IndexFunc(old, func(o Question) bool { return o.ID == q.ID })
		if before < 0 {
			q.ID = 0
		} else if o := old[before]; answered[q.ID] {
			if o.Kind != q.Kind {
				wrong.Add("kind_"+at, "training.error_answered_kind")
			} else if len(q.Options) < len(o.Options) {
				wrong.Add("options_"+at, "training.error_answered_options")
			}
		}
		q.Position, q.RetiredAt = len(kept), time.Time{}
		kept = append(kept, q)
	}
	if len(kept) > maxQuestions {
		wrong.Add("", "training.error_questions", "Max", maxQuestions)
	}
	return kept, wrong.Err()
}

func (s *Service) saveQuestions(ctx context.Context, tx bun.Tx, seminarID int64, kept, old []Question, answered map[int64]bool) error {
	for _, o := range old {
		if slices.ContainsFunc(kept, func(q Question) bool { return q.ID == o.ID }) || !o.RetiredAt.IsZero() {
			continue
		}
		query, args := `delete from seminar_question where id = ?`, []any{o.ID}
		if answered[o.ID] {
			query, args = `update seminar_question set retired_at = ? where id = ?`, []any{s.now(), o.ID}
		}
		if _, err := tx.NewRaw(query, args...).Exec(ctx); err != nil {
			return fmt.Errorf("take out question %d: %w", o.ID, err)
		}
	}
	for i := range kept {
		q := &kept[i]
		q.SeminarID = seminarID
		var err error
		if q.ID == 0 {
			_, err = tx.NewInsert().Model(q).ExcludeColumn("id").Returning("id").Exec(ctx)
		} else {
			_, err = tx.NewUpdate().Model(q).ExcludeColumn("id").WherePK().Exec(ctx)
		}
		if err != nil {
			return fmt.Errorf("save question: %w", err)
		}
	}
	return nil
}

// questionsOf reads the questions of a seminar in order, with those retired last if they are wanted.
func questionsOf(ctx context.Context, db bun.IDB, seminarID int64, retired bool) ([]Question, error) {
	var all []Question
	err := db.NewSelect().Model(&all).Where("seminar_id = ? and (? or retired_at is null)", seminarID, retired).
		OrderExpr("retired_at nulls first, position, id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("questions of seminar %d: %w", seminarID, err)
	}
	return all, nil
}

// answeredOf says which questions of a seminar somebody answered.
func answeredOf(ctx context.Context, db bun.IDB, seminarID int64) (map[int64]bool, error) {
	var ids []int64
	err := db.NewRaw(`select distinct question_id from registration_answer join seminar_question on id = question_id
		where seminar_id = ?`, seminarID).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("answered questions of seminar %d: %w", seminarID, err)
	}
	answered := map[int64]bool{}
	for _, id := range ids {
		answered[id] = true
	}
	return answered, nil
}
