package community

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Bounds of tags: characters of a name, tags of a thread, tags on a space's own list.
const (
	MaxTag    = 30
	MaxTags   = 5
	MaxListed = 60
)

// Tag is what threads of a space are marked with, so that those about one thing are found together.
type Tag struct {
	ID      int64
	SpaceID int64
	Name    string // in whatever language
	Listed  bool   // on the space's own list; else only moderators give it
	Threads int    // that its readers see; counted by Tags alone
}

const tagColumns = `g.id, g.space_id, g.name, g.listed`

// Tags lists the tags of a space for somebody who may read it: its own list and what else its threads are marked with, by
// name. It returns account.ErrForbidden or account.ErrNotFound for a space that the actor can't read.
func (s *Service) Tags(ctx context.Context, actor account.Actor, spaceID int64) ([]Tag, error) {
	if _, err := readable(ctx, s.db, actor, spaceID); err != nil {
		return nil, fmt.Errorf("tags of space %d: %w", spaceID, err)
	}
	var all []Tag
	err := s.db.NewRaw(`select `+tagColumns+`, count(t.id) as threads from tag g left join thread_tag x on x.tag_id = g.id
		left join thread t on t.id = x.thread_id and t.deleted_at is null and not t.hidden
		where g.space_id = ? group by g.id having g.listed or count(t.id) > 0 order by g.folded, g.id`, spaceID).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("tags of space %d: %w", spaceID, err)
	}
	return all, nil
}

// TagsOf are the tags of a thread, by name, whoever asks.
func TagsOf(ctx context.Context, db bun.IDB, threadID int64) ([]Tag, error) {
	all, err := tagsOf(ctx, db, []int64{threadID})
	return all[threadID], err
}

func tagsOf(ctx context.Context, db bun.IDB, threads []int64) (map[int64][]Tag, error) {
	var rows []struct {
		ThreadID int64
		Tag
	}
	err := db.NewRaw(`select x.thread_id, `+tagColumns+` from thread_tag x join tag g on g.id = x.tag_id
		where x.thread_id = any(?) order by g.folded, g.id`, pgdialect.Array(threads)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("tags of threads: %w", err)
	}
	all := map[int64][]Tag{}
	for _, r := range rows {
		all[r.ThreadID] = append(all[r.ThreadID], r.Tag)
	}
	return all, nil
}

// addTags says of each row of a list what it is marked with.
func addTags(ctx context.Context, db bun.IDB, rows []Row) error {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	all, err := tagsOf(ctx, db, ids)
	for i := range rows {
		rows[i].Tags = all[rows[i].ID]
	}
	return err
}

// MayTag tells whether somebody may mark a thread: who opened it and who moderates its space.
func MayTag(actor account.Actor, t Thread, moderates bool) bool {
	return actor.SignedIn() && (moderates || actor.Is(t.AuthorID))
}

