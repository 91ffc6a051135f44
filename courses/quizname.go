package courses

import (
	"context"
	"fmt"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// QuizName is a quiz as others speak of it, outside its module.
type QuizName struct {
	LessonID    int64
	ModuleID    int64
	SpaceID     int64
	Title       events.Text `bun:"type:jsonb"`
	ModuleTitle events.Text `bun:"type:jsonb"`
	Open        bool        // learners can answer it now
	Best        int         // the person's best score in percent, 0 without an answer
}

// QuizNames returns the quizzes among some lessons, by lesson, with a person's best scores (of nobody for person 0).
func (s *Service) QuizNames(ctx context.Context, personID int64, lessons []int64) (map[int64]QuizName, error) {
	all, err := s.quizNames(ctx, personID, "lesson.id = any(?::bigint[])", pgdialect.Array(append([]int64{}, lessons...)))
	names := map[int64]QuizName{}
	for _, q := range all {
		names[q.LessonID] = q
	}
	return names, err
}

// OpenQuizzes lists the quizzes that learners can answer now, in the order of spaces, modules and lessons.
func (s *Service) OpenQuizzes(ctx context.Context) ([]QuizName, error) {
	return s.quizNames(ctx, 0, "lesson.state = 'shown' and module.state = 'published'")
}

func (s *Service) quizNames(ctx context.Context, personID int64, where string, args ...any) (all []QuizName, err error) {
	err = s.db.NewRaw(`select lesson.id as lesson_id, module.id as module_id, module.space_id, lesson.title, module.title as module_title,
			lesson.state = 'shown' and module.state = 'published' as open,
			coalesce((select max(score) from quiz_attempt a where a.lesson_id = lesson.id and a.person_id = ?), 0) as best
		from lesson join module on module.id = lesson.module_id
		where lesson.kind = 'quiz' and `+where+` order by module.space_id, module.position, lesson.position`,
		append([]any{personID}, args...)...).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("quizzes: %w", err)
	}
	return all, nil
}
