package enrolment

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// Show is which of the coming seminars a person wants to see.
type Show string

// What may be shown.
const (
	ShowAll    Show = ""
	ShowAround Show = "around" // in the person's region, and in their spaces
	ShowOpen   Show = "open"   // to which the person may register now
	ShowMine   Show = "mine"   // at which they have a seat, or a place in the queue
)

// PageSize is the number of seminars that Calendar returns at most.
const PageSize = 40

// most bounds what ShowOpen decides at once, in memory.
const most = 1000

// Calendar lists the coming seminars that the actor may read, the soonest first, PageSize at a time: with their
// registration and the decision of each gate. f.Page counts from 0.
func (s *Service) Calendar(ctx context.Context, actor account.Actor, f Filter) (cards []Card, further bool, err error) {
	if f.Show != ShowAll && !actor.SignedIn() {
		return nil, false, account.ErrSignInRequired
	}
	limit, skip := PageSize+1, max(f.Page, 0)*PageSize
	inMemory := f.Show == ShowOpen // only the gates know to whom they are open
	if inMemory {
		limit, skip = most, 0
	}
	cards, err = s.coming(ctx, actor, f, limit, skip)
	if err != nil {
		return nil, false, err
	}
	if err := s.personalise(ctx, actor, cards); err != nil {
		return nil, false, err
	}
	if inMemory {
		cards = slices.DeleteFunc(cards, func(c Card) bool { return !c.Decision.Eligible })
		cards = cards[min(max(f.Page, 0)*PageSize, len(cards)):]
	}
	if len(cards) > PageSize {
		return cards[:PageSize], true, nil
	}
	return cards, false, nil
}

// readable is the part of a query that keeps what an actor may read. It takes what reach returns.
const readable = ` and (space.visibility = 'open' or ? or space.office_id = any(?::bigint[]) or space.id = any(?::bigint[])) `

func (s *Service) coming(ctx context.Context, actor account.Actor, f Filter, limit, skip int) ([]Card, error) {
	everywhere, offices, spaces := reach(actor)
	now := s.now()
	var all []Card
	err := s.db.NewRaw(cards+`where seminar.state = 'published' and seminar.ends_at > ?
		and (? = 0 or seminar.office_id = ?) and (? = 0 or seminar.space_id = ?) and (? = '' or seminar.governorate = ?)
		and (? = '' or seminar.title->>? <> '')`+readable+`
		and (? <> 'around' or seminar.governorate = ? or seminar.office_id = (select office_id from governorate where code = ?)
			or seminar.office_id = any(?::bigint[]) or seminar.space_id = any(?::bigint[]))
		and (? <> 'open' or seminar.starts_at > ? and coalesce(seminar.closes_at, seminar.starts_at) > ?)
		and (? not in ('open', 'mine') or (? = 'mine') = exists (select from registration
			where seminar_id = seminar.id and person_id = ? and registration.state <> 'cancelled'))
		order by seminar.starts_at, seminar.id limit ? offset ?`,
		now, f.OfficeID, f.OfficeID, f.SpaceID, f.SpaceID, f.Governorate, f.Governorate, f.Language, f.Language,
		everywhere, pgdialect.Array(offices), pgdialect.Array(spaces),
		f.Show, actor.Governorate, actor.Governorate, pgdialect.Array(offices), pgdialect.Array(spaces),
		f.Show, now, now, f.Show, f.Show, actor.PersonID, limit, skip).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	return all, nil
}

// remembered is for how long feeds keep what is over.
const remembered = 92 * 24 * time.Hour

// Feed lists what a calendar shows of an office or a space: every seminar that was ever published and isn't long over,
// called off or not, which the actor may read. It says nothing of the actor.
func (s *Service) Feed(ctx context.Context, actor account.Actor, f Filter) ([]Card, error) {
	everywhere, offices, spaces := reach(actor)
	var all []Card
	err := s.db.NewRaw(cards+`where seminar.state in ('published', 'cancelled') and seminar.published_at is not null and seminar.ends_at > ?
		and (? = 0 or seminar.office_id = ?) and (? = 0 or seminar.space_id = ?)`+readable+`order by seminar.starts_at, seminar.id limit ?`,
		s.now().Add(-remembered), f.OfficeID, f.OfficeID, f.SpaceID, f.SpaceID,
		everywhere, pgdialect.Array(offices), pgdialect.Array(spaces), most).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("feed of seminars: %w", err)
	}
	return all, s.withSessions(ctx, all)
}

func (s *Service) withSessions(ctx context.Context, all []Card) error {
	if len(all) == 0 {
		return nil
	}
	byID, ids := map[int64]*Card{}, []int64{}
	for i := range all {
		byID[all[i].ID], ids = &all[i], append(ids, all[i].ID)
	}
	return addSessions(ctx, s.db, byID, ids)
}

// Seat is a registration with its seminar, withdrawn or not: for the mail to its person. It returns account.ErrNotFound.
func (s *Service) Seat(ctx context.Context, registrationID int64) (Card, error) {
	var regs []Registration
	if err := s.db.NewSelect().Model(&regs).Where("id = ?", registrationID).Scan(ctx); err != nil {
		return Card{}, fmt.Errorf("registration %d: %w", registrationID, err)
	}
	if len(regs) == 0 {
		return Card{}, fmt.Errorf("registration %d: %w", registrationID, account.ErrNotFound)
	}
	var one []Card
	if err := s.db.NewRaw(cards+"where seminar.id = ?", regs[0].SeminarID).Scan(ctx, &one); err != nil || len(one) == 0 {
		return Card{}, fmt.Errorf("seminar of registration %d: %w", registrationID, found(err))
	}
	one[0].Mine = &regs[0]
	return one[0], s.withSessions(ctx, one)
}
