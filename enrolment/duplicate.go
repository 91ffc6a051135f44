package enrolment

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// maxCopies is how many copies are made at once.
const maxCopies = 24

// Copy is where and when a copy of a seminar takes place.
type Copy struct {
	OfficeID    int64
	Venue       string
	Address     string
	Governorate string
	StartsAt    time.Time // of the first session; the others follow as they do in the original
	Twin        bool      // it takes place at once with the original, and people register at one of them: see Twin
}

// Duplicate makes drafts of a seminar for several offices: with its texts, languages, costs, seats, questions, gates as
// their own first versions, and the documents that the actor may have, its sessions and dates moved by as much as the first session is. Trainers, directions and the
// point on the map are of the place and aren't copied. Anybody who runs seminars at the offices named may copy a seminar
// that they may see. It returns account.ErrForbidden, or account.Invalids with fields such as "venue_2" for the third copy, and as Twin does for
// copies that are to be twins;
// all copies are made, or none.
func (s *Service) Duplicate(ctx context.Context, actor account.Actor, id int64, copies []Copy) ([]Seminar, error) {
	v, err := s.Seminar(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if len(copies) == 0 || len(copies) > maxCopies {
		return nil, account.Invalid{Field: "offices", Key: "training.error_copies", Args: map[string]any{"Max": maxCopies}}
	}
	var made []Seminar
	err = s.inTx(ctx, "duplicate seminar", func(ctx context.Context, tx bun.Tx) error {
		in := &Service{Quizzes: s.Quizzes, db: tx, now: s.now, turns: s.turns}
		var wrong account.Invalids
		for i, c := range copies {
			sem, err := in.Create(ctx, actor, v.moved(c))
			if all, ok := account.InvalidsOf(err); ok {
				for _, e := range all {
					e.Field += "_" + strconv.Itoa(i)
					wrong = append(wrong, e)
				}
				continue
			}
			if err != nil {
				return fmt.Errorf("copy %d: %w", i, err)
			}
			if err := in.copyQuestions(ctx, tx, sem.ID, v.Questions); err != nil {
				return err
			}
			if err := copyPapers(ctx, tx, actor, sem.ID, v.Papers, s.now()); err != nil {
				return err
			}
			if c.Twin {
				err := in.twin(ctx, tx, actor, id, sem.ID)
				if all, ok := account.InvalidsOf(err); ok {
					wrong.Add(fmt.Sprint("twin_", i), all[0].Key)
				} else if err != nil {
					return fmt.Errorf("twin %d: %w", i, err)
				}
			}
			made = append(made, sem)
		}
		return wrong.Err()
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// moved is the seminar as it takes place elsewhere, at another time.
func (s Seminar) moved(c Copy) Seminar {
	to := s
	to.OfficeID, to.Venue, to.Address, to.Governorate = c.OfficeID, c.Venue, c.Address, c.Governorate
	to.Directions, to.Latitude, to.Longitude, to.Trainers = nil, nil, nil, nil
	to.Quotas, to.Sessions = slices.Clone(s.Quotas), nil
	zone := s.Location()
	from, at := s.StartsAt.In(zone), c.StartsAt.In(zone)
	days := int(midnight(at).Sub(midnight(from)).Round(24*time.Hour) / (24 * time.Hour))
	clock := at.Sub(midnight(at)) - from.Sub(midnight(from))
	// Days are counted by the calendar, so that hours stay as they are said across a change of daylight saving.
	move := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.In(zone).AddDate(0, 0, days)
	}
	for _, p := range s.Sessions {
		to.Sessions = append(to.Sessions, Session{StartsAt: move(p.StartsAt).Add(clock), EndsAt: move(p.EndsAt).Add(clock)})
	}
	to.OpensAt, to.ClosesAt, to.ReservedUntil, to.AttendBy = move(s.OpensAt), move(s.ClosesAt), move(s.ReservedUntil), move(s.AttendBy)
	return to
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func (s *Service) copyQuestions(ctx context.Context, tx bun.Tx, seminarID int64, asked []Question) error {
	copied := slices.Clone(asked)
	for i := range copied {
		copied[i].ID = 0
	}
	return s.saveQuestions(ctx, tx, seminarID, copied, nil, nil)
}

// copyPapers gives a copy the documents of its original. Files aren't copied: the store knows them by their content.
func copyPapers(ctx context.Context, tx bun.Tx, actor account.Actor, seminarID int64, papers []Paper, now time.Time) error {
	if len(papers) == 0 {
		return nil
	}
	copied := slices.Clone(papers)
	for i := range copied {
		copied[i].ID, copied[i].SeminarID, copied[i].AddedBy, copied[i].AddedAt = 0, seminarID, actor.PersonID, now
	}
	if _, err := tx.NewInsert().Model(&copied).ExcludeColumn("id").Exec(ctx); err != nil {
		return fmt.Errorf("documents of seminar %d: %w", seminarID, err)
	}
	return nil
}
