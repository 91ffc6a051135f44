package account

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Waiting counts what waits for a person's decision.
type Waiting struct {
	Organisations int           // that ask one of the actor's offices to be validated
	Memberships   int           // people who ask to join a validated organisation of these offices
	Own           []WaitingHere // people who ask to join an organisation that the actor administers
	Spaces        []WaitingHere // people who ask to enter a space whose members the actor chooses
}

// WaitingHere counts what waits for a decision in one place.
type WaitingHere struct {
	ID    int64
	Key   string      // of a space
	Name  events.Text `bun:"type:jsonb"` // of a space or a seminar
	Title string      // of an organisation
	Count int
}

// Waiting counts what waits for the actor: nothing where they decide on nothing.
func (s *Service) Waiting(ctx context.Context, actor Actor) (w Waiting, err error) {
	if actor.CanSomewhere(ValidateOrganisations) {
		err = inOffices(s.db.NewSelect().TableExpr("organisation o").ColumnExpr("count(*)").
			Where("o.state = ?", OrganisationRequested), actor, "o.office_id").Scan(ctx, &w.Organisations)
		if err != nil {
			return Waiting{}, fmt.Errorf("count organisations that wait: %w", err)
		}
		err = inOffices(s.db.NewSelect().TableExpr("membership m").ColumnExpr("count(*)").Join("join organisation o on o.id = m.organisation_id").
			Where("m.state = ? and o.state = ?", MembershipRequested, OrganisationValidated), actor, "o.office_id").Scan(ctx, &w.Memberships)
		if err != nil {
			return Waiting{}, fmt.Errorf("count memberships that wait: %w", err)
		}
	}
	if w.Own, err = s.waitingAtOwn(ctx, actor); err != nil {
		return Waiting{}, err
	}
	w.Spaces, err = s.waitingAtSpaces(ctx, actor)
	return w, err
}

func (s *Service) waitingAtOwn(ctx context.Context, actor Actor) (list []WaitingHere, err error) {
	var own []int64
	for _, g := range actor.Grants {
		if g.Kind == OverOrganisation && g.Role.allows(ManageOrganisation) {
			own = append(own, g.ScopeID)
		}
	}
	if len(own) == 0 {
		return nil, nil
	}
	err = s.db.NewRaw(`select o.id, o.name as title, count(*) from membership m join organisation o on o.id = m.organisation_id
		where m.state = ? and o.state = ? and o.id in (?) group by o.id order by o.name, o.id`,
		MembershipRequested, OrganisationValidated, bun.List(own)).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("count who waits at own organisations: %w", err)
	}
	return list, nil
}

func (s *Service) waitingAtSpaces(ctx context.Context, actor Actor) (list []WaitingHere, err error) {
	if !actor.CanSomewhere(Moderate) {
		return nil, nil
	}
	var all []struct {
		Space `bun:",extend"`
		Count int
	}
	err = s.db.NewRaw(`select space.*, r.count from space join (select space_id, count(*) from space_request group by space_id) r
		on r.space_id = space.id order by position, id`).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("count who waits at spaces: %w", err)
	}
	for _, sp := range all {
		if MayModerateSpace(actor, sp.Space) {
			list = append(list, WaitingHere{ID: sp.ID, Key: sp.Key, Name: sp.Name, Count: sp.Count})
		}
	}
	return list, nil
}
