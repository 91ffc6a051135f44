package courses

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"halqa/events"
)

// known is what the database says that bears on a batch of reports, read behind the locks of those whom they are about.
type known struct {
	ways    []*progress
	of      map[personModule]*progress
	ledgers map[int64]*ledger // by person
	tracks  map[int64][]shownTrack
	heard   map[personTrack]*heardTrack
	byText  map[personLesson]bool
}

// personTrack names what was played by whom, personLesson what was followed otherwise.
type (
	personTrack  struct{ personID, trackID int64 }
	personLesson struct{ personID, lessonID int64 }
)

// shownTrack is a track of a module's lessons, in their order; a retired one counts for those who played it.
type shownTrack struct {
	moduleID, lessonID, trackID int64
	kind                        LessonKind
	durationMS                  int64
	retired                     bool
}

// heardTrack is what somebody played of a track.
type heardTrack struct {
	played     Set
	positionMS int64
}

// errNotBegun says that a row to lock isn't there.
var errNotBegun = errors.New("courses: somebody has not begun their module, or their account is gone")

func newKnown(reports []*pending, ways []*progress) *known {
	k := &known{ways: ways, of: map[personModule]*progress{}, ledgers: map[int64]*ledger{}, tracks: map[int64][]shownTrack{},
		heard: map[personTrack]*heardTrack{}, byText: map[personLesson]bool{}}
	for _, p := range ways {
		*p = progress{personID: p.personID, moduleID: p.moduleID, spaceID: p.spaceID, at: p.at} // as before an attempt that failed
		k.of[p.key()] = p
	}
	for _, p := range reports {
		k.ledgers[p.actor.PersonID] = &ledger{}
	}
	return k
}

// read locks, and reads all.
func (k *known) read(ctx context.Context, tx events.Tx, reports []*pending, now time.Time) error {
	people, modules := keys(k.ways)
	var rows struct {
		locked []lockedRow
		claims []claimRow
		tracks []shownTrack
		heard  []heardRow
		done   []completionRow
		byText []personLesson
	}
	err := tx.Together(ctx,
		lockPlaying(&rows.locked, k.ways),
		readClaims(&rows.claims, reports, now),
		events.Ask(&rows.tracks, func(r *shownTrack) []any {
			return []any{&r.moduleID, &r.lessonID, &r.trackID, &r.kind, &r.durationMS, &r.retired}
		}, `
			select l.module_id, l.id, t.id, l.kind, t.duration_ms, t.retired_at is not null
			from lesson l join track t on t.lesson_id = l.id where l.module_id = any ($1::bigint[]) and l.state = 'shown'
			order by l.module_id, l.position`, modules),
		events.Ask(&rows.heard, func(r *heardRow) []any { return []any{&r.personID, &r.trackID, &r.played, &r.positionMS} }, `
			select p.person_id, p.track_id, p.played::text, p.position_ms from played p
			where p.person_id = any ($1::bigint[])
			  and p.track_id = any (array(select t.id from lesson l join track t on t.lesson_id = l.id where l.module_id = any ($2::bigint[])))`,
			people, modules),
		readCompletions(&rows.done, people, modules),
		events.Ask(&rows.byText, func(r *personLesson) []any { return []any{&r.personID, &r.lessonID} },
			`select person_id, lesson_id from text_followed where person_id = any ($1::bigint[])`, people))
	if err != nil {
		return fmt.Errorf("read what bears on reports: %w", err)
	}
	if len(rows.locked) != len(k.ways) {
		return errNotBegun
	}
	for _, r := range rows.locked {
		r.tell(k.of[r.key])
	}
	for _, r := range rows.tracks {
		k.tracks[r.moduleID] = append(k.tracks[r.moduleID], r)
	}
	for _, r := range rows.done {
		k.of[r.key].completedAt = &r.at
	}
	for _, r := range rows.byText {
		k.byText[r] = true
	}
	return errors.Join(k.hear(rows.heard), k.claim(rows.claims))
}

type heardRow struct {
	personTrack
	played     string
	positionMS int64
}

func (k *known) hear(rows []heardRow) error {
	for _, r := range rows {
		h := &heardTrack{positionMS: r.positionMS}
		if err := h.played.parse(r.played); err != nil {
			return err
		}
		k.heard[r.personTrack] = h
	}
	return nil
}

type claimRow struct {
	Playing
	claims string
	ms     int64
}

