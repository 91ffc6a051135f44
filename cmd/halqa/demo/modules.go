package demo

import (
	"context"
	"fmt"

	"halqa/cmd/halqa/demo/content"
	"halqa/courses"
	"halqa/courses/media"
	"halqa/events"
)

// module is a published module with what its learners need to follow it.
type module struct {
	id      int64
	space   string // key
	lessons []courses.Lesson
}

// publishModules publishes the modules of package content, in the spaces they name.
func (s *stage) publishModules(ctx context.Context) error {
	modules, err := content.Modules()
	if err != nil {
		return err
	}
	ctx = s.at(ctx, -75, 10)
	for _, m := range modules {
		if err := s.publishModule(ctx, m); err != nil {
			return fmt.Errorf("module %s: %w", m.Key, err)
		}
	}
	return events.Drain(ctx, s.DB, s.consumers)
}

func (s *stage) publishModule(ctx context.Context, m content.Module) error {
	space, ok := s.spaces[m.Space]
	if !ok {
		return fmt.Errorf("there is no space %s", m.Space)
	}
	author, err := s.actor(ctx, "admin@demo.example")
	if err != nil {
		return err
	}
	created, err := s.courses.CreateModule(ctx, author, courses.NewModule{SpaceID: space.ID,
		Title: events.Text(m.Title), Summary: events.Text(m.Summary)})
	if err != nil {
		return err
	}
	criterion := courses.Criterion{Mode: courses.All, Items: []courses.Item{{Kind: courses.ByPlaying, Percent: 80}}}
	kept := module{id: created.ID, space: m.Space}
	for _, l := range m.Lessons {
		lesson, err := s.lesson(l, m.SyntheticVoice)
		if err != nil {
			return err
		}
		if lesson, err = s.courses.AddLesson(ctx, author, created.ID, lesson); err != nil {
			return err
		}
		if lesson.Kind == courses.Quiz {
			criterion.Items = append(criterion.Items, courses.Item{Kind: courses.ByQuiz, LessonID: lesson.ID, Percent: 60})
		}
		kept.lessons = append(kept.lessons, lesson)
	}
	if _, err := s.courses.SetCriterion(ctx, author, created.ID, criterion); err != nil {
		return err
	}
	s.modules[m.Key] = kept
	return s.courses.PublishModule(ctx, author, created.ID)
}

func (s *stage) lesson(l content.Lesson, synthetic bool) (courses.Lesson, error) {
	out := courses.Lesson{Kind: courses.LessonKind(l.Kind), Title: events.Text(l.Title), Summary: events.Text(l.Summary)}
	for _, t := range l.Tracks {
		track, err := s.track(t)
		if err != nil {
			return out, err
		}
		track.Synthetic = synthetic
		out.Tracks = append(out.Tracks, track)
	}
	for _, q := range l.Questions {
		question := courses.Question{Kind: courses.QuestionKind(q.Kind), Prompt: events.Text(q.Prompt), Explanation: events.Text(q.Explanation)}
		for _, o := range q.Options {
			question.Options = append(question.Options, courses.Option{Key: o.Key, Text: events.Text(o.Text), Right: o.Correct})
		}
		out.Questions = append(out.Questions, question)
	}
	return out, nil
}

// track stores the files of a track and reads its transcript from its captions.
func (s *stage) track(t content.Track) (courses.Track, error) {
	out := courses.Track{Language: t.Lang, DurationMS: t.DurationMS}
	for _, kind := range []courses.FileKind{courses.Film, courses.Audio, courses.Captions, courses.Poster} {
		blob, err := s.store(t.Files[string(kind)].Name)
		if err != nil {
			return out, err
		}
		out.Files = append(out.Files, courses.File{Kind: kind, Blob: blob})
	}
	captions, err := content.ReadFile(t.Files[content.FileCaptions].Name)
	if err != nil {
		return out, err
	}
	if out.Transcript, err = media.ParseVTT(captions); err != nil {
		return out, err
	}
	for _, c := range t.Chapters {
		out.Chapters = append(out.Chapters, courses.Chapter{FromMS: c.StartMS, Title: events.Text(c.Titles)})
	}
	return out, nil
}

func (s *stage) store(name string) (media.Blob, error) {
	f, err := content.Open(name)
	if err != nil {
		return media.Blob{}, err
	}
	defer func() { _ = f.Close() }()
	blob, err := s.Media.Put(f)
	if err != nil {
		return media.Blob{}, fmt.Errorf("%s: %w", name, err)
	}
	return blob, nil
}
