package community

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Acts are what may be done to many reported posts at once: hide them, leave them, or look after them.
var Acts = []string{"hide", "keep", "take"}

// MaxBatch is how many posts one batch takes.
const MaxBatch = 500

// Batch is one act of a moderator on many reported posts.
type Batch struct {
	ID        int64
	PersonID  int64
	Act       string // one of Acts
	Note      string
	CreatedAt time.Time
	DoneAt    time.Time // zero while some wait
	Items     []BatchItem
}

// BatchItem is one of its posts.
type BatchItem struct {
	PostID  int64
	Title   string // of the thread
	Author  string // "" when the account is gone
	Result  string // done, decided, refused, gone, failed; "" while it waits
	Hidden  bool   // as it is now
	Decider string // of the last decision, or ""
}

// Done is how many of the posts were dealt with, whatever came of it.
func (b Batch) Done() (n int) {
	for _, it := range b.Items {
		if it.Result != "" {
			n++
		}
	}
	return n
}

// StartBatch keeps an act on reported posts, which FinishBatches does one by one. It returns Invalids when the act is none,
// or there is no post; posts beyond MaxBatch are left.
func (s *Service) StartBatch(ctx context.Context, actor account.Actor, act, note string, posts []int64) (id int64, err error) {
	if !actor.CanSomewhere(account.Moderate) {
		return 0, account.ErrForbidden
	}
	var wrong account.Invalids
	note = checkNote(&wrong, note)
	slices.Sort(posts)
	if posts = slices.Compact(posts); len(posts) == 0 {
		wrong.Add("post", "moderation.error_none")
	}
	if !slices.Contains(Acts, act) {
		wrong.Add("do", "moderation.error_act")
	}
	if err := wrong.Err(); err != nil {
		return 0, err
	}
	posts = posts[:min(len(posts), MaxBatch)]
	return id, s.inTx(ctx, "start a batch", func(ctx context.Context, tx bun.Tx) error {
		err := tx.NewRaw(`insert into moderation_batch (person_id, act, note, created_at) values (?, ?, ?, ?) returning id`,
			actor.PersonID, act, note, s.now()).Scan(ctx, &id)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `insert into moderation_batch_item (batch_id, post_id) select ?, id from post where id = any(?)`,
			id, pgdialect.Array(posts))
		return err
	})
}

// Batch returns one of the actor's batches as it stands. Those of others aren't found.
func (s *Service) Batch(ctx context.Context, actor account.Actor, id int64) (Batch, error) {
	var b Batch
	err := s.db.NewRaw(`select id, person_id, act, note, created_at, done_at from moderation_batch where id = ? and person_id = ?`,
		id, actor.PersonID).Scan(ctx, &b)
	if err != nil {
		return b, fmt.Errorf("batch %d: %w", id, found(err))
	}
	err = s.db.NewRaw(`select i.post_id, t.title, coalesce(a.name, '') as author, coalesce(i.result, '') as result, p.hidden_at is not null as hidden,
			coalesce((select d.name from post_report r join person d on d.id = r.decided_by where r.post_id = p.id order by r.decided_at desc limit 1), '') as decider
		from moderation_batch_item i join post p on p.id = i.post_id join thread t on t.id = p.thread_id
		left join person a on a.id = p.author_id where i.batch_id = ? order by i.post_id`, id).Scan(ctx, &b.Items)
	if err != nil {
		return b, fmt.Errorf("batch %d: %w", id, err)
	}
	return b, nil
}

// FinishBatches does what is left of all batches, the oldest first.
func (s *Service) FinishBatches(ctx context.Context) error {
	for {
		var ids []int64
		err := s.db.NewRaw(`select id from moderation_batch where done_at is null order by id limit 1`).Scan(ctx, &ids)
		if err != nil || len(ids) == 0 {
			return err
		}
		if more, err := s.Advance(ctx, ids[0], MaxBatch); err != nil || more {
			return err
		}
	}
}

// Advance does up to most of what is left of a batch and tells whether some may still wait. Each post is claimed, dealt with
// and marked in one transaction: a node that dies loses nothing and does nothing twice.
func (s *Service) Advance(ctx context.Context, id int64, most int) (more bool, err error) {
	var b Batch
	err = s.db.NewRaw(`select id, person_id, act, note from moderation_batch where id = ?`, id).Scan(ctx, &b)
	if err != nil {
		return false, fmt.Errorf("batch %d: %w", id, found(err))
	}
	for range most {
		var left bool
		err := s.inTx(ctx, fmt.Sprintf("batch %d", id), func(ctx context.Context, tx bun.Tx) (err error) {
			left, err = s.doItem(ctx, tx, b)
			return err
		})
		if err != nil || !left {
			return false, err
		}
	}
	return true, nil
}

// doItem deals with one post of a batch. It is false when none is left; then the batch is over, once nobody works on it.
func (s *Service) doItem(ctx context.Context, tx bun.Tx, b Batch) (bool, error) {
	var posts []int64
	err := tx.NewRaw(`select post_id from moderation_batch_item where batch_id = ? and result is null order by post_id limit 1
		for update skip locked`, b.ID).Scan(ctx, &posts)
	if err != nil {
		return false, err
	}
	if len(posts) == 0 {
		return false, s.endBatch(ctx, tx, b)
	}
	actor, err := account.New(tx, account.Options{}).ActorOf(ctx, b.PersonID)
	if err != nil {
		return false, err
	}
	result, err := resultOf(New(tx, s.now).act(ctx, actor, b, posts[0])) // in a savepoint: what is refused undoes itself alone
	if err != nil {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `update moderation_batch_item set result = ?, at = ? where batch_id = ? and post_id = ?`, result, s.now(), b.ID, posts[0])
	return true, err
}

func (s *Service) act(ctx context.Context, actor account.Actor, b Batch, postID int64) error {
	if b.Act == "take" {
		return s.Assign(ctx, actor, postID, actor.PersonID)
	}
	return s.DecideReports(ctx, actor, postID, b.Act == "hide", b.Note)
}

// resultOf is what is kept of an act that ended so. What isn't the doing of people is an error: the batch goes on later.
func resultOf(err error) (string, error) {
	var wrong account.Invalid
	switch {
	case err == nil:
		return "done", nil
	case errors.Is(err, account.ErrConflict):
		return "decided", nil
	case errors.Is(err, account.ErrForbidden):
		return "refused", nil
	case errors.Is(err, account.ErrNotFound):
		return "gone", nil
	case errors.As(err, &wrong):
		return "failed", nil
	}
	return "", err
}

// endBatch marks a batch as done, once, and announces it. While another node works on its last post it does nothing.
func (s *Service) endBatch(ctx context.Context, tx bun.Tx, b Batch) error {
	res, err := tx.ExecContext(ctx, `update moderation_batch set done_at = ?0 where id = ?1 and done_at is null
		and not exists (select from moderation_batch_item where batch_id = ?1 and result is null)`, s.now(), b.ID)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return events.Publish(ctx, tx, events.BatchDone{BatchID: b.ID, PersonID: b.PersonID})
}
