package monitoring

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/events"
)

// Consumers returns the consumer that keeps the journey. It may hear events twice and in any order: numbers only grow,
// first dates only go back, and the last word is the one with the greatest sequence.
func (s *Service) Consumers() []events.Consumer {
	handlers := map[string]func(context.Context, bun.Tx, events.Event) error{
		events.SeminarChanged{}.EventType():      keepSeminar,
		events.ModulePublished{}.EventType():     keepModule,
		events.RegistrationChanged{}.EventType(): keepRegistration,
		events.AttendanceRecorded{}.EventType():  keepAttendance,
	}
	return []events.Consumer{{
		Name:  "monitoring_journey",
		Types: append(slices.Sorted(maps.Keys(handlers)), steps...),
		Handle: func(ctx context.Context, tx bun.Tx, e events.Event) error {
			if err := handlers[e.Type](ctx, tx, e); err != nil {
				return fmt.Errorf("keep the journey: %w", err)
			}
			return nil
		},
		Together:  steps,
		HandleAll: keepSteps,
		Reset:     reset,
	}}
}

func reset(ctx context.Context, tx bun.Tx) error {
	for _, table := range []string{"journey_seminar", "journey_module", "journey_progress", "journey_unlock",
		"journey_registration", "journey_attendance"} {
		if _, err := tx.ExecContext(ctx, "delete from ?", bun.Ident(table)); err != nil {
			return fmt.Errorf("empty %s: %w", table, err)
		}
	}
	return nil
}

func keepSeminar(ctx context.Context, tx bun.Tx, e events.Event) error {
	p, err := events.Decode[events.SeminarChanged](e)
	if err != nil {
		return err
	}
	sessions, err := json.Marshal(p.Sessions)
	if err != nil {
		return err
	}
	title, err := json.Marshal(p.Title)
	if err != nil {
		return err
	}
	modules := p.Modules
	if modules == nil {
		modules = []int64{}
	}
	_, err = tx.ExecContext(ctx,
		`insert into journey_seminar as s (seminar_id, office_id, space_id, title, state, capacity, sessions,
			first_session_at, modules, seq)
		 values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		 on conflict (seminar_id) do update set (office_id, space_id, title, state, capacity, sessions,
			first_session_at, modules, seq) = (excluded.office_id, excluded.space_id, excluded.title, excluded.state,
			excluded.capacity, excluded.sessions, excluded.first_session_at, excluded.modules, excluded.seq)
		 where excluded.seq > s.seq`,
		p.SeminarID, p.OfficeID, p.SpaceID, string(title), p.State, p.Capacity, string(sessions),
		firstSession(p.Sessions), pgdialect.Array(modules), e.Seq)
	return err
}

func firstSession(sessions []events.SeminarSession) *time.Time {
	var first *time.Time
	for i := range sessions {
		if at := &sessions[i].StartsAt; first == nil || at.Before(*first) {
			first = at
		}
	}
	return first
}

func keepModule(ctx context.Context, tx bun.Tx, e events.Event) error {
	p, err := events.Decode[events.ModulePublished](e)
	if err != nil {
		return err
	}
	return keepModuleTitle(ctx, tx, p.ModuleID, p.Title, e.Seq, "update set title = excluded.title, seq = excluded.seq where excluded.seq > m.seq")
}

func keepModuleTitle(ctx context.Context, tx bun.Tx, moduleID int64, title events.Text, seq int64, known bun.Safe) error {
	data, err := json.Marshal(title)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx,
		`insert into journey_module as m (module_id, title, seq) values (?, ?, ?) on conflict (module_id) do ?`,
		moduleID, string(data), seq, known)
	return err
}

func keepRegistration(ctx context.Context, tx bun.Tx, e events.Event) error {
	p, err := events.Decode[events.RegistrationChanged](e)
	if err != nil {
		return err
	}
	var confirmed *time.Time
	if p.State == "confirmed" {
		confirmed = &e.Time
	}
	_, err = tx.ExecContext(ctx,
		`insert into journey_registration as r (registration_id, seminar_id, person_id, state, reason, requested_at,
			confirmed_at, changed_at, seq)
		 values (?, ?, ?, ?, ?, ?, ?, ?, ?)
		 on conflict (registration_id) do update set
			requested_at = least(r.requested_at, excluded.requested_at),
			confirmed_at = least(r.confirmed_at, excluded.confirmed_at),
			state = case when excluded.seq > r.seq then excluded.state else r.state end,
			reason = case when excluded.seq > r.seq then excluded.reason else r.reason end,
			changed_at = case when excluded.seq > r.seq then excluded.changed_at else r.changed_at end,
			seq = greatest(r.seq, excluded.seq)`,
		p.RegistrationID, p.SeminarID, p.PersonID, p.State, p.Reason, e.Time, confirmed, e.Time, e.Seq)
	return err
}

func keepAttendance(ctx context.Context, tx bun.Tx, e events.Event) error {
	p, err := events.Decode[events.AttendanceRecorded](e)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx,
		`insert into journey_attendance as a (person_id, session_id, seminar_id, present, seq) values (?, ?, ?, ?, ?)
		 on conflict (person_id, session_id) do update set present = excluded.present, seq = excluded.seq
		 where excluded.seq > a.seq`,
		p.PersonID, p.SessionID, p.SeminarID, p.Present, e.Seq)
	return err
}
