// Package notify tells people what happened: in the pages, and by mail.
//
// A consumer of the event bus writes notifications and queues mails, each at most once for an event and a person; it is
// never replayed, so that nobody is told twice. A Sender takes mails from the queue and hands them to an SMTP server, or
// writes them to a folder. Words are chosen late, from a kind and its data, in the reader's language.
package notify

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// Render says the text of a catalogue key in a language; args are pairs of a placeholder's name and its value. A value
// that is a time.Time is said as a date and time, and strings are isolated from the sentence around them.
// Keys are "notify.…".
type Render func(lang, key string, args ...any) string

// Data is what a notification or a mail speaks of. Kinds use what they need of it.
type Data struct {
	Title          events.Text             `json:"title,omitempty"` // of a seminar, a module or a document
	StartsAt       time.Time               `json:"starts_at,omitzero"`
	Openings       []events.Opening        `json:"openings,omitempty"` // the seminars that opened, when they are several; the first is SeminarID
	Until          time.Time               `json:"until,omitzero"`     // end of an offer, or deadline of a condition
	Place          int                     `json:"place,omitempty"`    // on a waiting list
	SeminarID      int64                   `json:"seminar_id,omitempty"`
	ModuleID       int64                   `json:"module_id,omitempty"`
	RegistrationID int64                   `json:"registration_id,omitempty"`
	Left           int64                   `json:"left,omitempty"`    // the registration at a twin whose seat was exchanged for this one
	Held           bool                    `json:"held,omitempty"`    // of a registration that ends: it was a seat, not a place in the queue
	Dropped        []events.SeminarSession `json:"dropped,omitempty"` // sessions that no longer are
	OrganisationID int64                   `json:"organisation_id,omitempty"`
	DocumentID     int64                   `json:"document_id,omitempty"`
	IntroductionID int64                   `json:"introduction_id,omitempty"`
	PersonID       int64                   `json:"person_id,omitempty"` // somebody else: who asks, or who replied
	SpaceID        int64                   `json:"space_id,omitempty"`
	ThreadID       int64                   `json:"thread_id,omitempty"`
	PostID         int64                   `json:"post_id,omitempty"`
	MeasureID      int64                   `json:"measure_id,omitempty"`
	SpaceKey       string                  `json:"space_key,omitempty"` // in addresses
	NewsletterID   int64                   `json:"newsletter_id,omitempty"`
	OfficeID       int64                   `json:"office_id,omitempty"`
	HeldID         int64                   `json:"held_id,omitempty"`     // of what waits for a moderator
	BatchID        int64                   `json:"batch_id,omitempty"`    // of a moderator's act on many posts
	Opening        bool                    `json:"opening,omitempty"`     // PostID opens its thread
	ReplyToID      int64                   `json:"reply_to_id,omitempty"` // the post that PostID answers
	Thread         string                  `json:"thread,omitempty"`      // a thread's title, in whatever language
	Asks           bool                    `json:"asks,omitempty"`        // PostID opens a poll
	Result         *events.PollResult      `json:"result,omitempty"`      // of the poll that PostID asks, once it ended
	Seq            int64                   `json:"seq,omitempty"`         // of the event, to know which is the last word

	Name         string `json:"name,omitempty"`         // mails: of the person written to
	Path         string `json:"path,omitempty"`         // mails: where the action leads
	Organisation string `json:"organisation,omitempty"` // mails: its name
	Person       string `json:"person,omitempty"`       // mails: the name of PersonID
	Reason       string `json:"reason,omitempty"`       // mails: of a refusal, or of a measure
	Cause        string `json:"cause,omitempty"`        // mails: of a measure, one of account.Causes

	Refused Refused  `json:"refused,omitempty"` // mails: why an answer by mail isn't a post
	Unkept  []Unkept `json:"unkept,omitempty"`  // mails: the files of it that aren't kept

	Digest []DigestSpace `json:"digest,omitempty"` // what a digest tells
}

// Talk says what may be told to a person of a post: the title of its thread. ok is false when they may not read it, or not
// any more. Person 0 is anybody: what a visitor may read, everybody may.
type Talk func(ctx context.Context, tx bun.Tx, personID, postID int64) (title string, ok bool, err error)

// Reason is what whoever withdrew a registration, or of none called a seminar off, said of it, in their words, or "".
type Reason func(ctx context.Context, db bun.IDB, registrationID, seminarID int64) (string, error)

// Secret is the key of the platform. It is asked for when it is needed: making one is an effect.
type Secret func() ([]byte, error)

// Options are what a Service needs beside the database.
type Options struct {
	Render    Render
	Reason    Reason                   // without it mails of lost seats say none
	Talk      Talk                     // without it nobody is told of posts
	Voters    Voters                   // without it nobody is told how polls end
	Posts     Posts                    // without it mails about posts don't say them
	News      Newsletters              // without it newsletters say nothing
	Secret    Secret                   // signs the links that end mails; without it there are none
	Answer    Answer                   // without it nobody answers by mail
	Inbound   Inbound                  // where answers and bounces come back to
	PushKeys  func() (PushKeys, error) // asked for when they are needed; without them nobody has devices
	Folder    string                   // where mails are written as files when they don't leave; "" for nowhere
	PublicURL string                   // what links in mails begin with, such as "https://halqa.example"
	Demo      bool                     // whether everybody may read the mailbox
	SMTP      bool                     // whether mails really leave, and the mailbox stays closed
	Zone      *time.Location           // of the platform's clock, for quiet hours and digests; default UTC
	Now       func() time.Time         // default time.Now
}

// Service holds the use cases.
type Service struct {
	db      bun.IDB
	render  Render
	reason  Reason
	talk    Talk
	voters  Voters
	posts   Posts
	news    Newsletters
	answer  Answer
	inbound Inbound
	secret  Secret
	keys    func() (PushKeys, error)
	public  string
	folder  string
	demo    bool
	smtp    bool
	zone    *time.Location
	now     func() time.Time
}

// New returns the use cases over db.
func New(db bun.IDB, o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Secret == nil {
		o.Secret = func() ([]byte, error) { return nil, nil }
	}
	if o.PushKeys == nil {
		o.PushKeys = func() (PushKeys, error) { return PushKeys{}, nil }
	}
	return &Service{folder: o.Folder, keys: o.PushKeys, db: db, render: o.Render, talk: o.Talk, reason: o.Reason, voters: o.Voters, posts: o.Posts, news: o.News, answer: o.Answer, inbound: o.Inbound, secret: o.Secret, public: publicURL(o.PublicURL), demo: o.Demo, smtp: o.SMTP,
		zone: o.Zone, now: o.Now}
}

func publicURL(s string) string { return strings.TrimRight(s, "/") }

// hostOf is the host of an address such as PUBLIC_URL, for what names a mail after it.
func hostOf(public string) string {
	if u, err := url.Parse(public); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "localhost"
}
