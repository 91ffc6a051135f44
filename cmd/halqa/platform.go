package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/community"
	"halqa/community/account"
	"halqa/community/attachment"
	"halqa/community/introduction"
	"halqa/community/library"
	"halqa/community/notify"
	"halqa/courses"
	"halqa/courses/media"
	"halqa/enrolment"
	"halqa/enrolment/monitoring"
	"halqa/events"
	"halqa/search"
	"halqa/web"
)

// platform is every package wired to one database.
type platform struct {
	db            *bun.DB
	url           string // of the database, for subcommands that need connections of their own
	account       *account.Service
	courses       *courses.Service
	media         *media.Folder
	enrolment     *enrolment.Service
	monitoring    *monitoring.Service
	notify        *notify.Service
	library       *library.Service
	documents     *library.Folder
	search        *search.Service
	community     *community.Service
	introductions *introduction.Service
}

// newPlatform wires everything to db. A nil now is the system's clock.
func newPlatform(db *bun.DB, cfg Config, now func() time.Time) (*platform, error) {
	folder, err := media.Open(filepath.Join(cfg.Data, "media"))
	if err != nil {
		return nil, err
	}
	documents, err := library.OpenFolder(filepath.Join(cfg.Data, "library"))
	if err != nil {
		return nil, err
	}
	secret, err := cfg.Secret()
	if err != nil {
		return nil, err
	}
	lessons := courses.New(db, now).SignWith(secret)
	seminars := enrolment.New(db, now)
	seminars.Quizzes = openQuizzes(lessons)
	papers := library.New(db, documents, now)
	seminars.Files, papers.Elsewhere = papersIn(papers), seminars.HasFile
	forum := talks(db, now).At(cfg.PublicURL.Host).Saying(web.Texts(cfg.TimeZone))
	if forum.Files, err = attachment.Open(filepath.Join(cfg.Data, "attachments"), media.Sound); err != nil {
		return nil, err
	}
	return &platform{
		db:         db,
		search:     newSearch(db, cfg),
		account:    account.New(db, account.Options{Mail: notify.EnqueueAccount, Now: now}),
		courses:    lessons,
		media:      folder,
		enrolment:  seminars,
		community:  forum,
		monitoring: monitoring.New(db, monitoring.Options{Texts: web.Texts(cfg.TimeZone), Location: cfg.TimeZone, Now: now}),
		notify: notify.New(db, notify.Options{Render: web.Letters(cfg.TimeZone), Talk: talk, Voters: community.PollPeople, Reason: enrolment.CancelReason, Secret: cfg.Secret, PublicURL: cfg.PublicURL.String(),
			PushKeys: cfg.pushKeys, Posts: posts(db, web.Letters(cfg.TimeZone)), News: newsletters(db), Answer: answers(db, forum), Inbound: cfg.inbound(), Demo: cfg.Demo, Folder: filepath.Join(cfg.Data, "mail"), SMTP: cfg.SMTPURL != "" && !cfg.Demo, Zone: cfg.TimeZone, Now: now}),
		introductions: introduction.New(db, now),
		library:       papers, documents: documents,
	}, nil
}

// openQuizzes tells enrolment which quizzes a gate may ask for.
func openQuizzes(s *courses.Service) enrolment.Quizzes {
	return func(ctx context.Context, lessons []int64) (map[int64]events.Text, error) {
		all, err := s.QuizNames(ctx, 0, lessons)
		names := map[int64]events.Text{}
		for id, q := range all {
			if q.Open {
				names[id] = q.Title
			}
		}
		return names, err
	}
}

// papersIn keeps the documents of seminars in the library's store, checked as its own are.
func papersIn(l *library.Service) enrolment.Files {
	return enrolment.Files{Find: l.Find, Keep: func(name string, file io.Reader) (enrolment.File, error) {
		blob, called, err := l.Keep(name, file)
		return enrolment.File{Blob: blob.Name, Name: called, Bytes: blob.Bytes}, err
	}}
}

// talks is the forum over db, which learns from enrolment who is in the circle of a seminar.
func talks(db bun.IDB, now func() time.Time) *community.Service {
	s := community.New(db, now)
	s.Circles = community.Circles{Has: enrolment.InCircle, Of: enrolment.CirclesOf, People: enrolment.CirclePeople,
		Find: func(ctx context.Context, db bun.IDB, id int64) (community.Circle, bool, error) {
			sem, found, err := enrolment.FindAnnounced(ctx, db, id)
			return community.Circle{SeminarID: sem.ID, OfficeID: sem.OfficeID, SpaceID: sem.SpaceID, Title: sem.Title}, found, err
		}}
	return s
}

