package community

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// limit bounds what one person does in a sliding window.
type limit struct {
	times  int
	window time.Duration
}

// The limits, far above what people do and far below what programs do.
var (
	postLimits   = []limit{{6, time.Minute}, {60, time.Hour}}
	reportLimits = []limit{{20, time.Hour}}
)

// admit lets a person write once more, one post at a time: it locks the person's writing, returns the post they already
// sent with this nonce if there is one, or the Held that waits for it, and a TooMany when they write too fast.
func (s *Service) admit(ctx context.Context, tx bun.Tx, actor account.Actor, nonce string) (before Post, err error) {
	if err := lockWriting(ctx, tx, actor.Self()); err != nil {
		return before, err
	}
	if id := nonceOf(nonce); id != nil {
		var known []Post
		err := tx.NewRaw(`select id, thread_id from post where author_id = any(?) and nonce = ?`, pgdialect.Array(actor.Selves()), *id).Scan(ctx, &known)
		if err != nil {
			return before, fmt.Errorf("post of nonce %s: %w", nonce, err)
		}
		if len(known) > 0 {
			return known[0], nil
		}
		err = tx.NewRaw(`select coalesce(max(id), 0) from held_post where author_id = any(?) and nonce = ?`, pgdialect.Array(actor.Selves()), *id).Scan(ctx, &before.Held)
		if err != nil || before.Held != 0 {
			return before, err
		}
	}
	return before, s.pace(ctx, tx, `select at from (select author_id, created_at as at from post union all select author_id, sent_at from held_post where made_id is null) x
		where author_id = any(?) and at > ? order by at desc`, actor.Selves(), postLimits)
}

// lockWriting makes the writings of one person wait for each other.
func lockWriting(ctx context.Context, tx bun.Tx, personID int64) error {
	_, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtextextended('community.writes.' || ?, 0))`, personID)
	if err != nil {
		return fmt.Errorf("lock the writing of person %d: %w", personID, err)
	}
	return nil
}

// pace refuses what goes beyond the limits. query lists the times of what the person did since a moment, the latest first.
func (s *Service) pace(ctx context.Context, tx bun.Tx, query string, people []int64, limits []limit) error {
	now := s.now()
	for _, l := range limits {
		var times []time.Time
		if err := tx.NewRaw(query+" limit ?", pgdialect.Array(people), now.Add(-l.window), l.times).Scan(ctx, &times); err != nil {
			return fmt.Errorf("pace of person %d: %w", people[0], err)
		}
		if len(times) >= l.times {
			return account.TooMany{RetryAfter: times[len(times)-1].Add(l.window).Sub(now)}
		}
	}
	return nil
}
