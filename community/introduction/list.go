package introduction

import (
	"context"
	"fmt"

	"halqa/community/account"
)

// Entry is an introduction as one of its two people sees it.
type Entry struct {
	Introduction
	OtherID int64
	Other   string // name
	Email   string // of the other, once it is accepted; else ""
	Own     string // the address that the other sees, or will see once it is accepted
	Outcome Outcome
}

// Mine tells whether the reader is who asked.
func (e Entry) Mine() bool { return e.OtherID == e.ToID }

// PageSize is how many introductions a list has at most: those that wait come first.
const PageSize = 100

// List returns the actor's introductions: those that wait for an answer first, then the latest. A request that was
// withdrawn or lapsed is listed to who asked only.
func (s *Service) List(ctx context.Context, actor account.Actor) ([]Entry, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	var list []Entry
	err := s.db.NewRaw(`
		select i.id, i.from_id, i.to_id, i.message, i.state, i.asked_at, i.answer, i.answered_at, o.id as other_id, o.name as other,
			case when i.state = 'accepted' then coalesce(nullif(op.email, ''), o.email) else '' end as email,
			coalesce(nullif(mp.email, ''), m.email) as own,
			case when i.from_id = ?0 then i.from_outcome else i.to_outcome end as outcome
		from introduction i
		join person m on m.id = ?0 left join profile mp on mp.person_id = m.id
		join person o on o.id = case when i.from_id = ?0 then i.to_id else i.from_id end
		left join profile op on op.person_id = o.id
		where i.from_id = ?0 or i.to_id = ?0 and i.state not in ('withdrawn', 'lapsed')
		order by i.state = 'asked' desc, coalesce(i.answered_at, i.asked_at) desc, i.id desc limit ?1`, actor.PersonID, PageSize).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("introductions: %w", err)
	}
	return list, nil
}

// With returns the latest introduction between the actor and another person, the zero one when there was none.
func (s *Service) With(ctx context.Context, actor account.Actor, personID int64) (Introduction, error) {
	var list []Introduction
	err := s.db.NewSelect().Model(&list).
		Where("from_id = ?0 and to_id = ?1 or from_id = ?1 and to_id = ?0 and state not in ('withdrawn', 'lapsed')", actor.PersonID, personID).
		Order("id desc").Limit(1).Scan(ctx)
	if err != nil {
		return Introduction{}, fmt.Errorf("introduction with person %d: %w", personID, err)
	}
	if len(list) == 0 {
		return Introduction{}, nil
	}
	return list[0], nil
}

// Waiting counts the requests that wait for the actor's answer.
func (s *Service) Waiting(ctx context.Context, actor account.Actor) (int, error) {
	n, err := s.db.NewSelect().Model((*Introduction)(nil)).Where("to_id = ? and state = 'asked'", actor.PersonID).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("introductions that wait: %w", err)
	}
	return int(n), nil
}
