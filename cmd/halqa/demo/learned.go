package demo

import (
	"context"
	"errors"

	"halqa/community/account"
)

// attesting are the spaces whose modules are attested.
var attesting = []string{"funding", "projects"}

// planLearned has two spaces give attestations, of which a third of those who completed something take theirs, and most
// members answer whether their organisation's administrators see how they get on.
func (s *stage) planLearned() {
	for _, key := range attesting {
		s.plan(-70, 10, func(ctx context.Context) error {
			return s.as(ctx, s.byEmail[s.moderator(key)], func(a account.Actor) error {
				return s.courses.SetAttesting(ctx, a, s.spaces[key].ID, true)
			})
		})
	}
	for i, p := range s.crowd()[:s.Storied] {
		if i%3 == 0 {
			s.plan(-1, 20, func(ctx context.Context) error { return s.as(ctx, p, s.attest(ctx)) })
		}
		if i%4 != 3 {
			s.plan(-1, 19, func(ctx context.Context) error { return s.as(ctx, p, s.answerSharing(ctx, i%5 != 2)) })
		}
	}
}

// attest takes an attestation of each module that has one to give.
func (s *stage) attest(ctx context.Context) func(account.Actor) error {
	return func(a account.Actor) error {
		for _, key := range []string{"budget", "logframe"} {
			if _, err := s.courses.Attest(ctx, a, s.modules[key].id); err != nil && !errors.Is(err, account.ErrNotFound) {
				return err
			}
		}
		return nil
	}
}

func (s *stage) answerSharing(ctx context.Context, agreed bool) func(account.Actor) error {
	return func(a account.Actor) error {
		asked, err := s.courses.Sharings(ctx, a)
		for _, o := range asked {
			if err == nil {
				err = s.courses.Share(ctx, a, o.OrganisationID, agreed)
			}
		}
		return err
	}
}
