package courses

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/courses/media"
	"halqa/events"
)

// sameRecording is how much two files of one recording may differ in length: encoders pad the sound.
const sameRecording = 1500 // ms

// Upload is a file to put into a lesson's track.
type Upload struct {
	Kind       FileKind // Film, Audio, or Captions
	Language   string
	Blob       media.Blob
	DurationMS int64       // of a film or a sound
	Transcript []media.Cue // of captions
	Synthetic  bool        // of a film or a sound: the voice is synthesised
}

// Placed says what became of an Upload.
type Placed struct {
	NewTrack bool // the first file in this language
	Replaced bool // another recording took the place of one that learners may have played
}

// NoteUpload remembers a blob that came by a form, before it is used: what no track uses in the end is swept.
func (s *Service) NoteUpload(ctx context.Context, name string) error {
	_, err := s.db.NewRaw(`insert into uploaded (name, at) values (?, ?) on conflict (name) do update set at = excluded.at`, name, s.now()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note upload: %w", err)
	}
	return nil
}

// SweepUploads forgets the blobs that came by a form more than a day ago and that no track, not even a retired one,
// uses. drop is told each name while its row is locked: whoever brings the same blob meanwhile waits, and then finds it
// gone. It returns how many there were.
func (s *Service) SweepUploads(ctx context.Context, drop func(name string) error) (int, error) {
	var names []string
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		err := tx.NewRaw(`
			delete from uploaded u where u.at < ? and not exists (
			  select 1 from track t where t.files @> jsonb_build_array(jsonb_build_object('name', u.name)))
			returning u.name`, s.now().AddDate(0, 0, -1)).Scan(ctx, &names)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := drop(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("sweep uploads: %w", err)
	}
	return len(names), nil
}

// PutFile puts a stored file into the track of a video lesson in one language.
//
// The film rules: a film of another length than before is another recording. The old track is then retired, with what
// people played of it, which goes on counting for the lesson; the new one starts with the chapters that fit. A file of the
// same length only takes the place of the old one, and what was played holds. A completion is never touched. The sound
// alone must be as long as its film, and captions must fit. It returns account.Invalid on "file" otherwise.
func (s *Service) PutFile(ctx context.Context, actor account.Actor, lessonID int64, u Upload) (Placed, error) {
	var placed Placed
	if !slices.Contains(events.Languages, u.Language) {
		return placed, account.Invalid{Field: "language", Key: "courses.track_language"}
	}
	err := s.editLesson(ctx, actor, lessonID, func(ctx context.Context, tx bun.Tx, m Module, l Lesson) error {
		if l.Kind != Video {
			return account.ErrNotFound
		}
		at := slices.IndexFunc(l.Tracks, func(t Track) bool { return t.Language == u.Language })
		if at < 0 {
			placed.NewTrack = true
			return s.startTrack(ctx, tx, actor, m, l, u)
		}
		old := l.Tracks[at]
		if u.Kind == Captions {
			return u.caption(ctx, tx, old)
		}
		if apart := u.DurationMS - old.DurationMS; -sameRecording <= apart && apart <= sameRecording {
			_, err := tx.NewRaw(`update track set files = ?, synthetic = ? where id = ?`, asJSON(old.with(u)), u.Synthetic, old.ID).Exec(ctx)
			return err
		}
		if u.Kind == Audio && old.File(Film).Name != "" {
			return account.Invalid{Field: "file", Key: "authoring.audio_length",
				Args: map[string]any{"Audio": clock(u.DurationMS), "Film": clock(old.DurationMS)}}
		}
		placed.Replaced = true
		return s.replaceTrack(ctx, tx, actor, m, l, old, u)
	})
	if err != nil {
		return Placed{}, fmt.Errorf("put %s into lesson %d: %w", u.Kind, lessonID, err)
	}
	return placed, nil
}

func (s *Service) startTrack(ctx context.Context, tx bun.Tx, actor account.Actor, m Module, l Lesson, u Upload) error {
	if u.Kind == Captions {
		return account.Invalid{Field: "file", Key: "authoring.captions_first"}
	}
	t := Track{LessonID: l.ID, Language: u.Language, DurationMS: u.DurationMS, Synthetic: u.Synthetic, Files: Track{}.with(u)}
	if t.DurationMS < 1 || t.DurationMS > MaxMS {
		return account.Invalid{Field: "file", Key: "courses.track_duration"}
	}
	if err := insertTrack(ctx, tx, &t); err != nil || l.State != Shown {
		return err
	}
	return s.lessonsChanged(ctx, tx, actor, m)
}

// replaceTrack puts another recording in the place of old.
func (s *Service) replaceTrack(ctx context.Context, tx bun.Tx, actor account.Actor, m Module, l Lesson, old Track, u Upload) error {
	if err := s.dropTrack(ctx, tx, m, l, old); err != nil {
		return err
	}
	t := Track{LessonID: l.ID, Language: u.Language, DurationMS: u.DurationMS, Synthetic: u.Synthetic, Files: Track{}.with(u)}
	if t.DurationMS < 1 || t.DurationMS > MaxMS {
		return account.Invalid{Field: "file", Key: "courses.track_duration"}
	}
	for _, c := range old.Chapters {
		if c.FromMS < t.DurationMS {
			t.Chapters = append(t.Chapters, c)
		}
	}
	if err := insertTrack(ctx, tx, &t); err != nil || l.State != Shown {
		return err
	}
	return s.lessonsChanged(ctx, tx, actor, m)
}

