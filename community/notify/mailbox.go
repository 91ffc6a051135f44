package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// Mailed is a mail as the mailbox shows it.
type Mailed struct {
	ID        int64
	To        string
	State     string
	Error     string // why it failed, or could not be carried yet
	CreatedAt time.Time
	Letter
}

// mailboxSize is the number of mails the mailbox shows.
const mailboxSize = 100

// Mailbox lists the latest mails as their readers would see them. It exists only while no SMTP server is configured, else
// it returns ErrNotFound; it is for administrators, and for everybody in a demonstration.
func (s *Service) Mailbox(ctx context.Context, actor account.Actor) ([]Mailed, error) {
	if err := s.mayReadMails(actor); err != nil {
		return nil, err
	}
	var rows []row
	err := s.mails().OrderExpr("id desc").Limit(mailboxSize).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("mailbox: %w", err)
	}
	c, err := s.composer()
	if err != nil {
		return nil, err
	}
	list := make([]Mailed, len(rows))
	for i, r := range rows {
		list[i] = c.mailed(r)
	}
	return list, nil
}

// Mail returns one mail of the mailbox. Errors as Mailbox, and ErrNotFound.
func (s *Service) Mail(ctx context.Context, actor account.Actor, id int64) (Mailed, error) {
	if err := s.mayReadMails(actor); err != nil {
		return Mailed{}, err
	}
	var rows []row
	if err := s.mails().Where("id = ?", id).Scan(ctx, &rows); err != nil {
		return Mailed{}, fmt.Errorf("mail %d: %w", id, err)
	}
	if len(rows) == 0 {
		return Mailed{}, fmt.Errorf("mail %d: %w", id, account.ErrNotFound)
	}
	c, err := s.composer()
	if err != nil {
		return Mailed{}, err
	}
	m := c.mailed(rows[0])
	return m, c.quote(ctx, &m.Letter, rows[0].mail())
}

// MailboxOpen tells whether actor may read the mailbox, for a link to it.
func (s *Service) MailboxOpen(actor account.Actor) bool { return s.mayReadMails(actor) == nil }

func (s *Service) mayReadMails(actor account.Actor) error {
	switch {
	case s.smtp:
		return fmt.Errorf("mailbox, while mails leave by SMTP: %w", account.ErrNotFound)
	case s.demo || actor.Can(account.AdministerPlatform, account.Scope{}):
		return nil
	case !actor.SignedIn():
		return account.ErrSignInRequired
	}
	return account.ErrForbidden
}

func (s *Service) mails() *bun.SelectQuery {
	return s.db.NewSelect().Table("mail").Column("id", "key", "address", "person_id", "language", "kind", "data", "state", "created_at", "error")
}

func (s *Service) composer() (composer, error) {
	secret, err := s.secret()
	if err != nil {
		return composer{}, fmt.Errorf("mails: %w", err)
	}
	return composer{render: s.render, public: s.public, secret: secret, posts: s.posts, news: s.news, back: s.inbound.signedBy(secret)}, nil
}

func (c composer) mailed(r row) Mailed {
	return Mailed{ID: r.ID, To: r.Address, State: r.State, Error: r.Error, CreatedAt: r.CreatedAt,
		Letter: c.compose(r.mail())}
}
