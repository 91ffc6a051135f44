package enrolment

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// tellMoved announces to everybody who has a seat, or waits for one, that its dates or its place changed.
func (s *Service) tellMoved(ctx context.Context, tx bun.Tx, by account.Actor, old, sem Seminar) error {
	if !moved(old, sem) {
		return nil
	}
	var all []Registration
	err := tx.NewSelect().Model(&all).Where("seminar_id = ? and state not in ('cancelled', 'attended', 'absent')", sem.ID).Order("queue").Scan(ctx)
	if err != nil {
		return fmt.Errorf("who has to hear of the move of seminar %d: %w", sem.ID, err)
	}
	gone := dropped(old.Sessions, sem.Sessions)
	for _, reg := range all {
		err := events.Publish(ctx, tx, events.SeatMoved{RegistrationID: reg.ID, SeminarID: sem.ID, PersonID: reg.PersonID, Title: sem.Title,
			StartsAt: sem.StartsAt, Dropped: gone, By: by.PersonID})
		if err != nil {
			return err
		}
	}
	return nil
}

// moved tells whether somebody who goes where and when old says would be wrong.
func moved(old, sem Seminar) bool {
	return old.Venue != sem.Venue || old.Address != sem.Address || !slices.EqualFunc(old.Sessions, sem.Sessions, func(a, b Session) bool {
		return a.StartsAt.Equal(b.StartsAt) && a.EndsAt.Equal(b.EndsAt)
	})
}

// dropped lists the sessions that an edit removed.
func dropped(old, kept []Session) (gone []events.SeminarSession) {
	for _, o := range old {
		if !slices.ContainsFunc(kept, func(k Session) bool { return k.ID == o.ID }) {
			gone = append(gone, events.SeminarSession{ID: o.ID, StartsAt: o.StartsAt, EndsAt: o.EndsAt})
		}
	}
	return gone
}
