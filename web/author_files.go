package web

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/gofiber/fiber/v2"

	"halqa/community/account"
	"halqa/courses"
	"halqa/courses/media"
	"halqa/web/views"
)

func fileLimit(f views.Form) int64 {
	switch courses.FileKind(f.Get("kind")) {
	case courses.Film:
		return views.MaxFilm
	case courses.Audio:
		return views.MaxSound
	}
	return media.MaxCaptions
}

// uploadFile puts a film, a sound or captions into a track. The person's right is asked before anything is received.
func (s *site) uploadFile(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if _, _, err := s.Courses.AuthoredLesson(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	u := courses.Upload{Language: c.Params("lang")}
	f, err := s.receive(c, fileLimit, func(f views.Form, _ string, file io.Reader) error {
		u.Kind, u.Synthetic = courses.FileKind(f.Get("kind")), f.Get("synthetic") != ""
		return s.keepFile(c.UserContext(), &u, file)
	})
	placed := courses.Placed{}
	if err == nil {
		placed, err = s.Courses.PutFile(c.UserContext(), actor(c), id, u)
	}
	if _, invalid := account.InvalidsOf(err); invalid && !wantsJSON(c) {
		return s.lessonRefused(c, id, "file_"+u.Language, f, err)
	}
	if err != nil {
		return err
	}
	said := "authoring.file_kept"
	switch {
	case u.Kind == courses.Captions:
		said = "authoring.captions_kept"
	case placed.Replaced:
		said = "authoring.film_replaced"
	}
	where := views.AuthorLessonURL(id) + "#track-" + u.Language
	if wantsJSON(c) {
		s.leaveNotice(c, said)
		return c.JSON(fiber.Map{"location": where})
	}
	return s.done(c, where, said)
}

// leaveNotice is done for a script, which opens the next page by itself.
func (s *site) leaveNotice(c *fiber.Ctx, key string) {
	s.leave(c, waiting{Arrived: c.Path(), Notice: views.Notice{Tone: views.Good, Text: s.localizer(c).T(key)}})
}

// keepFile stores a file, measures it and notes it.
func (s *site) keepFile(ctx context.Context, u *courses.Upload, file io.Reader) error {
	switch u.Kind {
	case courses.Film, courses.Audio:
		return s.keepRecording(ctx, u, file)
	case courses.Captions:
		return s.keepCaptions(ctx, u, file)
	}
	return fiber.ErrBadRequest
}

func (s *site) keepRecording(ctx context.Context, u *courses.Upload, file io.Reader) (err error) {
	if u.Blob, err = s.Media.Put(file); err != nil {
		return unfit(err)
	}
	// Noted before it is looked at: whoever sweeps it meanwhile makes the next step fail, not the lesson.
	if err := s.Courses.NoteUpload(ctx, u.Blob.Name); err != nil {
		return err
	}
	r, err := s.Media.Inspect(u.Blob.Name)
	if err != nil {
		return unfit(err)
	}
	if u.Kind == courses.Film && !r.Picture {
		return account.Invalid{Field: "file", Key: "authoring.file_no_picture"}
	}
	if u.Kind == courses.Audio && r.Picture {
		return account.Invalid{Field: "file", Key: "authoring.file_picture"}
	}
	u.DurationMS = r.MS
	return nil
}

// unfit tells a person what is wrong with their file.
func unfit(err error) error {
	for _, e := range []struct {
		is  error
		key string
	}{{media.ErrUnknownType, "authoring.file_type"}, {media.ErrNoLength, "authoring.file_length"},
		{media.ErrUnplayable, "authoring.file_codec"}, {media.ErrNotFound, "authoring.file_again"}} {
		if errors.Is(err, e.is) {
			return account.Invalid{Field: "file", Key: e.key}
		}
	}
	return err
}

// keepCaptions stores captions as WebVTT made anew: nothing of the file but its words goes further.
func (s *site) keepCaptions(ctx context.Context, u *courses.Upload, file io.Reader) error {
	data, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	u.Transcript, err = media.ParseCaptions(data, u.Language)
	var bad media.BadCaptions
	if errors.As(err, &bad) {
		return account.Invalid{Field: "file", Key: bad.Key, Args: map[string]any{"Line": bad.Line}}
	}
	if err != nil {
		return err
	}
	if u.Blob, err = s.Media.Put(bytes.NewReader(media.WriteVTT(u.Transcript))); err != nil {
		return unfit(err)
	}
	if err := s.Courses.NoteUpload(ctx, u.Blob.Name); err != nil {
		return err
	}
	if _, _, err := s.Media.Path(u.Blob.Name); err != nil {
		return unfit(err)
	}
	return nil
}

func (s *site) removeFile(c *fiber.Ctx) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	err = s.Courses.RemoveFile(c.UserContext(), actor(c), id, c.Params("lang"), courses.FileKind(f.Get("kind")))
	if _, invalid := account.InvalidsOf(err); invalid {
		return s.lessonRefused(c, id, "file_"+c.Params("lang"), f, err)
	}
	if err != nil {
		return err
	}
	return s.done(c, views.AuthorLessonURL(id)+"#track-"+c.Params("lang"), "authoring.file_removed")
}
