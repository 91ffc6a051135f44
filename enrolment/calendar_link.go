package enrolment

import (
	"context"
	"fmt"
	"time"

	"halqa/community/account"
)

// LinkNumber is how often the actor renewed the address of their calendar. The address is signed over it, and is as good
// as their name: it shows their seats to whoever has it.
func (s *Service) LinkNumber(ctx context.Context, actor account.Actor) (int, error) {
	if !actor.SignedIn() {
		return 0, account.ErrSignInRequired
	}
	return s.linkNumber(ctx, actor.PersonID)
}

func (s *Service) linkNumber(ctx context.Context, personID int64) (int, error) {
	var n int
	err := s.db.NewRaw("select coalesce((select renewed from calendar_link where person_id = ?), 0)", personID).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("calendar of person %d: %w", personID, err)
	}
	return n, nil
}

// RenewLink makes the actor's calendar have a new address; the former ones stop.
func (s *Service) RenewLink(ctx context.Context, actor account.Actor) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	_, err := s.db.ExecContext(ctx, `insert into calendar_link (person_id, renewed, changed_at) values (?, 1, ?)
		on conflict (person_id) do update set renewed = calendar_link.renewed + 1, changed_at = excluded.changed_at`, actor.PersonID, s.now())
	if err != nil {
		return fmt.Errorf("renew the calendar of person %d: %w", actor.PersonID, err)
	}
	return nil
}

// yearAgo is for how long a person's calendar keeps where they were.
const yearAgo = 365 * 24 * time.Hour

// SeatsFeed is the calendar of the person whom an address names: their seats and places in queues, and what was called
// off while they had one. It returns account.ErrNotFound when the address was renewed since.
func (s *Service) SeatsFeed(ctx context.Context, personID int64, number int) ([]Card, error) {
	current, err := s.linkNumber(ctx, personID)
	if err != nil {
		return nil, err
	}
	if number != current {
		return nil, fmt.Errorf("calendar of person %d: %w", personID, account.ErrNotFound)
	}
	all, err := s.MySeats(ctx, account.Actor{PersonID: personID})
	if err != nil {
		return nil, err
	}
	since := s.now().Add(-yearAgo)
	recent := all[:0]
	for _, c := range all {
		if c.EndsAt.Before(since) {
			continue
		}
		if c.Mine == nil { // called off: it stays the event that it was
			if c.Mine, err = lastWithdrawn(ctx, s.db, c.ID, personID); err != nil {
				return nil, err
			}
		}
		recent = append(recent, c)
	}
	return recent, nil
}
