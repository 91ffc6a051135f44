package courses

import (
	"time"

	"halqa/courses/media"
	"halqa/events"
)

// State is where a module stands.
type State string

// The states of a module. Learners see the published ones; a retired one still counts what was played before.
const (
	Draft     State = "draft"
	Published State = "published"
	Retired   State = "retired"
)

// Module is a course unit of a space.
type Module struct {
	ID          int64
	SpaceID     int64
	Position    int
	Title       events.Text `bun:"type:jsonb"`
	Summary     events.Text `bun:"type:jsonb"`
	State       State
	Version     int // of the texts: grows with each edit
	PublishedAt *time.Time
	ByText      bool // its videos may be followed by their transcript and three questions
}

// LessonKind is what a lesson is made of.
type LessonKind string

// The kinds of lesson.
const (
	Video   LessonKind = "video"
	Quiz    LessonKind = "quiz"
	Reading LessonKind = "reading"
)

// LessonKinds lists the kinds of lesson.
var LessonKinds = []LessonKind{Video, Reading, Quiz}

// LessonState is whether learners see a lesson of a published module.
type LessonState string

// The states of a lesson. A draft was added to a published module and isn't ready; a retired one counts no more, but
// what people did in it stays.
const (
	Unready LessonState = "draft"
	Shown   LessonState = "shown"
	Gone    LessonState = "retired"
)

// Lesson is a step of a module: a video with its tracks, a quiz with its questions, or a text to read.
type Lesson struct {
	ID        int64
	ModuleID  int64
	Position  int
	Kind      LessonKind
	State     LessonState
	Version   int         // of what is written by hand: grows with each edit
	Title     events.Text `bun:"type:jsonb"`
	Summary   events.Text `bun:"type:jsonb"`
	Body      events.Text `bun:"type:jsonb"` // of a reading: Markdown
	Tracks    []Track     `bun:"-"`          // of a video, in the order of events.Languages
	Questions []Question  `bun:"-"`          // of a quiz, in order
}

// FileKind is the part a file plays in a track.
type FileKind string

// The files of a track. A track has the picture or the sound, or both; captions and poster may lack.
const (
	Film     FileKind = "240p"
	Audio    FileKind = "audio"
	Captions FileKind = "captions"
	Poster   FileKind = "poster"
)

// File is one stored blob of a track.
type File struct {
	Kind FileKind `json:"kind"`
	media.Blob
}

// Chapter is a titled place in a track.
type Chapter struct {
	FromMS int64       `json:"from_ms"`
	Title  events.Text `json:"title"`
}

// Track is a video lesson in one language.
type Track struct {
	ID         int64
	LessonID   int64
	Language   string
	DurationMS int64
	Synthetic  bool        // the voice is synthesised
	Files      []File      `bun:"type:jsonb"`
	Chapters   []Chapter   `bun:"type:jsonb"`
	Transcript []media.Cue `bun:"type:jsonb"`
}

// File returns the file of the given kind, or a File without name.
func (t Track) File(kind FileKind) File {
	for _, f := range t.Files {
		if f.Kind == kind {
			return f
		}
	}
	return File{}
}

// Form returns the film or the sound, or the other one when the track lacks it.
func (t Track) Form(kind FileKind) File {
	if f := t.File(kind); f.Name != "" {
		return f
	}
	if kind == Film {
		return t.File(Audio)
	}
	return t.File(Film)
}

// Track returns the track in lang, or else the first one in the order of events.Languages; false when there is none.
func (l Lesson) Track(lang string) (Track, bool) {
	for _, t := range l.Tracks {
		if t.Language == lang {
			return t, true
		}
	}
	if len(l.Tracks) == 0 {
		return Track{}, false
	}
	return l.Tracks[0], true
}

// QuestionKind is how many options a question wants.
type QuestionKind string

// The kinds of question. A multiple one is right when exactly the right options are chosen.
const (
	Single   QuestionKind = "single"
	Multiple QuestionKind = "multiple"
)

// Question is one question of a quiz.
type Question struct {
	ID          int64
	LessonID    int64
	Position    int
	Kind        QuestionKind
	Prompt      events.Text `bun:"type:jsonb"`
	Options     []Option    `bun:"type:jsonb"`
	Explanation events.Text `bun:"type:jsonb"`
}

// Option is one answer that a question offers.
type Option struct {
	Key   string      `json:"key"` // unique in its question
	Text  events.Text `json:"text"`
	Right bool        `json:"right"`
}
