package enrolment

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
)

// doorsOpen is how long before a session its attendance may be taken: the day before is a mistake of line.
const doorsOpen = 12 * time.Hour

// RecordAttendance marks who was present at a session, by registration; marks may be corrected at any time. Once every
// session has a mark for a registration it becomes Present (at one session at least) or Absent. Marks of people without
// a seat are refused with account.ErrNotFound; ErrTooEarly says that the session isn't near.
func (s *Service) RecordAttendance(ctx context.Context, actor account.Actor, sessionID int64, present map[int64]bool) error {
	if !actor.SignedIn() {
		return account.ErrSignInRequired
	}
	return s.inTx(ctx, "record attendance", func(ctx context.Context, tx bun.Tx) error {
		sem, session, err := s.lockSession(ctx, tx, sessionID)
		switch {
		case err != nil:
			return err
		case !sem.keepsDoor(actor):
			return refusal(ctx, tx, actor, sem)
		case sem.State != Published:
			return ErrCancelled
		case s.now().Before(session.Doors()):
			return ErrTooEarly
		}
		changed, err := s.mark(ctx, tx, sem, session, present, actor)
		if err != nil || len(changed) == 0 {
			return err
		}
		return s.conclude(ctx, tx, sem, changed, actor)
	})
}

func (s *Service) lockSession(ctx context.Context, tx bun.Tx, id int64) (Seminar, Session, error) {
	var session Session
	if err := tx.NewSelect().Model(&session).Where("id = ?", id).Scan(ctx); err != nil {
		return Seminar{}, session, fmt.Errorf("session %d: %w", id, found(err))
	}
	sem, err := findSeminar(ctx, tx, session.SeminarID, seminarLock)
	if err != nil {
		return sem, session, err
	}
	for _, p := range sem.Sessions {
		if p.ID == id {
			return sem, p, nil
		}
	}
	return sem, session, fmt.Errorf("session %d: %w", id, account.ErrNotFound) // removed while waiting for the lock
}

// mark stores the marks that differ, announces each, and returns their registrations.
func (s *Service) mark(ctx context.Context, tx bun.Tx, sem Seminar, session Session, present map[int64]bool, by account.Actor) ([]int64, error) {
	ids, marks := make([]int64, 0, len(present)), make([]bool, 0, len(present))
	for id, p := range present {
		ids, marks = append(ids, id), append(marks, p)
	}
	ids, marks, err := s.admitPresent(ctx, tx, sem, ids, marks, by)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		RegistrationID, PersonID int64
		Present                  bool
	}
	err = tx.NewRaw(`with fresh as (
			insert into attendance as a (session_id, registration_id, present, recorded_by, recorded_at)
			select ?, id, present, ?, ? from unnest(?::bigint[], ?::boolean[]) as m (id, present)
			on conflict (session_id, registration_id) do update
			set present = excluded.present, recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at
			where a.present is distinct from excluded.present
			returning registration_id, present)
		select registration_id, person_id, present from fresh join registration on registration.id = registration_id order by queue`,
		session.ID, by.PersonID, s.now(), pgdialect.Array(ids), pgdialect.Array(marks)).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	var changed []int64
	for _, r := range rows {
		changed = append(changed, r.RegistrationID)
		err := events.Publish(ctx, tx, events.AttendanceRecorded{
			RegistrationID: r.RegistrationID, SeminarID: sem.ID, SessionID: session.ID, PersonID: r.PersonID, Present: r.Present, By: by.PersonID,
		})
		if err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// admitPresent confirms the conditional and offered seats of those who are there, and leaves those of the others alone:
// what they wait for decides of them, at its date. The seat is still held then, and nobody who came is sent home from an
// empty chair; whoever keeps the door may ask them for what is missing.
func (s *Service) admitPresent(ctx context.Context, tx bun.Tx, sem Seminar, ids []int64, marks []bool, by account.Actor) (who []int64, present []bool, err error) {
	var all []Registration
	err = tx.NewSelect().Model(&all).Where("id = any(?::bigint[]) and seminar_id = ?", pgdialect.Array(ids), sem.ID).Order("queue").Scan(ctx)
	if err != nil {
		return nil, nil, err
	}
	byID := map[int64]*Registration{}
	for i := range all {
		byID[all[i].ID] = &all[i]
	}
	who, present = []int64{}, []bool{}
	for i, id := range ids {
		reg := byID[id]
		switch {
		case reg == nil || !reg.HoldsSeat():
			return nil, nil, fmt.Errorf("attendance of people without a seat: %w", account.ErrNotFound)
		case reg.State != Conditional && reg.State != Offered: // a mark is all there is to it
		case !marks[i]:
			continue
		default:
			if err := s.move(ctx, tx, sem, reg, Confirmed, "present", by); err != nil {
				return nil, nil, err
			}
		}
		who, present = append(who, id), append(present, marks[i])
	}
	return who, present, nil
}

// conclude sets the registrations whose every session has a mark to Present or Absent.
func (s *Service) conclude(ctx context.Context, tx bun.Tx, sem Seminar, ids []int64, by account.Actor) error {
	var rows []struct {
		Registration `bun:",extend"`
		Was          Standing
	}
	err := tx.NewRaw(`with marks as (
			select registration_id, bool_or(present) as present from attendance
			where registration_id = any(?::bigint[]) group by registration_id having count(*) = ?),
		before as (
			select r.id, r.state, case when present then 'attended' else 'absent' end as next
			from registration r join marks on registration_id = r.id)
		update registration set state = next, changed_at = ? from before
		where registration.id = before.id and registration.state <> next
		returning registration.*, before.state as was`,
		pgdialect.Array(ids), len(sem.Sessions), s.now()).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("conclude attendance: %w", err)
	}
	for _, r := range rows {
		if err := events.Publish(ctx, tx, r.changed(sem, r.Was, "attendance", by.PersonID)); err != nil {
			return err
		}
	}
	return nil
}
