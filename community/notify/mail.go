package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Mail is a mail to queue.
type Mail struct {
	Key      string // makes the mail unique: queueing it again does nothing
	To       string // address
	PersonID int64  // 0 for somebody who has no account yet
	Language string // "fr", "ar" or "en"
	Kind     string // one of MailKinds
	Data     Data
}

// MailKinds lists the kinds of mail that have texts of their own: "notify.mail_<kind>_subject", "…_text" and "…_action".
// The mail of any other kind of notification says what the page says.
var MailKinds = []string{
	string(SeminarUnlocked), string(SeatConfirmed), string(SeatWaitlisted), string(SeatPromoted), string(SeatCancelled),
	string(SeatWithdrawn), string(SeminarCancelled), string(SeminarMoved),
	string(SeatRequested), string(SeatPending), string(SeatEndorsed), string(SeatToApprove),
	string(SeatRefused), string(SeatOffered), string(OfferExpired), string(SeatConditional),
	string(ConditionReminder), string(ConditionMet), string(ConditionUnmet), string(SeatCancelledForUs), string(SeatToEndorse),
	string(TwinProposed), string(TwinAccepted), string(TwinDeclined),
	"confirm", "magic", "reset", "already_registered", string(account.EraseLink), ErasedMail, ErasedForMail,
	"organisation_validated", "organisation_refused", "membership_accepted", "membership_refused",
	string(ThreadReplied), string(PostAnswered), string(PostFollowed), string(ThreadOpened), string(Mentioned), string(AnswerChosen), string(PollEnded), DigestMail, ListOpened, ListReplied,
	string(MeasureWarn), string(MeasureSuspend), string(MeasureBan), string(MeasureUpheld), string(MeasureLifted), string(PseudonymLookedBehind),
	string(NewsletterMail), string(SpaceBegun), string(OfficeBegun),
	MailAgain, AnswerRefused, AnswerHeld, AnswerPartly,
}

// DigestMail is the kind of mail that tells what was followed since the last one.
const DigestMail = "digest"

// States of a queued mail.
const (
	MailQueued  = "queued"
	MailSent    = "sent"    // an SMTP server took it
	MailWritten = "written" // it is a file in the mail folder
	MailFailed  = "failed"  // given up, with the error kept
	MailDropped = "dropped" // all it tells was gone, or seen in the pages, before it could leave
)

// Enqueue queues a mail in the caller's transaction: it leaves if and only if tx commits, and only once for its key.
func Enqueue(ctx context.Context, tx bun.Tx, m Mail) error {
	now := time.Now()
	return enqueue(ctx, tx, m, now, now)
}

// enqueue queues a mail at now that must not leave before a time.
func enqueue(ctx context.Context, tx bun.Tx, m Mail, now, before time.Time) error {
	return enqueueAll(ctx, tx, []queued{{m, before}}, now)
}

// queued is a mail that must not leave before a time.
type queued struct {
	Mail
	before time.Time
}

// enqueueAll queues mails, each once for its key.
func enqueueAll(ctx context.Context, tx bun.Tx, list []queued, now time.Time) error {
	var keys, addresses, languages, kinds, texts []string
	var people []int64
	var before []time.Time
	for _, m := range list {
		data, err := json.Marshal(m.Data)
		if err != nil {
			return fmt.Errorf("queue mail %s: %w", m.Kind, err)
		}
		keys, addresses, languages = append(keys, m.Key), append(addresses, m.To), append(languages, m.Language)
		kinds, texts, people, before = append(kinds, m.Kind), append(texts, string(data)), append(people, m.PersonID), append(before, m.before)
	}
	if len(list) == 0 {
		return nil
	}
	err := events.ExecPrepared(ctx, tx, `insert into mail (key, address, person_id, language, kind, data, next_at, created_at)
		select key, address, nullif(person_id, 0), language, kind, data::jsonb, before, $8
		from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[]) with ordinality
			m (key, address, person_id, language, kind, data, before, n) order by n
		on conflict (key) do nothing`, keys, addresses, people, languages, kinds, texts, before, now)
	if err != nil {
		return fmt.Errorf("queue mails %v: %w", kinds, err)
	}
	return nil
}

// EnqueueAccount queues a mail of package account, unless it is of a topic that the person doesn't want by mail. It is
// what account.Options.Mail is wired to.
func EnqueueAccount(ctx context.Context, tx bun.Tx, m account.Mail) error {
	if send, err := wanted(ctx, tx, m.PersonID, accountKind(m)); err != nil || !send {
		return err
	}
	key, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("queue mail %s: %w", m.Kind, err)
	}
	return Enqueue(ctx, tx, Mail{Key: key.String(), To: m.To, PersonID: m.PersonID, Language: m.Language,
		Kind: accountKind(m), Data: Data{Name: m.Data["name"], Path: m.Data["path"], Organisation: m.Data["organisation"],
			Reason: m.Data["reason"]}})
}

// accountKind splits account's decisions into the yes and the no, which read differently.
func accountKind(m account.Mail) string {
	switch m.Kind + " " + m.Data["state"] {
	case "organisation_decided " + account.OrganisationValidated:
		return "organisation_validated"
	case "organisation_decided " + account.OrganisationRefused:
		return "organisation_refused"
	case "membership_decided " + account.MembershipActive:
		return "membership_accepted"
	case "membership_decided " + account.MembershipEnded:
		return "membership_refused"
	}
	return m.Kind
}

// Backlog is how many letters wait for a sender, how long the first has been due, and how many failed for good.
type Backlog struct {
	Queued, Failed int
	Oldest         time.Duration // 0 when none is due
}

// Backlog counts the letters that aren't gone.
func (s *Service) Backlog(ctx context.Context) (Backlog, error) {
	var b Backlog
	var due bun.NullTime
	err := s.db.NewRaw(`select count(*) filter (where state = 'queued'), count(*) filter (where state = 'failed'),
		min(next_at) filter (where state = 'queued') from mail where state in ('queued', 'failed')`).Scan(ctx, &b.Queued, &b.Failed, &due)
	if err != nil {
		return Backlog{}, fmt.Errorf("count letters: %w", err)
	}
	if now := s.now(); !due.IsZero() && due.Before(now) {
		b.Oldest = now.Sub(due.Time)
	}
	return b, nil
}
