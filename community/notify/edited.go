package notify

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// hearEdit tells those whom a post names since an edit, as hearPost tells those it named from the first. Who was told of the post
// already isn't told again.
func (s *Service) hearEdit(ctx context.Context, tx bun.Tx, e events.Event) error {
	edit, err := events.Decode[events.ContributionEdited](e)
	if err != nil || s.talk == nil || len(edit.Mentions)+len(edit.Organisations) == 0 {
		return err
	}
	p, err := unmasked(ctx, tx, events.Contributed{PostID: edit.PostID, ThreadID: edit.ThreadID, SpaceID: edit.SpaceID, PersonID: edit.PersonID, Kind: "reply",
		Mentions: edit.Mentions, Organisations: edit.Organisations})
	if err != nil {
		return err
	}
	if err := s.addAdministrators(ctx, tx, &p); err != nil {
		return err
	}
	list, err := followers(ctx, tx, p, e.Seq)
	if err != nil {
		return err
	}
	var already []int64
	err = tx.NewRaw("select person_id from notification where post_id = ? and person_id = any(?)", p.PostID, pgdialect.Array(p.Mentions)).Scan(ctx, &already)
	if err != nil {
		return fmt.Errorf("who was told of post %d: %w", p.PostID, err)
	}
	list = slices.DeleteFunc(list, func(t telling) bool { return t.kind != Mentioned || slices.Contains(already, t.to) })
	title, list, err := s.hearers(ctx, tx, p.PostID, list)
	if err != nil || len(list) == 0 {
		return err
	}
	d := Data{PostID: p.PostID, ThreadID: p.ThreadID, SpaceID: p.SpaceID, PersonID: p.named, Thread: title, Seq: e.Seq}
	told, err := noteFollowed(ctx, tx, e, d, list)
	if err != nil || len(told) == 0 {
		return err
	}
	return s.deliver(ctx, tx, e, d, told)
}
