package notify

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// Choice is whether a topic is also told by mail to a person; the pages tell it in any case.
type Choice struct {
	Topic  Topic
	Mailed bool

	Pushable bool // devices may show it
	Pushed   bool // they do instead of a mail, for whom has some
}

// Choices lists the topics that concern the actor, with what they chose or else the default. It returns
// account.ErrSignInRequired for a visitor.
func (s *Service) Choices(ctx context.Context, actor account.Actor) ([]Choice, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	var made []struct {
		Topic  Topic
		Mailed bool
		Pushed sql.NullBool
	}
	err := s.db.NewRaw("select topic, mailed, pushed from mail_choice where person_id = ?", actor.PersonID).Scan(ctx, &made)
	if err != nil {
		return nil, fmt.Errorf("choices of mail: %w", err)
	}
	var list []Choice
	for _, t := range topics {
		if t.topic == AboutReplies || t.only != nil && !slices.ContainsFunc(t.only, actor.CanSomewhere) {
			continue
		}
		c := Choice{Topic: t.topic, Mailed: t.unasked}
		c.Pushed, c.Pushable = pushedTopics[t.topic]
		for _, m := range made {
			if m.Topic == t.topic {
				c.Mailed = m.Mailed
				c.Pushed = m.Pushed.Bool || !m.Pushed.Valid && c.Pushed
			}
		}
		list = append(list, c)
	}
	return list, nil
}

// Choose keeps which of the topics that concern the actor are mailed: those given, and no other. What they don't see
// stays as it is. Mails that are queued already still leave.
func (s *Service) Choose(ctx context.Context, actor account.Actor, mailed []Topic) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		in := *s
		in.db = tx
		list, err := in.Choices(ctx, actor)
		if err != nil {
			return err
		}
		for _, c := range list {
			if err := in.choose(ctx, actor.PersonID, c.Topic, slices.Contains(mailed, c.Topic)); err != nil {
				return err
			}
		}
		return nil
	})
}

// ChoosePushed keeps which of the topics that devices may show those of the actor show instead of a mail: those given, and no other.
func (s *Service) ChoosePushed(ctx context.Context, actor account.Actor, pushed []Topic) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	for t := range pushedTopics {
		_, err := s.db.ExecContext(ctx, `insert into mail_choice (person_id, topic, mailed, pushed, changed_at)
			select id, ?, ?, ?, ? from person where id = ? on conflict (person_id, topic) do update set pushed = excluded.pushed`,
			t, t.byDefault(), slices.Contains(pushed, t), s.now(), actor.PersonID)
		if err != nil {
			return fmt.Errorf("choose what devices show of %s: %w", t, err)
		}
	}
	return nil
}

// choose keeps one choice of a person, if they still have an account.
func (s *Service) choose(ctx context.Context, personID int64, t Topic, mailed bool) error {
	if t == AboutReplies {
		return s.silence(ctx, personID)
	}
	_, err := s.db.ExecContext(ctx, `insert into mail_choice (person_id, topic, mailed, changed_at)
		select id, ?, ?, ? from person where id = ?
		on conflict (person_id, topic) do update set mailed = excluded.mailed, changed_at = excluded.changed_at
			where mail_choice.mailed <> excluded.mailed`, t, mailed, s.now(), personID)
	if err != nil {
		return fmt.Errorf("choose mails of %s: %w", t, err)
	}
	return nil
}

// silence has nothing of what a person follows mailed any more.
func (s *Service) silence(ctx context.Context, personID int64) error {
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := makeAttention(ctx, tx, []int64{personID}); err != nil {
			return err
		}
		var rows []attentionRow
		err := tx.NewRaw("select "+attentionOf+" from attention a where person_id = ?", personID).Scan(ctx, &rows)
		if err != nil || len(rows) == 0 {
			return err
		}
		a := rows[0].attention()
		a.Rhythm = Never
		return s.attend(ctx, tx, personID, a)
	})
}

// wanted tells whether a person gets mails of a kind, as of now: a mail is queued, or not, by the choice at that moment.
func wanted(ctx context.Context, tx bun.Tx, personID int64, mailKind string) (bool, error) {
	t := TopicOf(mailKind)
	if t == "" || personID == 0 {
		return true, nil
	}
	var mailed bool
	err := tx.NewRaw("select coalesce((select mailed from mail_choice where person_id = ? and topic = ?), ?)",
		personID, t, t.byDefault()).Scan(ctx, &mailed)
	if err != nil {
		return false, fmt.Errorf("does person %d want mails of %s: %w", personID, t, err)
	}
	return mailed, nil
}
