package courses

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Heard is what a person played of one track.
type Heard struct {
	TrackID    int64
	Played     Set
	PositionMS int64 // where they stopped
}

// Visit is a lesson as one person follows it.
type Visit struct {
	Lesson  Lesson // whole
	Outline Outline
	Heard   map[int64]Heard // by track; absent for one never played
	Best    *Attempt        // of a quiz: the best one
	Tries   int             // of a quiz
}

// Lesson returns a lesson for the actor to follow. It returns ErrSignInRequired for a visitor, since nothing they do
// would be kept; else the errors of Module.
func (s *Service) Lesson(ctx context.Context, actor account.Actor, id int64) (Visit, error) {
	lesson, m, err := s.follow(ctx, actor, id)
	if err != nil {
		return Visit{}, err
	}
	outline, err := s.Module(ctx, actor, m.ID)
	if err != nil {
		return Visit{}, err
	}
	v := Visit{Lesson: lesson, Outline: outline, Heard: map[int64]Heard{}}
	if lesson.Kind == Reading {
		return v, nil
	}
	if lesson.Kind == Quiz {
		return v, s.addAttempts(ctx, actor.PersonID, &v)
	}
	var heard []Heard
	err = s.db.NewRaw(`
		select p.track_id, p.played, p.position_ms from played p join track t on t.id = p.track_id
		where p.person_id = ? and t.lesson_id = ?`, actor.PersonID, id).Scan(ctx, &heard)
	if err != nil {
		return Visit{}, fmt.Errorf("lesson %d: %w", id, err)
	}
	for _, h := range heard {
		v.Heard[h.TrackID] = h
	}
	return v, nil
}

func (s *Service) addAttempts(ctx context.Context, personID int64, v *Visit) error {
	var attempts []Attempt
	err := s.db.NewRaw(`
		select id, person_id, lesson_id, answers, score, at from quiz_attempt
		where person_id = ? and lesson_id = ? order by score desc, at limit 1`, personID, v.Lesson.ID).Scan(ctx, &attempts)
	if err != nil || len(attempts) == 0 {
		return err
	}
	v.Best = &attempts[0]
	return s.db.NewRaw(`select count(*) from quiz_attempt where person_id = ? and lesson_id = ?`, personID, v.Lesson.ID).Scan(ctx, &v.Tries)
}

// follow returns a whole lesson and its module, if the actor may follow it.
func (s *Service) follow(ctx context.Context, actor account.Actor, lessonID int64) (Lesson, Module, error) {
	if !actor.SignedIn() {
		return Lesson{}, Module{}, account.ErrSignInRequired
	}
	l, err := lessonByID(ctx, s.db, lessonID)
	if err == nil && l.State != Shown {
		err = fmt.Errorf("lesson %d: %w", lessonID, account.ErrNotFound)
	}
	if err != nil {
		return Lesson{}, Module{}, err
	}
	m, err := moduleByID(ctx, s.db, l.ModuleID, "")
	if err != nil {
		return Lesson{}, Module{}, err
	}
	if _, err := readable(ctx, s.db, actor, m); err != nil {
		return Lesson{}, Module{}, err
	}
	if err := addContent(ctx, s.db, &l); err != nil {
		return Lesson{}, Module{}, fmt.Errorf("lesson %d: %w", lessonID, err)
	}
	return l, m, nil
}

func lessonByID(ctx context.Context, db bun.IDB, id int64) (Lesson, error) {
	var l Lesson
	err := db.NewRaw(`select id, module_id, position, kind, state, version, title, summary, body from lesson where id = ?`, id).Scan(ctx, &l)
	if errors.Is(err, sql.ErrNoRows) {
		err = account.ErrNotFound
	}
	if err != nil {
		return Lesson{}, fmt.Errorf("lesson %d: %w", id, err)
	}
	return l, nil
}

// addContent reads the questions or the tracks in use of a lesson.
func addContent(ctx context.Context, db bun.IDB, l *Lesson) error {
	if l.Kind == Quiz {
		return db.NewRaw(`select id, lesson_id, position, kind, prompt, options, explanation from question
			where lesson_id = ? order by position`, l.ID).Scan(ctx, &l.Questions)
	}
	return db.NewRaw(`select id, lesson_id, language, duration_ms, synthetic, files, chapters, transcript from track
		where lesson_id = ? and retired_at is null order by array_position(?::text[], language)`, l.ID, pgdialect.Array(events.Languages)).Scan(ctx, &l.Tracks)
}
