package enrolment

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Standing is the state of a registration.
type Standing string

// The states of a registration. Confirmed ones become Present or Absent when every session's attendance was taken.
const (
	Requested   Standing = "requested" // waits for the administrator of the person's organisation
	Pending     Standing = "pending"   // waits for the office
	Confirmed   Standing = "confirmed"
	Conditional Standing = "conditional" // a seat held until the deadline of what attending asks
	Offered     Standing = "offered"     // a seat held until the person answers, or OfferUntil
	Waitlisted  Standing = "waitlisted"
	Withdrawn   Standing = "cancelled" // by the person, the organisation, the office, a date, or with the seminar
	Present     Standing = "attended"  // at one session at least
	Absent      Standing = "absent"    // from every session
)

// heldStates are the states in which a registration takes one of the seminar's seats, for SQL.
const heldStates = "('confirmed', 'conditional', 'offered', 'attended', 'absent')"

// Registration is one person at one seminar. At most one of them isn't Withdrawn.
type Registration struct {
	bun.BaseModel `bun:"table:registration,alias:registration"`

	ID             int64 `bun:",pk,autoincrement"`
	SeminarID      int64
	PersonID       int64
	State          Standing
	Queue          int64 // order in which seats go: of arrival, or of approval where there is one
	DecisionID     int64
	CreatedAt      time.Time
	ChangedAt      time.Time
	CancelledBy    int64 `bun:",nullzero"`
	CancelReason   string
	Traits         Traits    `bun:"type:jsonb"`
	OrganisationID int64     `bun:",nullzero"` // the one they come for
	OfferUntil     time.Time `bun:",nullzero"` // of an Offered one
	AskedBy        int64     `bun:",nullzero"` // who registered them, when they didn't themselves
	BoundsVersion  int       // the seminar's when it took its seat
	LeftFrom       Standing  // of a Withdrawn one: the state that it left

	Place int  `bun:"-"` // on the waiting list, from 1; 0 when not on it
	Wait  Wait `bun:"-"` // why, when on the waiting list

	leaves    int64 // the registration whose seat at a twin it is exchanged for
	exchanged bool  // its seat is exchanged for one at a twin
}

// HoldsSeat tells whether the registration takes one of the seminar's seats.
func (r Registration) HoldsSeat() bool {
	return slices.Contains([]Standing{Confirmed, Conditional, Offered, Present, Absent}, r.State)
}

// Asking tells whether somebody must still approve the registration.
func (r Registration) Asking() bool { return r.State == Requested || r.State == Pending }

// lockReadable locks a seminar that the actor may read.
func (s *Service) lockReadable(ctx context.Context, tx bun.Tx, actor account.Actor, id int64) (Seminar, error) {
	sem, err := findSeminar(ctx, tx, id, seminarLock)
	if err != nil {
		return sem, err
	}
	space, err := account.FindSpace(ctx, tx, sem.SpaceID)
	if err != nil {
		return sem, err
	}
	if !space.ReadableBy(actor) {
		return sem, fmt.Errorf("seminar %d: %w", id, sem.unseen(actor, space))
	}
	return sem, nil
}

// enter decides, chooses the state and inserts, under the seminar's lock. With a floor, the rows are written by write.
func (s *Service) enter(ctx context.Context, tx bun.Tx, sem Seminar, personID int64, q Request, by account.Actor) (*Registration, error) {
	if sem.floor.gone(personID) { // nobody would give the seat back
		return nil, account.ErrSignInRequired
	}
	twin, err := sem.floor.twin(ctx, tx, sem, personID)
	if err != nil {
		return nil, err
	}
	if twin != 0 {
		return nil, Twinned{twin}
	}
	j, err := s.judge(ctx, tx, sem, ToRegister, personID)
	if err != nil {
		return nil, err
	}
	if !j.Eligible {
		return nil, NotEligible{j.Decision}
	}
	now := s.now()
	reg := &Registration{SeminarID: sem.ID, PersonID: personID, CreatedAt: now, ChangedAt: now}
	if by.PersonID != personID {
		reg.AskedBy = by.PersonID
	}
	if reg.Traits, err = sem.floor.traits(ctx, tx, personID, q.OrganisationID, sem); err != nil {
		return nil, err
	}
	reg.OrganisationID = reg.Traits.Organisation
	answers, err := sem.floor.answers(q.Answers)
	if err != nil {
		return nil, err
	}
	if reg.State, err = s.approvalNeeded(ctx, tx, sem, *reg, by); err != nil {
		return nil, err
	}
	if !reg.Asking() {
		if reg.State, err = s.place(ctx, tx, sem, reg, by); err != nil {
			return nil, err
		}
		beforeSeat(ctx)
	}
	return reg, s.insert(ctx, tx, sem, newcomer{reg, j, by.PersonID, answers})
}

// newcomer is a registration to be written, with the decision that it rests on and who asked for it.
type newcomer struct {
	reg *Registration
	judgement
	by      int64
	answers Answers // checked
}

