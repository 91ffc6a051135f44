package community

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Move takes a thread to another space. It needs Moderate over both. Its posts and their addresses stay, and so do its tags;
// what was contributed counts where it was written. Moving it to where it is changes nothing.
func (s *Service) Move(ctx context.Context, actor account.Actor, threadID, spaceID int64) error {
	return s.inTx(ctx, "move a thread", func(ctx context.Context, tx bun.Tx) error {
		t, err := s.lockModerated(ctx, tx, actor, threadID)
		if err != nil {
			return err
		}
		to, err := readable(ctx, tx, actor, spaceID)
		if err != nil {
			return err
		}
		if err := moderates(actor, to.Scope()); err != nil || t.SpaceID == to.ID {
			return err
		}
		if err := changeSpace(ctx, tx, t, to.ID); err != nil {
			return err
		}
		return events.Publish(ctx, tx, events.ThreadMoved{ThreadID: t.ID, SpaceID: t.SpaceID, ToThread: t.ID, ToSpace: to.ID, State: "moved",
			By: actor.PersonID})
	})
}

// changeSpace keeps of each post in which space it was written, and gives the thread the tags of the same names there.
func changeSpace(ctx context.Context, tx bun.Tx, t Thread, to int64) error {
	has, err := TagsOf(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	if err := keepSpace(ctx, tx, t, to); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `update thread set space_id = ?, pinned_at = null where id = ?`, to, t.ID); err != nil {
		return fmt.Errorf("thread %d: %w", t.ID, err)
	}
	return carryTags(ctx, tx, t.ID, to, nil, has)
}

// keepSpace notes on the posts of a thread that go to a space where each was written; those that come home need no note.
func keepSpace(ctx context.Context, tx bun.Tx, t Thread, to int64) error {
	_, err := tx.NewRaw(`update post set written_in = nullif(coalesce(written_in, ?1), ?2) where thread_id = ?0`, t.ID, t.SpaceID, to).Exec(ctx)
	if err != nil {
		return fmt.Errorf("where the posts of thread %d were written: %w", t.ID, err)
	}
	return nil
}

// carryTags marks a thread with what it has there already and then, as far as there is place, with tags of another space.
func carryTags(ctx context.Context, tx bun.Tx, threadID, spaceID int64, has, more []Tag) error {
	tags := has
	for _, m := range more {
		if len(tags) >= MaxTags {
			break
		}
		g, err := findTag(ctx, tx, spaceID, m.Name, true)
		if err != nil {
			return err
		}
		if !containsTag(tags, g.ID) {
			tags = append(tags, g)
		}
	}
	return setTags(ctx, tx, threadID, tags)
}

func containsTag(tags []Tag, id int64) bool {
	for _, g := range tags {
		if g.ID == id {
			return true
		}
	}
	return false
}

// Merge puts the posts of two threads in one, by their age: the younger thread goes into the older, whose title, kind and space
// stay. It returns the older. It needs Moderate over both spaces, and account.Invalid about "other" refuses what isn't two
// threads, and one that is hidden with one that isn't. The address of the younger leads to the older, and what a person hadn't
// read of either stays unread.
func (s *Service) Merge(ctx context.Context, actor account.Actor, threadID, otherID int64) (Thread, error) {
	var into Thread
	err := s.inTx(ctx, "merge threads", func(ctx context.Context, tx bun.Tx) error {
		a, b, err := s.lockBoth(ctx, tx, actor, threadID, otherID)
		if err != nil {
			return err
		}
		to, from, err := older(ctx, tx, a, b)
		if err != nil {
			return err
		}
		if from.Hidden != to.Hidden {
			return account.Invalid{Field: "other", Key: "talk.error_merge_hidden"}
		}
		into = to
		return s.merge(ctx, tx, actor, from, to)
	})
	return into, err
}

// lockModerated locks a thread that the actor moderates, to put its posts elsewhere.
func (s *Service) lockModerated(ctx context.Context, tx bun.Tx, actor account.Actor, id int64) (Thread, error) {
	t, err := lockThread(ctx, tx, id)
	if err == nil {
		err = s.mayModerate(ctx, tx, actor, t)
	}
	if err == nil && t.InCircle() { // what was said among few isn't for others
		err = account.ErrForbidden
	}
	return t, err
}

// lockBoth locks two threads that the actor moderates, in the order of their ids.
func (s *Service) lockBoth(ctx context.Context, tx bun.Tx, actor account.Actor, a, b int64) (first, second Thread, err error) {
	if a == b {
		return first, second, account.Invalid{Field: "other", Key: "talk.error_merge"}
	}
	if first, err = s.lockModerated(ctx, tx, actor, min(a, b)); err == nil {
		second, err = s.lockModerated(ctx, tx, actor, max(a, b))
	}
	return first, second, err
}

// older puts the thread whose opening came first first, so that the opening of both is the first of their posts.
func older(ctx context.Context, tx bun.Tx, a, b Thread) (Thread, Thread, error) {
	var first int64
	err := tx.NewRaw(`select thread_id from post where thread_id in (?, ?) and opening order by id limit 1`, a.ID, b.ID).Scan(ctx, &first)
	if first == b.ID {
		a, b = b, a
	}
	return a, b, err
}

