package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

const (
	batchSize   = 20
	lease       = 5 * time.Minute // how long a sender that died keeps its mails from others
	maxAttempts = 14              // with backoff, about a day and a half
	pollEvery   = time.Second
)

// SenderOptions are what a Sender needs beside the database.
type SenderOptions struct {
	SMTPURL   string // smtp://user:password@host:587 or smtps://…; empty to write files into Folder
	Folder    string // where mails are written as .eml files when there is no SMTPURL
	From      string // address that mails come from; default noreply@ the host of PublicURL
	PublicURL string // what links begin with
	Render    Render
	Secret    Secret           // signs the links that end mails; without it there are none
	Talk      Talk             // asked again as a mail leaves; nil: what was queued leaves as it is
	Attach    Attach           // nil: nothing is attached
	News      Newsletters      // nil: newsletters say nothing
	Posts     Posts            // nil: mails about posts don't say them
	DKIM      *DKIM            // nil: mails leave unsigned
	Inbound   Inbound          // where answers and bounces come back to
	Log       *slog.Logger     // default slog.Default()
	Now       func() time.Time // default time.Now
}

// Sender takes mails from the queue and has them carried. Any number of senders may share a queue.
//
// A mail is carried exactly once unless a sender dies between the server's "250 OK" and the note it makes of that: then
// it is sent again after its lease, under the same Message-ID, which lets the receiver drop the second. Files are
// written under the same name, so exactly once.
type Sender struct {
	db      bun.IDB
	carrier carrier
	talk    Talk
	attach  Attach
	write   writer
	log     *slog.Logger
	now     func() time.Time
}

// carrier takes messages to where they go.
type carrier interface {
	// carry hands over each message in turn and reports its outcome before the next. It returns an error, having
	// reported nothing of the remaining ones, when it can't go on.
	carry(ctx context.Context, batch []message, report func(m message, err error) error) error
	// done is the state of a mail that was carried.
	done() string
}

// errRefused marks an outcome that trying again won't change.
var errRefused = errors.New("refused for good")

// NewSender returns a sender to the SMTP server of o, or else to its folder, which it creates.
func NewSender(db bun.IDB, o SenderOptions) (*Sender, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.From == "" {
		o.From = "noreply@" + hostOf(o.PublicURL)
	}
	if o.Attach == nil {
		o.Attach = func(context.Context, Mail) ([]Attachment, error) { return nil, nil }
	}
	var secret []byte
	var err error
	if o.Secret != nil {
		if secret, err = o.Secret(); err != nil {
			return nil, fmt.Errorf("mail: %w", err)
		}
	}
	s := &Sender{db: db, log: o.Log, now: o.Now, talk: o.Talk, attach: o.Attach, write: writer{
		composer: composer{render: o.Render, public: publicURL(o.PublicURL), secret: secret, posts: o.Posts, news: o.News, back: o.Inbound.signedBy(secret)},
		from:     o.From, host: hostOf(o.PublicURL), dkim: o.DKIM}}
	if o.SMTPURL != "" {
		s.carrier, err = newSMTP(o.SMTPURL)
	} else {
		s.carrier, err = newFolder(o.Folder)
	}
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return s, nil
}

