package notify

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/events"
)

// ofThanks tells who wrote a post that somebody thanks them for it, in the pages alone. Each thank is a notification of its own,
// so that one heard twice is told once; the pages gather those of a post into one line until it is read. Whoever takes their
// thanks back before that leaves the line; whoever did after it, and thanks again, is no news.
func (s *Service) ofThanks(ctx context.Context, tx bun.Tx, e events.Event) ([]notice, error) {
	p, err := events.Decode[events.PostThanked](e)
	if err != nil || p.AuthorID == 0 || p.AuthorID == p.PersonID {
		return nil, err
	}
	author, err := behind(ctx, tx, []int64{p.AuthorID})
	if err != nil {
		return nil, err
	}
	p.AuthorID = author[0]
	if last, err := lastWord(ctx, tx, p, e.Seq); err != nil || !last {
		return nil, err
	}
	if !p.Thanks {
		return nil, takeBack(ctx, tx, p)
	}
	var silent bool
	err = tx.NewRaw(`select exists (select from notification where `+thanksOf+`) or exists (select from attention where person_id = ?0 and unthanked)`,
		p.AuthorID, p.PostID, p.PersonID).Scan(ctx, &silent)
	if err != nil {
		return nil, fmt.Errorf("thanks for post %d: %w", p.PostID, err)
	}
	if silent {
		return nil, nil
	}
	// The thread stays out of it: unread thanks keep no mail about their thread from leaving.
	return s.readable(ctx, tx, []notice{{to: p.AuthorID, kind: PostThanked, data: Data{PostID: p.PostID, PersonID: p.PersonID}, posted: true}})
}

// takeBack removes what its author was told of somebody's thanks for a post, unless they read it.
func takeBack(ctx context.Context, tx bun.Tx, p events.PostThanked) error {
	var ids []int64
	err := tx.NewRaw(`delete from notification where read_at is null and `+thanksOf+` returning id`, p.AuthorID, p.PostID, p.PersonID).Scan(ctx, &ids)
	if err != nil {
		return fmt.Errorf("take back thanks for post %d: %w", p.PostID, err)
	}
	for _, id := range ids {
		if err := events.Publish(ctx, tx, events.NotificationWithdrawn{PersonID: p.AuthorID, NotificationID: id}); err != nil {
			return err
		}
	}
	return nil
}

// thanksOf are the notifications to person ?0, for post ?1, of the thanks of person ?2: one at most.
const thanksOf = `person_id = ?0 and kind = 'post_thanked' and (data->>'post_id')::bigint = ?1 and (data->>'person_id')::bigint = ?2`

// lastWord notes that the thanks of somebody for a post changed, and tells whether nothing later was heard of them. Until the
// transaction ends, nothing else is.
func lastWord(ctx context.Context, tx bun.Tx, p events.PostThanked, seq int64) (bool, error) {
	result, err := tx.ExecContext(ctx, `insert into thanked as t (post_id, person_id, seq) select ?, id, ? from person where id = ?
		on conflict (post_id, person_id) do update set seq = excluded.seq where t.seq < excluded.seq`, p.PostID, seq, p.PersonID)
	if err != nil {
		return false, fmt.Errorf("thanks of person %d for post %d: %w", p.PersonID, p.PostID, err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
