package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// Kind says what a notification is about. "notify.told_<kind>" is its text.
type Kind string

// The kinds of notification.
const (
	SeminarUnlocked       Kind = "unlocked"
	SeatConfirmed         Kind = "confirmed"
	SeatWaitlisted        Kind = "waitlisted"
	SeatPromoted          Kind = "promoted"  // from the waiting list to a seat
	SeatCancelled         Kind = "cancelled" // by the office
	SeatWithdrawn         Kind = "withdrawn" // by the person
	SeminarCancelled      Kind = "seminar_cancelled"
	SeminarMoved          Kind = "moved"          // other dates, or another place
	SeatRequested         Kind = "seat_requested" // the organisation must agree
	SeatPending           Kind = "seat_pending"   // the office must
	SeatEndorsed          Kind = "seat_endorsed"  // the organisation did, the office must
	SeatRefused           Kind = "seat_refused"
	SeatOffered           Kind = "seat_offered" // until a moment
	OfferExpired          Kind = "offer_expired"
	SeatConditional       Kind = "seat_conditional" // until a deadline
	ConditionReminder     Kind = "condition_reminder"
	ConditionMet          Kind = "condition_met"
	ConditionUnmet        Kind = "condition_unmet"
	SeatCancelledForUs    Kind = "seat_cancelled_for_us" // by the organisation that registered them
	SeatToEndorse         Kind = "seat_to_endorse"       // to the organisation's administrators
	SeatToApprove         Kind = "seat_to_approve"       // to the office's moderators
	TrainerNamed          Kind = "trainer_named"         // to the trainer
	PapersAdded           Kind = "papers_added"          // to those who hold a seat
	TwinProposed          Kind = "twin_proposed"         // to the moderators of the other office
	TwinAccepted          Kind = "twin_accepted"         // to who proposed it, as the next
	TwinDeclined          Kind = "twin_declined"
	ModuleCompleted       Kind = "module_completed"
	OrganisationRequested Kind = "organisation_requested" // to the office's moderators
	OrganisationValidated Kind = "organisation_validated"
	OrganisationRefused   Kind = "organisation_refused"
	MembershipRequested   Kind = "membership_requested" // to the organisation's administrators
	MembershipAccepted    Kind = "membership_accepted"
	MembershipRefused     Kind = "membership_refused"
	IntroductionAsked     Kind = "introduction_asked"
	IntroductionAccepted  Kind = "introduction_accepted"
	IntroductionDeclined  Kind = "introduction_declined"
	IntroductionDue       Kind = "introduction_due"  // to say how it went
	DocumentProposed      Kind = "document_proposed" // to the space's moderators
	DocumentAccepted      Kind = "document_accepted"
	DocumentRefused       Kind = "document_refused"
	ThreadReplied         Kind = "thread_replied" // to who opened the thread
	PostAnswered          Kind = "post_answered"  // to who wrote the post it answers
	PostFollowed          Kind = "post_followed"  // to who follows the thread, the space or the author
	ThreadOpened          Kind = "thread_opened"  // to who follows the space or the author
	Mentioned             Kind = "mentioned"      // to whom it names, and who administers an organisation that it names
	AnswerChosen          Kind = "answer_chosen"  // to who wrote it
	PollEnded             Kind = "poll_ended"     // to who asked, who voted, and who follows the thread or the space
	PostThanked           Kind = "post_thanked"   // to its author, in the pages alone
	PostHidden            Kind = "post_hidden"    // to its author
	PostReported          Kind = "post_reported"  // to who looks after it, or those who moderate its space
	PostAssigned          Kind = "post_assigned"  // reported, to who looks after it from now on
	PostOverdue           Kind = "post_overdue"   // reported, to those who moderate its space
	BatchFinished         Kind = "batch_finished" // to who began it
	PostHeld              Kind = "post_held"      // it waits for those who moderate its space
	HeldApproved          Kind = "held_approved"  // to who wrote it, as the next
	HeldRefused           Kind = "held_refused"
	Welcomed              Kind = "welcomed"         // to a newcomer of a space
	NewsletterReady       Kind = "newsletter_ready" // to those who moderate the space
	NewsletterMail        Kind = "newsletter"       // to the members of a space
	MeasureWarn           Kind = "measure_warn"     // to whom it concerns, as the next four
	MeasureSuspend        Kind = "measure_suspend"
	MeasureBan            Kind = "measure_ban"
	MeasureUpheld         Kind = "measure_upheld"
	MeasureLifted         Kind = "measure_lifted"
	MeasureAppealed       Kind = "measure_appealed"        // to those who may answer
	PseudonymLookedBehind Kind = "pseudonym_looked_behind" // to whose it is
	SpaceBegun            Kind = "space_begun"             // to the first who looks after a new space
	OfficeBegun           Kind = "office_begun"
)