func (s *Service) merge(ctx context.Context, tx bun.Tx, actor account.Actor, from, to Thread) error {
	has, err := tagsOf(ctx, tx, []int64{from.ID, to.ID})
	if err != nil {
		return err
	}
	if err := joinReading(ctx, tx, from, to); err != nil {
		return err
	}
	if err := keepSpace(ctx, tx, from, to.SpaceID); err != nil {
		return err
	}
	for _, change := range []string{
		`update post set thread_id = ?1, opening = false, written_as = case when opening then nullif(coalesce(written_as, 'thread'), 'reply')
			else written_as end where thread_id = ?0`,
		`delete from experience where thread_id = ?0`,
		`update draft d set subject_id = ?1 where kind = 'reply' and subject_id = ?0 and not exists (select from draft o
			where o.person_id = d.person_id and o.kind = d.kind and o.subject_id = ?1 and o.device = d.device)`,
		`delete from thread_tag where thread_id = ?0`,
		`delete from thread_read where thread_id = ?0`,
		`update thread set merged_into = ?1 where merged_into = ?0`,
		`update thread set split_from = nullif(?1, id) where split_from = ?0`,
		`update thread set merged_into = ?1, deleted_at = ?2, replies = 0, last_post_id = null, solved = false, accepted_id = null,
			split_from = null, pinned_at = null where id = ?0`,
	} {
		if _, err := tx.NewRaw(change, from.ID, to.ID, s.now()).Exec(ctx); err != nil {
			return fmt.Errorf("merge thread %d into %d: %w", from.ID, to.ID, err)
		}
	}
	if err := carryTags(ctx, tx, to.ID, to.SpaceID, has[to.ID], has[from.ID]); err != nil {
		return err
	}
	if err := recount(ctx, tx, to.ID); err != nil {
		return err
	}
	return events.Publish(ctx, tx, events.ThreadMoved{ThreadID: from.ID, SpaceID: from.SpaceID, ToThread: to.ID, ToSpace: to.SpaceID,
		State: "merged", By: actor.PersonID})
}

// joinReading sets how far each reader of either thread has read both together: up to before the first post that was still new
// to them in one of them. To a reader of one only, what the other had said before they entered its space is old.
func joinReading(ctx context.Context, tx bun.Tx, from, to Thread) error {
	_, err := tx.NewRaw(`insert into thread_read (person_id, thread_id, post_id, at)
		select r.person_id, ?1, coalesce((select max(p.id) from post p where p.thread_id in (?0, ?1) and p.id < coalesce(
			(select min(u.id) from post u left join thread_read x on x.thread_id = u.thread_id and x.person_id = r.person_id
				left join space_member m on m.person_id = r.person_id and m.space_id = case when u.thread_id = ?0 then ?2::bigint else ?3::bigint end
				where u.thread_id in (?0, ?1) and u.id > coalesce(x.post_id, 0) and (x.post_id is not null or u.created_at > m.since)
					and coalesce(u.author_id, 0) not in (select id from person where id = r.person_id or mask_of = r.person_id)),
			9223372036854775807)), 0), max(r.at)
		from thread_read r where r.thread_id in (?0, ?1) group by r.person_id
		on conflict (person_id, thread_id) do update set post_id = excluded.post_id`, from.ID, to.ID, from.SpaceID, to.SpaceID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("reading of threads %d and %d: %w", from.ID, to.ID, err)
	}
	return nil
}

// Archive takes a thread out of the lists of its space and ends what can be written in it, or brings it back. It is read and
// found still. It needs Moderate over the space.
func (s *Service) Archive(ctx context.Context, actor account.Actor, threadID int64, archived bool) error {
	return s.change(ctx, actor, threadID, func(t *Thread) {
		if t.ArchivedAt = s.since(t.ArchivedAt, archived); archived {
			t.PinnedAt = time.Time{}
		}
	})
}

// MovedTo is the thread that has the posts of one that was merged, for somebody who may read it; else account.ErrNotFound.
func (s *Service) MovedTo(ctx context.Context, actor account.Actor, threadID int64) (int64, error) {
	t, err := findThread(ctx, s.db, threadID)
	if err != nil {
		return 0, err
	}
	if t.MergedInto == 0 {
		return 0, fmt.Errorf("thread %d: %w", threadID, account.ErrNotFound)
	}
	to, err := findThread(ctx, s.db, t.MergedInto)
	if err != nil {
		return 0, err
	}
	if _, err := s.see(ctx, s.db, actor, to); err != nil {
		return 0, fmt.Errorf("thread %d: %w", threadID, account.ErrNotFound)
	}
	return to.ID, nil
}

// Parted is a thread that some posts went to, or came from.
type Parted struct {
	ID    int64
	Title string
}

// parts are the threads that were split off a thread, and the one it was split off, as far as the actor may read them.
func (s *Service) parts(ctx context.Context, actor account.Actor, t Thread) (from *Parted, off []Parted, err error) {
	var ids []int64
	err = s.db.NewRaw(`select id from thread where deleted_at is null and (split_from = ?0 or id = (select split_from from thread where id = ?0))
		order by id limit 20`, t.ID).Scan(ctx, &ids)
	if err != nil || len(ids) == 0 {
		return nil, nil, err
	}
	var threads []Thread
	err = s.db.NewRaw(`select `+threadColumns+answerColumns+` from thread where id = any(?) order by id`, pgdialect.Array(ids)).Scan(ctx, &threads)
	if err != nil {
		return nil, nil, err
	}
	for _, other := range threads {
		if _, refused := s.see(ctx, s.db, actor, other); refused != nil {
			continue
		}
		if other.SplitFrom == t.ID {
			off = append(off, Parted{other.ID, other.Title})
		} else {
			from = &Parted{other.ID, other.Title}
		}
	}
	return from, off, nil
}
