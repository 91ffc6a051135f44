package notify

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"
)

// recheck looks again, as a mail is about to leave, at the news of followed discussions that it carries: what is gone since
// it was queued, or was seen in the pages, leaves it. It returns false, with the mail dropped, when nothing is left.
func (s *Sender) recheck(ctx context.Context, r *row) (left bool, err error) {
	if TopicOf(r.Kind) != AboutReplies || s.talk == nil {
		return true, nil
	}
	left = true
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var items []item
		err := tx.NewRaw(itemsOf+`n.letter = ? and n.delivery in ('mail', 'digest') order by n.post_id, n.id for update of n`, r.Key).Scan(ctx, &items)
		if err != nil || len(items) == 0 { // none: a letter that carries no news of this kind
			return err
		}
		var how deliveries
		kept, err := still(ctx, tx, s.talk, items, &how)
		if err != nil || len(how.ids) == 0 {
			return err
		}
		if err := how.keep(ctx, tx); err != nil {
			return err
		}
		if left = len(kept) > 0; !left {
			return s.drop(ctx, tx, r)
		}
		return shorten(ctx, tx, r, kept)
	})
	if err != nil {
		return false, fmt.Errorf("what a mail still tells: %w", err)
	}
	return left, nil
}

// shorten writes a digest anew from what is left of it.
func shorten(ctx context.Context, tx bun.Tx, r *row, kept []item) error {
	names, err := spaceNames(ctx, tx, kept)
	if err != nil {
		return err
	}
	r.Data = digestOf(kept, names)
	data, err := json.Marshal(r.Data)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "update mail set data = ? where id = ? and attempts = ? and state = 'queued'", string(data), r.ID, r.Attempts)
	return err
}

func (s *Sender) drop(ctx context.Context, tx bun.Tx, r *row) error {
	_, err := tx.ExecContext(ctx, "update mail set state = ?, done_at = ? where id = ? and attempts = ? and state = 'queued'",
		MailDropped, s.now(), r.ID, r.Attempts)
	return err
}

// still keeps the items that are news to their reader, and notes of the others what became of them. Each has its thread's
// title of today.
func still(ctx context.Context, tx bun.Tx, talk Talk, items []item, how *deliveries) ([]item, error) {
	r := reading{talk: talk, open: map[int64]titled{}}
	kept := items[:0]
	for _, it := range items {
		if it.Read {
			how.add(it.ID, seen, "")
			continue
		}
		title, ok, err := r.may(ctx, tx, it.PersonID, it.Data.PostID)
		if err != nil {
			return nil, err
		}
		if !ok {
			how.add(it.ID, gone, "")
			continue
		}
		it.Data.Thread = title
		kept = append(kept, it)
	}
	return kept, nil
}

// reading asks who may read what; of posts that everybody may read, once.
type reading struct {
	talk Talk
	open map[int64]titled
}

type titled struct {
	title string
	ok    bool
}

func (r reading) may(ctx context.Context, tx bun.Tx, personID, postID int64) (title string, ok bool, err error) {
	if r.talk == nil {
		return "", false, nil
	}
	all, asked := r.open[postID]
	if !asked {
		if all.title, all.ok, err = r.talk(ctx, tx, 0, postID); err != nil {
			return "", false, fmt.Errorf("post %d: %w", postID, err)
		}
		r.open[postID] = all
	}
	if all.ok {
		return all.title, true, nil
	}
	title, ok, err = r.talk(ctx, tx, personID, postID)
	if err != nil {
		return "", false, fmt.Errorf("post %d for person %d: %w", postID, personID, err)
	}
	return title, ok, nil
}
