package notify

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// hearMoved lets what people follow, and what they were told, go with the posts that a moderator merged into another thread or
// split off into a new one. A thread that goes to another space keeps its followers.
func (s *Service) hearMoved(ctx context.Context, tx bun.Tx, e events.Event) error {
	p, err := events.Decode[events.ThreadMoved](e)
	if err != nil {
		return err
	}
	authors, err := behind(ctx, tx, p.Authors)
	if err != nil {
		return err
	}
	var changes []string
	switch p.State {
	case "merged":
		// Watching either is watching both; a mute of the one doesn't silence the other.
		changes = []string{`insert into follow as f (person_id, subject, subject_id, level, part_seq, changed_at)
			select person_id, subject, ?1, level, part_seq, changed_at from follow where subject = 'thread' and subject_id = ?0
			on conflict (person_id, subject, subject_id) do update set part_seq = least(f.part_seq, excluded.part_seq),
				level = case when f.level is null and excluded.level = 'watch' then 'watch' else f.level end`,
			`delete from follow where subject = 'thread' and subject_id = ?0`,
			`update notification set thread_id = ?1 where thread_id = ?0`}
	case "split":
		// What people chose of the old holds for the new; who wrote what went there takes part in it.
		changes = []string{`insert into follow (person_id, subject, subject_id, level, part_seq, changed_at)
			select person_id, subject, ?1, level, case when person_id = any(?3) then part_seq end, changed_at from follow
			where subject = 'thread' and subject_id = ?0 and (level is not null or person_id = any(?3))
			on conflict (person_id, subject, subject_id) do nothing`,
			`update notification set thread_id = ?1 where thread_id = ?0 and post_id = any(?2)`}
	}
	for _, change := range changes {
		_, err := tx.NewRaw(change, p.ThreadID, p.ToThread, pgdialect.Array(p.Posts), pgdialect.Array(authors)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("follow thread %d to %d: %w", p.ThreadID, p.ToThread, err)
		}
	}
	return nil
}
