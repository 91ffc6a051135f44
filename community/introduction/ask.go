package introduction

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Ask asks a person to get to know the actor. It returns account.ErrNotFound for somebody who doesn't show themselves to
// the actor, account.ErrForbidden for somebody who doesn't want to be asked, and account.Invalids of the field message,
// which also say why it can't be asked now.
func (s *Service) Ask(ctx context.Context, actor account.Actor, toID int64, message string) (id int64, err error) {
	if !actor.SignedIn() {
		return 0, account.ErrSignInRequired
	}
	message, err = account.Paragraphs("message", message, MinMessage, account.MaxText)
	if err != nil {
		return 0, err
	}
	err = s.inTx(ctx, "ask for an introduction", func(ctx context.Context, tx bun.Tx) error {
		if err := lockBoth(ctx, tx, actor.PersonID, toID); err != nil {
			return err
		}
		if err := mayAsk(ctx, tx, actor, toID); err != nil {
			return err
		}
		if err := account.MayWrite(ctx, tx, actor.Self(), account.Space{}, s.now()); err != nil {
			return err
		}
		if err := s.room(ctx, tx, actor.PersonID, toID); err != nil {
			return err
		}
		i := Introduction{FromID: actor.PersonID, ToID: toID, Message: message, State: Asked, AskedAt: s.now()}
		if _, err := tx.NewInsert().Model(&i).Returning("id").Exec(ctx); err != nil {
			return err
		}
		id = i.ID
		return events.Publish(ctx, tx, events.IntroductionAsked{IntroductionID: id, FromID: i.FromID, ToID: i.ToID})
	})
	return id, err
}

// lockBoth makes two people's requests to each other, and all that either asks, wait for one another.
func lockBoth(ctx context.Context, tx bun.Tx, a, b int64) error {
	_, err := tx.NewRaw("select id from person where id in (?, ?) order by id for no key update", a, b).Exec(ctx)
	return err
}

func mayAsk(ctx context.Context, tx bun.Tx, actor account.Actor, toID int64) error {
	p, err := account.New(tx, account.Options{}).Acquaintance(ctx, actor, toID)
	switch {
	case err != nil:
		return err
	case !p.Reachable || toID == actor.PersonID:
		return fmt.Errorf("person %d isn't to be asked: %w", toID, account.ErrForbidden)
	}
	return nil
}

// room tells what keeps a person from asking another now.
func (s *Service) room(ctx context.Context, tx bun.Tx, from, to int64) error {
	var n struct{ Mine, Theirs, Known, Refused, Waiting, Week int }
	now := s.now()
	err := tx.NewRaw(`select
			count(*) filter (where from_id = ?0 and to_id = ?1 and state = 'asked') as mine,
			count(*) filter (where from_id = ?1 and state = 'asked') as theirs,
			count(*) filter (where ?1 in (from_id, to_id) and state = 'accepted') as known,
			count(*) filter (where from_id = ?0 and to_id = ?1 and state = 'declined' and answered_at > ?2) as refused,
			count(*) filter (where from_id = ?0 and state = 'asked') as waiting,
			count(*) filter (where from_id = ?0 and asked_at > ?3) as week
		from introduction where from_id = ?0 or to_id = ?0`, from, to, now.Add(-Pause), now.Add(-7*24*time.Hour)).Scan(ctx, &n)
	switch {
	case err != nil:
		return err
	case n.Mine > 0:
		return refused("message", "introduction.error_asked")
	case n.Theirs > 0:
		return refused("message", "introduction.error_theirs")
	case n.Known > 0:
		return refused("message", "introduction.error_known")
	case n.Refused > 0:
		return refused("message", "introduction.error_declined")
	case n.Waiting >= MaxWaiting:
		return refused("message", "introduction.error_waiting", "Count", MaxWaiting)
	case n.Week >= MaxWeekly:
		return refused("message", "introduction.error_week", "Count", MaxWeekly)
	}
	return nil
}

// Withdraw takes back a request of the actor's that nobody answered yet. It returns account.ErrConflict when somebody
// did.
func (s *Service) Withdraw(ctx context.Context, actor account.Actor, id int64) error {
	return s.inTx(ctx, "withdraw an introduction", func(ctx context.Context, tx bun.Tx) error {
		i, err := own(ctx, tx, actor, id)
		switch {
		case err != nil:
			return err
		case i.FromID != actor.PersonID:
			return account.ErrNotFound
		case i.State == Withdrawn:
			return nil
		case i.State != Asked:
			return account.ErrConflict
		}
		i.State, i.AnsweredAt = Withdrawn, bun.NullTime{Time: s.now()}
		_, err = tx.NewUpdate().Model(&i).Column("state", "answered_at").WherePK().Exec(ctx)
		return err
	})
}
