package demo

import (
	"context"
	"fmt"

	"halqa/community/account"
	"halqa/events"
)

// organise has each organisation asked for by somebody of its governorate, validated by its office, and joined by others.
func (s *stage) organise(ctx context.Context) error {
	for i, o := range organisations {
		founder, err := s.founder(o, i)
		if err != nil {
			return err
		}
		created, err := s.found(s.at(ctx, -70+i, 10), founder, o)
		if err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
		if err := s.validate(s.at(ctx, -69+i, 11), created); err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
		s.organised[o.name] = created.ID
	}
	if err := s.join(ctx); err != nil {
		return err
	}
	for i, o := range awaiting {
		p := s.people[len(s.people)-1-i]
		if _, err := s.found(s.at(ctx, -2-i, 15), p, o); err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
	}
	return events.Drain(ctx, s.DB, s.Consumers)
}

// founder is who asks for an organisation: the demonstration's president for the first, then one of the crowd each.
func (s *stage) founder(o organisation, i int) (*player, error) {
	if i == 0 {
		return s.byEmail["president@demo.example"], nil
	}
	for n, p := range s.people[len(cast):] {
		if p.governorate == o.governorate && !p.founder && n < len(s.people)-len(cast)-len(awaiting) {
			return p, nil
		}
	}
	return nil, fmt.Errorf("nobody of %s can ask for %s", o.governorate, o.name)
}

func (s *stage) found(ctx context.Context, p *player, o organisation) (account.Organisation, error) {
	p.founder = true
	actor, err := s.account.ActorOf(ctx, p.id)
	if err != nil {
		return account.Organisation{}, err
	}
	return s.account.CreateOrganisation(ctx, actor, account.NewOrganisation{Name: o.name, Kind: o.kind,
		Governorate: o.governorate, Axes: o.axes})
}

func (s *stage) validate(ctx context.Context, o account.Organisation) error {
	moderator, err := s.moderatorOf(ctx, o.OfficeID)
	if err != nil {
		return err
	}
	return s.account.DecideOrganisation(ctx, moderator, o.ID, true, "")
}

// moderatorOf is the moderator of an office.
func (s *stage) moderatorOf(ctx context.Context, officeID int64) (account.Actor, error) {
	for key, id := range s.offices {
		if id == officeID {
			return s.actor(ctx, key+"@demo.example")
		}
	}
	return account.Actor{}, fmt.Errorf("there is no office %d", officeID)
}

// join lets two people in three ask to join an organisation of their governorate, and most of them be accepted.
func (s *stage) join(ctx context.Context) error {
	for i, p := range s.people {
		if p.founder || i%3 == 2 {
			continue
		}
		id := s.nearby(p)
		if id == 0 {
			continue
		}
		actor, err := s.account.ActorOf(ctx, p.id)
		if err != nil {
			return err
		}
		day := -45 + i%20
		if err := s.account.JoinOrganisation(s.at(ctx, day, 14), actor, id); err != nil {
			return fmt.Errorf("%s joins: %w", p.email, err)
		}
		if i%11 == 10 { // still waiting for an answer
			continue
		}
		admin, err := s.actor(ctx, "admin@demo.example")
		if err != nil {
			return err
		}
		if err := s.account.DecideMembership(s.at(ctx, day+1, 9), admin, id, p.id, true, ""); err != nil {
			return fmt.Errorf("%s joins: %w", p.email, err)
		}
	}
	return nil
}

func (s *stage) nearby(p *player) int64 {
	for _, o := range organisations {
		if o.governorate == p.governorate {
			return s.organised[o.name]
		}
	}
	return 0
}
