package enrolment

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// The circle of a seminar is those who may talk among themselves about it: who has a seat there, its trainers, and the
// people of its office. A seat is one that is confirmed, or conditional: somebody to whom one is only offered may never
// come, and would have read what the others say. When the seat is lost so is the circle, at once, and it comes back with
// the seat. After the seminar it stays theirs, also of those who didn't come. When the whole seminar is called off, those
// who had a seat then stay together: they have journeys to undo.

// seated are the registrations that are in a circle, of a seminar and registration so called in the query.
const seated = `(registration.state in ('confirmed', 'conditional', 'attended', 'absent')
	or seminar.state = 'cancelled' and registration.state = 'cancelled' and registration.left_from in ('confirmed', 'conditional')
		and registration.changed_at >= seminar.cancelled_at)`

// InCircle tells whether somebody is in the circle of a seminar at this moment.
func InCircle(ctx context.Context, db bun.IDB, actor account.Actor, seminarID int64) (bool, error) {
	if !actor.SignedIn() {
		return false, nil
	}
	var at []struct {
		OfficeID, SpaceID int64
		Personally        bool
	}
	err := db.NewRaw(`select office_id, space_id, exists (select from seminar_trainer where seminar_id = seminar.id and person_id = ?0)
			or exists (select from registration where seminar_id = seminar.id and person_id = ?0 and `+seated+`) as personally
		from seminar where id = ?1 and published_at is not null`, actor.PersonID, seminarID).Scan(ctx, &at)
	if err != nil {
		return false, fmt.Errorf("circle of seminar %d: %w", seminarID, err)
	}
	return len(at) > 0 && (at[0].Personally || onStaff(actor, Seminar{OfficeID: at[0].OfficeID, SpaceID: at[0].SpaceID})), nil
}

// CirclesOf lists the seminars in whose circles a person is by a seat, or because they train there.
func CirclesOf(ctx context.Context, db bun.IDB, personID int64) (ids []int64, err error) {
	err = db.NewRaw(`select seminar.id from registration join seminar on seminar.id = seminar_id where person_id = ?0 and `+seated+`
		union select seminar_id from seminar_trainer join seminar on seminar.id = seminar_id
			where person_id = ?0 and published_at is not null order by 1`, personID).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("circles of person %d: %w", personID, err)
	}
	return ids, nil
}

// CirclePeople lists those who have a seat at a seminar and its trainers: who is told of what is said in its circle.
func CirclePeople(ctx context.Context, db bun.IDB, seminarID int64) (ids []int64, err error) {
	err = db.NewRaw(`select person_id from registration join seminar on seminar.id = seminar_id where seminar_id = ?0 and `+seated+`
		union select person_id from seminar_trainer join seminar on seminar.id = seminar_id
			where seminar_id = ?0 and person_id is not null and published_at is not null order by 1`, seminarID).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("circle of seminar %d: %w", seminarID, err)
	}
	return ids, nil
}

// FindAnnounced reads a seminar that was published, even if it was called off since, whoever asks.
func FindAnnounced(ctx context.Context, db bun.IDB, id int64) (Seminar, bool, error) {
	sem, err := findSeminar(ctx, db, id, "")
	if errors.Is(err, account.ErrNotFound) {
		return Seminar{}, false, nil
	}
	return sem, err == nil && !sem.PublishedAt.IsZero(), err
}

// addCircles says of which cards the actor is in the circle.
func addCircles(ctx context.Context, db bun.IDB, actor account.Actor, all []Card) error {
	if !actor.SignedIn() || len(all) == 0 {
		return nil
	}
	_, seminars := index(all)
	var ids []int64
	err := db.NewRaw(`select seminar_id from registration join seminar on seminar.id = seminar_id
		where person_id = ?0 and seminar_id = any(?1) and `+seated+`
		union select seminar_id from seminar_trainer join seminar on seminar.id = seminar_id
			where person_id = ?0 and seminar_id = any(?1) and published_at is not null`, actor.PersonID, pgdialect.Array(seminars)).Scan(ctx, &ids)
	if err != nil {
		return fmt.Errorf("circles of person %d: %w", actor.PersonID, err)
	}
	for i, c := range all {
		all[i].Circle = slices.Contains(ids, c.ID) || !c.PublishedAt.IsZero() && onStaff(actor, c.Seminar)
	}
	return nil
}