// Kinds lists every kind.
var Kinds = []Kind{SeminarUnlocked, SeatConfirmed, SeatWaitlisted, SeatPromoted, SeatCancelled, SeatWithdrawn, SeminarCancelled, SeminarMoved,
	SeatRequested, SeatPending, SeatEndorsed, SeatRefused, SeatOffered, OfferExpired, SeatConditional, ConditionReminder,
	ConditionMet, ConditionUnmet, SeatCancelledForUs, SeatToEndorse, SeatToApprove, TrainerNamed, PapersAdded, TwinProposed, TwinAccepted, TwinDeclined,
	ModuleCompleted, OrganisationRequested, OrganisationValidated, OrganisationRefused, MembershipRequested, MembershipAccepted,
	MembershipRefused,
	IntroductionAsked, IntroductionAccepted, IntroductionDeclined, IntroductionDue,
	DocumentProposed, DocumentAccepted, DocumentRefused,
	ThreadReplied, PostAnswered, PostFollowed, ThreadOpened, Mentioned, AnswerChosen, PollEnded, PostThanked, PostHidden, PostReported, PostAssigned, PostOverdue, BatchFinished, PostHeld, HeldApproved, HeldRefused, Welcomed, NewsletterReady, NewsletterMail,
	MeasureWarn, MeasureSuspend, MeasureBan, MeasureUpheld, MeasureLifted, MeasureAppealed, PseudonymLookedBehind, SpaceBegun, OfficeBegun}

// Notification is something a person is told in the pages.
type Notification struct {
	ID           int64
	Kind         Kind
	Data         Data
	At           time.Time
	ReadAt       time.Time // zero while it isn't
	Organisation string    // the name of Data.OrganisationID today, or ""
	Person       string    // the name of Data.PersonID today, or ""
	Fresh        int       // how many the line stands for that aren't read: of a thread that is followed, all its news
	Together     int       // how many it stands for in all: of thanks, how many people
	Before       string    // of thanks, the name today of who gave them before Person, or ""
}

// Path is where in the pages the notification leads.
func (n Notification) Path() string { return pathOf(n.Kind, n.Data) }

