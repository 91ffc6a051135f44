package notify

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
)

// Bounce is the word that a mail wasn't delivered.
type Bounce struct {
	Status string // of RFC 3463, such as 5.1.1
	Said   string // by the server that refused, in its own words
}

// softDays are the days, of the last softWindow, on which mails came back for now until the address counts as out of reach.
const (
	softDays   = 3
	softWindow = 14 * 24 * time.Hour
)

// saidAtMost is how much is kept of what a server said, in bytes.
const saidAtMost = 500

// hard tells whether an address is out of reach for good: it or its domain doesn't exist, or is closed. A full mailbox, and
// whatever a server thinks of us or of the content, may pass.
func (b Bounce) hard() bool {
	class, detail, _ := strings.Cut(b.Status, ".")
	if class != "5" {
		return false
	}
	switch detail {
	case "1.5", "1.7", "1.8": // the address is valid; or it is about the sender's
		return false
	case "2.1", "4.4", "0.0":
		return true
	}
	return strings.HasPrefix(detail, "1.")
}

// Why says what a bounce is about, as far as its person can do something: "notify.stop_<why>".
func why(status string) string {
	switch _, detail, _ := strings.Cut(status, "."); {
	case detail == "2.2":
		return "full"
	case strings.HasPrefix(detail, "7."):
		return "blocked"
	case strings.HasPrefix(detail, "1."), detail == "2.1", detail == "4.4":
		return "unknown"
	}
	return "other"
}

var statusForm = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// statusOf is the status at the beginning of what a server said, or otherwise.
func statusOf(said, otherwise string) string {
	if s := statusForm.FindString(said); s != "" {
		return s
	}
	return otherwise
}

// undelivered is the error of a mail whose server refuses its address.
type undelivered struct {
	status, said string
	cause        error
}

func (u undelivered) Error() string { return u.cause.Error() }
func (u undelivered) Unwrap() error { return u.cause }

// Bounced notes that a mail came back. What it carried of followed discussions then reached its reader by the pages. Its
// address gets no more mail after the first bounce for good, or after several days of those for now. A mail that is gone is
// no error.
func (s *Service) Bounced(ctx context.Context, mailID int64, b Bounce) error {
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return noteBounce(ctx, tx, mailID, b, s.now()) })
	if err != nil {
		return fmt.Errorf("bounce of mail %d: %w", mailID, err)
	}
	return nil
}

func noteBounce(ctx context.Context, tx bun.Tx, mailID int64, b Bounce, now time.Time) error {
	b.Said = oneLine(strings.ToValidUTF8(b.Said[:min(len(b.Said), saidAtMost)], ""))
	var rows []row
	err := tx.NewRaw(`select id, key, address, coalesce(person_id, 0) as person_id, created_at from mail where id = ? for no key update`, mailID).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, `insert into bounce (mail_id, hard, status, said, at) values (?, ?, ?, ?, ?)
		on conflict (mail_id) do update set hard = excluded.hard, status = excluded.status, said = excluded.said
			where excluded.hard and not bounce.hard`, mailID, b.hard(), b.Status, b.Said, now)
	if err != nil || rows[0].PersonID == 0 {
		return err
	}
	if err := leaveToPages(ctx, tx, rows[0].Key); err != nil {
		return err
	}
	return stopMail(ctx, tx, rows[0], b, now)
}

// leaveToPages notes that what a mail carried reaches its reader by the pages alone.
func leaveToPages(ctx context.Context, tx bun.IDB, key string) error {
	_, err := tx.ExecContext(ctx, "update notification set delivery = 'page' where letter = ? and delivery in ('mail', 'digest')", key)
	return err
}

