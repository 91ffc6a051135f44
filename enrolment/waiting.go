package enrolment

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// Waiting counts the registrations that the actor has to approve.
type Waiting struct {
	Seminars      []account.WaitingHere // of coming seminars they run, the soonest first
	Organisations []account.WaitingHere // of people of an organisation they administer, for coming seminars
}

// Waiting counts what waits for the actor's approval at seminars to come: nothing where they approve nothing.
func (s *Service) Waiting(ctx context.Context, actor account.Actor) (w Waiting, err error) {
	if actor.CanSomewhere(account.RunSeminars) {
		var all []struct {
			Seminar `bun:",extend"`
			Count   int
		}
		err := s.db.NewRaw(`select seminar.*, r.count from seminar join lateral (select count(*) from registration
				where seminar_id = seminar.id and state = ?) r on r.count > 0
			where seminar.state = ? and starts_at > ? order by starts_at, id`, Pending, Published, s.now()).Scan(ctx, &all)
		if err != nil {
			return Waiting{}, fmt.Errorf("count approvals of seminars: %w", err)
		}
		for _, sem := range all {
			if actor.Can(account.RunSeminars, sem.Scope()) {
				w.Seminars = append(w.Seminars, account.WaitingHere{ID: sem.ID, Name: sem.Title, Count: sem.Count})
			}
		}
	}
	var own []int64
	for _, g := range actor.Grants {
		if g.Kind == account.OverOrganisation && administers(actor, g.ScopeID) {
			own = append(own, g.ScopeID)
		}
	}
	if len(own) == 0 {
		return w, nil
	}
	err = s.db.NewRaw(`select o.id, o.name as title, count(*) from registration join seminar on seminar.id = seminar_id
			join organisation o on o.id = organisation_id
		where organisation_id in (?) and registration.state = ? and seminar.state = ? and starts_at > ?
		group by o.id order by o.name, o.id`, bun.List(own), Requested, Published, s.now()).Scan(ctx, &w.Organisations)
	if err != nil {
		return Waiting{}, fmt.Errorf("count approvals of organisations: %w", err)
	}
	return w, nil
}
