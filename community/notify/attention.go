package notify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// Attention is what a person leaves the platform of theirs.
type Attention struct {
	Rhythm Rhythm
	Budget int // mails at once in a day, 1 to MaxBudget
	Hushed bool
	Quiet  Quiet // when Hushed

	Unthanked bool // they aren't told in the pages who thanks them
}

// MaxBudget is the most mails at once in a day that may be chosen.
const MaxBudget = 50

// Load is how a person's attention is taken today.
type Load struct {
	Attention
	Spent   int       // mails at once today
	Waiting int       // what waits for the next digest
	DueAt   time.Time // when that leaves; zero when nothing waits
}

func (a Attention) quiet() Quiet {
	if a.Hushed {
		return a.Quiet
	}
	return Quiet{}
}

func (a Attention) check() error {
	var wrong account.Invalids
	if !slices.Contains(Rhythms, a.Rhythm) {
		return fmt.Errorf("rhythm %q: %w", a.Rhythm, account.ErrNotFound)
	}
	if a.Budget < 1 || a.Budget > MaxBudget {
		wrong.Add("budget", "notify.budget_invalid", "Most", MaxBudget)
	}
	hour := func(h int) bool { return 0 <= h && h < 24 }
	if a.Hushed && (!hour(a.Quiet.From) || !hour(a.Quiet.Until) || a.Quiet.From == a.Quiet.Until) {
		wrong.Add("quiet_until", "notify.quiet_invalid")
	}
	return wrong.Err()
}

// delivery is how something followed reaches its reader: at once from a mailing list; from elsewhere, by mail or by their devices, while the day's budget lasts, unless a mail about the same
// thread still waits to be read or the news is old; else by the next digest, or by the pages alone.
func (a Attention) delivery(spent int, listed, devices, already, old bool) string {
	switch {
	case a.Rhythm == Never:
		return onPage
	case listed:
		return byMail
	case spent >= a.Budget || already || old:
		return waiting
	case a.Rhythm == AtOnce:
		return byMail
	case a.Rhythm == Pushed && devices:
		return byPush
	}
	return waiting
}

// spentOf counts what reached person p at once since a time, of some kinds of mail and on their devices.
const spentOf = `(select count(*) from mail m where m.person_id = p.id and m.kind = any(?) and m.created_at >= ?)
	+ (select count(*) from notification b where b.person_id = p.id and b.delivery = 'push' and b.at >= ?)`

// attentionOf are the columns of an Attention, with what holds for who never chose.
const attentionOf = `coalesce(a.rhythm, 'once') as rhythm, coalesce(a.budget, 5) as budget, a.quiet_from is not null as hushed,
	coalesce(a.quiet_from, 0) as quiet_from, coalesce(a.quiet_until, 0) as quiet_until, coalesce(a.unthanked, false) as unthanked`

type attentionRow struct {
	Rhythm                Rhythm
	Budget                int
	Hushed                bool
	QuietFrom, QuietUntil int
	Unthanked             bool
}

func (r attentionRow) attention() Attention {
	return Attention{Rhythm: r.Rhythm, Budget: r.Budget, Hushed: r.Hushed, Quiet: Quiet{r.QuietFrom, r.QuietUntil}, Unthanked: r.Unthanked}
}

// clock is the present on the platform's clock.
func (s *Service) clock() time.Time { return s.now().In(s.zone) }

// midnight is when the present day began on the platform's clock.
func (s *Service) midnight() time.Time {
	t := s.clock()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, s.zone)
}

// Attention returns how the actor is written to, and what that makes today. It returns account.ErrSignInRequired for a
// visitor.
func (s *Service) Attention(ctx context.Context, actor account.Actor) (Load, error) {
	if !actor.SignedIn() {
		return Load{}, account.ErrSignInRequired
	}
	var row struct {
		attentionRow
		Spent, Waiting int
		DueAt          bun.NullTime
	}
	err := s.db.NewRaw(`select `+attentionOf+`, a.due_at,
			`+spentOf+` as spent,
			(select count(*) from notification where person_id = p.id and delivery = 'waiting' and read_at is null) as waiting
		from person p left join attention a on a.person_id = p.id where p.id = ?`,
		pgdialect.Array(budgeted), s.midnight(), s.midnight(), actor.PersonID).Scan(ctx, &row)
	if err != nil {
		return Load{}, fmt.Errorf("attention of person %d: %w", actor.PersonID, err)
	}
	l := Load{Attention: row.attention(), Spent: row.Spent, Waiting: row.Waiting}
	if l.Waiting > 0 {
		l.DueAt = row.DueAt.Time
	}
	return l, nil
}

// Attend keeps how the actor wants to be written to. What waits for a digest goes with the first one of the new rhythm; who
// wants no mail any more finds it in the pages. It returns account.Invalids about "budget" and "quiet_until".
func (s *Service) Attend(ctx context.Context, actor account.Actor, a Attention) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	if err := a.check(); err != nil {
		return err
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return s.attend(ctx, tx, actor.PersonID, a) })
}

func (s *Service) attend(ctx context.Context, tx bun.Tx, personID int64, a Attention) error {
	if err := makeAttention(ctx, tx, []int64{personID}); err != nil {
		return err
	}
	var from, until any
	if a.Hushed {
		from, until = a.Quiet.From, a.Quiet.Until
	}
	_, err := tx.ExecContext(ctx, `update attention set rhythm = ?, budget = ?, quiet_from = ?, quiet_until = ?, unthanked = ? where person_id = ?`,
		a.Rhythm, a.Budget, from, until, a.Unthanked, personID)
	if err != nil {
		return fmt.Errorf("attention of person %d: %w", personID, err)
	}
	if a.Rhythm == Never {
		_, err = tx.ExecContext(ctx, `update notification set delivery = 'page' where person_id = ? and delivery = 'waiting'`, personID)
		if err != nil {
			return fmt.Errorf("leave what waits to the pages: %w", err)
		}
	}
	_, err = tx.ExecContext(ctx, `update attention a set due_at = case when exists (select from notification n
			where n.person_id = a.person_id and n.delivery = 'waiting') then ?::timestamptz end where a.person_id = ?`,
		a.Rhythm.next(s.clock(), a.quiet()), personID)
	if err != nil {
		return fmt.Errorf("next digest of person %d: %w", personID, err)
	}
	return nil
}

// makeAttention gives people a row to lock, if their accounts are still there.
func makeAttention(ctx context.Context, tx bun.Tx, people []int64) error {
	_, err := tx.ExecContext(ctx, `insert into attention (person_id) select id from person where id = any(?) order by id on conflict do nothing`,
		pgdialect.Array(people))
	if err == nil {
		_, err = tx.ExecContext(ctx, `select from attention where person_id = any(?) order by person_id for update`, pgdialect.Array(people))
	}
	if err != nil {
		return fmt.Errorf("take people's attention: %w", err)
	}
	return nil
}