// Run sends mails as they come, until ctx ends; then it finishes the one in hand, gives the others back and returns.
func (s *Sender) Run(ctx context.Context) {
	for ctx.Err() == nil {
		wait := pollEvery
		n, err := s.Deliver(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			s.log.Error("mail: the queue can't be worked", "error", err)
			wait = 5 * pollEvery
		case n == batchSize:
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// Deliver takes the mails that are due, batchSize at most, and has them carried. It returns how many it took. That some
// could not be carried is not an error: they are tried again later, or given up after many times.
func (s *Sender) Deliver(ctx context.Context) (int, error) {
	rows, err := s.claim(ctx)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	// Marks must be made even while the program stops, and before the lease ends.
	mark := context.WithoutCancel(ctx)
	ctx, cancel := context.WithTimeout(ctx, lease-time.Minute)
	defer cancel()

	open := make(map[int64]row, len(rows))
	var batch []message
	for _, r := range rows {
		gone, err := s.withhold(mark, &r)
		if err == nil && gone {
			continue
		}
		left := true
		if err == nil {
			left, err = s.recheck(ctx, &r)
		}
		if err == nil && !left {
			continue
		}
		var m message
		if err == nil {
			m, err = s.message(ctx, r)
		}
		if err != nil {
			if err := s.failed(mark, r, err); err != nil {
				return len(rows), err
			}
			continue
		}
		open[r.ID] = r
		batch = append(batch, m)
	}
	carryErr := s.carrier.carry(ctx, batch, func(m message, outcome error) error {
		r := open[m.id]
		delete(open, m.id)
		if outcome != nil {
			return errors.Join(s.failed(mark, r, outcome), s.bounced(mark, r, outcome))
		}
		return s.carried(mark, r)
	})
	return len(rows), s.giveBack(mark, open, ctx.Err(), carryErr)
}

// message writes a mail with what is attached to it. What can't be written never will be; what is attached may come later.
func (s *Sender) message(ctx context.Context, r row) (message, error) {
	files, err := s.attach(ctx, r.mail())
	if err != nil {
		return message{}, fmt.Errorf("what goes with it: %w", err)
	}
	m, err := s.write.message(ctx, r, files)
	if err != nil {
		return message{}, fmt.Errorf("%w: %w", errRefused, err)
	}
	return m, nil
}

// giveBack returns to the queue the mails that were not tried: at once when the program stops, later when the server
// can't be reached.
func (s *Sender) giveBack(ctx context.Context, open map[int64]row, stopped, cause error) error {
	for _, r := range open {
		var err error
		if stopped != nil || cause == nil {
			_, err = s.db.ExecContext(ctx, "update mail set attempts = attempts - 1, next_at = ? where id = ? and attempts = ? and state = 'queued'",
				s.now(), r.ID, r.Attempts)
		} else {
			err = s.failed(ctx, r, cause)
		}
		if err != nil {
			return fmt.Errorf("give mail %d back: %w", r.ID, err)
		}
	}
	return nil
}

// claim takes due mails for the length of a lease. The number of attempts is the proof of still holding one.
func (s *Sender) claim(ctx context.Context) ([]row, error) {
	now := s.now()
	var rows []row
	err := s.db.NewRaw(`
		update mail set attempts = attempts + 1, next_at = ?
		where id in (select id from mail where state = 'queued' and next_at <= ? order by next_at, id
			limit ? for update skip locked)
		returning id, key, address, coalesce(person_id, 0) as person_id, language, kind, data, attempts, created_at,
			exists (select from mail_stop where mail_stop.address = mail.address and lifted_at is null) as stopped`,
		now.Add(lease), now, batchSize).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("claim mails: %w", err)
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.ID, b.ID) })
	return rows, nil
}

// carried notes that a mail left. Once a server has it, the link is forgotten here: it may open somebody's account.
func (s *Sender) carried(ctx context.Context, r row) error {
	if last(r.Kind) {
		return s.forget(ctx, r)
	}
	err := events.ExecPrepared(ctx, s.db, `update mail set state = $1, done_at = $2, error = '',
			data = case when $1::text = 'sent' then data - 'path' else data end
		where id = $3 and attempts = $4 and state = 'queued'`, s.carrier.done(), s.now(), r.ID, r.Attempts)
	if err != nil {
		return fmt.Errorf("mark mail %d: %w", r.ID, err)
	}
	return nil
}

// failed notes an error, and when to try again if it is worth it.
func (s *Sender) failed(ctx context.Context, r row, cause error) error {
	state, done := MailQueued, (*time.Time)(nil)
	now := s.now()
	if errors.Is(cause, errRefused) || r.Attempts >= maxAttempts {
		state, done = MailFailed, &now
	}
	if state == MailFailed && last(r.Kind) {
		return s.forget(ctx, r)
	}
	s.log.Warn("mail not sent", "mail", r.ID, "kind", r.Kind, "attempt", r.Attempts, "state", state, "error", cause)
	_, err := s.db.ExecContext(ctx,
		"update mail set state = ?, done_at = ?, next_at = ?, error = ? where id = ? and attempts = ? and state = 'queued'",
		state, done, now.Add(backoff(r.Attempts)), cause.Error(), r.ID, r.Attempts)
	if err != nil {
		return fmt.Errorf("mark mail %d: %w", r.ID, err)
	}
	return nil
}

// forget keeps nothing of a mail.
func (s *Sender) forget(ctx context.Context, r row) error {
	if _, err := s.db.ExecContext(ctx, `delete from mail where id = ? and attempts = ?`, r.ID, r.Attempts); err != nil {
		return fmt.Errorf("forget mail %d: %w", r.ID, err)
	}
	return nil
}

// backoff is how long to wait after the n-th attempt, from 1: half a minute, doubling up to six hours.
func backoff(n int) time.Duration {
	return min(30*time.Second<<min(n-1, 12), 6*time.Hour)
}