func pathOf(k Kind, d Data) string {
	switch k {
	case SeminarUnlocked:
		if len(d.Openings) > 0 {
			return openPath
		}
	case ModuleCompleted:
		return fmt.Sprintf("/modules/%d", d.ModuleID)
	case OrganisationRequested:
		return "/desk/organisations"
	case SeatToEndorse:
		return fmt.Sprintf("/organisations/%d/seats", d.OrganisationID)
	case SeatToApprove, TrainerNamed:
		return fmt.Sprintf("/desk/seminars/%d", d.SeminarID)
	case TwinProposed, TwinAccepted, TwinDeclined:
		return fmt.Sprintf("/desk/seminars/%d/twins", d.SeminarID)
	case OrganisationValidated, OrganisationRefused, MembershipRequested, MembershipAccepted, MembershipRefused:
		return fmt.Sprintf("/organisations/%d", d.OrganisationID)
	case IntroductionAsked, IntroductionAccepted, IntroductionDeclined, IntroductionDue:
		return fmt.Sprintf("/introductions#introduction-%d", d.IntroductionID)
	case DocumentProposed, DocumentAccepted, DocumentRefused:
		return fmt.Sprintf("/documents/%d", d.DocumentID)
	case ThreadReplied, PostAnswered, PostFollowed, ThreadOpened, Mentioned, AnswerChosen, PollEnded, PostThanked, PostHidden, HeldApproved:
		return fmt.Sprintf("/posts/%d", d.PostID)
	case PostReported, PostAssigned:
		return "/moderation"
	case PostHeld:
		return "/moderation/held"
	case NewsletterReady:
		return "/spaces/" + d.SpaceKey + "/newsletter"
	case NewsletterMail:
		return fmt.Sprintf("/newsletters/%d", d.NewsletterID)
	case SpaceBegun:
		return "/spaces/" + d.SpaceKey + "#first-steps"
	case OfficeBegun:
		return "/desk#first-steps"
	case Welcomed:
		return "/spaces/" + d.SpaceKey + "/forum"
	case HeldRefused:
		return fmt.Sprintf("/held/%d", d.HeldID)
	case PostOverdue:
		return "/moderation?who=late"
	case PapersAdded:
		return fmt.Sprintf("/seminars/%d#papers", d.SeminarID)
	case MeasureWarn, MeasureSuspend, MeasureBan, MeasureUpheld, MeasureLifted:
		return fmt.Sprintf("/measures#measure-%d", d.MeasureID)
	case MeasureAppealed:
		return fmt.Sprintf("/moderation/measures?show=appeals#measure-%d", d.MeasureID)
	case PseudonymLookedBehind:
		return "/pseudonyms"
	case BatchFinished:
		return fmt.Sprintf("/moderation/batches/%d", d.BatchID)
	}
	return fmt.Sprintf("/seminars/%d", d.SeminarID)
}

// PageSize is the number of notifications that Notifications returns at most.
const PageSize = 30

// lineOf is what the pages show as one line: all news of a thread that is followed but for how its polls ended, the thanks for a post
// that aren't read or were read together, and any other notification alone.
const lineOf = `case when kind = 'poll_ended' then 'one ' || id when kind = 'post_thanked' then 'thanks ' || (data->>'post_id') || coalesce(' ' || extract(epoch from read_at), '')
	else coalesce('thread ' || thread_id, 'one ' || id) end`

// Notifications lists what the actor was told, the latest first, PageSize lines at a time; page counts from 0. A thread that
// is followed is one line, which says the latest of it and is unread while anything of it is. It returns ErrSignInRequired
// for a visitor.
func (s *Service) Notifications(ctx context.Context, actor account.Actor, page int) (list []Notification, more bool, err error) {
	if !actor.SignedIn() {
		return nil, false, account.ErrSignInRequired
	}
	err = s.db.NewRaw(`
		select n.id, n.kind, n.data, n.at, case when n.fresh = 0 then n.read_at end as read_at, n.fresh, n.together,
			coalesce(o.name, '') as organisation, coalesce(p.name, '') as person, coalesce(b.name, '') as before
		from (select *, count(*) filter (where read_at is null) over (partition by `+lineOf+`) as fresh,
				count(*) over (partition by `+lineOf+`) as together,
				lead((data->>'person_id')::bigint) over (partition by `+lineOf+` order by at desc, id desc) as before_id,
				row_number() over (partition by `+lineOf+` order by at desc, id desc) as place
			from notification where person_id = ?) n
		left join organisation o on o.id = (n.data->>'organisation_id')::bigint
		left join person p on p.id = (n.data->>'person_id')::bigint
		left join person b on b.id = n.before_id and n.kind = 'post_thanked'
		where n.place = 1
		order by n.at desc, n.id desc
		limit ? offset ?`, actor.PersonID, PageSize+1, max(page, 0)*PageSize).Scan(ctx, &list)
	if err != nil {
		return nil, false, fmt.Errorf("notifications: %w", err)
	}
	if len(list) > PageSize {
		return list[:PageSize], true, nil
	}
	return list, false, nil
}

