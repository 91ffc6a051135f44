package courses

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"halqa/events"
)

// LessonStanding is how far a person is in one lesson.
type LessonStanding struct {
	LessonID int64
	Kind     LessonKind
	WeightMS int64 // of a video: the length of its longest track in use
	CreditMS int64 // of WeightMS, the share covered on the track where it is largest, be it retired since
	Score    int   // of a quiz: the best attempt, in percent
	Answered bool  // of a quiz: there is an attempt
	Read     bool  // of a reading: the person confirmed it
	ByText   bool  // of a video: followed by its transcript and questions, which counts as played whole
}

// Percent is the share of the video really played, rounded down, or the best score of the quiz; a reading is read or not.
func (l LessonStanding) Percent() int {
	switch {
	case l.Kind == Quiz:
		return l.Score
	case l.Kind == Reading && l.Read:
		return 100
	case l.Kind == Reading:
		return 0
	}
	return share(l.CreditMS, l.WeightMS)
}

// hear counts a track in: the lesson's share is that of its best track.
func (l *LessonStanding) hear(weight, duration, covered int64) {
	l.WeightMS = weight
	// Integers only: in floating point, 80 % of something is sometimes 79.99 %.
	l.CreditMS = max(l.CreditMS, covered*weight/duration)
}

// Standing is how far a person is in the lessons of one module, in their order.
type Standing []LessonStanding

// Percent is the share of the module's videos really played, each weighing as much as it lasts, rounded down. A module
// without video has the mean of its best scores and of its readings.
func (s Standing) Percent() int {
	if weight := s.WeightMS(); weight > 0 {
		return share(s.CreditMS(), weight)
	}
	if len(s) == 0 {
		return 0
	}
	sum := 0
	for _, l := range s {
		sum += l.Percent()
	}
	return sum / len(s)
}

// WeightMS is the length of the module's videos.
func (s Standing) WeightMS() (sum int64) {
	for _, l := range s {
		sum += l.WeightMS
	}
	return sum
}

// CreditMS is how much of WeightMS was played.
func (s Standing) CreditMS() (sum int64) {
	for _, l := range s {
		sum += l.CreditMS
	}
	return sum
}

// Score is the best score in a quiz, 0 without attempt.
func (s Standing) Score(lessonID int64) int { return s.Lesson(lessonID).Score }

// Lesson returns the standing in one lesson.
func (s Standing) Lesson(id int64) LessonStanding {
	for _, l := range s {
		if l.LessonID == id {
			return l
		}
	}
	return LessonStanding{LessonID: id}
}

func share(part, whole int64) int {
	if whole <= 0 {
		return 0
	}
	return int(min(100, 100*part/whole))
}

// personModule names whose standing in what.
type personModule struct{ personID, moduleID int64 }

// standings returns how far each person is in the module beside them, in one query.
func standings(ctx context.Context, db bun.IDB, people, modules []int64) (map[personModule]Standing, error) {
	type row struct {
		PersonID, ModuleID, LessonID   int64
		Kind                           LessonKind
		DurationMS, WeightMS, PlayedMS int64
		Score                          *int
		Read, ByText                   bool
	}
	rows, err := events.Prepared(ctx, db, func(r *row) []any {
		return []any{&r.PersonID, &r.ModuleID, &r.LessonID, &r.Kind, &r.DurationMS, &r.WeightMS, &r.PlayedMS, &r.Score, &r.Read, &r.ByText}
	}, `
		select p.person_id, l.module_id, l.id as lesson_id, l.kind,
		  coalesce(t.duration_ms, 0) as duration_ms,
		  coalesce(max(t.duration_ms) filter (where t.retired_at is null) over (partition by p.person_id, l.id), 0) as weight_ms,
		  case when pl.played is null then 0 else (select coalesce(sum(upper(i) - lower(i)), 0) from unnest(pl.played) i) end as played_ms,
		  case when l.kind = 'quiz' then (select max(a.score) from quiz_attempt a where a.person_id = p.person_id and a.lesson_id = l.id) end as score,
		  l.kind = 'reading' and exists (select 1 from reading_done d where d.person_id = p.person_id and d.lesson_id = l.id) as read,
		  l.kind = 'video' and exists (select 1 from text_followed f where f.person_id = p.person_id and f.lesson_id = l.id) as by_text
		from unnest($1::bigint[], $2::bigint[]) as p (person_id, module_id)
		join lesson l on l.module_id = p.module_id and l.state = 'shown'
		left join track t on t.lesson_id = l.id
		left join played pl on pl.person_id = p.person_id and pl.track_id = t.id
		order by p.person_id, l.module_id, l.position`, people, modules)
	if err != nil {
		return nil, fmt.Errorf("standings: %w", err)
	}
	all := map[personModule]Standing{}
	for _, r := range rows {
		of := personModule{r.PersonID, r.ModuleID}
		standing := all[of]
		if n := len(standing); n == 0 || standing[n-1].LessonID != r.LessonID {
			standing = append(standing, LessonStanding{LessonID: r.LessonID, Kind: r.Kind})
		}
		lesson := &standing[len(standing)-1]
		lesson.Read, lesson.ByText = r.Read, r.ByText
		if r.DurationMS > 0 {
			lesson.hear(r.WeightMS, r.DurationMS, r.PlayedMS)
			if r.ByText {
				lesson.CreditMS = lesson.WeightMS
			}
		}
		if r.Score != nil {
			lesson.Score, lesson.Answered = *r.Score, true
		}
		all[of] = standing
	}
	return all, nil
}

// each repeats an id as often as there are others.
func each(id int64, others []int64) []int64 {
	return slices.Repeat([]int64{id}, len(others))
}
