package community

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// fortnight is what a newsletter tells of.
const fortnight = 14 * 24 * time.Hour

// MaxNewsletter is the longest text of a newsletter in one language, in characters.
const MaxNewsletter = 10000

// Newsletter is what happened in a space, told to its members.
type Newsletter struct {
	ID      int64
	SpaceID int64
	FromAt  time.Time
	UntilAt time.Time
	State   string      // draft, sent
	Subject events.Text `bun:"type:jsonb"`
	Body    events.Text `bun:"type:jsonb"` // Markdown
	Version int         // counts edits
	SentAt  time.Time   // zero while it is a draft
}

const newsletterColumns = `id, space_id, from_at, until_at, state, subject, body, version, sent_at`

// Say says a catalogue key in a language; args are pairs of a name and a value, and a number called Count chooses the plural.
type Say func(lang, key string, args ...any) string

// Saying tells with which words drafts of newsletters are composed; without, none are.
func (s *Service) Saying(say Say) *Service {
	s.say = say
	return s
}

// ComposeNewsletters composes the drafts that are due, one for each space that has none and told of nothing for a fortnight,
// and returns how many spaces it looked at. Each is claimed and composed in one transaction.
func (s *Service) ComposeNewsletters(ctx context.Context) (n int, err error) {
	if s.say == nil {
		return 0, nil
	}
	for {
		var ids []int64
		err := s.inTx(ctx, "compose a newsletter", func(ctx context.Context, tx bun.Tx) error {
			err := tx.NewRaw(`select s.id from space s where not exists (select from newsletter n where n.space_id = s.id and (n.state = 'draft' or n.until_at > ?))
				order by s.id limit 1 for no key update of s skip locked`, s.now().Add(-fortnight)).Scan(ctx, &ids)
			if err != nil || len(ids) == 0 {
				return err
			}
			return s.composeDue(ctx, tx, ids[0])
		})
		if err != nil || len(ids) == 0 {
			return n, err
		}
		n++
	}
}

func (s *Service) composeDue(ctx context.Context, tx bun.Tx, spaceID int64) error {
	// Another node may have composed it between this statement's snapshot and its lock.
	fresh, err := tx.NewSelect().Table("newsletter").Where("space_id = ? and (state = 'draft' or until_at > ?)", spaceID, s.now().Add(-fortnight)).Exists(ctx)
	if err != nil || fresh {
		return err
	}
	sp, err := account.FindSpace(ctx, tx, spaceID)
	if err != nil {
		return err
	}
	from, err := s.toldUntil(ctx, tx, spaceID)
	if err != nil {
		return err
	}
	news, err := s.happened(ctx, tx, spaceID, from)
	if err != nil {
		return err
	}
	n := Newsletter{SpaceID: spaceID, FromAt: from, UntilAt: s.now(), State: "draft"}
	if n.Subject, n.Body = s.tellNews(sp, news, n.UntilAt); news.none() {
		n.State = "empty"
	}
	err = tx.NewRaw(`insert into newsletter (space_id, from_at, until_at, state, subject, body) values (?, ?, ?, ?, ?, ?) returning id`,
		spaceID, n.FromAt, n.UntilAt, n.State, n.Subject, n.Body).Scan(ctx, &n.ID)
	if err != nil || news.none() {
		return err
	}
	return events.Publish(ctx, tx, events.NewsletterDrafted{NewsletterID: n.ID, SpaceID: spaceID, OfficeID: sp.OfficeID})
}

// toldUntil is until when members of a space were told what happened: what is older than a fortnight is no news when they
// never were.
func (s *Service) toldUntil(ctx context.Context, tx bun.Tx, spaceID int64) (time.Time, error) {
	var last bun.NullTime
	err := tx.NewRaw(`select max(until_at) from newsletter where space_id = ? and state = 'sent'`, spaceID).Scan(ctx, &last)
	if oldest := s.now().Add(-2 * fortnight); err == nil && last.Before(oldest) {
		if last.IsZero() {
			oldest = s.now().Add(-fortnight)
		}
		last.Time = oldest
	}
	return last.Time, err
}

// Newsletters are those of a space.
type Newsletters struct {
	Draft   Newsletter   // that waits to be sent; without ID when none does
	Sent    []Newsletter // the latest first, a dozen at most
	Members int          // of the space
}

// Newsletters returns those of a space. It needs Moderate over the space.
func (s *Service) Newsletters(ctx context.Context, actor account.Actor, spaceID int64) (all Newsletters, err error) {
	sp, err := readable(ctx, s.db, actor, spaceID)
	if err == nil {
		err = moderates(actor, sp.Scope())
	}
	if err == nil {
		err = s.db.NewRaw(`select `+newsletterColumns+` from newsletter where space_id = ? and state <> 'empty' order by state, until_at desc limit 13`, spaceID).Scan(ctx, &all.Sent)
	}
	if err == nil {
		err = s.db.NewRaw(`select count(*) from space_member where space_id = ?`, spaceID).Scan(ctx, &all.Members)
	}
	if err != nil {
		return all, fmt.Errorf("newsletters of space %d: %w", spaceID, err)
	}
	if len(all.Sent) > 0 && all.Sent[0].State == "draft" {
		all.Draft, all.Sent = all.Sent[0], all.Sent[1:]
	}
	return all, nil
}

