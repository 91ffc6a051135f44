package community

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

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
