package courses

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"halqa/community/account"
	"halqa/events"
)

// Report is what a player says was really played of one track.
type Report struct {
	TrackID   int64      `json:"track"`
	Client    string     `json:"client"` // the player's own id of the report, for logs only
	Intervals []Interval `json:"intervals"`
	Position  int64      `json:"position"` // ms: where to resume; it counts for nothing
}

// Outcome is what the server knows after a report or a quiz.
type Outcome struct {
	LessonID      int64
	ModuleID      int64
	LessonPercent int
	ModulePercent int
	CompletedAt   *time.Time // when the module was completed, ever
	JustCompleted bool       // by this very call
}

// reported is the track of a report, with what its person had before.
type reported struct {
	TrackID, LessonID, ModuleID  int64
	DurationMS                   int64
	Title                        events.Text `bun:"type:jsonb"`
	State                        State
	SpaceID, OfficeID            int64
	Visibility                   account.Visibility
	Known                        bool // nothing in the report is new
	PositionMS                   int64
	LessonPercent, ModulePercent int
	CompletedAt                  *time.Time
}

// ReportPlayed adds what was really played to the actor's progress: the union with what was known. Reports may come
// late, twice, in any order or pieces. It returns ErrSignInRequired, ErrNotFound, those of account's Space.Refusal when
// the space is closed to the actor, or account.Invalid for what no player sends. A report without news takes one query and writes at most
// the place to resume at.
func (s *Service) ReportPlayed(ctx context.Context, actor account.Actor, r Report) (Outcome, error) {
	if !actor.SignedIn() {
		return Outcome{}, account.ErrSignInRequired
	}
	raw, err := Played(r.Intervals, MaxMS)
	if err != nil {
		return Outcome{}, err
	}
	before, err := s.reported(ctx, actor, r.TrackID, raw)
	if err != nil {
		return Outcome{}, fmt.Errorf("report on track %d: %w", r.TrackID, err)
	}
	r.Position = min(max(r.Position, 0), before.DurationMS)
	if before.Known {
		return before.outcome(), s.rememberPosition(ctx, actor.PersonID, r, before)
	}
	played, err := Played(r.Intervals, before.DurationMS)
	if err != nil {
		return Outcome{}, err
	}
	var out Outcome
	err = s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		out, err = s.addPlayed(ctx, tx, actor.PersonID, r, played, before)
		return err
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("report on track %d: %w", r.TrackID, err)
	}
	return out, nil
}

func (s *Service) addPlayed(ctx context.Context, tx bun.Tx, personID int64, r Report, played Set, b reported) (Outcome, error) {
	p := progress{personID: personID, moduleID: b.ModuleID, spaceID: b.SpaceID, title: b.Title, at: s.now()}
	if err := p.lock(ctx, tx); err != nil {
		return Outcome{}, err
	}
	_, err := tx.NewRaw(`
		insert into played as p (person_id, track_id, played, position_ms, opened_at, touched_at)
		values (?, ?, ?::int4multirange, ?, ?, ?)
		on conflict (person_id, track_id) do update
		set played = p.played + excluded.played, position_ms = excluded.position_ms, touched_at = excluded.touched_at`,
		personID, r.TrackID, played.String(), r.Position, p.at, p.at).Exec(ctx)
	if err != nil {
		return Outcome{}, err
	}
	return p.settle(ctx, tx, b.LessonID)
}

// reported finds the track of a report, and whether the actor may report on it and says anything new.
func (s *Service) reported(ctx context.Context, actor account.Actor, trackID int64, raw Set) (reported, error) {
	var b reported
	err := s.db.NewRaw(`
		select t.id as track_id, t.duration_ms, l.id as lesson_id, m.id as module_id, m.title, m.state,
		  m.space_id, coalesce(s.office_id, 0) as office_id, s.visibility,
		  coalesce(p.played @> (?::int4multirange * int4multirange(int4range(0, t.duration_ms))), false) as known,
		  coalesce(p.position_ms, 0) as position_ms,
		  coalesce(mp.percent, 0) as module_percent, c.at as completed_at,
		  (select coalesce(max(100 * covered_ms(o.played)::bigint / ot.duration_ms), 0)
		   from track ot join played o on o.track_id = ot.id and o.person_id = ? where ot.lesson_id = l.id) as lesson_percent
		from track t join lesson l on l.id = t.lesson_id join module m on m.id = l.module_id join space s on s.id = m.space_id
		left join played p on p.track_id = t.id and p.person_id = ?
		left join module_progress mp on mp.module_id = m.id and mp.person_id = ?
		left join completion c on c.module_id = m.id and c.person_id = ?
		where t.id = ?`,
		raw.String(), actor.PersonID, actor.PersonID, actor.PersonID, actor.PersonID, trackID).Scan(ctx, &b)
	if errors.Is(err, sql.ErrNoRows) || err == nil && b.State == Draft {
		return b, account.ErrNotFound
	}
	if err != nil {
		return b, err
	}
	space := account.Space{ID: b.SpaceID, OfficeID: b.OfficeID, Visibility: b.Visibility}
	return b, space.Refusal(actor)
}

func (s *Service) rememberPosition(ctx context.Context, personID int64, r Report, b reported) error {
	if r.Position == b.PositionMS {
		return nil
	}
	_, err := s.db.NewRaw(`update played set position_ms = ?, touched_at = ? where person_id = ? and track_id = ?`,
		r.Position, s.now(), personID, r.TrackID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("remember position: %w", err)
	}
	return nil
}

func (b reported) outcome() Outcome {
	return Outcome{LessonID: b.LessonID, ModuleID: b.ModuleID, LessonPercent: b.LessonPercent,
		ModulePercent: b.ModulePercent, CompletedAt: b.CompletedAt}
}
