package community

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// Naming says under which name something is written.
type Naming string

// The names. Announcements, and what is said among the participants of a seminar, have no pseudonyms.
const (
	UnderName      Naming = ""
	UnderPseudonym Naming = "pseudonym" // the account.Pseudonym of the thread's space
	AsBefore       Naming = "before"    // the one that they wrote under last in the thread, so that nobody gives themselves away by mistake
)

// named returns the actor under the name that they write with. The caller holds the lock of their writing. It returns
// account.NoPseudonyms where they can't keep the name.
func (s *Service) named(ctx context.Context, tx bun.Tx, actor account.Actor, sp account.Space, t Thread, as Naming) (account.Actor, error) {
	if as == AsBefore {
		var err error
		if as, err = namedBefore(ctx, tx, actor, t.ID); err != nil {
			return actor, err
		}
	}
	switch {
	case as != UnderPseudonym:
		return actor, nil
	case t.InCircle():
		return actor, account.NoPseudonyms()
	}
	return account.Masked(ctx, tx, actor, sp, s.now())
}

// NamedBefore is how the actor wrote last in a thread: UnderName when they never did.
func (s *Service) NamedBefore(ctx context.Context, actor account.Actor, threadID int64) (Naming, error) {
	return namedBefore(ctx, s.db, actor, threadID)
}

func namedBefore(ctx context.Context, db bun.IDB, actor account.Actor, threadID int64) (as Naming, err error) {
	if len(actor.Masks) == 0 {
		return UnderName, nil
	}
	var last []int64
	err = db.NewRaw(`select author_id from (select author_id, created_at as at from post where thread_id = ?0 and author_id = any(?1)
			union all select author_id, sent_at from held_post where thread_id = ?0 and author_id = any(?1) and kind <> 'edit' and state = 'waiting') x
		order by at desc limit 1`, threadID, pgdialect.Array(actor.Selves())).Scan(ctx, &last)
	if err != nil {
		return as, fmt.Errorf("name in thread %d: %w", threadID, err)
	}
	if len(last) > 0 && last[0] != actor.Self() {
		as = UnderPseudonym
	}
	return as, nil
}

// authorOf returns who wrote something, to write in their name: under their pseudonym if it was.
func authorOf(ctx context.Context, tx bun.Tx, id int64) (account.Actor, error) {
	people := account.New(tx, account.Options{})
	author, err := people.ActorOf(ctx, id)
	if err != nil || author.Behind == 0 {
		return author, err
	}
	author, err = people.ActorOf(ctx, author.Behind)
	return author.Speaking(id), err
}
