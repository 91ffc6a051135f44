package community

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// HeldLine is what waits, in the queue of those who moderate.
type HeldLine struct {
	Held
	Author string
	Masked bool // that is a pseudonym
	Space  account.Space
	Before string // of a change: what the post says until then
	Late   bool   // it has waited for LateAfter
	Posts  int    // of the author that others see anywhere, newcomerPosts at most
}

// HeldFilter says which of what waits.
type HeldFilter struct {
	SpaceID int64  // 0 for every space on which the actor decides
	Why     string // one of Doubts, or "" for any
	Page    int    // from 1
}

// HeldQueue lists what waits for the actor's decision, the oldest first, and tells whether there is more: in the spaces they
// moderate and, of the people of their offices' governorates, in spaces of no office. It returns account.ErrForbidden to those who
// moderate nothing, or not the space asked for.
func (s *Service) HeldQueue(ctx context.Context, actor account.Actor, f HeldFilter) (list []HeldLine, more bool, err error) {
	spaces, scope, err := s.queueSpaces(ctx, actor, f.SpaceID)
	if err != nil {
		return nil, false, err
	}
	err = s.db.NewRaw(`select `+heldColumns+`, a.name as author, a.mask_of is not null as masked, coalesce(p.body, '') as before,
			(select count(*) from (select from post p where p.author_id = h.author_id and p.hidden_at is null and p.deleted_at is null limit ?6) x) as posts
		from held_post h join person a on a.id = h.author_id left join governorate g on g.code = a.governorate
		left join thread t on t.id = h.thread_id left join post p on p.id = h.post_id
		where `+heldScope+` and (?3 = '' or ?3 = any(h.why)) order by h.sent_at, h.id limit ?4 offset ?5`,
		scope.array(), pgdialect.Array(scope.national), pgdialect.Array(scope.offices), f.Why, QueueSize+1,
		(min(max(f.Page, 1), maxQueuePage)-1)*QueueSize, newcomerPosts).Scan(ctx, &list)
	if err != nil {
		return nil, false, fmt.Errorf("what waits for a moderator: %w", err)
	}
	if more = len(list) > QueueSize; more {
		list = list[:QueueSize]
	}
	all := make([]*Held, len(list))
	for i := range list {
		all[i] = &list[i].Held
		list[i].Space = spaces[list[i].SpaceID]
		list[i].Late = s.now().Sub(list[i].SentAt) >= LateAfter
	}
	return list, more, addHeldFiles(ctx, s.db, all...)
}

// heldScope narrows held_post h with the thread t and the governorate g of its author to what somebody decides on.
const heldScope = `h.state = 'waiting' and (coalesce(t.space_id, h.space_id) = any(?0) or coalesce(t.space_id, h.space_id) = any(?1) and g.office_id = any(?2))`

// HeldWaiting counts what waits for the actor's decision.
func (s *Service) HeldWaiting(ctx context.Context, actor account.Actor) (n int, err error) {
	if !actor.CanSomewhere(account.Moderate) {
		return 0, nil
	}
	_, scope, err := s.queueSpaces(ctx, actor, 0)
	if err != nil {
		return 0, err
	}
	err = s.db.NewRaw(`select count(*) from held_post h join person a on a.id = h.author_id left join governorate g on g.code = a.governorate
		left join thread t on t.id = h.thread_id where `+heldScope,
		scope.array(), pgdialect.Array(scope.national), pgdialect.Array(scope.offices)).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count what waits for a moderator: %w", err)
	}
	return n, nil
}

// HeldResult counts what became of many decisions.
type HeldResult struct {
	Done   int // decided so
	Before int // decided by somebody else, or taken back, before
	Gone   int // with nothing left to answer, or not the actor's to decide
}

// DecideManyHeld decides much of what waits in the same way, one after the other and the oldest first: QueueSize at most. When
// it fails in the middle, what is decided stays so.
func (s *Service) DecideManyHeld(ctx context.Context, actor account.Actor, ids []int64, v Verdict) (r HeldResult, err error) {
	var wrong account.Invalids
	if v.check(&wrong); len(ids) == 0 {
		wrong.Add("held", "moderation.error_none")
	}
	if wrong != nil {
		return r, wrong
	}
	for _, id := range ids[:min(len(ids), QueueSize)] {
		state, err := s.DecideHeld(ctx, actor, id, v)
		switch {
		case errors.Is(err, account.ErrConflict):
			r.Before++
		case errors.Is(err, account.ErrNotFound), errors.Is(err, account.ErrForbidden), state == "gone":
			r.Gone++
		case err != nil:
			return r, fmt.Errorf("after %d decisions: %w", r.Done, err)
		default:
			r.Done++
		}
	}
	return r, nil
}
