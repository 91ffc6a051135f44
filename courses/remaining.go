package courses

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Remaining is what one person still has to do in a module to meet its criterion.
type Remaining struct {
	ModuleID      int64
	SpaceID       int64
	Title         events.Text
	Percent       int
	CompletedAt   *time.Time
	MS            int64   // of video still to play, as far as the criterion wants some
	Bytes         int64   // about what that weighs in 240p, in the person's language or the one it falls back to
	AudioBytes    int64   // the same, sound alone
	MissingQuiz   []int64 // lessons of the quizzes whose wanted score isn't reached
	MissingRead   []int64 // readings to read
	Contributions int     // to write still in the space
	NextLessonID  int64   // where to go on; 0 for a module without lessons
}

// Remaining returns what is left of each of the modules for a person, by module. Person 0 is a visitor, who has
// everything left. Modules that don't exist or are drafts are absent.
func (s *Service) Remaining(ctx context.Context, personID int64, modules []int64) (map[int64]Remaining, error) {
	found, err := s.modulesWhere(ctx, "id = any (?::bigint[]) and state <> 'draft'", pgdialect.Array(modules))
	if err != nil {
		return nil, err
	}
	outlines, err := s.outline(ctx, personID, found)
	if err != nil {
		return nil, err
	}
	language := ""
	if personID != 0 {
		err := s.db.NewRaw(`select language from person where id = ?`, personID).Scan(ctx, &language)
		if err != nil {
			return nil, fmt.Errorf("remaining: %w", err)
		}
	}
	all := map[int64]Remaining{}
	for _, o := range outlines {
		all[o.ID] = o.Remaining(language)
	}
	return all, nil
}

// Remaining is what is left to meet the criterion; nothing once the module is completed.
func (o Outline) Remaining(lang string) Remaining {
	r := Remaining{ModuleID: o.ID, SpaceID: o.SpaceID, Title: o.Title, Percent: o.Percent, CompletedAt: o.CompletedAt}
	if next, ok := o.Resume(); ok {
		r.NextLessonID = next.ID
	}
	if o.CompletedAt != nil || o.Check.Met {
		return r
	}
	weight := o.Standing.WeightMS()
	for _, item := range o.Check.Items {
		switch {
		case item.Met:
		case item.Kind == ByQuiz:
			r.MissingQuiz = append(r.MissingQuiz, item.LessonID)
		case item.Kind == ByReading:
			r.MissingRead = append(r.MissingRead, item.LessonID)
		case item.Kind == ByContribution:
			r.Contributions = max(r.Contributions, item.Count-item.Have)
		case item.Kind == ByPlaying:
			want := (weight*int64(item.Percent) + 99) / 100
			r.MS = max(r.MS, want-o.Standing.CreditMS())
		}
	}
	if weight > 0 {
		r.Bytes = o.Weight(Film, lang) * r.MS / weight
		r.AudioBytes = o.Weight(Audio, lang) * r.MS / weight
	}
	return r
}

// Continue returns the module the actor touched last among those not completed, to go on with it; false when there is
// none.
func (s *Service) Continue(ctx context.Context, actor account.Actor) (Outline, bool, error) {
	if !actor.SignedIn() {
		return Outline{}, false, account.ErrSignInRequired
	}
	var ids []int64
	err := s.db.NewRaw(`
		select mp.module_id from module_progress mp join module m on m.id = mp.module_id and m.state = 'published'
		where mp.person_id = ? and not exists (
		  select 1 from completion c where c.person_id = mp.person_id and c.module_id = mp.module_id)
		order by mp.touched_at desc limit 20`, actor.PersonID).Scan(ctx, &ids)
	if err != nil {
		return Outline{}, false, fmt.Errorf("continue: %w", err)
	}
	for _, id := range ids {
		outline, err := s.Module(ctx, actor, id)
		if err == nil {
			return outline, true, nil
		}
		if !isRefusal(err) { // a space left since is passed over
			return Outline{}, false, err
		}
	}
	return Outline{}, false, nil
}

func isRefusal(err error) bool {
	return errors.Is(err, account.ErrForbidden) || errors.Is(err, account.ErrNotFound)
}
