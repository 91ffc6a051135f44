package events

import "time"

// Published by courses.

// ModulePublished says that a module is open to learners, or that its title or length changed.
type ModulePublished struct {
	ModuleID int64 `json:"module_id"`
	SpaceID  int64 `json:"space_id"`
	Title    Text  `json:"title"`
	By       int64 `json:"by"` // who published or edited it
}

// ModuleRetired says that a module left every list. ModulePublished brings it back.
type ModuleRetired struct {
	ModuleID int64 `json:"module_id"`
	SpaceID  int64 `json:"space_id"`
	Title    Text  `json:"title"`
	By       int64 `json:"by"`
}

// ModuleProgressed says that a person's progress in a module reached a new multiple of 5 %.
type ModuleProgressed struct {
	PersonID int64 `json:"person_id"`
	ModuleID int64 `json:"module_id"`
	SpaceID  int64 `json:"space_id"`
	Percent  int   `json:"percent"` // 5, 10 … 100
}

// QuizAnswered says that a person submitted a quiz.
type QuizAnswered struct {
	PersonID int64 `json:"person_id"`
	LessonID int64 `json:"lesson_id"`
	ModuleID int64 `json:"module_id"`
	SpaceID  int64 `json:"space_id"`
	Score    int   `json:"score"` // percent of right answers, 0–100
}

// ModuleCompleted says that a person met a module's criterion. There is one per person and module, ever.
type ModuleCompleted struct {
	PersonID         int64     `json:"person_id"`
	ModuleID         int64     `json:"module_id"`
	SpaceID          int64     `json:"space_id"`
	Title            Text      `json:"title"`
	CriterionVersion int       `json:"criterion_version"`
	CompletedAt      time.Time `json:"completed_at"`
}

func (ModulePublished) EventType() string  { return "courses.module_published" }
func (ModuleRetired) EventType() string    { return "courses.module_retired" }
func (ModuleProgressed) EventType() string { return "courses.module_progressed" }
func (QuizAnswered) EventType() string     { return "courses.quiz_answered" }
func (ModuleCompleted) EventType() string  { return "courses.module_completed" }

func (p ModulePublished) EventKey() string  { return moduleKey(p.ModuleID) }
func (p ModuleRetired) EventKey() string    { return moduleKey(p.ModuleID) }
func (p ModuleProgressed) EventKey() string { return personKey(p.PersonID) }
func (p QuizAnswered) EventKey() string     { return personKey(p.PersonID) }
func (p ModuleCompleted) EventKey() string  { return personKey(p.PersonID) }
