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
	if !actor.SignedIn() {
		return Attachment{}, account.ErrSignInRequired
	}
	a := Attachment{PersonID: actor.PersonID, Blob: attachment.NewName()}
	err := s.inTx(ctx, "attach", func(ctx context.Context, tx bun.Tx) error {
		sp, err := readable(ctx, tx, actor, spaceID)
		if err == nil {
			err = s.mayWrite(ctx, tx, actor, sp)
		}
		if err == nil {
			err = s.admitFile(ctx, tx, actor)
		}
		if err != nil {
			return err
		}
		return tx.NewRaw(`insert into attachment (person_id, space_id, blob, created_at) values (?, ?, ?, ?) returning id`,
			actor.PersonID, spaceID, a.Blob, s.now()).Scan(ctx, &a.ID)
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
	if err := s.pace(ctx, tx, "select created_at from attachment where person_id = ? and created_at > ? order by created_at desc",
		actor.PersonID, attachLimits); err != nil {
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
		case was.PostID != postID && (was.PostID != 0 || was.PersonID != actor.PersonID):
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
func placeHeld(ctx context.Context, tx bun.Tx, h Held, all []Attached) error {
	for i, a := range all {
		was, err := lockAttachment(ctx, tx, a.ID)
		switch {
		case err != nil:
			return err
		case was.PostID != 0 && was.PostID == h.PostID: // it stays as it is until the change is let through
			continue
		case was.PostID != 0, was.PersonID != h.AuthorID:
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

// addHeldFiles gives each of what waits the files that wait with it, after those of the post it changes.
func addHeldFiles(ctx context.Context, db bun.IDB, list ...*Held) error {
	ids, posts := make([]int64, len(list)), []int64{}
	for i, h := range list {
		if ids[i] = h.ID; h.PostID != 0 {
			posts = append(posts, h.PostID)
		}
	}
	placed, err := filesOf(ctx, db, posts)
	if err != nil {
		return err
	}
	var loose []struct {
		HeldID int64
		Attachment
	}
	err = db.NewRaw(`select held_id, `+attachmentColumns+` from attachment where held_id = any(?) and ready and dropped_at is null order by held_id, position`,
		pgdialect.Array(ids)).Scan(ctx, &loose)
	if err != nil {
		return fmt.Errorf("attachments of what waits: %w", err)
	}
	for _, h := range list {
		h.Files = placed[h.PostID]
		for _, a := range loose {
			if a.HeldID == h.ID {
				h.Files = append(h.Files, a.Attachment)
			}
		}
	}
	return nil
}

// addFiles gives each post that the reader sees its files.
func addFiles(ctx context.Context, db bun.IDB, lines []Line) error {
	ids := []int64{}
	for _, l := range lines {
		if !l.Veiled && !l.Deleted() {
			ids = append(ids, l.ID)
		}
	}
	files, err := filesOf(ctx, db, ids)
	for i := range lines {
		lines[i].Files = files[lines[i].ID]
	}
	return err
}

// filesOf are the files of some posts, in order.
func filesOf(ctx context.Context, db bun.IDB, posts []int64) (map[int64][]Attachment, error) {
	if len(posts) == 0 {
		return nil, nil
	}
	var all []Attachment
	err := db.NewRaw(`select `+attachmentColumns+` from attachment where post_id = any(?) and dropped_at is null order by post_id, position`,
		pgdialect.Array(posts)).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("attachments: %w", err)
	}
	files := map[int64][]Attachment{}
	for _, a := range all {
		files[a.PostID] = append(files[a.PostID], a)
	}
	return files, nil
}

// Brought returns, of these files, those that the actor brought and that wait for their post, or are of the given one, in the
// order asked for.
func (s *Service) Brought(ctx context.Context, actor account.Actor, postID int64, ids ...int64) ([]Attachment, error) {
	var all []Attachment
	err := s.db.NewRaw(`select `+attachmentColumns+` from attachment where id = any(?0::bigint[]) and ready and dropped_at is null and person_id = ?1
		and (post_id is null or post_id = ?2) order by array_position(?0::bigint[], id)`, pgdialect.Array(ids), actor.PersonID, postID).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("attachments of person %d: %w", actor.PersonID, err)
	}
	return all, nil
}

// OpenAttachment finds a file for somebody who may have it at this moment, with its path and media type: whoever may read its
// post; its writer while it waits, and who decides on what it waits with. Of a picture, light asks for the light rendition. Others are told account.ErrNotFound, and
// errors as Heard has them.
func (s *Service) OpenAttachment(ctx context.Context, actor account.Actor, id int64, light bool) (a Attachment, path, mime string, err error) {
	err = s.db.NewRaw(`select `+attachmentColumns+` from attachment where id = ? and ready and dropped_at is null`, id).Scan(ctx, &a)
	if err != nil {
		return a, "", "", fmt.Errorf("attachment %d: %w", id, found(err))
	}
	switch {
	case a.PostID != 0:
		_, _, err = s.told(ctx, actor, a.PostID)
	case !actor.SignedIn():
		err = account.ErrNotFound
	case a.PersonID != actor.PersonID:
		err = s.mayDecideFile(ctx, actor, id)
	}
	if err == nil {
		path, mime, err = s.Files.Path(a.Blob, a.Ext, light && a.LightBytes > 0)
	}
	if err != nil {
		return Attachment{}, "", "", fmt.Errorf("attachment %d: %w", id, err)
	}
	return a, path, mime, nil
}

// mayDecideFile refuses those who don't decide on what a file waits with.
func (s *Service) mayDecideFile(ctx context.Context, actor account.Actor, id int64) error {
	var held int64
	if err := s.db.NewRaw(`select coalesce(held_id, 0) from attachment where id = ?`, id).Scan(ctx, &held); err != nil {
		return found(err)
	}
	if held == 0 {
		return account.ErrNotFound
	}
	_, err := s.HeldPost(ctx, actor, held)
	return err
}

// SweepAttachments removes the files of posts that are gone and those that waited for a post for a day, unless
// that waits for a moderator or they are of a draft. A crash in the middle
// leaves what the next sweep removes. It returns how many there were.
func (s *Service) SweepAttachments(ctx context.Context) (int, error) {
	var gone []Attachment
	_, err := s.db.ExecContext(ctx, `update attachment set dropped_at = ? where post_id is null and dropped_at is null and created_at < ?
		and not exists (select from held_post h where h.id = held_id and h.state = 'waiting')
		and not exists (select from draft d where d.person_id = attachment.person_id and attachment.id = any(d.attached))`,
		s.now(), s.now().AddDate(0, 0, -1)) // from here on nobody can post it
	if err == nil {
		err = s.db.NewRaw(`select `+attachmentColumns+` from attachment where dropped_at is not null order by id`).Scan(ctx, &gone)
	}
	for i, a := range gone {
		if err == nil {
			err = s.Files.Remove(a.Blob)
		}
		if err == nil {
			_, err = s.db.ExecContext(ctx, `delete from attachment where id = ?`, a.ID)
		}
		if err != nil {
			return i, fmt.Errorf("sweep attachments: %w", err)
		}
	}
	if err != nil {
		return 0, fmt.Errorf("sweep attachments: %w", err)
	}
	return len(gone), nil
}
