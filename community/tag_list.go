package community

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// ListTag puts a name on a space's own list of tags; one that moderators had given freely is taken from there. It needs
// Moderate over the space, and returns account.Invalids about "name". Doing it twice is doing it once.
func (s *Service) ListTag(ctx context.Context, actor account.Actor, spaceID int64, name string) error {
	var wrong account.Invalids
	name = checkTag(&wrong, name)
	return s.inTx(ctx, "list a tag", func(ctx context.Context, tx bun.Tx) error {
		if err := lockTags(ctx, tx, actor, spaceID); err != nil {
			return err
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		var listed int
		if err := tx.NewRaw(`select count(*) from tag where space_id = ? and listed`, spaceID).Scan(ctx, &listed); err != nil {
			return err
		}
		if listed >= MaxListed {
			return account.Invalid{Field: "name", Key: "talk.error_listed", Args: map[string]any{"Max": MaxListed}}
		}
		_, err := tx.ExecContext(ctx, `insert into tag (space_id, name, folded, listed) values (?, ?, ?, true)
			on conflict (space_id, folded) do update set listed = true`, spaceID, name, account.Fold(name))
		if err != nil {
			return err
		}
		return events.Publish(ctx, tx, events.TagChanged{SpaceID: spaceID, Name: name, State: "listed", By: actor.PersonID})
	})
}

// RenameTag writes a tag otherwise, on all its threads. It needs Moderate over its space, and returns account.Invalids about
// "name", also when the space has another of that name.
func (s *Service) RenameTag(ctx context.Context, actor account.Actor, tagID int64, name string) error {
	var wrong account.Invalids
	name = checkTag(&wrong, name)
	return s.onTag(ctx, actor, tagID, func(ctx context.Context, tx bun.Tx, g Tag) error {
		if err := wrong.Err(); err != nil || name == g.Name {
			return err
		}
		other, err := findTag(ctx, tx, g.SpaceID, name, false)
		if err != nil {
			return err
		}
		if other.ID != 0 && other.ID != g.ID {
			return account.Invalid{Field: "name", Key: "talk.error_tag_known"}
		}
		if _, err := tx.ExecContext(ctx, `update tag set name = ?, folded = ? where id = ?`, name, account.Fold(name), g.ID); err != nil {
			return err
		}
		return tellTag(ctx, tx, actor, g, events.TagChanged{SpaceID: g.SpaceID, Name: name, State: "renamed"})
	})
}

// DropTag takes a tag off its space's list and off all threads. It needs Moderate over the space.
func (s *Service) DropTag(ctx context.Context, actor account.Actor, tagID int64) error {
	return s.onTag(ctx, actor, tagID, func(ctx context.Context, tx bun.Tx, g Tag) error {
		if err := tellTag(ctx, tx, actor, g, events.TagChanged{SpaceID: g.SpaceID, Name: g.Name, State: "dropped"}); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `delete from tag where id = ?`, g.ID)
		return err
	})
}

// onTag runs f in a transaction that holds the tags of a space which the actor moderates.
func (s *Service) onTag(ctx context.Context, actor account.Actor, tagID int64, f func(context.Context, bun.Tx, Tag) error) error {
	return s.inTx(ctx, fmt.Sprintf("change tag %d", tagID), func(ctx context.Context, tx bun.Tx) error {
		var g Tag
		if err := tx.NewRaw(`select `+tagColumns+` from tag g where id = ?`, tagID).Scan(ctx, &g); err != nil {
			return found(err)
		}
		if err := lockTags(ctx, tx, actor, g.SpaceID); err != nil {
			return err
		}
		if err := tx.NewRaw(`select `+tagColumns+` from tag g where id = ? for update`, tagID).Scan(ctx, &g); err != nil {
			return found(err)
		}
		return f(ctx, tx, g)
	})
}

// lockTags makes the changes to a space's list wait for each other, and refuses those who don't moderate it.
func lockTags(ctx context.Context, tx bun.Tx, actor account.Actor, spaceID int64) error {
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtextextended('community.tags.' || ?, 0))`, spaceID); err != nil {
		return fmt.Errorf("lock the tags of space %d: %w", spaceID, err)
	}
	sp, err := readable(ctx, tx, actor, spaceID)
	if err != nil {
		return err
	}
	return moderates(actor, sp.Scope())
}

// tellTag announces a change of a tag, and that each of its threads says something else.
func tellTag(ctx context.Context, tx bun.Tx, actor account.Actor, g Tag, p events.TagChanged) error {
	var threads []int64
	if err := tx.NewRaw(`select thread_id from thread_tag where tag_id = ? order by 1`, g.ID).Scan(ctx, &threads); err != nil {
		return err
	}
	p.By = actor.PersonID
	news := []events.Payload{p}
	for _, id := range threads {
		news = append(news, events.ThreadTagged{ThreadID: id, SpaceID: g.SpaceID, By: actor.PersonID})
	}
	return events.PublishAll(ctx, tx, news)
}

func checkTag(wrong *account.Invalids, name string) string {
	name = tidyLine(name)
	switch {
	case account.Fold(name) == "":
		wrong.Add("name", "talk.error_tag_blank")
	case utf8.RuneCountInString(name) > MaxTag:
		wrong.Add("name", "forum.error_long", "Max", MaxTag)
	}
	return name
}
