package enrolment

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// State is where a seminar stands.
type State string

// The states of a seminar. Only the office that runs it sees a draft.
const (
	Draft     State = "draft"
	Published State = "published"
	Cancelled State = "cancelled"
)

// Seminar is an in-person event of one or more sessions, run by an office for a space.
type Seminar struct {
	bun.BaseModel `bun:"table:seminar,alias:seminar"`

	ID            int64 `bun:",pk,autoincrement"`
	OfficeID      int64
	SpaceID       int64
	State         State
	Title         events.Text `bun:"type:jsonb"`
	Description   events.Text `bun:"type:jsonb"` // the programme, in Markdown
	Venue         string
	Address       string
	Governorate   string    `bun:",nullzero"` // ISO 3166-2 code, or ""
	Zone          string    // IANA name of the time zone in which its dates are said
	Capacity      int       // seats
	ClosesAt      time.Time `bun:",nullzero"` // end of registration; zero: the start of the seminar
	StartsAt      time.Time // of its first session
	EndsAt        time.Time // of its last session
	Version       int       // counts edits: see Edit
	GateVersion   int       // of the gate to register
	AttendVersion int       // of the gate to attend; 0 while none was ever set
	CreatedBy     int64     `bun:",nullzero"`
	CreatedAt     time.Time
	PublishedAt   time.Time `bun:",nullzero"`
	CancelledAt   time.Time `bun:",nullzero"`
	CancelReason  string

	OpensAt         time.Time `bun:",nullzero"` // start of registration; zero: when it is published
	Approval        Approval  // who must agree before a seat is given
	OfferHours      int       // how long a freed seat is offered to the first who waits; 0 gives it at once
	PerOrganisation int       // the most seats for people of one organisation; 0 for no bound
	Twins           int64     `bun:",nullzero"` // the same for seminars that are twins; 0 for one alone
	BoundsVersion   int       // counts the changes of Quotas and PerOrganisation
	ReservedUntil   time.Time `bun:",nullzero"` // when the seats that quotas keep go to anybody; see Released
	AttendBy        time.Time `bun:",nullzero"` // when conditional seats must have met what attending asks; see Deadline

	Languages []string    `bun:",array"`     // spoken there; empty when nobody said
	Covered   []string    `bun:",array"`     // of Costs, those that the office covers
	Costs     events.Text `bun:"type:jsonb"` // for whom, and how to ask
	// Directions say how to get there. Latitude and Longitude are those of Point.
	Directions          events.Text `bun:"type:jsonb"`
	Latitude, Longitude *float64

	Sessions []Session `bun:"-"` // in order of time
	Gate     Rule      `bun:"-"` // to register
	Attend   Rule      `bun:"-"` // to attend
	Quotas   []Quota   `bun:"-"` // in the order of the form
	Trainers []Trainer `bun:"-"` // in the order of the form

	floor *floor // what a crowd that registers together remembers; nil elsewhere
}

// Approval says who must agree before a seat is given.
type Approval string

// The ways of approving. Somebody whose organisation nobody administers, or without one, needs only the office.
const (
	FirstCome Approval = "none"
	ByOffice  Approval = "office"
	ByBoth    Approval = "both" // the administrator of the person's organisation, then the office
)

// Asks tells whether somebody must agree.
func (a Approval) Asks() bool { return a == ByOffice || a == ByBoth }

// Session is one dated part of a seminar, over [StartsAt, EndsAt).
type Session struct {
	bun.BaseModel `bun:"table:seminar_session,alias:session"`

	ID        int64 `bun:",pk,autoincrement"`
	SeminarID int64
	StartsAt  time.Time
	EndsAt    time.Time
}

// Doors is from when the session's attendance may be taken.
func (s Session) Doors() time.Time { return s.StartsAt.Add(-doorsOpen) }

// Scope is where the seminar sits, for Actor.Can.
func (s Seminar) Scope() account.Scope {
	return account.Scope{OfficeID: s.OfficeID, SpaceID: s.SpaceID}
}

// Closes is when registration ends: at ClosesAt, or at the start if none is set.
func (s Seminar) Closes() time.Time {
	if s.ClosesAt.IsZero() || s.ClosesAt.After(s.StartsAt) {
		return s.StartsAt
	}
	return s.ClosesAt
}

// Refusal says why nobody can register at time t: ErrCancelled, ErrStarted, ErrClosed, ErrNotOpen, account.ErrNotFound for a
// draft, or nil when registration is open.
func (s Seminar) Refusal(t time.Time) error {
	switch {
	case s.PublishedAt.IsZero():
		return account.ErrNotFound
	case s.State == Cancelled:
		return ErrCancelled
	case !t.Before(s.StartsAt):
		return ErrStarted
	case !t.Before(s.Closes()):
		return ErrClosed
	case t.Before(s.OpensAt):
		return ErrNotOpen
	}
	return nil
}

// Deadline is until when a conditional seat may meet what attending asks: AttendBy, or the start if none is set.
func (s Seminar) Deadline() time.Time {
	if s.AttendBy.IsZero() || s.AttendBy.After(s.StartsAt) {
		return s.StartsAt
	}
	return s.AttendBy
}

// Location is the time zone of the seminar's dates, UTC should the machine not know it.
func (s Seminar) Location() *time.Location {
	if l, err := time.LoadLocation(s.Zone); err == nil {
		return l
	}
	return time.UTC
}

// findSeminar reads a seminar whole, locking its row when lock is seminarLock. It returns account.ErrNotFound.
func findSeminar(ctx context.Context, db bun.IDB, id int64, lock string) (Seminar, error) {
	var s Seminar
	if err := db.NewRaw("select * from seminar where id = ? "+lock, id).Scan(ctx, &s); err != nil {
		return s, fmt.Errorf("seminar %d: %w", id, found(err))
	}
	if err := db.NewSelect().Model(&s.Sessions).Where("seminar_id = ?", id).Order("starts_at", "id").Scan(ctx); err != nil {
		return s, fmt.Errorf("sessions of seminar %d: %w", id, err)
	}
	if err := db.NewSelect().Model(&s.Quotas).Where("seminar_id = ?", id).Order("position").Scan(ctx); err != nil {
		return s, fmt.Errorf("quotas of seminar %d: %w", id, err)
	}
	if err := db.NewSelect().Model(&s.Trainers).Where("seminar_id = ?", id).Order("position").Scan(ctx); err != nil {
		return s, fmt.Errorf("trainers of seminar %d: %w", id, err)
	}
	return s, s.readGates(ctx, db)
}

// changed is the event that carries the public state of the seminar.
func (s Seminar) changed(by account.Actor) events.SeminarChanged {
	e := events.SeminarChanged{
		SeminarID: s.ID, OfficeID: s.OfficeID, SpaceID: s.SpaceID, Title: s.Title, State: string(s.State),
		Capacity: s.Capacity, Modules: s.modules(), By: by.PersonID,
	}
	for _, p := range s.Sessions {
		e.Sessions = append(e.Sessions, events.SeminarSession{ID: p.ID, StartsAt: p.StartsAt, EndsAt: p.EndsAt})
	}
	for _, t := range s.Trainers {
		if t.PersonID != 0 {
			e.Trainers = append(e.Trainers, t.PersonID)
		}
	}
	return e
}
