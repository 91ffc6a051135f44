package courses

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Outline is a module as one person sees it: its lessons without their transcripts and questions, what counts, and how
// far they are.
type Outline struct {
	Module
	Space       account.Space
	Lessons     []Lesson
	Standing    Standing // in the order of Lessons; all zero for a visitor
	Percent     int
	Criterion   Criterion
	Check       Check
	CompletedAt *time.Time
}

// LengthMS is how long the videos last together, in lang or the language each falls back to.
func (o Outline) LengthMS(lang string) (sum int64) {
	for _, l := range o.Lessons {
		if t, ok := l.Track(lang); ok {
			sum += t.DurationMS
		}
	}
	return sum
}

// Weight is the size in bytes of the videos' files of one kind, in lang or the language each falls back to.
func (o Outline) Weight(kind FileKind, lang string) (sum int64) {
	for _, l := range o.Lessons {
		if t, ok := l.Track(lang); ok {
			sum += t.Form(kind).Bytes
		}
	}
	return sum
}

// Next returns the lesson after the given one, or false at the end.
func (o Outline) Next(lessonID int64) (Lesson, bool) {
	for n, l := range o.Lessons {
		if l.ID == lessonID && n+1 < len(o.Lessons) {
			return o.Lessons[n+1], true
		}
	}
	return Lesson{}, false
}

// Started tells whether the person played or answered anything in the module.
func (o Outline) Started() bool {
	for _, l := range o.Standing {
		if l.CreditMS > 0 || l.Answered || l.Read {
			return true
		}
	}
	return false
}

// nearlyAll is the percent from which a video counts as followed when choosing where to go on: few people play the
// last seconds.
const nearlyAll = 95

// Resume returns the first lesson that isn't wholly followed, or the first one when all are; false without lessons.
func (o Outline) Resume() (Lesson, bool) {
	for n, l := range o.Lessons {
		if !o.followed(n) {
			return l, true
		}
	}
	if len(o.Lessons) == 0 {
		return Lesson{}, false
	}
	return o.Lessons[0], true
}

func (o Outline) followed(n int) bool {
	s := o.Standing[n]
	switch o.Lessons[n].Kind {
	case Quiz:
		return s.Score >= o.wanted(s.LessonID)
	case Reading:
		return s.Read
	}
	return s.Percent() >= nearlyAll
}

// wanted is the score that the criterion wants in a quiz; at least that it be answered.
func (o Outline) wanted(lessonID int64) int {
	for _, item := range o.Criterion.Items {
		if item.Kind == ByQuiz && item.LessonID == lessonID {
			return item.Percent
		}
	}
	return 1
}

// Modules returns the published modules of a space, in order, with how far the actor is in each. It returns
// the errors of account's Space.Refusal when the space is closed to the actor.
func (s *Service) Modules(ctx context.Context, actor account.Actor, spaceID int64) ([]Outline, error) {
	space, err := account.FindSpace(ctx, s.db, spaceID)
	if err != nil {
		return nil, err
	}
	if err := space.Refusal(actor); err != nil {
		return nil, fmt.Errorf("modules: %w", err)
	}
	modules, err := s.modulesWhere(ctx, "space_id = ? and state = 'published'", spaceID)
	if err != nil {
		return nil, err
	}
	outlines, err := s.outline(ctx, actor.PersonID, modules)
	for n := range outlines {
		outlines[n].Space = space
	}
	return outlines, err
}

// Module returns one module with how far the actor is. Drafts and retired modules exist for those who may edit them
// only: ErrNotFound for the others; the errors of account's Space.Refusal when the space is closed to the actor.
func (s *Service) Module(ctx context.Context, actor account.Actor, id int64) (Outline, error) {
	m, err := moduleByID(ctx, s.db, id, "")
	if err != nil {
		return Outline{}, err
	}
	space, err := readable(ctx, s.db, actor, m)
	if err != nil {
		return Outline{}, err
	}
	outlines, err := s.outline(ctx, actor.PersonID, []Module{m})
	if err != nil {
		return Outline{}, err
	}
	outlines[0].Space = space
	return outlines[0], nil
}

