package community

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/community/attachment"
	"halqa/community/library"
)

// Bounds of what is added to posts.
const (
	MaxAttachments = 10  // of one post
	MaxAlt         = 300 // characters of a picture's description
	maxDayBytes    = 300 << 20
)

var attachLimits = []limit{{40, 10 * time.Minute}, {200, 24 * time.Hour}}

// Attachment is a file that somebody added to a post, or brought to add it to one.
type Attachment struct {
	ID          int64
	PersonID    int64 // who brought it; 0 when the account is gone
	PostID      int64 // 0 while it waits
	Ext         string
	Name        string // for who takes it, with the extension of its true type
	Alt         string // what a picture shows, in words; or ""
	Bytes       int64
	Width       int // of a picture, in pixels; 0 of other files
	Height      int
	LightWidth  int // of its light rendition
	LightHeight int
	LightBytes  int64
	Blob        string
	Position    int // among those of its post
}

// Picture tells whether it is shown in place.
func (a Attachment) Picture() bool { return a.Width > 0 }

// Says is what a picture is said to show, or the name of the file.
func (a Attachment) Says() string {
	if a.Alt != "" {
		return a.Alt
	}
	return a.Name
}

// Sound tells whether it is heard in place.
func (a Attachment) Sound() bool { return a.Ext == "mp3" || a.Ext == "m4a" }

// Attached is what a form says of a file that goes with a post.
type Attached struct {
	ID  int64
	Alt string
}

const attachmentColumns = `id, coalesce(person_id, 0) as person_id, coalesce(post_id, 0) as post_id, ext, name, alt, bytes, width, height,
	light_width, light_height, light_bytes, blob, position`

// Attach takes in a file that the actor wants to add to something they write in a space. name is what it is called on their
// machine. It returns account.Invalid (field file) for what isn't accepted, a TooMany to those who bring too many, and whatever
// forbids writing there.
func (s *Service) Attach(ctx context.Context, actor account.Actor, spaceID int64, name string, file io.Reader) (Attachment, error) {
	return s.attach(ctx, actor, name, file, func(ctx context.Context, tx bun.Tx) (account.Space, error) {
		sp, err := readable(ctx, tx, actor, spaceID)
		if err != nil {
			return sp, err
		}
		return sp, s.mayWrite(ctx, tx, actor, sp)
	})
}

// AttachInThread is Attach for something the actor answers in a thread. It returns ErrLocked and ErrHidden too, as Reply does.
func (s *Service) AttachInThread(ctx context.Context, actor account.Actor, threadID int64, name string, file io.Reader) (Attachment, error) {
	return s.attach(ctx, actor, name, file, func(ctx context.Context, tx bun.Tx) (account.Space, error) {
		_, sp, err := s.mayReply(ctx, tx, actor, threadID)
		return sp, err
	})
}

func (s *Service) attach(ctx context.Context, actor account.Actor, name string, file io.Reader, may func(context.Context, bun.Tx) (account.Space, error)) (Attachment, error) {
	if !actor.SignedIn() {
		return Attachment{}, account.ErrSignInRequired
	}
	a := Attachment{PersonID: actor.PersonID, Blob: attachment.NewName()}
	err := s.inTx(ctx, "attach", func(ctx context.Context, tx bun.Tx) error {
		sp, err := may(ctx, tx)
		if err == nil {
			err = s.admitFile(ctx, tx, actor)
		}
		if err != nil {
			return err
		}
		return tx.NewRaw(`insert into attachment (person_id, space_id, blob, created_at) values (?, ?, ?, ?) returning id`,
			actor.PersonID, sp.ID, a.Blob, s.now()).Scan(ctx, &a.ID)
	})
	if err != nil {
		return Attachment{}, err
	}
	kept, err := s.Files.Keep(ctx, a.Blob, name, file)
	if err != nil {
		return Attachment{}, unfit(err)
	}
	return s.received(ctx, a, name, kept)
}

// admitFile lets a person bring one more file, one at a time.
func (s *Service) admitFile(ctx context.Context, tx bun.Tx, actor account.Actor) error {
	if err := lockWriting(ctx, tx, actor.PersonID); err != nil {
		return err
	}
	if err := s.pace(ctx, tx, "select created_at from attachment where person_id = any(?) and created_at > ? order by created_at desc",
		actor.Selves(), attachLimits); err != nil {
		return err
	}
	var today int64
	err := tx.NewRaw(`select coalesce(sum(bytes + light_bytes), 0) from attachment where person_id = ? and created_at > ?`,
		actor.PersonID, s.now().AddDate(0, 0, -1)).Scan(ctx, &today)
	if err != nil {
		return fmt.Errorf("bytes of person %d: %w", actor.PersonID, err)
	}
	if today > maxDayBytes {
		return account.TooMany{RetryAfter: time.Hour}
	}
	return nil
}

