package demo

import (
	"context"
	"fmt"

	"halqa/community/account"
	"halqa/events"
)

// organisation is one as organisations.toml describes it.
type organisation struct {
	Name, Kind, Governorate, About string
	Axes                           []string
	Wait                           bool   // its office hasn't decided
	Refused                        string // its office did, for that reason
}

// founded is an organisation of the stage that its office validated.
type founded struct {
	id      int64
	founder *player
}

// organise has each organisation asked for by somebody of its governorate, decided by its office, and joined by others.
func (s *stage) organise(ctx context.Context) error {
	list, err := read[struct{ Organisation []organisation }]("organisations.toml")
	if err != nil {
		return err
	}
	all := list.Organisation[:min(len(list.Organisation), s.Organisations)]
	for i, o := range all {
		day := -66 + (i*7)%55
		if o.Wait {
			day = -1 - i%6
		}
		if err := s.found(ctx, o, day, i == 0); err != nil {
			return fmt.Errorf("%s: %w", o.Name, err)
		}
	}
	if err := s.join(ctx); err != nil {
		return err
	}
	return events.Drain(ctx, s.DB, s.consumers)
}

// found has somebody ask for an organisation on a day, and its office decide on the next. The first is the president's.
func (s *stage) found(ctx context.Context, o organisation, day int, first bool) error {
	founder := s.byEmail[email("president")]
	if !first {
		if founder = s.founder(o.Governorate); founder == nil {
			return fmt.Errorf("nobody of %s is free to ask", o.Governorate)
		}
	}
	return s.foundBy(ctx, founder, o, day)
}

func (s *stage) foundBy(ctx context.Context, founder *player, o organisation, day int) error {
	founder.founder = true
	day = max(day, min(founder.arrives+1, -2))
	var created account.Organisation
	err := s.as(s.at(ctx, day, 10), founder, func(a account.Actor) (err error) {
		created, err = s.account.CreateOrganisation(s.at(ctx, day, 10), a, account.NewOrganisation{Name: o.Name, Kind: o.Kind,
			Governorate: o.Governorate, Axes: o.Axes, Description: o.About})
		return err
	})
	if err != nil || o.Wait {
		return err
	}
	at := s.at(ctx, day+1, 11)
	moderator, err := s.account.ActorOf(at, s.moderatorOf(created.OfficeID).id)
	if err != nil {
		return err
	}
	if err := s.account.DecideOrganisation(at, moderator, created.ID, o.Refused == "", o.Refused); err != nil {
		return err
	}
	if o.Refused == "" {
		s.organised[o.Governorate] = append(s.organised[o.Governorate], founded{created.ID, founder})
	}
	return nil
}

// founder is the next of a governorate who hasn't asked for an organisation yet.
func (s *stage) founder(governorate string) *player {
	for _, p := range s.crowd() {
		if p.Governorate == governorate && !p.founder {
			return p
		}
	}
	return nil
}

// moderatorOf is the moderator of an office.
func (s *stage) moderatorOf(officeID int64) *player {
	for _, key := range officeKeys {
		if s.offices[key] == officeID {
			return s.byEmail[email(key)]
		}
	}
	return s.byEmail[email("admin")]
}

// join lets most people ask to join an organisation of their governorate. Its administrator accepts nearly all, leaves
// some waiting and refuses a few.
func (s *stage) join(ctx context.Context) error {
	for i, p := range s.people {
		choice := s.organised[p.Governorate]
		if p.founder || i%5 == 4 || len(choice) == 0 || i < s.crowdFrom && p.Email != email("amel") {
			continue
		}
		o := choice[(i/len(s.codes))%len(choice)]
		if i < s.crowdFrom {
			o = choice[0]
		}
		day := min(max(p.arrives+1, -50+i%40), -1)
		if err := s.joinOne(ctx, p, o, day, i); err != nil {
			return fmt.Errorf("%s joins: %w", p.Email, err)
		}
	}
	return nil
}

func (s *stage) joinOne(ctx context.Context, p *player, o founded, day, i int) error {
	asked := s.at(ctx, day, 14)
	err := s.as(asked, p, func(a account.Actor) error { return s.account.JoinOrganisation(asked, a, o.id) })
	if err != nil || i%11 == 10 { // still waiting for an answer
		return err
	}
	decided := s.at(ctx, day+1, 9)
	return s.as(decided, o.founder, func(a account.Actor) error {
		if i%37 == 36 {
			return s.account.DecideMembership(decided, a, o.id, p.id, false, "Nous ne vous connaissons pas encore : passez nous voir au local un samedi matin.")
		}
		return s.account.DecideMembership(decided, a, o.id, p.id, true, "")
	})
}