// readable returns the space of m if actor may read m.
func readable(ctx context.Context, db bun.IDB, actor account.Actor, m Module) (account.Space, error) {
	space, err := account.FindSpace(ctx, db, m.SpaceID)
	switch {
	case err != nil:
		return space, err
	case m.State != Published && !actor.Can(account.EditModules, space.Scope()):
		return space, fmt.Errorf("module %d: %w", m.ID, account.ErrNotFound)
	}
	if err := space.Refusal(actor); err != nil {
		return space, fmt.Errorf("module %d: %w", m.ID, err)
	}
	return space, nil
}

func (s *Service) modulesWhere(ctx context.Context, where string, args ...any) ([]Module, error) {
	var modules []Module
	err := s.db.NewRaw(`
		select id, space_id, position, title, summary, state, version, published_at, by_text from module
		where `+where+` order by space_id, position`, args...).Scan(ctx, &modules)
	if err != nil {
		return nil, fmt.Errorf("modules: %w", err)
	}
	return modules, nil
}

// outline adds to modules their lessons, criteria and the person's standing, in five queries whatever their number.
func (s *Service) outline(ctx context.Context, personID int64, modules []Module) ([]Outline, error) {
	if len(modules) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(modules))
	for n, m := range modules {
		ids[n] = m.ID
	}
	lessons, err := lessonsOf(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	all, err := standings(ctx, s.db, each(personID, ids), ids)
	if err != nil {
		return nil, err
	}
	rules, err := criteria(ctx, s.db, ids)
	if err != nil {
		return nil, err
	}
	wrote, err := contributions(ctx, s.db, each(personID, ids), ids, rules)
	if err != nil {
		return nil, err
	}
	completed, err := completions(ctx, s.db, personID, ids)
	if err != nil {
		return nil, err
	}
	outlines := make([]Outline, len(modules))
	for n, m := range modules {
		o := Outline{Module: m, Lessons: lessons[m.ID], Standing: all[personModule{personID, m.ID}], Criterion: rules[m.ID]}
		o.Percent, o.Check = o.Standing.Percent(), o.Criterion.Check(o.Standing, wrote[personModule{personID, m.ID}])
		if at, ok := completed[m.ID]; ok {
			o.CompletedAt = &at
		}
		outlines[n] = o
	}
	return outlines, nil
}

func completions(ctx context.Context, db bun.IDB, personID int64, modules []int64) (map[int64]time.Time, error) {
	var rows []struct {
		ModuleID int64
		At       time.Time
	}
	err := db.NewRaw(`select module_id, at from completion where person_id = ? and module_id = any (?::bigint[])`,
		personID, pgdialect.Array(modules)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("completions: %w", err)
	}
	at := map[int64]time.Time{}
	for _, r := range rows {
		at[r.ModuleID] = r.At
	}
	return at, nil
}

// lessonsOf returns the lessons of each module in order, with tracks but without transcripts and questions.
func lessonsOf(ctx context.Context, db bun.IDB, modules []int64) (map[int64][]Lesson, error) {
	var lessons []Lesson
	err := db.NewRaw(`
		select id, module_id, position, kind, state, version, title, summary from lesson
		where module_id = any (?::bigint[]) and state = 'shown' order by module_id, position`, pgdialect.Array(modules)).Scan(ctx, &lessons)
	if err != nil {
		return nil, fmt.Errorf("lessons: %w", err)
	}
	var tracks []Track
	err = db.NewRaw(`
		select t.id, t.lesson_id, t.language, t.duration_ms, t.synthetic, t.files, t.chapters
		from track t join lesson l on l.id = t.lesson_id
		where l.module_id = any (?::bigint[]) and t.retired_at is null order by array_position(?::text[], t.language)`,
		pgdialect.Array(modules), pgdialect.Array(events.Languages)).Scan(ctx, &tracks)
	if err != nil {
		return nil, fmt.Errorf("tracks: %w", err)
	}
	of := map[int64][]Track{}
	for _, t := range tracks {
		of[t.LessonID] = append(of[t.LessonID], t)
	}
	all := map[int64][]Lesson{}
	for _, l := range lessons {
		l.Tracks = of[l.ID]
		all[l.ModuleID] = append(all[l.ModuleID], l)
	}
	return all, nil
}

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
