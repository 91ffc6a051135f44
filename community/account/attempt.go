package account

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// limit bounds how often something may be tried in a sliding window.
type limit struct {
	times  int
	window time.Duration
}

// The limits. Those per address leave room for a training room of sixty people behind one router.
var (
	failuresPerAccount = limit{10, 15 * time.Minute}
	failuresPerAddress = limit{300, 15 * time.Minute}
	mailsPerAccount    = limit{5, time.Hour}
	mailsPerAddress    = limit{200, time.Hour}
)

// try is one attempt at something limited: by which account (an e-mail address) and from which network address.
type try struct {
	what                   string // "password" or "mail"
	account, address       string
	perAccount, perAddress limit
}

func passwordTry(email string, from Client) try {
	return try{"password", email, from.Address, failuresPerAccount, failuresPerAddress}
}

func mailTry(email string, from Client) try {
	return try{"mail", email, from.Address, mailsPerAccount, mailsPerAddress}
}

func (t try) accountKey() string { return t.what + ":account:" + t.account }

// admitted is an attempt on record, to be forgiven if it succeeds.
type admitted struct {
	accountKey string
	addressRow int64 // or 0
}

// admit records an attempt, or returns a TooMany when a limit is reached. It records before the outcome is known, under
// a lock per key, so that a burst of simultaneous guesses can't pass a limit.
func (s *Service) admit(ctx context.Context, t try) (a admitted, err error) {
	a.accountKey = t.accountKey()
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) (err error) {
		// The class keeps every account's lock before every address's, whatever the hashes: no deadlock.
		if _, err = s.count(ctx, tx, 1, a.accountKey, t.perAccount); err != nil || t.address == "" {
			return err
		}
		a.addressRow, err = s.count(ctx, tx, 2, t.what+":address:"+t.address, t.perAddress)
		return err
	})
	return a, err
}

func (s *Service) count(ctx context.Context, tx bun.Tx, class int, key string, l limit) (row int64, err error) {
	now := s.now()
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(?, hashtext(?))`, class, key); err != nil {
		return 0, fmt.Errorf("lock %s: %w", key, err)
	}
	var tried int
	var oldest time.Time
	err = tx.QueryRowContext(ctx,
		`select count(*), coalesce(min(at), ?) from attempt where key = ? and at > ?`, now, key, now.Add(-l.window)).
		Scan(&tried, &oldest)
	if err != nil {
		return 0, fmt.Errorf("count %s: %w", key, err)
	}
	if tried >= l.times {
		return 0, TooMany{RetryAfter: oldest.Add(l.window).Sub(now)}
	}
	err = tx.QueryRowContext(ctx, `insert into attempt (key, at) values (?, ?) returning id`, key, now).Scan(&row)
	if err != nil {
		return 0, fmt.Errorf("record %s: %w", key, err)
	}
	return row, nil
}

// forgive forgets an account's failures after a success, and the success itself for its address.
func (s *Service) forgive(ctx context.Context, tx bun.Tx, a admitted) error {
	_, err := tx.ExecContext(ctx, `delete from attempt where key = ? or id = ?`, a.accountKey, a.addressRow)
	if err != nil {
		return fmt.Errorf("forgive %s: %w", a.accountKey, err)
	}
	return nil
}

// Sweep deletes what has expired: sessions, links and attempts. A node calls it hourly.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.now()
	for _, q := range []struct {
		sql    string
		before time.Time
	}{
		{`delete from session where expires_at <= ?`, now},
		{`delete from token where expires_at < ?`, now.Add(-7 * 24 * time.Hour)}, // a late click is told "expired"
		{`delete from attempt where at < ?`, now.Add(-time.Hour)},
	} {
		if _, err := s.db.ExecContext(ctx, q.sql, q.before); err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
	}
	return nil
}