// readClaims reads the sessions that bear on the reports.
func readClaims(rows *[]claimRow, reports []*pending, now time.Time) events.Step {
	var people []int64
	var since []time.Time
	for _, p := range reports { // in order of people
		from := now.Add(-reach)
		if p.Session != "" {
			from = p.session.OpenedAt.Add(-reach)
		}
		if n := len(people); n == 0 || people[n-1] != p.actor.PersonID {
			people, since = append(people, p.actor.PersonID), append(since, from)
		} else if from.Before(since[n-1]) {
			since[n-1] = from
		}
	}
	return events.Ask(rows, func(r *claimRow) []any {
		return []any{&r.PersonID, &r.ModuleID, &r.OpenedAt, &r.Nonce, &r.claims, &r.ms}
	}, `
		select s.person_id, s.module_id, s.opened_at, s.nonce, s.claims::text, s.claimed_ms
		from unnest($1::bigint[], $2::timestamptz[]) as r (person_id, since)
		join playing_session s on s.person_id = r.person_id and s.opened_at >= r.since
		order by s.person_id, s.opened_at, s.nonce, s.module_id`, people, since)
}

func (k *known) claim(rows []claimRow) error {
	for _, r := range rows {
		c := &claim{Playing: r.Playing, ms: r.ms}
		if err := json.Unmarshal([]byte(r.claims), &c.sets); err != nil {
			return fmt.Errorf("read session: %w", err)
		}
		*k.ledgers[r.PersonID] = append(*k.ledgers[r.PersonID], c)
	}
	return nil
}

// has tells whether a report says nothing new.
func (k *known) has(p *pending) bool {
	h := k.heard[personTrack{p.actor.PersonID, p.TrackID}]
	return h != nil && h.played.Union(p.played).MS() == h.played.MS()
}

// add counts admitted reports in, and returns what is to be written of them, one row per person and track.
func (k *known) add(reports []*pending) (changed []playedRow) {
	at := map[personTrack]int{}
	for _, p := range reports {
		if p.err != nil {
			continue
		}
		key := personTrack{p.actor.PersonID, p.TrackID}
		news := !k.has(p)
		h := k.heard[key]
		if h == nil {
			h = &heardTrack{}
			k.heard[key] = h
		}
		if news {
			h.played = h.played.Union(p.played)
			k.of[p.way()].lessonID = p.of.lessonID
		} else if h.positionMS == p.Position {
			continue
		}
		h.positionMS = p.Position
		n, ok := at[key]
		if !ok {
			n, at[key] = len(changed), len(changed)
			changed = append(changed, playedRow{personTrack: key})
		}
		changed[n].played, changed[n].positionMS = changed[n].played.Union(p.played), p.Position
	}
	return changed
}

// outcome is what is known after an admitted report.
func (k *known) outcome(p *pending) Outcome {
	w := k.of[p.way()]
	if w.standing == nil {
		w.standing, w.percent = k.standing(w), w.before
	}
	out := w.outcome(p.of.lessonID)
	w.justCompleted = false // one of the reports did it
	return out
}

// standing is how far a person is in the films of a module.
func (k *known) standing(w *progress) Standing {
	var s Standing
	tracks := k.tracks[w.moduleID]
	for n := 0; n < len(tracks); {
		t := tracks[n]
		l := LessonStanding{LessonID: t.lessonID, Kind: t.kind, ByText: k.byText[personLesson{w.personID, t.lessonID}]}
		end := n
		for ; end < len(tracks) && tracks[end].lessonID == t.lessonID; end++ {
			if !tracks[end].retired {
				l.WeightMS = max(l.WeightMS, tracks[end].durationMS)
			}
		}
		for _, t := range tracks[n:end] {
			var covered int64
			if h := k.heard[personTrack{w.personID, t.trackID}]; h != nil {
				covered = h.played.MS()
			}
			l.hear(l.WeightMS, t.durationMS, covered)
		}
		if l.ByText {
			l.CreditMS = l.WeightMS
		}
		s, n = append(s, l), end
	}
	return s
}

// restless is how long a person's last moment in a module may lag behind.
const restless = time.Minute

// unsettled are the ways in which reports may have changed more than what was played. Of a module's criterion, films only move
// the percent: while that stays, nobody who was settled meets it, or reaches a step, by playing on.
func (k *known) unsettled() []*progress {
	var ways []*progress
	for _, w := range k.ways {
		if w.lessonID == 0 {
			continue // nothing new
		}
		s := k.standing(w)
		if s.WeightMS() > 0 && s.Percent() == w.before && w.lastLesson == w.lessonID && w.at.Sub(w.touchedAt) < restless {
			w.standing, w.percent = s, w.before
			continue
		}
		ways = append(ways, w)
	}
	return ways
}
