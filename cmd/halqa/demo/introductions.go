package demo

import (
	"context"
	"fmt"

	"halqa/community/account"
	"halqa/community/introduction"
)

// encounter is how two people got to know each other, or didn't, as introductions.toml tells.
type encounter struct {
	From, To        string
	Day             int
	Message         string
	Accept, Decline bool
	Answer          string
	Outcomes        []introduction.Outcome // of who asked, then of who was asked
}

// introduce has people ask each other, answer, and tell what came of it.
func (s *stage) introduce(ctx context.Context) error {
	list, err := read[struct{ Encounter []encounter }]("introductions.toml")
	if err != nil {
		return err
	}
	for _, e := range list.Encounter {
		if err := s.encounter(ctx, e); err != nil {
			return fmt.Errorf("%s and %s: %w", e.From, e.To, err)
		}
	}
	return s.introductions.Sweep(s.at(ctx, 0, 7))
}

func (s *stage) encounter(ctx context.Context, e encounter) error {
	from, to := s.byEmail[email(e.From)], s.byEmail[email(e.To)]
	if from == nil || to == nil {
		return fmt.Errorf("one of them isn't in the cast")
	}
	var id int64
	err := s.as(s.at(ctx, e.Day, 11), from, func(a account.Actor) (err error) {
		id, err = s.introductions.Ask(s.at(ctx, e.Day, 11), a, to.id, e.Message)
		return err
	})
	if err != nil || !e.Accept && !e.Decline {
		return err
	}
	err = s.as(s.at(ctx, e.Day+1, 9), to, func(a account.Actor) error {
		return s.introductions.Answer(s.at(ctx, e.Day+1, 9), a, id, e.Accept, e.Answer)
	})
	for i, o := range e.Outcomes {
		if err != nil {
			return err
		}
		err = s.as(s.at(ctx, e.Day+16, 10), []*player{from, to}[i], func(a account.Actor) error {
			return s.introductions.Tell(s.at(ctx, e.Day+16, 10), a, id, o)
		})
	}
	return err
}