// stopMail ends mails to an address that is out of reach, unless what came back left before it was tried again.
func stopMail(ctx context.Context, tx bun.Tx, r row, b Bounce, now time.Time) error {
	if !b.hard() {
		var days int
		err := tx.NewRaw(`select count(distinct date_trunc('day', b.at)) from bounce b join mail m on m.id = b.mail_id
			where m.address = ?0 and b.at > ?1 and m.created_at >= coalesce((select lifted_at from mail_stop where address = ?0), '-infinity')`,
			r.Address, now.Add(-softWindow)).Scan(ctx, &days)
		if err != nil || days < softDays {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `insert into mail_stop (address, person_id, hard, status, said, since) values (?, ?, ?, ?, ?, ?)
		on conflict (address) do update set person_id = excluded.person_id, hard = excluded.hard, status = excluded.status, said = excluded.said,
			since = excluded.since, lifted_at = null where mail_stop.lifted_at <= ?`,
		r.Address, r.PersonID, b.hard(), b.Status, b.Said, now, r.CreatedAt)
	return err
}

// Stop says that mail doesn't reach a person. The zero Stop says that it does.
type Stop struct {
	Address string
	Since   time.Time
	Why     string // "notify.stop_<why>"
	Said    string // by the server, in its own words
}

// Stopped tells whether mails to the actor stay here because their address is out of reach.
func (s *Service) Stopped(ctx context.Context, actor account.Actor) (Stop, error) {
	if !actor.SignedIn() {
		return Stop{}, nil
	}
	var rows []struct {
		Address, Status, Said string
		Since                 time.Time
	}
	err := s.db.NewRaw(`select m.address, m.status, m.said, m.since from mail_stop m join person p on p.email = m.address
		where p.id = ? and m.lifted_at is null`, actor.PersonID).Scan(ctx, &rows)
	if err != nil {
		return Stop{}, fmt.Errorf("does mail reach person %d: %w", actor.PersonID, err)
	}
	if len(rows) == 0 {
		return Stop{}, nil
	}
	r := rows[0]
	return Stop{Address: r.Address, Since: r.Since, Why: why(r.Status), Said: r.Said}, nil
}

// tryAgainAfter is how long an address rests after a bounce before it may be tried again.
const tryAgainAfter = 10 * time.Minute

// MailAgain is the kind of mail that tries an address again.
const MailAgain = "mail_again"

// TryMailAgain writes to the actor's address again, at once a mail that says so. It returns account.TooMany just after a mail
// came back, and does nothing where mail arrives.
func (s *Service) TryMailAgain(ctx context.Context, actor account.Actor) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var rows []struct {
			Address, Name, Language string
			Since                   time.Time
		}
		err := tx.NewRaw(`select m.address, m.since, p.name, p.language from mail_stop m join person p on p.email = m.address
			where p.id = ? and m.lifted_at is null for update of m`, actor.PersonID).Scan(ctx, &rows)
		if err != nil || len(rows) == 0 {
			return err
		}
		r, now := rows[0], s.now()
		if wait := r.Since.Add(tryAgainAfter).Sub(now); wait > 0 {
			return account.TooMany{RetryAfter: wait}
		}
		if _, err := tx.ExecContext(ctx, "update mail_stop set lifted_at = ? where address = ?", now, r.Address); err != nil {
			return fmt.Errorf("try %s again: %w", masked(r.Address), err)
		}
		return enqueue(ctx, tx, Mail{Key: fmt.Sprintf("again.%d.%d", actor.PersonID, now.UnixMicro()), To: r.Address, PersonID: actor.PersonID,
			Language: r.Language, Kind: MailAgain, Data: Data{Name: r.Name, Path: "/notifications/choices"}}, now, now)
	})
}

// bounced notes that a server refused the address of a mail as it was handed over.
func (s *Sender) bounced(ctx context.Context, r row, cause error) error {
	var u undelivered
	if !errors.As(cause, &u) {
		return nil
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return noteBounce(ctx, tx, r.ID, Bounce{Status: u.status, Said: u.said}, s.now())
	})
}

// withhold keeps a mail from an address that is out of reach; the pages tell what it tells. What somebody asked for leaves all
// the same: they may have repaired their mailbox.
func (s *Sender) withhold(ctx context.Context, r *row) (bool, error) {
	if !r.Stopped || TopicOf(r.Kind) == "" {
		return false, nil
	}
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := leaveToPages(ctx, tx, r.Key); err != nil {
			return err
		}
		return s.drop(ctx, tx, r)
	})
	return true, err
}