// unfit says in words of a form why a file isn't accepted.
func unfit(err error) error {
	for _, e := range []struct {
		is  error
		key string
	}{{attachment.ErrUnknownType, "writing.error_file_type"}, {attachment.ErrEmpty, "writing.error_file_empty"},
		{attachment.ErrTooLarge, "writing.error_file_large"}, {attachment.ErrTooManyDots, "writing.error_file_dots"}} {
		if errors.Is(err, e.is) {
			return account.Invalid{Field: "file", Key: e.key, Args: map[string]any{"Max": attachment.MaxBytes >> 20}}
		}
	}
	return err
}

// received notes that a file came whole.
func (s *Service) received(ctx context.Context, a Attachment, name string, f attachment.File) (Attachment, error) {
	a.Ext, a.Bytes, a.Name = f.Ext, f.Bytes, library.FileName(name, f.Ext)
	a.Width, a.Height = f.Large.Width, f.Large.Height
	if a.LightWidth, a.LightHeight = f.Light.Width, f.Light.Height; f.Light != f.Large {
		a.LightBytes = f.Light.Bytes
	}
	_, err := s.db.ExecContext(ctx, `update attachment set ext = ?, name = ?, bytes = ?, width = ?, height = ?, light_width = ?, light_height = ?,
		light_bytes = ?, ready = true where id = ?`, a.Ext, a.Name, a.Bytes, a.Width, a.Height, a.LightWidth, a.LightHeight, a.LightBytes, a.ID)
	if err != nil {
		return Attachment{}, fmt.Errorf("attachment %d: %w", a.ID, err)
	}
	return a, nil
}

// checkAttached says what is wrong with what a form says of files.
func checkAttached(wrong *account.Invalids, all []Attached) {
	if len(all) > MaxAttachments {
		wrong.Add("file", "writing.error_files", "Max", MaxAttachments)
	}
	for i := range all {
		if all[i].Alt = tidyLine(all[i].Alt); utf8.RuneCountInString(all[i].Alt) > MaxAlt {
			wrong.Add("file", "writing.error_alt", "Max", MaxAlt)
		}
	}
}

// place makes these the files of a post, in this order, and drops its others. It returns account.Invalid for a file that isn't
// the actor's, or isn't there any more.
func (s *Service) place(ctx context.Context, tx bun.Tx, actor account.Actor, postID int64, all []Attached) error {
	ids := []int64{}
	for i, a := range all {
		ids = append(ids, a.ID)
		was, err := lockAttachment(ctx, tx, a.ID)
		switch {
		case err != nil:
			return err
		case was.PostID != postID && (was.PostID != 0 || was.PersonID != actor.Self()):
			return account.Invalid{Field: "file", Key: "writing.error_file_gone"}
		case was.PostID == postID && was.Position == i && was.Alt == a.Alt:
			continue
		}
		if _, err := tx.ExecContext(ctx, `update attachment set post_id = ?, position = ?, alt = ?, held_id = null where id = ?`, postID, i, a.Alt, a.ID); err != nil {
			return fmt.Errorf("attachment %d: %w", a.ID, err)
		}
	}
	_, err := tx.ExecContext(ctx, `update attachment set post_id = null, dropped_at = ? where post_id = ? and not id = any(?)`,
		s.now(), postID, pgdialect.Array(ids))
	if err != nil {
		return fmt.Errorf("attachments of post %d: %w", postID, err)
	}
	return nil
}

// placeHeld makes files that wait for a post wait with what a moderator must see first: they are kept as long as that. It
// returns account.Invalid for a file that isn't its author's, or isn't there any more.
func placeHeld(ctx context.Context, tx bun.Tx, actor account.Actor, h Held, all []Attached) error {
	for i, a := range all {
		was, err := lockAttachment(ctx, tx, a.ID)
		switch {
		case err != nil:
			return err
		case was.PostID != 0 && was.PostID == h.PostID: // it stays as it is until the change is let through
			continue
		case was.PostID != 0, was.PersonID != actor.Self():
			return account.Invalid{Field: "file", Key: "writing.error_file_gone"}
		}
		if _, err := tx.ExecContext(ctx, `update attachment set held_id = ?, position = ?, alt = ? where id = ?`, h.ID, i, a.Alt, a.ID); err != nil {
			return fmt.Errorf("attachment %d: %w", a.ID, err)
		}
	}
	return nil
}

// lockAttachment locks a file that is there; one that isn't is of no post there is.
func lockAttachment(ctx context.Context, tx bun.Tx, id int64) (Attachment, error) {
	var rows []Attachment
	err := tx.NewRaw(`select `+attachmentColumns+` from attachment where id = ? and ready and dropped_at is null for update`, id).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return Attachment{PostID: -1}, err
	}
	return rows[0], nil
}