func (s *Service) insert(ctx context.Context, tx bun.Tx, sem Seminar, n newcomer) error {
	if n.reg.HoldsSeat() {
		n.reg.BoundsVersion = sem.BoundsVersion
	}
	if sem.floor != nil {
		sem.floor.enter(n)
		return nil
	}
	return s.insertAll(ctx, tx, sem, []newcomer{n})
}

// write inserts those whom the seminar's floor holds back.
func (s *Service) write(ctx context.Context, tx bun.Tx, sem Seminar) error {
	if sem.floor == nil || len(sem.floor.late) == 0 {
		return nil
	}
	late := sem.floor.late
	sem.floor.late = nil
	return s.insertAll(ctx, tx, sem, late)
}

// insertAll writes decisions and registrations, and announces them, in the order given.
func (s *Service) insertAll(ctx context.Context, tx bun.Tx, sem Seminar, all []newcomer) error {
	if err := s.keepAll(ctx, tx, sem, all); err != nil {
		return err
	}
	regs := make([]*Registration, len(all))
	for i, n := range all {
		regs[i] = n.reg
	}
	if _, err := tx.NewInsert().Model(&regs).ExcludeColumn("id", "queue").Returning("id, queue").Exec(ctx); err != nil {
		return err
	}
	news := make([]events.Payload, len(all))
	for i, n := range all {
		if err := s.writeAnswers(ctx, tx, n.reg.ID, n.answers); err != nil {
			return err
		}
		news[i] = n.reg.changed(sem, "", "asked", n.by)
	}
	return events.PublishAll(ctx, tx, news)
}

// lockRegistration locks the seminar of a registration, then reads both.
func (s *Service) lockRegistration(ctx context.Context, tx bun.Tx, id int64) (sem Seminar, reg Registration, err error) {
	find := func() error { return found(tx.NewSelect().Model(&reg).Where("id = ?", id).Scan(ctx)) }
	if err = find(); err != nil {
		return sem, reg, fmt.Errorf("registration %d: %w", id, err)
	}
	if sem, err = findSeminar(ctx, tx, reg.SeminarID, seminarLock); err != nil {
		return sem, reg, err
	}
	return sem, reg, find() // again: it may have changed while waiting for the lock
}

// move takes a registration to another state and announces it.
func (s *Service) move(ctx context.Context, tx bun.Tx, sem Seminar, reg *Registration, to Standing, why string, by account.Actor) error {
	sem.floor.forget()
	from, held := reg.State, reg.HoldsSeat()
	reg.State, reg.ChangedAt = to, s.now()
	if to == Withdrawn {
		reg.LeftFrom = from
	}
	if reg.HoldsSeat() && !held {
		reg.BoundsVersion = sem.BoundsVersion
	}
	if to != Offered {
		reg.OfferUntil = time.Time{}
	}
	_, err := tx.NewUpdate().Model(reg).
		Column("state", "changed_at", "offer_until", "queue", "bounds_version", "cancelled_by", "cancel_reason", "left_from").WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("registration %d to %s: %w", reg.ID, to, err)
	}
	return events.Publish(ctx, tx, reg.changed(sem, from, why, by.PersonID))
}

// seats counts the seats held and the people who wait.
func seats(ctx context.Context, db bun.IDB, seminarID int64) (held, waiting int, err error) {
	err = db.NewRaw(`select count(*) filter (where state in `+heldStates+`),
		count(*) filter (where state = 'waitlisted') from registration where seminar_id = ? and state <> 'cancelled'`,
		seminarID).Scan(ctx, &held, &waiting)
	if err != nil {
		err = fmt.Errorf("seats of seminar %d: %w", seminarID, err)
	}
	return held, waiting, err
}

// active returns a person's registration at a seminar that isn't withdrawn, with its place and why it waits, or nil.
func (s *Service) active(ctx context.Context, db bun.IDB, sem Seminar, personID int64) (*Registration, error) {
	var all []Registration
	err := db.NewSelect().Model(&all).Where("seminar_id = ? and person_id = ? and state <> 'cancelled'", sem.ID, personID).Scan(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], s.explain(ctx, db, sem, &all[0])
}

func (r Registration) changed(sem Seminar, from Standing, why string, by int64) events.RegistrationChanged {
	e := events.RegistrationChanged{
		RegistrationID: r.ID, SeminarID: sem.ID, PersonID: r.PersonID, Title: sem.Title, StartsAt: sem.StartsAt,
		From: string(from), State: string(r.State), Place: r.Place, Reason: why, By: by,
		OfficeID: sem.OfficeID, OrganisationID: r.OrganisationID, Leaves: r.leaves, Exchanged: r.exchanged,
	}
	switch r.State {
	case Offered:
		e.Until = r.OfferUntil
	case Conditional:
		e.Until = sem.Deadline()
	}
	return e
}
