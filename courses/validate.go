package courses

import (
	"fmt"
	"slices"

	"halqa/community/account"
	"halqa/events"
)

func requireTitle(t events.Text) error {
	if t.String() == "" {
		return account.Invalid{Field: "title", Key: "courses.title_missing"}
	}
	return nil
}

// validate refuses a lesson that couldn't be followed.
func (l Lesson) validate() error {
	if err := requireTitle(l.Title); err != nil {
		return err
	}
	var wrong account.Invalids
	switch l.Kind {
	case Video:
		if len(l.Tracks) == 0 {
			wrong.Add("tracks", "courses.tracks_missing")
		}
		for n, t := range l.Tracks {
			t.validate(fmt.Sprintf("tracks.%d", n), &wrong)
		}
	case Quiz:
		if len(l.Questions) == 0 {
			wrong.Add("questions", "courses.questions_missing")
		}
		for n, q := range l.Questions {
			q.validate(fmt.Sprintf("questions.%d", n), &wrong)
		}
	case Reading:
		if l.Body.String() == "" {
			wrong.Add("body", "authoring.body_missing")
		}
	default:
		wrong.Add("kind", "courses.lesson_kind")
	}
	return wrong.Err()
}

func (t Track) validate(field string, wrong *account.Invalids) {
	if !slices.Contains(events.Languages, t.Language) {
		wrong.Add(field+".language", "courses.track_language")
	}
	if t.DurationMS < 1 || t.DurationMS > MaxMS {
		wrong.Add(field+".duration", "courses.track_duration")
	}
	if t.File(Film).Name == "" && t.File(Audio).Name == "" {
		wrong.Add(field+".files", "courses.track_files")
	}
	for n, c := range t.Chapters {
		if c.FromMS < 0 || c.FromMS >= t.DurationMS || n > 0 && c.FromMS <= t.Chapters[n-1].FromMS {
			wrong.Add(field+".chapters", "courses.track_chapters")
			return
		}
	}
}

func (q Question) validate(field string, wrong *account.Invalids) {
	right := 0
	keys := map[string]bool{}
	for _, o := range q.Options {
		keys[o.Key] = true
		if o.Right {
			right++
		}
		if o.Key == "" || o.Text.String() == "" {
			wrong.Add(field+".options", "courses.option_empty")
		}
	}
	if q.Prompt.String() == "" {
		wrong.Add(field+".prompt", "courses.prompt_missing")
	}
	if q.Kind != Single && q.Kind != Multiple {
		wrong.Add(field+".kind", "courses.question_kind")
	}
	if len(q.Options) < 2 || len(keys) != len(q.Options) || right == 0 || q.Kind == Single && right != 1 {
		wrong.Add(field+".options", "courses.question_options")
	}
}
