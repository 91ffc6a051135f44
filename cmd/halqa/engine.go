package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
	"halqa/web"
	"halqa/web/views"
)

// engine is the machinery of one running program, as its administrators look after it.
type engine struct {
	p     *platform
	data  string        // folder of everything that is kept
	since time.Time     // when the program started
	nats  func() string // version of the bus's server, "" while it is away
}

func (e engine) pages() web.Engine {
	return web.Engine{Status: e.status, Dead: e.dead, Retry: e.retry, Replay: e.replay, System: e.system}
}

// mayLookAfter lets the administrators of the whole platform pass.
func mayLookAfter(a account.Actor) error {
	if !a.SignedIn() {
		return account.ErrSignInRequired
	}
	if !a.Can(account.AdministerPlatform, account.Scope{}) {
		return account.ErrForbidden
	}
	return nil
}

func (e engine) status(ctx context.Context, a account.Actor) (events.Report, error) {
	if err := mayLookAfter(a); err != nil {
		return events.Report{}, err
	}
	return events.Status(ctx, e.p.db)
}

func (e engine) dead(ctx context.Context, a account.Actor) ([]events.DeadLetter, error) {
	if err := mayLookAfter(a); err != nil {
		return nil, err
	}
	return events.Dead(ctx, e.p.db)
}

// retry sends dead letters again and writes down who asked.
func (e engine) retry(ctx context.Context, a account.Actor, ids ...int64) (n int, err error) {
	if err := mayLookAfter(a); err != nil {
		return 0, err
	}
	err = e.p.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if n, err = events.RetryDead(ctx, tx, ids...); err != nil || n == 0 {
			return err
		}
		return events.Publish(ctx, tx, events.DeadLettersRetried{Count: n, By: a.PersonID})
	})
	return n, err
}

// replay empties a consumer, which then hears everything again, and writes down who asked.
func (e engine) replay(ctx context.Context, a account.Actor, name string) error {
	if err := mayLookAfter(a); err != nil {
		return err
	}
	for _, c := range e.p.consumers() {
		if c.Name != name {
			continue
		}
		err := e.p.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			if err := events.RequestReplay(ctx, tx, c); err != nil {
				return err
			}
			return events.Publish(ctx, tx, events.ConsumerReplayed{Consumer: name, By: a.PersonID})
		})
		if errors.Is(err, events.ErrNotReplayable) {
			err = fmt.Errorf("%w: %w", account.ErrForbidden, err)
		}
		return err
	}
	return fmt.Errorf("consumer %q: %w", name, account.ErrNotFound)
}

func (e engine) system(ctx context.Context, a account.Actor) (views.System, error) {
	if err := mayLookAfter(a); err != nil {
		return views.System{}, err
	}
	s := views.System{Version: version, NATS: e.nats(), Since: e.since}
	err := e.p.db.QueryRowContext(ctx, `select current_setting('server_version'), pg_database_size(current_database())`).
		Scan(&s.PostgreSQL, &s.DatabaseBytes)
	if err != nil {
		return views.System{}, fmt.Errorf("ask the database about itself: %w", err)
	}
	mails, err := e.p.notify.Queue(ctx, a)
	if err != nil {
		return views.System{}, err
	}
	s.MailsQueued, s.MailsSent, s.MailsFailed = mails.Queued, mails.Sent+mails.Written, mails.Failed
	s.MailsStopped, s.MailsBounced, s.MailsForGood = mails.Stopped, mails.Bounced, mails.ForGood
	for _, kind := range []string{"media", "library", "attachments"} {
		files, bytes, err := weigh(ctx, filepath.Join(e.data, kind))
		if err != nil {
			return s, err
		}
		s.MediaFiles, s.MediaBytes = s.MediaFiles+files, s.MediaBytes+bytes
	}
	return s, nil
}

// weigh counts the files in a folder and their bytes. What goes away meanwhile doesn't count.
func weigh(ctx context.Context, folder string) (files int, bytes int64, err error) {
	err = filepath.WalkDir(folder, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return errors.Join(err, ctx.Err())
		}
		info, err := d.Info()
		if err == nil {
			files, bytes = files+1, bytes+info.Size()
		}
		return ctx.Err()
	})
	if err != nil {
		return 0, 0, fmt.Errorf("weigh what is kept: %w", err)
	}
	return files, bytes, nil
}