// TagThread marks a thread with the given names and no others. Who opened it chooses from the space's own list, and keeps or
// removes what moderators added; who moderates the space may give any name. It returns account.Invalids about "tags".
func (s *Service) TagThread(ctx context.Context, actor account.Actor, threadID int64, names []string) error {
	return s.inTx(ctx, "tag a thread", func(ctx context.Context, tx bun.Tx) error {
		t, err := lockThread(ctx, tx, threadID)
		if err != nil {
			return err
		}
		sp, err := s.see(ctx, tx, actor, t)
		if err != nil {
			return err
		}
		moderates := actor.Can(account.Moderate, t.under(sp))
		switch {
		case t.InCircle(): // tags are of a forum
			return account.ErrForbidden
		case !actor.SignedIn():
			return account.ErrSignInRequired
		case !MayTag(actor, t, moderates):
			return account.ErrForbidden
		}
		has, err := TagsOf(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		tags, err := chooseTags(ctx, tx, t.SpaceID, names, moderates, has)
		if err != nil || slices.Equal(tags, has) {
			return err
		}
		if err := setTags(ctx, tx, t.ID, tags); err != nil {
			return err
		}
		return events.Publish(ctx, tx, events.ThreadTagged{ThreadID: t.ID, SpaceID: t.saidIn(), By: actor.Speaking(t.AuthorID).PersonID})
	})
}

// startTags marks a thread that was just opened.
func startTags(ctx context.Context, tx bun.Tx, actor account.Actor, n NewThread, threadID int64) error {
	if len(n.Tags) == 0 {
		return nil
	}
	sp, err := account.FindSpace(ctx, tx, n.SpaceID)
	if err != nil {
		return err
	}
	tags, err := chooseTags(ctx, tx, n.SpaceID, n.Tags, actor.Can(account.Moderate, sp.Scope()), nil)
	if err != nil {
		return err
	}
	return setTags(ctx, tx, threadID, tags)
}

// knownTags refuses tags that aren't on a space's own list, of a thread that isn't opened yet.
func knownTags(ctx context.Context, tx bun.Tx, n NewThread) error {
	_, err := chooseTags(ctx, tx, n.SpaceID, n.Tags, false, nil)
	return err
}

// chooseTags finds the tags of a space by their names, in order, each once. Those unknown are made when free; else, unless the
// thread has them already, they are refused.
func chooseTags(ctx context.Context, tx bun.Tx, spaceID int64, names []string, free bool, has []Tag) ([]Tag, error) {
	var wrong account.Invalids
	var tags []Tag
	for _, name := range names {
		if name = tidyLine(name); account.Fold(name) == "" {
			continue
		}
		if utf8.RuneCountInString(name) > MaxTag {
			wrong.Add("tags", "forum.error_long", "Max", MaxTag)
			break
		}
		g, err := findTag(ctx, tx, spaceID, name, free)
		if err != nil {
			return nil, err
		}
		if g.ID == 0 || !free && !g.Listed && !slices.Contains(has, g) {
			wrong.Add("tags", "talk.error_tag", "Name", name)
			break
		}
		if !slices.Contains(tags, g) {
			tags = append(tags, g)
		}
	}
	if len(tags) > MaxTags {
		wrong.Add("tags", "talk.error_tags", "Max", MaxTags)
	}
	slices.SortFunc(tags, func(a, b Tag) int { return strings.Compare(account.Fold(a.Name), account.Fold(b.Name)) })
	return tags, wrong.Err()
}

// findTag returns a tag of a space by its name, whatever its case and accents; made when it lacks and make is set, else with
// the id 0.
func findTag(ctx context.Context, tx bun.Tx, spaceID int64, name string, make bool) (g Tag, err error) {
	var known []Tag
	if make {
		_, err = tx.ExecContext(ctx, `insert into tag (space_id, name, folded, listed) values (?, ?, ?, false) on conflict do nothing`,
			spaceID, name, account.Fold(name))
	}
	if err == nil {
		err = tx.NewRaw(`select `+tagColumns+` from tag g where space_id = ? and folded = ?`, spaceID, account.Fold(name)).Scan(ctx, &known)
	}
	if err != nil {
		return g, fmt.Errorf("tag %q of space %d: %w", name, spaceID, err)
	}
	if len(known) == 0 {
		return g, nil
	}
	return known[0], nil
}

func setTags(ctx context.Context, tx bun.Tx, threadID int64, tags []Tag) error {
	ids := make([]int64, len(tags))
	for i, g := range tags {
		ids[i] = g.ID
	}
	_, err := tx.ExecContext(ctx, `delete from thread_tag where thread_id = ? and not tag_id = any(?)`, threadID, pgdialect.Array(ids))
	if err == nil {
		_, err = tx.ExecContext(ctx, `insert into thread_tag (thread_id, tag_id) select ?, unnest(?::bigint[]) on conflict do nothing`,
			threadID, pgdialect.Array(ids))
	}
	if err != nil {
		return fmt.Errorf("tags of thread %d: %w", threadID, err)
	}
	return nil
}

// Tag returns a tag for somebody who may read its space.
func (s *Service) Tag(ctx context.Context, actor account.Actor, id int64) (g Tag, err error) {
	if err = s.db.NewRaw(`select `+tagColumns+` from tag g where id = ?`, id).Scan(ctx, &g); err != nil {
		return g, fmt.Errorf("tag %d: %w", id, found(err))
	}
	if _, err = readable(ctx, s.db, actor, g.SpaceID); err != nil {
		return Tag{}, fmt.Errorf("tag %d: %w", id, err)
	}
	return g, nil
}
