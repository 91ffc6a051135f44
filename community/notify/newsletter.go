package notify

import (
	"context"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Newsletters says what a newsletter says in a language, as plain text and as HTML that is safe.
type Newsletters func(ctx context.Context, id int64, lang string) (text, html string, err error)

// roundBatch is to how many members a newsletter goes in one transaction.
const roundBatch = 100

// hearNewsletter tells those who moderate a space of a draft, and puts what was sent on its way.
func hearNewsletter(ctx context.Context, tx bun.Tx, e events.Event) ([]notice, error) {
	switch e.Type {
	case events.NewsletterDrafted{}.EventType():
		p, err := events.Decode[events.NewsletterDrafted](e)
		if err != nil {
			return nil, err
		}
		sp, err := account.FindSpace(ctx, tx, p.SpaceID)
		if err != nil {
			return nil, err
		}
		n := notice{kind: NewsletterReady, data: Data{SpaceID: sp.ID, SpaceKey: sp.Key, Title: sp.Name}}
		list, err := toHolders(ctx, tx, "space_moderator", "space_id", p.SpaceID, n)
		if err != nil || len(list) > 0 || p.OfficeID == 0 {
			return list, err
		}
		return toHolders(ctx, tx, "office_moderator", "office_id", p.OfficeID, n) // nobody else runs it
	case events.NewsletterSent{}.EventType():
		p, err := events.Decode[events.NewsletterSent](e)
		if err != nil {
			return nil, err
		}
		_, err = tx.ExecContext(ctx, `insert into mail_round (event_id, at, newsletter_id, space_id, subject) values (?, ?, ?, ?, ?) on conflict do nothing`,
			e.ID, e.Time, p.NewsletterID, p.SpaceID, p.Title)
		return nil, err
	}
	return nil, nil
}

// round is a newsletter on its way.
type round struct {
	EventID      string
	At           time.Time
	NewsletterID int64
	SpaceID      int64
	Subject      events.Text `bun:"type:jsonb"`
	After        int64       // the last person it went to
}

// SendRounds takes the newsletters that are on their way further, to some members, and returns to how many: none when all are
// through. Members are those of when it was sent; who mutes the space isn't one.
func (s *Service) SendRounds(ctx context.Context) (n int, err error) {
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var rounds []round
		err := tx.NewRaw(`select event_id, at, newsletter_id, space_id, subject, after from mail_round where done_at is null
			order by at limit 1 for update skip locked`).Scan(ctx, &rounds)
		if err != nil || len(rounds) == 0 {
			return err
		}
		r := rounds[0]
		var people []int64
		err = tx.NewRaw(`select m.person_id from space_member m where m.space_id = ?0 and m.since <= ?1 and m.person_id > ?2
			and not exists (select from follow f where f.person_id = m.person_id and f.subject = 'space' and f.subject_id = ?0 and f.level = 'mute')
			order by m.person_id limit ?3`, r.SpaceID, r.At, r.After, roundBatch).Scan(ctx, &people)
		if err != nil {
			return err
		}
		if n = len(people); n == 0 {
			n = 1 // there may be other rounds
			_, err = tx.ExecContext(ctx, `update mail_round set done_at = ? where event_id = ?`, s.now(), r.EventID)
			return err
		}
		e := events.Event{ID: r.EventID, Type: events.NewsletterSent{}.EventType(), Time: r.At}
		for _, id := range people {
			if err := s.tell(ctx, tx, e, notice{to: id, kind: NewsletterMail, data: Data{SpaceID: r.SpaceID, NewsletterID: r.NewsletterID, Title: r.Subject}}); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `update mail_round set after = ? where event_id = ?`, people[len(people)-1], r.EventID)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("newsletters on their way: %w", err)
	}
	return n, nil
}

// newsletter puts into the letter of a newsletter what it says.
func (c composer) newsletter(ctx context.Context, l *Letter, m Mail) error {
	if m.Kind != string(NewsletterMail) || c.news == nil {
		return nil
	}
	text, html, err := c.news(ctx, m.Data.NewsletterID, m.Language)
	if err != nil {
		return fmt.Errorf("newsletter %d: %w", m.Data.NewsletterID, err)
	}
	l.Body = strings.ReplaceAll(text, "](/", "]("+c.public+"/")
	l.BodyHTML = template.HTML(strings.ReplaceAll(html, `href="/`, `href="`+c.public+`/`)) // made safe by whoever wrote it
	return nil
}
