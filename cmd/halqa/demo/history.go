package demo

import (
	"context"
	"fmt"
	"slices"

	"halqa/community/account"
	"halqa/events"
)

// action is something somebody does at an hour of a day.
type action struct {
	day, hour int
	do        func(ctx context.Context) error
}

// plan notes an action. Hours go on into the next days; what would be later than now never happens.
func (s *stage) plan(day, hour int, do func(ctx context.Context) error) {
	day, hour = day+hour/24, hour%24
	if s.moment(day, hour, 0).Before(s.Now) {
		s.schedule = append(s.schedule, action{day, hour, do})
	}
}

// live plays everything that happened, day after day; what one day announced is known the next.
func (s *stage) live(ctx context.Context) error {
	s.planLearning()
	s.planFollowing()
	s.planLearned()
	s.planGuard()
	for _, plan := range []func() error{s.planSeminars, s.planTalk, s.planDocuments} {
		if err := plan(); err != nil {
			return err
		}
	}
	return s.perform(ctx)
}

// perform does what was planned, in order of time.
func (s *stage) perform(ctx context.Context) error {
	slices.SortStableFunc(s.schedule, func(a, b action) int { return (a.day*24 + a.hour) - (b.day*24 + b.hour) })
	for i, a := range s.schedule {
		if err := a.do(s.at(ctx, a.day, a.hour)); err != nil {
			return fmt.Errorf("day %d: %w", a.day, err)
		}
		if i+1 == len(s.schedule) || s.schedule[i+1].day != a.day {
			if err := events.Drain(s.at(ctx, a.day, 23), s.DB, s.consumers); err != nil { // at the end of the day
				return err
			}
		}
	}
	return nil
}

// as lets somebody act, with the roles and spaces they have at this moment.
func (s *stage) as(ctx context.Context, p *player, do func(account.Actor) error) error {
	if p == nil {
		return fmt.Errorf("there is nobody to do this")
	}
	actor, err := s.account.ActorOf(ctx, p.id)
	if err == nil {
		err = do(actor)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.Email, err)
	}
	return nil
}
