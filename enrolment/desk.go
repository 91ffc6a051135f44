package enrolment

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// Desk lists every seminar that the actor runs, keeps the door of or trains at: drafts too, the coming ones first by date,
// then the past ones, the latest first. It returns account.ErrForbidden to those who never do.
func (s *Service) Desk(ctx context.Context, actor account.Actor) ([]Card, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	everywhere, offices, spaces := reach(actor)
	now := s.now()
	var all []Card
	err := s.db.NewRaw(cards+`where ? or seminar.office_id = any(?::bigint[]) or seminar.space_id = any(?::bigint[])
			or seminar.id in (select seminar_id from seminar_trainer where person_id = ?)
		order by ends_at < ?, case when ends_at < ? then -extract(epoch from starts_at) else extract(epoch from starts_at) end, seminar.id
		limit 500`, everywhere, pgdialect.Array(offices), pgdialect.Array(spaces), actor.PersonID, now, now).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("desk: %w", err)
	}
	byID, ids := index(all)
	if err := addTrainers(ctx, s.db, byID, ids); err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(c Card) bool { return !onStaff(actor, c.Seminar) })
	if len(all) == 0 && !actor.CanSomewhere(account.RunSeminars) && !actor.CanSomewhere(account.RecordAttendance) {
		return nil, account.ErrForbidden
	}
	return all, nil
}

// visible tells whether the actor may know of the seminar: its staff always do, others once it was published in a space
// that they may read.
func (s Seminar) visible(actor account.Actor, space account.Space) bool {
	return onStaff(actor, s) || !s.PublishedAt.IsZero() && space.ReadableBy(actor)
}

// unseen says why the actor doesn't see a seminar: as its space refuses them or, for one that was never published, as if
// there were none.
func (s Seminar) unseen(actor account.Actor, space account.Space) error {
	if err := space.Refusal(actor); err != nil && !s.PublishedAt.IsZero() {
		return err
	}
	return account.ErrNotFound
}

func onStaff(actor account.Actor, sem Seminar) bool {
	return actor.Can(account.RunSeminars, sem.Scope()) || sem.keepsDoor(actor)
}

// Guest is a line of a seminar's desk: a registration with its person.
type Guest struct {
	Registration `bun:",extend"`

	Name            string
	GovernorateName events.Text    `bun:"type:jsonb"`
	Organisations   string         // names of the person's organisations, joined by " · "
	Answers         Answers        `bun:"-"` // for those who run the seminar alone
	Marks           map[int64]bool `bun:"-"` // presence by session; no entry: not taken yet
}

// DeskView is the desk of one seminar.
type DeskView struct {
	View

	Asking    []Guest    // who wait for an approval, the first who asked first
	Holders   []Guest    // who hold a seat, in order of arrival
	Queue     []Guest    // who wait, in order, with their place
	Withdrawn []Guest    // who gave up or were removed, the latest first
	Shares    []Share    // the seats of each quota
	Asked     []Question // every question, those no longer asked last; for those who run the seminar alone
}

// Share is how far a quota is filled.
type Share struct {
	Quota
	Held int // seats held by those it counts
	Kept int // seats still kept for them
}

// DeskSeminar reads a seminar with everybody registered, for those who run it or keep its door; others are told
// account.ErrForbidden.
func (s *Service) DeskSeminar(ctx context.Context, actor account.Actor, id int64) (DeskView, error) {
	v, err := s.Seminar(ctx, actor, id)
	if err != nil {
		return DeskView{}, err
	}
	if !v.Runs && !v.Doors {
		return DeskView{}, fmt.Errorf("desk of seminar %d: %w", id, account.ErrForbidden)
	}
	d := DeskView{View: v}
	var all []Guest
	err = s.db.NewRaw(`select r.*, person.name, governorate.name as governorate_name,
			coalesce((select string_agg(organisation.name, ' · ' order by organisation.name) from membership
				join organisation on organisation.id = organisation_id
				where membership.person_id = r.person_id and membership.state = 'active'), '') as organisations
		from registration r join person on person.id = r.person_id
		left join governorate on governorate.code = person.governorate
		where seminar_id = ? order by queue`, id).Scan(ctx, &all)
	if err != nil {
		return d, fmt.Errorf("guests of seminar %d: %w", id, err)
	}
	if err := s.addMarks(ctx, id, all); err != nil {
		return d, err
	}
	if err := d.addAnswers(ctx, s.db, all); err != nil {
		return d, err
	}
	for _, g := range all {
		switch {
		case g.Asking():
			d.Asking = append(d.Asking, g)
		case g.HoldsSeat():
			d.Holders = append(d.Holders, g)
		case g.State == Waitlisted:
			g.Place = len(d.Queue) + 1
			d.Queue = append(d.Queue, g)
		default:
			d.Withdrawn = append(d.Withdrawn, g)
		}
	}
	d.count(s.now())
	slices.SortStableFunc(d.Withdrawn, func(a, b Guest) int { return b.ChangedAt.Compare(a.ChangedAt) })
	return d, nil
}

// count fills the shares of the quotas and says why each of those who wait does.
func (d *DeskView) count(now time.Time) {
	taken := make([]Traits, len(d.Holders))
	for i, g := range d.Holders {
		taken[i] = g.Registration.Traits
	}
	l := newLedger(d.Seminar.Plan(now), taken)
	for i, q := range d.Seminar.Quotas {
		d.Shares = append(d.Shares, Share{q, l.inside[i], l.kept(i)})
	}
	for i := range d.Queue {
		g := &d.Queue[i]
		if g.Registration.Wait = l.wait(Claim{Traits: g.Registration.Traits}); g.Registration.Wait.Reason == NoReason {
			g.Registration.Wait.Reason = WaitFull
		}
	}
}

func (s *Service) addMarks(ctx context.Context, seminarID int64, guests []Guest) error {
	var marks []struct {
		SessionID, RegistrationID int64
		Present                   bool
	}
	err := s.db.NewRaw(`select session_id, registration_id, present from attendance
		join seminar_session on seminar_session.id = session_id where seminar_id = ?`, seminarID).Scan(ctx, &marks)
	if err != nil {
		return fmt.Errorf("attendance of seminar %d: %w", seminarID, err)
	}
	by := map[int64]map[int64]bool{}
	for _, m := range marks {
		if by[m.RegistrationID] == nil {
			by[m.RegistrationID] = map[int64]bool{}
		}
		by[m.RegistrationID][m.SessionID] = m.Present
	}
	for i := range guests {
		guests[i].Marks = by[guests[i].ID]
	}
	return nil
}