// onDraft runs f on the draft of a space that the actor moderates, under its lock. It returns account.ErrNotFound when none waits and
// account.ErrStale when somebody else changed it since version.
func (s *Service) onDraft(ctx context.Context, what string, actor account.Actor, spaceID int64, version int, f func(context.Context, bun.Tx, account.Space, Newsletter) error) error {
	return s.inTx(ctx, what+" a newsletter", func(ctx context.Context, tx bun.Tx) error {
		sp, err := readable(ctx, tx, actor, spaceID)
		if err == nil {
			err = moderates(actor, sp.Scope())
		}
		if err != nil {
			return err
		}
		var n Newsletter
		err = tx.NewRaw(`select `+newsletterColumns+` from newsletter where space_id = ? and state = 'draft' for update`, spaceID).Scan(ctx, &n)
		if err != nil {
			return found(err)
		}
		if n.Version != version {
			return account.ErrStale
		}
		return f(ctx, tx, sp, n)
	})
}

// EditDraft changes the newsletter that waits in a space.
func (s *Service) EditDraft(ctx context.Context, actor account.Actor, spaceID int64, version int, subject, body events.Text) error {
	var wrong account.Invalids
	subject, body = checkNewsletter(&wrong, subject, body)
	return s.onDraft(ctx, "edit", actor, spaceID, version, func(ctx context.Context, tx bun.Tx, _ account.Space, n Newsletter) error {
		if err := wrong.Err(); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `update newsletter set subject = ?, body = ?, version = version + 1 where id = ?`, subject, body, n.ID)
		return err
	})
}

// ComposeAnew replaces the draft of a space by one of all that happened until now.
func (s *Service) ComposeAnew(ctx context.Context, actor account.Actor, spaceID int64, version int) error {
	return s.onDraft(ctx, "compose", actor, spaceID, version, func(ctx context.Context, tx bun.Tx, sp account.Space, n Newsletter) error {
		from, err := s.toldUntil(ctx, tx, spaceID)
		if err != nil || s.say == nil {
			return err
		}
		news, err := s.happened(ctx, tx, spaceID, from)
		if err != nil {
			return err
		}
		subject, body := s.tellNews(sp, news, s.now())
		_, err = tx.ExecContext(ctx, `update newsletter set from_at = ?, until_at = ?, subject = ?, body = ?, version = version + 1 where id = ?`,
			from, s.now(), subject, body, n.ID)
		return err
	})
}

// SendNewsletter sends the draft of a space, as the actor saw it, to those who are members now. Nothing else sends one.
func (s *Service) SendNewsletter(ctx context.Context, actor account.Actor, spaceID int64, version int) error {
	return s.onDraft(ctx, "send", actor, spaceID, version, func(ctx context.Context, tx bun.Tx, sp account.Space, n Newsletter) error {
		_, err := tx.ExecContext(ctx, `update newsletter set state = 'sent', sent_at = ?, sent_by = ? where id = ?`, s.now(), actor.PersonID, n.ID)
		if err != nil {
			return err
		}
		return events.Publish(ctx, tx, events.NewsletterSent{NewsletterID: n.ID, SpaceID: sp.ID, Title: n.Subject, By: actor.PersonID})
	})
}

// checkNewsletter puts the texts of a newsletter as they are kept: in one language at least, and whole in each.
func checkNewsletter(wrong *account.Invalids, subject, body events.Text) (events.Text, events.Text) {
	s, b := events.Text{}, events.Text{}
	for _, lang := range events.Languages {
		title, text := tidyLine(subject[lang]), tidyText(body[lang])
		switch {
		case blank(title) && blank(text):
			continue
		case blank(title):
			wrong.Add("subject_"+lang, "newsletter.error_subject")
		case blank(text):
			wrong.Add("body_"+lang, "newsletter.error_body")
		case utf8.RuneCountInString(title) > MaxTitle:
			wrong.Add("subject_"+lang, "forum.error_long", "Max", MaxTitle)
		case utf8.RuneCountInString(text) > MaxNewsletter:
			wrong.Add("body_"+lang, "forum.error_long", "Max", MaxNewsletter)
		}
		s[lang], b[lang] = title, text
	}
	if len(s) == 0 {
		wrong.Add("subject_"+events.Languages[0], "newsletter.error_subject")
	}
	return s, b
}

// SentNewsletter returns a newsletter that was sent, to those who may read its space.
func (s *Service) SentNewsletter(ctx context.Context, actor account.Actor, id int64) (n Newsletter, sp account.Space, err error) {
	if n, err = FindNewsletter(ctx, s.db, id); err == nil {
		sp, err = readable(ctx, s.db, actor, n.SpaceID)
	}
	return n, sp, err
}

// FindNewsletter returns a newsletter that was sent, whoever asks.
func FindNewsletter(ctx context.Context, db bun.IDB, id int64) (n Newsletter, err error) {
	err = db.NewRaw(`select `+newsletterColumns+` from newsletter where id = ? and state = 'sent'`, id).Scan(ctx, &n)
	if err != nil {
		return n, fmt.Errorf("newsletter %d: %w", id, found(err))
	}
	return n, nil
}
