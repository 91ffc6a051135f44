package demo

import (
	"context"
	"fmt"
	"strings"

	"halqa/community/account"
	"halqa/enrolment"
	"halqa/events"
)

// seminar is an in-person event as seminars.toml describes it.
type seminar struct {
	Office, Space, Topic        string
	Venue, Address, Governorate string
	Seats                       int
	Days                        []int // counted from the day the demonstration is loaded on
	Hours                       []int // local: from, to
	Gate                        gate
	Attend                      gate // to attend: who doesn't meet it yet holds a conditional seat
	AttendBy                    int  `toml:"attend_by"` // the day by which they must meet it
	Approval                    string
	PerOrganisation             int `toml:"per_organisation"`
	OfferHours                  int `toml:"offer_hours"`
	Quota                       []quota
	Twin                        string // shared by the seminars that take place at once in several places
	End                         string // how it ends: "" published, "draft", "cancelled"
}

// gate asks for all of some modules, any of others, at least some of others again. A module is "key" to have completed it,
// "key 50" to have progressed to 50 %.
type gate struct {
	All, Any, Of []string
	AtLeast      int `toml:"at_least"`
}

// quota keeps seats for a category of people, or bounds them.
type quota struct {
	Trait    string
	Values   []string
	Min, Max int
}

type topic struct{ Title, Description events.Text }

// readSeminars reads the seminars with what they are about.
func (s *stage) readSeminars() ([]seminar, map[string]topic, error) {
	list, err := read[struct {
		Topic   map[string]topic
		Seminar []seminar
	}]("seminars.toml")
	return list.Seminar, list.Topic, err
}

// rule is what a gate says to enrolment.
func (s *stage) rule(g gate) (enrolment.Rule, error) {
	var groups []enrolment.Rule
	for _, group := range []struct {
		mode   enrolment.Mode
		k      int
		leaves []string
	}{{enrolment.All, 0, g.All}, {enrolment.Any, 0, g.Any}, {enrolment.AtLeast, g.AtLeast, g.Of}} {
		if len(group.leaves) == 0 {
			continue
		}
		r := enrolment.Rule{Mode: group.mode, K: group.k}
		for _, text := range group.leaves {
			leaf, err := s.leaf(text)
			if err != nil {
				return r, err
			}
			r.Of = append(r.Of, leaf)
		}
		groups = append(groups, r)
	}
	switch len(groups) {
	case 0:
		return enrolment.Rule{}, nil
	case 1:
		return groups[0], nil
	}
	return enrolment.Rule{Mode: enrolment.All, Of: groups}, nil
}

func (s *stage) leaf(text string) (enrolment.Rule, error) {
	key, percent, part := strings.Cut(text, " ")
	m, ok := s.modules[key]
	if !ok {
		return enrolment.Rule{}, fmt.Errorf("a gate asks for module %q, which there isn't", key)
	}
	r := enrolment.Rule{Kind: enrolment.Completed, ModuleID: m.id}
	if !part {
		return r, nil
	}
	r.Kind = enrolment.Progressed
	_, err := fmt.Sscan(percent, &r.Percent)
	return r, err
}

// planSeminars has each office prepare, publish and hold its seminars, and people take seats.
func (s *stage) planSeminars() error {
	list, topics, err := s.readSeminars()
	if err != nil {
		return err
	}
	for i, sem := range list {
		about, ok := topics[sem.Topic]
		if !ok {
			return fmt.Errorf("seminar %d is about %q, which isn't a topic", i+1, sem.Topic)
		}
		gate, err := s.rule(sem.Gate)
		if err != nil {
			return err
		}
		published := min(sem.Days[0]-30-i%7, -3-i%5)
		moderator := s.byEmail[email(sem.Office)]
		var id int64
		s.plan(published, 10, func(ctx context.Context) error {
			return s.as(ctx, moderator, func(a account.Actor) (err error) {
				id, err = s.prepare(ctx, a, sem, about, gate)
				return err
			})
		})
		if sem.End == "draft" {
			continue
		}
		s.planSeats(i, sem, published, &id)
		s.planApprovals(sem, published, &id)
		s.planCircle(sem, published, &id)
		s.planChange(sem, &id)
		s.planEnd(moderator, sem, &id)
	}
	return nil
}

func (s *stage) prepare(ctx context.Context, moderator account.Actor, sem seminar, about topic, gate enrolment.Rule) (int64, error) {
	row := enrolment.Seminar{OfficeID: s.offices[sem.Office], SpaceID: s.spaces[sem.Space].ID, Title: about.Title,
		Description: about.Description, Venue: sem.Venue, Address: sem.Address, Governorate: sem.Governorate,
		Zone: s.Zone.String(), Capacity: sem.Seats, Gate: gate, Approval: enrolment.Approval(sem.Approval),
		PerOrganisation: sem.PerOrganisation, OfferHours: sem.OfferHours}
	for _, q := range sem.Quota {
		row.Quotas = append(row.Quotas, enrolment.Quota{Trait: enrolment.Trait(q.Trait), Values: q.Values, Min: q.Min, Max: q.Max})
	}
	var err error
	if row.Attend, err = s.rule(sem.Attend); err != nil {
		return 0, err
	}
	if sem.AttendBy > 0 {
		row.AttendBy = s.moment(sem.AttendBy, 20, 0)
	}
	for _, day := range sem.Days {
		row.Sessions = append(row.Sessions, enrolment.Session{StartsAt: s.moment(day, sem.Hours[0], 0), EndsAt: s.moment(day, sem.Hours[1], 0)})
	}
	s.describe(&row, sem)
	created, err := s.enrolment.Create(ctx, moderator, row)
	if err == nil {
		err = s.ask(ctx, moderator, created)
	}
	if err == nil {
		err = s.share(ctx, moderator, created)
	}
	if err != nil || sem.End == "draft" {
		return created.ID, err
	}
	if err := s.enrolment.Publish(ctx, moderator, created.ID); err != nil {
		return created.ID, err
	}
	return created.ID, s.twin(ctx, moderator, sem, created.ID)
}
