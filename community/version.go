package community

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// Version is what a post said from a moment on. Title is of the thread, for the post that opens it.
type Version struct {
	At    time.Time // since when it said so
	Title string
	Body  string
}

// keepVersion keeps what a post said before an edit.
func keepVersion(ctx context.Context, tx bun.Tx, t Thread, was Post) error {
	v := Version{At: was.EditedAt, Body: was.Body}
	if v.At.IsZero() {
		v.At = was.CreatedAt
	}
	if was.Opening {
		v.Title = t.Title
	}
	_, err := tx.ExecContext(ctx, `insert into post_version (post_id, at, title, body) values (?, ?, ?, ?)`, was.ID, v.At, v.Title, v.Body)
	if err != nil {
		return fmt.Errorf("keep a version of post %d: %w", was.ID, err)
	}
	return nil
}

// dropVersions forgets what a deleted post said before.
func dropVersions(ctx context.Context, tx bun.Tx, postID int64) error {
	if _, err := tx.ExecContext(ctx, `delete from post_version where post_id = ?`, postID); err != nil {
		return fmt.Errorf("versions of post %d: %w", postID, err)
	}
	return nil
}

// manyVersions is how many former versions of a post are shown.
const manyVersions = 30

// History returns the versions of a post, the one it has now first, for whoever may read it. A post that is hidden from the
// actor, or deleted, isn't found.
func (s *Service) History(ctx context.Context, actor account.Actor, postID int64) (Line, Page, []Version, error) {
	line, page, err := s.Post(ctx, actor, postID)
	if err != nil {
		return line, page, nil, err
	}
	now := Version{At: line.EditedAt, Body: line.Body}
	if now.At.IsZero() {
		now.At = line.CreatedAt
	}
	if line.Opening {
		now.Title = page.Title
	}
	var before []Version
	err = s.db.NewRaw(`select at, title, body from post_version where post_id = ? order by id desc limit ?`, postID, manyVersions).Scan(ctx, &before)
	if err != nil {
		return line, page, nil, fmt.Errorf("versions of post %d: %w", postID, err)
	}
	return line, page, append([]Version{now}, before...), nil
}
