package enrolment

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// TwinChoice is a seminar that another could be twins with.
type TwinChoice struct {
	Card
	Proposes bool // those who run it must agree first
}

// TwinsFor lists the seminars that could become twins of one that the actor runs: of the same space, at the same time, which they run too,
// and those that other offices published. A seminar about which somebody is to answer already isn't among them.
func (s *Service) TwinsFor(ctx context.Context, actor account.Actor, sem Seminar) ([]TwinChoice, error) {
	space, err := account.FindSpace(ctx, s.db, sem.SpaceID)
	if err != nil {
		return nil, err
	}
	var all []Card
	err = s.db.NewRaw(cards+`where seminar.space_id = ?0 and seminar.id <> ?1 and seminar.state <> 'cancelled'
		and seminar.starts_at < ?2 and seminar.ends_at > ?3 and seminar.starts_at > ?4
		and (seminar.twins is null or seminar.twins <> ?5)
		and not exists (select from twin_proposal p where p.state = 'open' and (p.seminar_id, p.other_id) in ((seminar.id, ?1), (?1, seminar.id)))
		order by seminar.starts_at, seminar.id limit 100`,
		sem.SpaceID, sem.ID, sem.EndsAt, sem.StartsAt, s.now(), sem.Twins).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("twins for seminar %d: %w", sem.ID, err)
	}
	var choices []TwinChoice
	for _, c := range all {
		proposes := !actor.Can(account.RunSeminars, c.Scope())
		if !proposes || sem.State == Published && c.State == Published && c.visible(actor, space) {
			choices = append(choices, TwinChoice{c, proposes})
		}
	}
	slices.SortStableFunc(choices, func(a, b TwinChoice) int { return rank(a.Proposes) - rank(b.Proposes) })
	return choices, nil
}

// rank puts what is so after what isn't.
func rank(so bool) int {
	if so {
		return 1
	}
	return 0
}

// TwinTalk is a proposal as one side of it reads it.
type TwinTalk struct {
	TwinProposal
	With   Card   // the seminar on the other side
	Ours   bool   // this side proposed it
	By, To string // who proposed it and who decided on it; "" when their account is gone
}

// TwinTalks lists the last proposal between a seminar that the actor runs and each other one, unless both are twins: those to answer first,
// then the latest. What is over, since a seminar has begun or was cancelled, isn't there.
func (s *Service) TwinTalks(ctx context.Context, actor account.Actor, sem Seminar) ([]TwinTalk, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	if !actor.Can(account.RunSeminars, sem.Scope()) {
		return nil, fmt.Errorf("proposals about seminar %d: %w", sem.ID, account.ErrForbidden)
	}
	if sem.State != Published || !s.now().Before(sem.StartsAt) {
		return nil, nil
	}
	var all []TwinTalk
	err := s.db.NewRaw(`select p.*, p.seminar_id = ?0 as ours, coalesce(a.name, '') as by, coalesce(b.name, '') as "to"
		from (select distinct on (least(seminar_id, other_id), greatest(seminar_id, other_id)) * from twin_proposal
			where ?0 in (seminar_id, other_id) order by least(seminar_id, other_id), greatest(seminar_id, other_id), id desc) p
		left join person a on a.id = p.proposed_by left join person b on b.id = p.decided_by
		where p.state <> 'accepted' order by p.state <> 'open', p.seminar_id = ?0, p.id desc`, sem.ID).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("proposals about seminar %d: %w", sem.ID, err)
	}
	ids := make([]int64, len(all))
	for i, t := range all {
		ids[i] = t.SeminarID + t.OtherID - sem.ID
	}
	var with []Card
	if err := s.db.NewRaw(cards+"where seminar.id = any(?)", pgdialect.Array(ids)).Scan(ctx, &with); err != nil {
		return nil, fmt.Errorf("proposals about seminar %d: %w", sem.ID, err)
	}
	for i := range all {
		all[i].With = with[slices.IndexFunc(with, func(c Card) bool { return c.ID == ids[i] })]
	}
	return slices.DeleteFunc(all, func(t TwinTalk) bool {
		return t.With.State != Published || !s.now().Before(t.With.StartsAt) || sem.Twins != 0 && t.With.Twins == sem.Twins
	}), nil
}
