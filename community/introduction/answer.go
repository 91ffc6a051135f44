package introduction

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Answer accepts or declines a request made to the actor, with a few words or none. Saying the same again changes nothing.
// It returns account.ErrConflict when the request no longer waits, and account.Invalids of the field answer.
func (s *Service) Answer(ctx context.Context, actor account.Actor, id int64, accept bool, words string) error {
	words, err := account.Paragraphs("answer", words, 0, account.MaxText)
	if err != nil {
		return err
	}
	state := Declined
	if accept {
		state = Accepted
	}
	return s.inTx(ctx, "answer an introduction", func(ctx context.Context, tx bun.Tx) error {
		i, err := own(ctx, tx, actor, id)
		switch {
		case err != nil:
			return err
		case i.ToID != actor.PersonID:
			return account.ErrNotFound
		case i.State == state:
			return nil
		case i.State != Asked:
			return account.ErrConflict
		}
		i.State, i.Answer, i.AnsweredAt = state, words, bun.NullTime{Time: s.now()}
		if _, err := tx.NewUpdate().Model(&i).Column("state", "answer", "answered_at").WherePK().Exec(ctx); err != nil {
			return err
		}
		return events.Publish(ctx, tx, events.IntroductionAnswered{IntroductionID: id, FromID: i.FromID, ToID: i.ToID, Accepted: accept})
	})
}

// Tell keeps what the actor says came of an accepted introduction; they may say otherwise later. It returns
// account.Invalids of the field outcome, and account.ErrConflict for one that wasn't accepted.
func (s *Service) Tell(ctx context.Context, actor account.Actor, id int64, outcome Outcome) error {
	if !slices.Contains(Outcomes, outcome) {
		return refused("outcome", "account.error_choice")
	}
	return s.inTx(ctx, "tell of an introduction", func(ctx context.Context, tx bun.Tx) error {
		i, err := own(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if i.State != Accepted {
			return account.ErrConflict
		}
		column := "to_outcome"
		if i.FromID == actor.PersonID {
			column = "from_outcome"
		}
		_, err = tx.NewUpdate().Model(&i).Set("? = ?", bun.Ident(column), outcome).WherePK().Exec(ctx)
		if err != nil {
			return err
		}
		return events.Publish(ctx, tx, events.IntroductionFollowed{IntroductionID: id, PersonID: actor.PersonID, Outcome: string(outcome)})
	})
}

// Sweep lets requests lapse that nobody answered, and has both people of an accepted one asked how it went. Any number of
// nodes may do it at any time: each introduction is lapsed and followed up once.
func (s *Service) Sweep(ctx context.Context) error {
	return s.inTx(ctx, "sweep introductions", func(ctx context.Context, tx bun.Tx) error {
		now := s.now()
		_, err := tx.NewRaw(`update introduction set state = 'lapsed', answered_at = ? where state = 'asked' and asked_at <= ?`,
			now, now.Add(-Patience)).Exec(ctx)
		if err != nil {
			return err
		}
		var due []Introduction
		err = tx.NewRaw(`update introduction set reminded_at = ? where state = 'accepted' and reminded_at is null and answered_at <= ?
			returning id, from_id, to_id, from_outcome, to_outcome`, now, now.Add(-FollowUp)).Scan(ctx, &due)
		if err != nil {
			return err
		}
		for _, i := range due {
			var ask []int64
			if i.FromOutcome == "" {
				ask = append(ask, i.FromID)
			}
			if i.ToOutcome == "" {
				ask = append(ask, i.ToID)
			}
			if len(ask) == 0 {
				continue
			}
			if err := events.Publish(ctx, tx, events.IntroductionDue{IntroductionID: i.ID, FromID: i.FromID, ToID: i.ToID, Ask: ask}); err != nil {
				return err
			}
		}
		return nil
	})
}