// dropTrack retires a track that learners may have played, and erases one that nobody saw.
func (s *Service) dropTrack(ctx context.Context, tx bun.Tx, m Module, l Lesson, t Track) error {
	if visible(m, l) {
		_, err := tx.NewRaw(`update track set retired_at = ? where id = ?`, s.now(), t.ID).Exec(ctx)
		return err
	}
	_, err := tx.NewRaw(`delete from track where id = ?`, t.ID).Exec(ctx)
	return err
}

// caption gives a track its captions, which are its transcript too.
func (u Upload) caption(ctx context.Context, tx bun.Tx, t Track) error {
	for _, cue := range u.Transcript {
		if cue.FromMS > t.DurationMS {
			return account.Invalid{Field: "file", Key: "authoring.captions_long",
				Args: map[string]any{"At": clock(cue.FromMS), "Length": clock(t.DurationMS)}}
		}
	}
	_, err := tx.NewRaw(`update track set files = ?, transcript = ? where id = ?`, asJSON(t.with(u)), asJSON(orEmpty(u.Transcript)), t.ID).Exec(ctx)
	return err
}

// with is the track's files with u in the place of the one of its kind.
func (t Track) with(u Upload) []File {
	files := slices.DeleteFunc(slices.Clone(t.Files), func(f File) bool { return f.Kind == u.Kind })
	return append(files, File{Kind: u.Kind, Blob: u.Blob})
}

// RemoveFile takes the captions, or one of two forms, out of a track; without any form left the whole track goes, as
// RemoveTrack does.
func (s *Service) RemoveFile(ctx context.Context, actor account.Actor, lessonID int64, language string, kind FileKind) error {
	return s.changeTrack(ctx, actor, lessonID, language, func(ctx context.Context, tx bun.Tx, m Module, l Lesson, t Track) error {
		t.Files = slices.DeleteFunc(t.Files, func(f File) bool { return f.Kind == kind })
		if t.File(Film).Name == "" && t.File(Audio).Name == "" {
			return s.removeTrack(ctx, tx, actor, m, l, t)
		}
		if kind == Captions {
			t.Transcript = nil
		}
		_, err := tx.NewRaw(`update track set files = ?, transcript = ? where id = ?`, asJSON(t.Files), asJSON(orEmpty(t.Transcript)), t.ID).Exec(ctx)
		return err
	})
}

func (s *Service) removeTrack(ctx context.Context, tx bun.Tx, actor account.Actor, m Module, l Lesson, t Track) error {
	if len(l.Tracks) == 1 && l.State == Shown && m.State == Published {
		return account.Invalid{Field: "file", Key: "authoring.last_track"}
	}
	if err := s.dropTrack(ctx, tx, m, l, t); err != nil || l.State != Shown {
		return err
	}
	return s.lessonsChanged(ctx, tx, actor, m)
}

// SetChapters replaces the chapters of a track, as one reads them in the track's language. Where a chapter begins at a
// moment that had one, its titles in other languages stay. It returns ErrStale as EditLesson does.
func (s *Service) SetChapters(ctx context.Context, actor account.Actor, lessonID int64, version int, language string, chapters []Chapter) error {
	err := s.writeLesson(ctx, actor, lessonID, version, func(ctx context.Context, tx bun.Tx, m Module, l Lesson) error {
		at := slices.IndexFunc(l.Tracks, func(t Track) bool { return t.Language == language })
		if at < 0 {
			return account.ErrNotFound
		}
		t := l.Tracks[at]
		old := map[int64]events.Text{}
		for _, c := range t.Chapters {
			old[c.FromMS] = c.Title
		}
		t.Chapters = nil
		for _, c := range chapters {
			title := events.Text{}
			for lang, text := range old[c.FromMS] {
				title[lang] = text
			}
			if delete(title, language); c.Title[language] != "" {
				title[language] = c.Title[language]
			}
			if title.String() == "" {
				return account.Invalid{Field: "chapters", Key: "authoring.chapter_title", Args: map[string]any{"At": clock(c.FromMS)}}
			}
			t.Chapters = append(t.Chapters, Chapter{FromMS: c.FromMS, Title: title})
		}
		var wrong account.Invalids
		t.validate("track", &wrong)
		if err := wrong.Err(); err != nil {
			return account.Invalid{Field: "chapters", Key: "courses.track_chapters"}
		}
		_, err := tx.NewRaw(`update track set chapters = ? where id = ?`, asJSON(orEmpty(t.Chapters)), t.ID).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("set chapters of lesson %d: %w", lessonID, err)
	}
	return nil
}

func (s *Service) changeTrack(ctx context.Context, actor account.Actor, lessonID int64, language string, change func(context.Context, bun.Tx, Module, Lesson, Track) error) error {
	err := s.editLesson(ctx, actor, lessonID, func(ctx context.Context, tx bun.Tx, m Module, l Lesson) error {
		for _, t := range l.Tracks {
			if t.Language == language {
				return change(ctx, tx, m, l, t)
			}
		}
		return account.ErrNotFound
	})
	if err != nil {
		return fmt.Errorf("change track %q of lesson %d: %w", language, lessonID, err)
	}
	return nil
}

// clock writes a moment as people do: 4:05 or 1:02:03.
func clock(ms int64) string {
	sec := ms / 1000
	if sec >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", sec/3600, sec/60%60, sec%60)
	}
	return fmt.Sprintf("%d:%02d", sec/60, sec%60)
}