// Unread returns how many lines the actor has not read; none for a visitor.
func (s *Service) Unread(ctx context.Context, actor account.Actor) (int, error) {
	if !actor.SignedIn() {
		return 0, nil
	}
	var n int
	err := s.db.NewRaw("select count(distinct "+lineOf+") from notification where person_id = ? and read_at is null", actor.PersonID).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("unread notifications: %w", err)
	}
	return n, nil
}

// Read marks one of the actor's notifications as read, with all of its thread when that is followed and all thanks that are
// gathered with it, and returns the one whose path to follow: the first that was unread. It returns ErrNotFound for one that isn't theirs.
func (s *Service) Read(ctx context.Context, actor account.Actor, id int64) (Notification, error) {
	var list []Notification
	err := s.db.NewRaw(`select id, kind, data, at, read_at from notification n where person_id = ?0
			and (id = ?1 or read_at is null and exists (select from notification o where o.id = ?1 and o.person_id = ?0 and (o.thread_id = n.thread_id and o.kind <> 'poll_ended' and n.kind <> 'poll_ended'
				or o.kind = 'post_thanked' and n.kind = o.kind and o.read_at is null and o.data->'post_id' = n.data->'post_id')))
		order by read_at is null desc, post_id, id`, actor.PersonID, id).Scan(ctx, &list)
	if err != nil {
		return Notification{}, fmt.Errorf("read notification %d: %w", id, err)
	}
	if len(list) == 0 {
		return Notification{}, fmt.Errorf("notification %d: %w", id, account.ErrNotFound)
	}
	ids := make([]int64, len(list))
	for i, n := range list {
		ids[i] = n.ID
	}
	_, err = s.db.ExecContext(ctx, "update notification set read_at = ? where id = any(?) and read_at is null", s.now(), pgdialect.Array(ids))
	if err != nil {
		return Notification{}, fmt.Errorf("read notification %d: %w", id, err)
	}
	return list[0], nil
}

// ReadThanks marks what the actor was told of thanks for a post as read.
func (s *Service) ReadThanks(ctx context.Context, actor account.Actor, postID int64) error {
	_, err := s.db.ExecContext(ctx, "update notification set read_at = ? where person_id = ? and kind = ? and (data->>'post_id')::bigint = ? and read_at is null",
		s.now(), actor.PersonID, PostThanked, postID)
	if err != nil {
		return fmt.Errorf("read thanks for post %d: %w", postID, err)
	}
	return nil
}

// SeenThread marks what the actor was told of a thread as read, up to a post: they have it before their eyes.
func (s *Service) SeenThread(ctx context.Context, actor account.Actor, threadID, postID int64) error {
	_, err := s.db.ExecContext(ctx, "update notification set read_at = ? where person_id = ? and thread_id = ? and post_id <= ? and read_at is null",
		s.now(), actor.PersonID, threadID, postID)
	if err != nil {
		return fmt.Errorf("read what was told of thread %d: %w", threadID, err)
	}
	return nil
}

// ReadAll marks every notification of the actor up to the given one as read: what came since the page was drawn stays
// unread.
func (s *Service) ReadAll(ctx context.Context, actor account.Actor, upTo int64) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	_, err := s.db.ExecContext(ctx, "update notification set read_at = ? where person_id = ? and id <= ? and read_at is null",
		s.now(), actor.PersonID, upTo)
	if err != nil {
		return fmt.Errorf("read notifications: %w", err)
	}
	return nil
}
