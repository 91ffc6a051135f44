package enrolment

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// ErrNotAll says that a group that wanted to come whole cannot: nobody of it was registered.
var ErrNotAll = errors.New("not everybody of the group can have a seat")

// maxGroup is how many people an organisation names at once.
const maxGroup = 100

// Entry is what became of one person of a group.
type Entry struct {
	PersonID     int64
	Registration Registration // zero when Err says why there is none
	Err          error        // NotEligible, Twinned, account.Invalid or account.ErrNotFound
}

// In tells whether the person has a seat or waits only for the office's approval.
func (e Entry) In() bool {
	return e.Err == nil && (e.Registration.HoldsSeat() || e.Registration.Asking())
}

// RegisterGroup registers members of an organisation, named by one of its administrators, in the order of people; each
// must meet the gate. With whole, either all of them get a seat (or all wait for the office's approval), or none is
// registered and it returns ErrNotAll; else as many as possible get one, and the others who meet the gate wait. The
// entries say in both cases what became, or would become, of each. It returns account.ErrForbidden for others than the
// organisation's administrators, account.Invalid without people, and the refusals of Register.
func (s *Service) RegisterGroup(ctx context.Context, actor account.Actor, seminarID, organisationID int64, people []int64, whole bool) ([]Entry, error) {
	people = unique(people)
	switch {
	case !actor.SignedIn():
		return nil, account.ErrSignInRequired
	case !administers(actor, organisationID):
		return nil, account.ErrForbidden
	case len(people) == 0 || len(people) > maxGroup:
		return nil, account.Invalid{Field: "people", Key: "seminars.error_group", Args: map[string]any{"Max": maxGroup}}
	}
	var entries []Entry
	err := s.inTx(ctx, "register group", func(ctx context.Context, tx bun.Tx) error {
		sem, err := s.lockReadable(ctx, tx, actor, seminarID)
		if err != nil {
			return err
		}
		if err := sem.Refusal(s.now()); err != nil {
			return err
		}
		if entries, err = s.enterAll(ctx, tx, sem, organisationID, people, actor); err != nil {
			return err
		}
		if whole && slices.ContainsFunc(entries, func(e Entry) bool { return !e.In() }) {
			return ErrNotAll
		}
		return nil
	})
	return entries, err
}

// unique keeps the first of each.
func unique(ids []int64) []int64 {
	var all []int64
	for _, id := range ids {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

func (s *Service) enterAll(ctx context.Context, tx bun.Tx, sem Seminar, organisationID int64, people []int64, by account.Actor) ([]Entry, error) {
	for _, id := range slices.Sorted(slices.Values(people)) { // everybody's turn, in the one order
		if err := lockPerson(ctx, tx, id); err != nil {
			return nil, err
		}
	}
	admitted, err := readers(ctx, tx, sem.SpaceID, people)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, id := range people {
		e := Entry{PersonID: id, Err: account.ErrNotFound}
		if slices.Contains(admitted, id) {
			e.Registration, e.Err = s.enterOne(ctx, tx, sem, organisationID, id, by)
		}
		if _, invalid := account.InvalidsOf(e.Err); e.Err != nil && !invalid &&
			!errors.Is(e.Err, ErrNotEligible) && !errors.Is(e.Err, ErrTwin) && !errors.Is(e.Err, account.ErrNotFound) {
			return nil, e.Err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func (s *Service) enterOne(ctx context.Context, tx bun.Tx, sem Seminar, organisationID, personID int64, by account.Actor) (Registration, error) {
	mine, err := s.active(ctx, tx, sem, personID)
	if err != nil {
		return Registration{}, err
	}
	if mine != nil {
		return *mine, nil
	}
	reg, err := s.enter(ctx, tx, sem, personID, Request{OrganisationID: organisationID}, by)
	if err != nil {
		return Registration{}, err
	}
	return *reg, nil
}

// readers are those of people who may enter a space: everybody where it is open, else its members.
func readers(ctx context.Context, tx bun.Tx, spaceID int64, people []int64) ([]int64, error) {
	var ids []int64
	err := tx.NewRaw(`select person.id from person join space on space.id = ?
		where person.id = any(?::bigint[]) and (visibility = 'open'
			or exists (select from space_member m where m.space_id = space.id and m.person_id = person.id))`,
		spaceID, pgdialect.Array(people)).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("who may enter space %d: %w", spaceID, err)
	}
	return ids, nil
}

// OrganisationSeat is a registration that an organisation's administrators follow.
type OrganisationSeat struct {
	Registration `bun:",extend"`

	Name  string      // of the person
	Title events.Text `bun:"type:jsonb"` // of the seminar
}

// OrganisationSeats lists the coming registrations of people who come for an organisation, those to approve first, at
// seminars of spaces that the actor may read; and of others, what they must approve. It returns account.ErrForbidden for others than its administrators.
func (s *Service) OrganisationSeats(ctx context.Context, actor account.Actor, organisationID int64) ([]OrganisationSeat, error) {
	if !administers(actor, organisationID) {
		return nil, account.ErrForbidden
	}
	everywhere, offices, spaces := reach(actor)
	var all []OrganisationSeat
	err := s.db.NewRaw(`select registration.*, person.name, seminar.title from registration
		join person on person.id = person_id join seminar on seminar.id = seminar_id join space on space.id = space_id
		where organisation_id = ? and registration.state not in ('cancelled', 'attended', 'absent')
			and seminar.state = 'published' and starts_at > ?
			and (registration.state = 'requested' or space.visibility = 'open' or ?
				or space.office_id = any(?::bigint[]) or space.id = any(?::bigint[]))
		order by registration.state <> 'requested', starts_at, seminar.id, queue`,
		organisationID, s.now(), everywhere, pgdialect.Array(offices), pgdialect.Array(spaces)).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("seats of organisation %d: %w", organisationID, err)
	}
	return all, nil
}
