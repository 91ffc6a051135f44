package community

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// The bounds of a Guard.
const (
	MaxFirstPosts  = 20
	MaxSlowMinutes = 24 * 60
	MaxGuardWords  = 4000 // characters of the list
)

// Guard says what of a space's forum waits for a moderator before others see it, and how often one may write there. Those
// who moderate the space are exempt.
type Guard struct {
	FirstPosts  int    // of each person here, that wait; 0 for none
	SlowMinutes int    // between two posts of one person here; 0 for none
	Words       string // words and phrases, one a line: what says one of them waits
	Suspect     bool   // what looks like spam waits
	Version     int    // counts edits; 0 for the defaults
}

// guardOf is the guard of a space: the defaults until somebody sets another.
func guardOf(ctx context.Context, db bun.IDB, spaceID int64) (Guard, error) {
	var rows []Guard
	err := db.NewRaw(`select first_posts, slow_minutes, words, suspect, version from space_guard where space_id = ?`, spaceID).Scan(ctx, &rows)
	if err != nil {
		return Guard{}, fmt.Errorf("guard of space %d: %w", spaceID, err)
	}
	if len(rows) == 0 {
		return Guard{Suspect: true}, nil
	}
	return rows[0], nil
}

// Guard returns the guard of a space to those who moderate it.
func (s *Service) Guard(ctx context.Context, actor account.Actor, spaceID int64) (Guard, error) {
	sp, err := readable(ctx, s.db, actor, spaceID)
	if err == nil {
		err = moderates(actor, sp.Scope())
	}
	if err != nil {
		return Guard{}, fmt.Errorf("guard of space %d: %w", spaceID, err)
	}
	return guardOf(ctx, s.db, spaceID)
}

// SetGuard changes the guard of a space; what waits already goes on waiting. It needs Moderate over the space and returns
// account.ErrStale when somebody else changed it since g.Version.
func (s *Service) SetGuard(ctx context.Context, actor account.Actor, spaceID int64, g Guard) error {
	var wrong account.Invalids
	g.check(&wrong)
	return s.inTx(ctx, "set a guard", func(ctx context.Context, tx bun.Tx) error {
		sp, err := readable(ctx, tx, actor, spaceID)
		if err == nil {
			err = moderates(actor, sp.Scope())
		}
		if err == nil {
			err = wrong.Err()
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `select from space where id = ? for no key update`, spaceID); err != nil {
			return err
		}
		was, err := guardOf(ctx, tx, spaceID)
		switch {
		case err != nil:
			return err
		case was.Version != g.Version:
			return account.ErrStale
		case was == g:
			return nil
		}
		_, err = tx.ExecContext(ctx, `insert into space_guard (space_id, first_posts, slow_minutes, words, suspect) values (?0, ?1, ?2, ?3, ?4)
			on conflict (space_id) do update set first_posts = ?1, slow_minutes = ?2, words = ?3, suspect = ?4, version = space_guard.version + 1`,
			spaceID, g.FirstPosts, g.SlowMinutes, g.Words, g.Suspect)
		if err != nil {
			return err
		}
		return events.Publish(ctx, tx, events.GuardChanged{SpaceID: spaceID, By: actor.PersonID})
	})
}

// check puts a guard as it is kept, and notes what is wrong with it.
func (g *Guard) check(wrong *account.Invalids) {
	if g.FirstPosts < 0 || g.FirstPosts > MaxFirstPosts {
		wrong.Add("first", "guard.error_first", "Max", MaxFirstPosts)
	}
	checkSlow(wrong, g.SlowMinutes)
	var lines []string
	for _, line := range strings.Split(tidyText(g.Words), "\n") {
		if line = tidyLine(line); account.Fold(line) != "" {
			lines = append(lines, line)
		}
	}
	if g.Words = strings.Join(lines, "\n"); utf8.RuneCountInString(g.Words) > MaxGuardWords {
		wrong.Add("words", "forum.error_long", "Max", MaxGuardWords)
	}
}

func checkSlow(wrong *account.Invalids, minutes int) {
	if minutes < 0 || minutes > MaxSlowMinutes {
		wrong.Add("slow", "guard.error_slow_minutes", "Max", MaxSlowMinutes)
	}
}

// Slow has everybody but those who moderate wait between two posts of theirs in a thread; 0 ends it. It needs Moderate over
// the space.
func (s *Service) Slow(ctx context.Context, actor account.Actor, threadID int64, minutes int) error {
	var wrong account.Invalids
	if checkSlow(&wrong, minutes); wrong != nil {
		return wrong
	}
	return s.change(ctx, actor, threadID, func(t *Thread) { t.SlowMinutes = minutes })
}

// heedSlow refuses what comes too soon after the actor's last post in a space, or in its thread t: an account.Invalid that
// says how many minutes are left. The caller holds the lock of the actor's writing.
func (s *Service) heedSlow(ctx context.Context, tx bun.Tx, actor account.Actor, sp account.Space, t Thread) error {
	if actor.Can(account.Moderate, t.under(sp)) {
		return nil
	}
	g, err := guardOf(ctx, tx, sp.ID)
	if t.InCircle() { // what holds in a space's forum doesn't hold among the participants of a seminar
		g = Guard{}
	}
	if err != nil || g.SlowMinutes == 0 && t.SlowMinutes == 0 {
		return err
	}
	var last struct{ Here, There time.Time }
	err = tx.NewRaw(`select coalesce(max(at), '0001-01-01Z') as here, coalesce(max(at) filter (where thread_id = ?2), '0001-01-01Z') as there
		from (select p.created_at as at, p.thread_id from post p join thread x on x.id = p.thread_id
				where p.author_id = any(?0) and p.created_at > ?3 and coalesce(p.written_in, x.space_id) = ?1
			union all select sent_at, coalesce(thread_id, 0) from held_post where author_id = any(?0) and sent_at > ?3 and space_id = ?1 and kind <> 'edit') x`,
		pgdialect.Array(actor.Selves()), sp.ID, t.ID, s.now().Add(-MaxSlowMinutes*time.Minute)).Scan(ctx, &last.Here, &last.There)
	if err != nil {
		return fmt.Errorf("last post of person %d: %w", actor.PersonID, err)
	}
	left := max(last.Here.Add(time.Duration(g.SlowMinutes)*time.Minute).Sub(s.now()), last.There.Add(time.Duration(t.SlowMinutes)*time.Minute).Sub(s.now()))
	if left <= 0 {
		return nil
	}
	return account.Invalid{Field: "body", Key: "guard.error_slow", Args: map[string]any{"Minutes": int((left + time.Minute - 1) / time.Minute)}}
}
