package courses

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
)

// Report is what a player says was really played of one track.
type Report struct {
	Session   string     `json:"session"` // the token of the playing session; "" from players that know none
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

// pending is a report on its way.
type pending struct {
	Report
	actor   account.Actor
	session Playing // zero when the report names none
	raw     Set
	reported
	out Outcome
	err error
}

// reported is the track of a report, with what its person had before.
type reported struct {
	N                            int // place in the batch, from 1
	LessonID, ModuleID           int64
	DurationMS                   int64
	State                        State
	SpaceID, OfficeID            int64
	Visibility                   account.Visibility
	Begun                        bool // there is a row to lock
	Known                        bool // nothing in the report is new
	PositionMS                   int64
	LessonPercent, ModulePercent int
	CompletedAt                  *time.Time
}

// ReportPlayed adds what was really played to the actor's progress: the union with what was known. Reports may come
// late, twice, in any order or pieces. It returns once the report is in the database for good, or an error and nothing
// is: ErrSignInRequired, ErrNotFound, those of account's Space.Refusal when the space is closed to the actor,
// ErrSession, TooEarly for more than can have been played by now, or account.Invalid for what no player sends. A report
// that names no session, from a player opened before there were any, goes under one that its first report opens. A
// report without news takes one query and writes at most the place to resume at.
func (s *Service) ReportPlayed(ctx context.Context, actor account.Actor, r Report) (Outcome, error) {
	if !actor.SignedIn() {
		return Outcome{}, account.ErrSignInRequired
	}
	raw, err := Played(r.Intervals, MaxMS)
	if err != nil {
		return Outcome{}, err
	}
	p := &pending{Report: r, actor: actor, raw: raw, err: errUnwritten}
	if r.Session != "" {
		if p.session, err = playing(r.Session, s.key, actor.PersonID, s.now()); err != nil {
			return Outcome{}, fmt.Errorf("report on track %d: %w", r.TrackID, err)
		}
	}
	s.reports.Do(ctx, p)
	if p.err != nil {
		return Outcome{}, fmt.Errorf("report on track %d: %w", r.TrackID, p.err)
	}
	return p.out, nil
}

// Reports come by the hundred and each must be durable before it is answered, so they are written together.
const largestBatch = 256

var errUnwritten = errors.New("the batch wasn't written")

// batchTime bounds the writing of one batch; requests themselves last 10 s at most.
const batchTime = 8 * time.Second

// writeReports decides and writes a batch. If one of the reports fails the batch, each is written alone, so that it
// harms itself only.
func (s *Service) writeReports(ctx context.Context, batch []*pending) {
	ctx, cancel := context.WithTimeout(ctx, batchTime)
	defer cancel()
	fresh, err := s.look(ctx, batch)
	if err == nil {
		err = s.addPlayed(ctx, fresh)
	} else {
		fresh = batch
	}
	if err == nil {
		return
	}
	for _, p := range fresh {
		p.err = err
		if len(batch) > 1 && ctx.Err() == nil {
			s.writeReports(ctx, []*pending{p})
		}
	}
}

// look finds the tracks of the reports, refuses what their people may not report on, and answers those that say nothing
// new. It returns the others.
func (s *Service) look(ctx context.Context, batch []*pending) (fresh []*pending, err error) {
	if err := s.readReported(ctx, batch); err != nil {
		return nil, err
	}
	var moved []*pending
	for _, p := range batch {
		if p.err = p.refusal(); p.err != nil {
			continue
		}
		p.Position = min(max(p.Position, 0), p.DurationMS)
		switch {
		case !p.Known:
			fresh = append(fresh, p)
			continue
		case p.Position != p.PositionMS:
			moved = append(moved, p)
		}
		p.out = Outcome{LessonID: p.LessonID, ModuleID: p.ModuleID, LessonPercent: p.LessonPercent,
			ModulePercent: p.ModulePercent, CompletedAt: p.CompletedAt}
	}
	return fresh, s.rememberPositions(ctx, moved)
}

func (s *Service) readReported(ctx context.Context, batch []*pending) error {
	people, tracks, sets := make([]int64, len(batch)), make([]int64, len(batch)), make([]string, len(batch))
	for n, p := range batch {
		people[n], tracks[n], sets[n] = p.actor.PersonID, p.TrackID, p.raw.String()
		p.reported = reported{}
	}
	var rows []reported
	err := s.db.NewRaw(`
		select r.n, t.duration_ms, l.id as lesson_id, m.id as module_id, m.state,
		  m.space_id, coalesce(s.office_id, 0) as office_id, s.visibility, mp.person_id is not null as begun,
		  coalesce(p.played @> (r.played::int4multirange * int4multirange(int4range(0, t.duration_ms))), false) as known,
		  coalesce(p.position_ms, 0) as position_ms,
		  coalesce(mp.percent, 0) as module_percent, c.at as completed_at,
		  (select coalesce(max(100 * covered_ms(o.played)::bigint / ot.duration_ms), 0)
		   from track ot join played o on o.track_id = ot.id and o.person_id = r.person_id where ot.lesson_id = l.id) as lesson_percent
		from unnest(?::bigint[], ?::bigint[], ?::text[]) with ordinality as r (person_id, track_id, played, n)
		join track t on t.id = r.track_id join lesson l on l.id = t.lesson_id join module m on m.id = l.module_id
		join space s on s.id = m.space_id
		left join played p on p.track_id = t.id and p.person_id = r.person_id
		left join module_progress mp on mp.module_id = m.id and mp.person_id = r.person_id
		left join completion c on c.module_id = m.id and c.person_id = r.person_id`,
		pgdialect.Array(people), pgdialect.Array(tracks), pgdialect.Array(sets)).Scan(ctx, &rows)
	for _, r := range rows {
		batch[r.N-1].reported = r
	}
	return err
}

// refusal is why nothing of the report may be counted, whatever it says.
func (p *pending) refusal() error {
	if p.ModuleID == 0 || p.State == Draft {
		return account.ErrNotFound
	}
	if err := (account.Space{ID: p.SpaceID, OfficeID: p.OfficeID, Visibility: p.Visibility}).Refusal(p.actor); err != nil {
		return err
	}
	if p.Session != "" && p.session.ModuleID != p.ModuleID {
		return ErrSession
	}
	return nil
}

// rememberPositions keeps where people stopped. Of two reports of one batch on the same track either will do.
func (s *Service) rememberPositions(ctx context.Context, moved []*pending) error {
	if len(moved) == 0 {
		return nil
	}
	people, tracks, positions := make([]int64, len(moved)), make([]int64, len(moved)), make([]int64, len(moved))
	for n, p := range moved {
		people[n], tracks[n], positions[n] = p.actor.PersonID, p.TrackID, p.Position
	}
	_, err := s.db.NewRaw(`
		with moved as materialized (
		  select p.person_id, p.track_id, r.position_ms
		  from unnest(?::bigint[], ?::bigint[], ?::int[]) as r (person_id, track_id, position_ms)
		  join played p using (person_id, track_id) order by p.person_id, p.track_id for update of p)
		update played p set position_ms = m.position_ms, touched_at = ? from moved m
		where p.person_id = m.person_id and p.track_id = m.track_id`,
		pgdialect.Array(people), pgdialect.Array(tracks), pgdialect.Array(positions), s.now()).Exec(ctx)
	if err != nil {
		return errors.Join(errors.New("remember positions"), err)
	}
	return nil
}
