package courses

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

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
	of      reported
	played  Set // within the track
	out     Outcome
	err     error
}

// reported is the track of a report.
type reported struct {
	trackID, durationMS int64
	lessonID, moduleID  int64
	state               State
	spaceID, officeID   int64
	visibility          account.Visibility
}

// Verdict is what became of one report among several.
type Verdict struct {
	Outcome Outcome
	Err     error // one of those of ReportPlayed: nothing of this report was counted
}

// MostReports may come together.
const MostReports = 20

// ReportPlayed adds what was really played to the actor's progress: the union with what was known. Reports may come
// late, twice, in any order or pieces. Of the actor, only who they are matters: what they may follow is read. It returns
// once the report is in the database for good, or an error and nothing is: ErrSignInRequired, ErrNotFound, those of
// account's Space.Refusal when the space is closed to the actor, ErrSession, TooEarly for more than can have been played by
// now, or account.Invalid for what no player sends. A report that names no session, from a player opened before there were
// any, goes under one that its first report opens. A report without news writes at most the place to resume at.
func (s *Service) ReportPlayed(ctx context.Context, actor account.Actor, r Report) (Outcome, error) {
	verdicts, err := s.ReportAll(ctx, actor, []Report{r})
	if err != nil {
		return Outcome{}, err
	}
	return verdicts[0].Outcome, verdicts[0].Err
}

// ReportAll is ReportPlayed for reports that waited: up to MostReports in their order, each judged for itself. It returns a
// verdict for each, or ErrSignInRequired or account.Invalid and nothing of any is counted.
func (s *Service) ReportAll(ctx context.Context, actor account.Actor, reports []Report) ([]Verdict, error) {
	if !actor.SignedIn() {
		return nil, account.ErrSignInRequired
	}
	if len(reports) == 0 || len(reports) > MostReports {
		return nil, account.Invalid{Field: "reports", Key: "courses.report_malformed"}
	}
	all := make([]*pending, len(reports))
	var sound []*pending
	for n, r := range reports {
		all[n] = &pending{Report: r, actor: actor, err: errUnwritten}
		if err := s.examine(all[n]); err != nil {
			all[n].err = err
		} else {
			sound = append(sound, all[n])
		}
	}
	if len(sound) > 0 {
		s.reports.Do(ctx, sound)
	}
	verdicts := make([]Verdict, len(all))
	for n, p := range all {
		if verdicts[n].Outcome = p.out; p.err != nil {
			verdicts[n] = Verdict{Err: fmt.Errorf("report on track %d: %w", p.TrackID, p.err)}
		}
	}
	return verdicts, nil
}

// examine refuses what can be told without the database.
func (s *Service) examine(p *pending) (err error) {
	if err = checkIntervals(p.Intervals); err == nil && p.Session != "" {
		p.session, err = playing(p.Session, s.key, p.actor.PersonID, s.now())
	}
	return err
}

// Reports come by the hundred and each must be durable before it is answered, so they are written together: those of so
// many requests.
const largestBatch = 256

var errUnwritten = errors.New("the batch wasn't written")

// batchTime bounds the writing of one batch; requests themselves last 10 s at most.
const batchTime = 8 * time.Second

func (s *Service) writeAll(ctx context.Context, requests [][]*pending) {
	s.writeReports(ctx, slices.Concat(requests...))
}

// writeReports decides and writes a batch. If one of the reports fails the batch, each is written alone, so that it
// harms itself only.
func (s *Service) writeReports(ctx context.Context, batch []*pending) {
	ctx, cancel := context.WithTimeout(ctx, batchTime)
	defer cancel()
	admissible, err := s.look(ctx, batch)
	if err == nil {
		err = s.addPlayed(ctx, admissible)
	} else {
		admissible = batch
	}
	if err == nil {
		return
	}
	for _, p := range admissible {
		p.err = err
		if len(batch) > 1 && ctx.Err() == nil {
			s.writeReports(ctx, []*pending{p})
		}
	}
}

// look finds the tracks of the reports, and refuses what their people may not report on. It returns the others.
func (s *Service) look(ctx context.Context, batch []*pending) (admissible []*pending, err error) {
	if err := s.readTracks(ctx, batch); err != nil {
		return nil, err
	}
	if err := s.readRights(ctx, batch); err != nil {
		return nil, err
	}
	for _, p := range batch {
		if p.err = p.refusal(); p.err != nil {
			continue
		}
		if p.played, err = Played(p.Intervals, p.of.durationMS); err != nil {
			return nil, err
		}
		p.Position = min(max(p.Position, 0), p.of.durationMS)
		admissible = append(admissible, p)
	}
	return admissible, nil
}

func (s *Service) readTracks(ctx context.Context, batch []*pending) error {
	var tracks []int64
	for _, p := range batch {
		if !slices.Contains(tracks, p.TrackID) {
			tracks = append(tracks, p.TrackID)
		}
	}
	rows, err := events.Prepared(ctx, s.db, func(r *reported) []any {
		return []any{&r.trackID, &r.durationMS, &r.lessonID, &r.moduleID, &r.state, &r.spaceID, &r.officeID, &r.visibility}
	}, `
		select t.id, t.duration_ms, l.id, m.id, m.state, m.space_id, coalesce(s.office_id, 0), s.visibility
		from track t join lesson l on l.id = t.lesson_id join module m on m.id = l.module_id join space s on s.id = m.space_id
		where t.id = any ($1::bigint[])`, tracks)
	for _, p := range batch {
		p.of = reported{}
		if n := slices.IndexFunc(rows, func(r reported) bool { return r.trackID == p.TrackID }); n >= 0 {
			p.of = rows[n]
		}
	}
	return err
}

// readRights finds what the people may do who report on modules of spaces that aren't open to all.
func (s *Service) readRights(ctx context.Context, batch []*pending) error {
	var people []int64
	for _, p := range batch {
		if p.of.moduleID != 0 && p.of.visibility != account.Open {
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

// refusal is why nothing of the report may be counted, whatever it says.
func (p *pending) refusal() error {
	if p.of.moduleID == 0 || p.of.state == Draft {
		return account.ErrNotFound
	}
	if err := (account.Space{ID: p.of.spaceID, OfficeID: p.of.officeID, Visibility: p.of.visibility}).Refusal(p.actor); err != nil {
		return err
	}
	if p.Session != "" && p.session.ModuleID != p.of.moduleID {
		return ErrSession
	}
	return nil
}