// talk tells notify what a person, or with 0 anybody, may hear of a post, as the transaction at hand sees it.
func talk(ctx context.Context, tx bun.Tx, personID, postID int64) (title string, ok bool, err error) {
	var actor account.Actor
	if personID != 0 {
		actor, err = account.New(tx, account.Options{}).ActorOf(ctx, personID)
	}
	if err == nil {
		title, err = talks(tx, nil).Heard(ctx, actor, postID)
	}
	if errors.Is(err, account.ErrNotFound) || errors.Is(err, account.ErrForbidden) || errors.Is(err, account.ErrSignInRequired) {
		return "", false, nil
	}
	return title, err == nil, err
}

// with is the platform with another forum.
func (p *platform) with(forum *community.Service) *platform {
	other := *p
	other.community = forum
	return &other
}

// consumers are all consumers of the bus, of every package.
func (p *platform) consumers() []events.Consumer {
	return slices.Concat(p.courses.Consumers(), p.community.Consumers(), p.enrolment.Consumers(), p.monitoring.Consumers(), p.notify.Consumers(), p.search.Consumers())
}

// erasing are what removes, of every package that keeps more about people than what goes with their row, what hangs on somebody who
// erased their account.
func (p *platform) erasing() []account.EraseStep {
	return []account.EraseStep{p.enrolment.Erase, p.community.Erase, p.library.Erase, p.notify.Erase}
}

// sender returns what carries mails away. A demonstration never writes to anybody: its mails go to the data folder.
func (p *platform) sender(cfg Config, log *slog.Logger) (*notify.Sender, error) {
	smtp := cfg.SMTPURL
	if cfg.Demo {
		smtp = ""
	}
	var signature *notify.DKIM
	if smtp != "" {
		var err error
		if signature, err = cfg.dkim(); err != nil {
			return nil, err
		}
	}
	return notify.NewSender(p.db, notify.SenderOptions{SMTPURL: smtp, Folder: filepath.Join(cfg.Data, "mail"),
		From: cfg.MailFrom, PublicURL: cfg.PublicURL.String(), Render: web.Letters(cfg.TimeZone), Secret: cfg.Secret,
		Talk: talk, Posts: posts(p.db, web.Letters(cfg.TimeZone)), News: newsletters(p.db), DKIM: signature, Inbound: cfg.inbound(),
		Attach: p.invitations(cfg), Log: log})
}

// pusher brings what people follow to their devices.
func (p *platform) pusher(cfg Config, log *slog.Logger) (*notify.Pusher, error) {
	keys, err := cfg.pushKeys()
	contact := cfg.organiser()
	if cfg.PublicURL.Scheme == "https" {
		contact = cfg.PublicURL.String()
	}
	return notify.NewPusher(p.db, notify.PusherOptions{Keys: keys, Contact: contact, Render: web.Letters(cfg.TimeZone), Talk: talk,
		Seminar: openSeminar, Reason: enrolment.CancelReason, Zone: cfg.TimeZone, Log: log}), err
}

// openSeminar tells whether anybody may see a seminar.
func openSeminar(ctx context.Context, db bun.IDB, id int64) (bool, error) {
	sem, found, err := enrolment.FindAnnounced(ctx, db, id)
	if err != nil || !found {
		return false, err
	}
	sp, err := account.FindSpace(ctx, db, sem.SpaceID)
	return err == nil && sp.ReadableBy(account.Actor{}), err
}

// sweep throws away what is no longer needed: old sign-in attempts, links and sessions, files that no lesson took. It
// returns when ctx ends.
func (p *platform) sweep(ctx context.Context, log *slog.Logger) {
	hourly := time.NewTicker(time.Hour)
	defer hourly.Stop()
	if err := p.account.FoldNames(ctx); err != nil && ctx.Err() == nil {
		log.Warn("fill the directory's search", "error", err)
	}
	for {
		if err := p.account.Sweep(ctx); err != nil && ctx.Err() == nil {
			log.Warn("sweep expired sign-ins", "error", err)
		}
		if err := p.introductions.Sweep(ctx); err != nil && ctx.Err() == nil {
			log.Warn("sweep introductions", "error", err)
		}
		if _, err := p.courses.SweepPlaying(ctx); err != nil && ctx.Err() == nil {
			log.Warn("sweep playing sessions", "error", err)
		}
		if err := p.sweepUploads(ctx); err != nil && ctx.Err() == nil {
			log.Warn("sweep unused uploads", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-hourly.C:
		}
	}
}

func (p *platform) sweepUploads(ctx context.Context) error {
	if _, err := p.courses.SweepUploads(ctx, p.media.Remove); err != nil {
		return err
	}
	if err := p.community.SweepDrafts(ctx); err != nil {
		return err
	}
	if _, err := p.community.SweepAttachments(ctx); err != nil {
		return err
	}
	now := time.Now() // by the clock of the file system
	return errors.Join(p.media.SweepUnfinished(now), p.community.Files.SweepUnfinished(now))
}

// ready asks the database for a sign of life.
func (p *platform) ready(ctx context.Context) error {
	if err := p.db.PingContext(ctx); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	return nil
}
