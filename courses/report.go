package courses

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"halqa/community/account"
	"halqa/events"
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

// reported is the track of a report.
type reported struct {
	n                  int // place in the batch, from 1
	lessonID, moduleID int64
	durationMS         int64
	state              State
	spaceID, officeID  int64
	visibility         account.Visibility
	begun              bool // there is a row to lock
	known              bool // nothing in the report is new
	positionMS         int64
}

// ReportPlayed adds what was really played to the actor's progress: the union with what was known. Reports may come
// late, twice, in any order or pieces. Of the actor, only who they are matters: what they may follow is read. It returns once the report is in the database for good, or an error and nothing
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
	if err := s.readRights(ctx, batch); err != nil {
		return nil, err
	}
	var known, moved []*pending
	for _, p := range batch {
		if p.err = p.refusal(); p.err != nil {
			continue
		}
		p.Position = min(max(p.Position, 0), p.durationMS)
		if !p.known {
			fresh = append(fresh, p)
			continue
		}
		known = append(known, p)
		if p.Position != p.positionMS {
			moved = append(moved, p)
		}
	}
	if err := s.readOutcomes(ctx, known); err != nil {
		return nil, err
	}
	return fresh, s.rememberPositions(ctx, moved)
}

func (s *Service) readReported(ctx context.Context, batch []*pending) error {
	people, tracks, sets := make([]int64, len(batch)), make([]int64, len(batch)), make([]string, len(batch))
	for n, p := range batch {
		people[n], tracks[n], sets[n] = p.actor.PersonID, p.TrackID, p.raw.String()
		p.reported = reported{}
	}
	rows, err := events.Prepared(ctx, s.db, func(r *reported) []any {
		return []any{&r.n, &r.durationMS, &r.lessonID, &r.moduleID, &r.state, &r.spaceID, &r.officeID, &r.visibility,
			&r.begun, &r.known, &r.positionMS}
	}, `
		select r.n, t.duration_ms, l.id, m.id, m.state, m.space_id, coalesce(s.office_id, 0), s.visibility, mp.person_id is not null,
		  coalesce(p.played @> (r.played::int4multirange * int4multirange(int4range(0, t.duration_ms))), false), coalesce(p.position_ms, 0)
		from unnest($1::bigint[], $2::bigint[], $3::text[]) with ordinality as r (person_id, track_id, played, n)
		join track t on t.id = r.track_id join lesson l on l.id = t.lesson_id join module m on m.id = l.module_id
		join space s on s.id = m.space_id
		left join played p on p.track_id = t.id and p.person_id = r.person_id
		left join module_progress mp on mp.module_id = m.id and mp.person_id = r.person_id`, people, tracks, sets)
	for _, r := range rows {
		batch[r.n-1].reported = r
	}
	return err
}

// readRights finds what the people may do who report on modules of spaces that aren't open to all.
func (s *Service) readRights(ctx context.Context, batch []*pending) error {
	var people []int64
	for _, p := range batch {
		if p.moduleID != 0 && p.visibility != account.Open {
			people = append(people, p.actor.PersonID)
		}
	}
	if len(people) == 0 {
		return nil
	}
	actors, err := account.ActorsOf(ctx, s.db, people)
	for _, p := range batch {
		if a, ok := actors[p.actor.PersonID]; ok {
			p.actor = a
		}
	}
	return err
}

// readOutcomes answers reports that say nothing new.
func (s *Service) readOutcomes(ctx context.Context, known []*pending) error {
	if len(known) == 0 {
		return nil
	}
	people, lessons := make([]int64, len(known)), make([]int64, len(known))
	for n, p := range known {
		people[n], lessons[n] = p.actor.PersonID, p.lessonID
	}
	type row struct {
		n   int
		out Outcome
	}
	rows, err := events.Prepared(ctx, s.db, func(r *row) []any {
		return []any{&r.n, &r.out.LessonPercent, &r.out.ModulePercent, &r.out.CompletedAt}
	}, `
		select r.n, (select coalesce(max(100 * covered_ms(o.played)::bigint / ot.duration_ms), 0)
		   from track ot join played o on o.track_id = ot.id and o.person_id = r.person_id where ot.lesson_id = l.id),
		  coalesce(mp.percent, 0), c.at
		from unnest($1::bigint[], $2::bigint[]) with ordinality as r (person_id, lesson_id, n) join lesson l on l.id = r.lesson_id
		left join module_progress mp on mp.module_id = l.module_id and mp.person_id = r.person_id
		left join completion c on c.module_id = l.module_id and c.person_id = r.person_id`, people, lessons)
	if err != nil {
		return fmt.Errorf("read what was known: %w", err)
	}
	for _, r := range rows {
		p := known[r.n-1]
		r.out.LessonID, r.out.ModuleID = p.lessonID, p.moduleID
		p.out = r.out
	}
	return nil
}

// refusal is why nothing of the report may be counted, whatever it says.
func (p *pending) refusal() error {
	if p.moduleID == 0 || p.state == Draft {
		return account.ErrNotFound
	}
	if err := (account.Space{ID: p.spaceID, OfficeID: p.officeID, Visibility: p.visibility}).Refusal(p.actor); err != nil {
		return err
	}
	if p.Session != "" && p.session.ModuleID != p.moduleID {
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
