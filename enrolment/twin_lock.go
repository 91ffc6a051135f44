package enrolment

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// lockOrder are the ids of seminars, in the order in which they are locked.
func lockOrder(all map[int64]Seminar) []int64 {
	var ids []int64
	for id := range all {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// lockTwins locks two seminars that the actor runs and all their twins, as lockPair does.
func (s *Service) lockTwins(ctx context.Context, tx bun.Tx, actor account.Actor, id, otherID int64) (map[int64]Seminar, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	all, stale, err := s.lockPair(ctx, tx, id, otherID)
	if err != nil {
		return nil, err
	}
	for _, one := range []int64{id, otherID} {
		if !actor.Can(account.RunSeminars, all[one].Scope()) {
			return nil, refusal(ctx, tx, actor, all[one])
		}
	}
	return all, stale
}

// lockPair locks two seminars and all their twins, in the order of their ids. stale is ErrStale when somebody changed who is whose twin
// while it waited: the caller says it once they know that the actor may hear of these seminars.
func (s *Service) lockPair(ctx context.Context, tx bun.Tx, id, otherID int64) (all map[int64]Seminar, stale, err error) {
	members := func() (ids []int64, err error) {
		err = tx.NewRaw(`select id from seminar where id in (?0, ?1) or twins in (select twins from seminar where id in (?0, ?1)) order by id`,
			id, otherID).Scan(ctx, &ids)
		return ids, err
	}
	ids, err := members()
	if err != nil {
		return nil, nil, err
	}
	all = map[int64]Seminar{}
	for _, one := range ids {
		if all[one], err = findSeminar(ctx, tx, one, seminarLock); err != nil {
			return nil, nil, err
		}
	}
	for _, one := range []int64{id, otherID} {
		if _, found := all[one]; !found {
			return nil, nil, fmt.Errorf("seminar %d: %w", one, account.ErrNotFound)
		}
	}
	now, err := members()
	if err == nil && !slices.Equal(now, ids) {
		stale = ErrStale
	}
	return all, stale, err
}
