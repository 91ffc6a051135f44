package courses

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"halqa/events"
)

// addPlayed decides about reports with news and writes what is admitted, in one transaction.
func (s *Service) addPlayed(ctx context.Context, fresh []*pending) error {
	if len(fresh) == 0 {
		return nil
	}
	// In order of person and module: so are the locks, and two batches never wait for each other in a circle.
	slices.SortStableFunc(fresh, func(a, b *pending) int {
		return cmp.Or(cmp.Compare(a.actor.PersonID, b.actor.PersonID), cmp.Compare(a.moduleID, b.moduleID))
	})
	ways := waysOf(fresh, s.now())
	// Before the transaction: a row that is new refers to its module, which an edit may have locked while it waits for
	// another row of this batch.
	if err := begin(ctx, s.db, ways); err != nil {
		return err
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := lockPlaying(ctx, tx, ways); err != nil {
			return err
		}
		admitted, err := s.admitAll(ctx, tx, fresh)
		if err != nil || len(admitted) == 0 {
			return err
		}
		if err := s.keepPlayed(ctx, tx, admitted); err != nil {
			return err
		}
		ways = slices.DeleteFunc(ways, func(w *progress) bool { return !slices.ContainsFunc(admitted, w.holds) })
		if err := settle(ctx, tx, ways); err != nil {
			return err
		}
		for _, p := range admitted {
			at := slices.IndexFunc(ways, func(w *progress) bool { return w.holds(p) })
			p.out = ways[at].outcome(p.lessonID)
			ways[at].justCompleted = false // one of the reports did it
		}
		return nil
	})
}

// waysOf are the people's ways through modules that reports are about, in the order of the reports.
func waysOf(fresh []*pending, now time.Time) []*progress {
	var ways []*progress
	for _, p := range fresh {
		if n := len(ways); n == 0 || !ways[n-1].holds(p) {
			ways = append(ways, &progress{personID: p.actor.PersonID, moduleID: p.moduleID, spaceID: p.spaceID, at: now, begun: p.begun})
		}
		ways[len(ways)-1].lessonID = p.lessonID
	}
	return ways
}

func (p *progress) holds(r *pending) bool {
	return p.personID == r.actor.PersonID && p.moduleID == r.moduleID
}

// admitAll gives each report its verdict and writes what the admitted ones claim.
func (s *Service) admitAll(ctx context.Context, tx bun.Tx, fresh []*pending) (admitted []*pending, err error) {
	now := s.now()
	ledgers, err := readLedgers(ctx, tx, fresh, now)
	if err != nil {
		return nil, err
	}
	var changed []*claim
	for _, p := range fresh {
		p.err = nil
		l := ledgers[p.actor.PersonID]
		c := l.of(p, now)
		played, err := Played(p.Intervals, p.durationMS)
		if err != nil {
			return nil, err
		}
		later, ok := l.admit(c, p.TrackID, played, now)
		if ok {
			admitted = append(admitted, p)
		} else {
			p.err = TooEarly{Until: later}
		}
		// A refused report that names no session opened one all the same: its time has begun.
		if (ok || c.Nonce == 0) && !slices.Contains(changed, c) {
			changed = append(changed, c)
		}
	}
	return admitted, keepClaims(ctx, tx, changed, now)
}

// of is the claim that a report adds to.
func (l *ledger) of(p *pending, now time.Time) *claim {
	if p.Session != "" {
		return l.find(p.session)
	}
	for _, c := range slices.Backward(*l) {
		if c.Nonce == 0 && c.ModuleID == p.moduleID && now.Sub(c.OpenedAt) <= unnamedLife {
			return c
		}
	}
	return l.find(Playing{PersonID: p.actor.PersonID, ModuleID: p.moduleID, OpenedAt: now.Truncate(time.Millisecond)})
}

// readLedgers reads the sessions that bear on the reports, by person.
func readLedgers(ctx context.Context, tx bun.Tx, fresh []*pending, now time.Time) (map[int64]*ledger, error) {
	ledgers, since := map[int64]*ledger{}, map[int64]time.Time{}
	for _, p := range fresh {
		from := now.Add(-reach)
		if p.Session != "" {
			from = p.session.OpenedAt.Add(-reach)
		}
		if at, ok := since[p.actor.PersonID]; !ok || from.Before(at) {
			since[p.actor.PersonID] = from
		}
		ledgers[p.actor.PersonID] = &ledger{}
	}
	var people []int64
	var from []time.Time
	for id, at := range since {
		people, from = append(people, id), append(from, at)
	}
	type row struct {
		PersonID, ModuleID, Nonce, ClaimedMS int64
		OpenedAt                             time.Time
		Claims                               []byte
	}
	rows, err := events.Prepared(ctx, tx, func(r *row) []any {
		return []any{&r.PersonID, &r.ModuleID, &r.OpenedAt, &r.Nonce, &r.Claims, &r.ClaimedMS}
	}, `
		select s.person_id, s.module_id, s.opened_at, s.nonce, s.claims, s.claimed_ms
		from unnest($1::bigint[], $2::timestamptz[]) as r (person_id, since)
		join playing_session s on s.person_id = r.person_id and s.opened_at >= r.since
		order by s.person_id, s.opened_at, s.nonce, s.module_id`, people, from)
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	for _, r := range rows {
		c := &claim{Playing: Playing{PersonID: r.PersonID, ModuleID: r.ModuleID, OpenedAt: r.OpenedAt, Nonce: r.Nonce}, ms: r.ClaimedMS}
		if err := json.Unmarshal(r.Claims, &c.sets); err != nil {
			return nil, fmt.Errorf("read session: %w", err)
		}
		*ledgers[r.PersonID] = append(*ledgers[r.PersonID], c)
	}
	return ledgers, nil
}

func keepClaims(ctx context.Context, tx bun.Tx, changed []*claim, now time.Time) error {
	n := len(changed)
	if n == 0 {
		return nil
	}
	people, modules, nonces, ms := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	opened, claims := make([]time.Time, n), make([]string, n)
	for i, c := range changed {
		people[i], modules[i], nonces[i], ms[i] = c.PersonID, c.ModuleID, c.Nonce, c.ms
		opened[i], claims[i] = c.OpenedAt, asJSON(c.sets)
	}
	err := events.ExecPrepared(ctx, tx, `
		insert into playing_session as s (person_id, module_id, opened_at, nonce, claims, claimed_ms, heard_at)
		select person_id, module_id, opened_at, nonce, claims::jsonb, claimed_ms, $1
		from unnest($2::bigint[], $3::bigint[], $4::timestamptz[], $5::bigint[], $6::text[], $7::bigint[])
		  as c (person_id, module_id, opened_at, nonce, claims, claimed_ms)
		on conflict (person_id, opened_at, nonce, module_id) do update
		set claims = excluded.claims, claimed_ms = excluded.claimed_ms,
		  heard_at = case when s.heard_at < excluded.heard_at - interval '1 hour' then excluded.heard_at else s.heard_at end`,
		now, people, modules, opened, nonces, claims, ms)
	if err != nil {
		return fmt.Errorf("keep sessions: %w", err)
	}
	return nil
}

// personTrack names what was played by whom.
type personTrack struct{ personID, trackID int64 }

// keepPlayed writes the union of admitted reports, one row per person and track.
func (s *Service) keepPlayed(ctx context.Context, tx bun.Tx, admitted []*pending) error {
	at := map[personTrack]int{}
	var people, tracks, positions []int64
	var unions []Set
	for _, p := range admitted {
		played, err := Played(p.Intervals, p.durationMS)
		if err != nil {
			return err
		}
		key := personTrack{p.actor.PersonID, p.TrackID}
		n, ok := at[key]
		if !ok {
			n, at[key] = len(people), len(people)
			people, tracks, positions, unions = append(people, key.personID), append(tracks, key.trackID), append(positions, 0), append(unions, nil)
		}
		positions[n], unions[n] = p.Position, unions[n].Union(played)
	}
	sets := make([]string, len(unions))
	for n, u := range unions {
		sets[n] = u.String()
	}
	err := events.ExecPrepared(ctx, tx, `
		insert into played as p (person_id, track_id, played, position_ms, opened_at, touched_at)
		select r.person_id, r.track_id, r.played::int4multirange, r.position_ms, $1, $1
		from unnest($2::bigint[], $3::bigint[], $4::text[], $5::int[]) as r (person_id, track_id, played, position_ms)
		on conflict (person_id, track_id) do update
		set played = p.played + excluded.played, position_ms = excluded.position_ms, touched_at = excluded.touched_at`,
		s.now(), people, tracks, sets, positions)
	if err != nil {
		return fmt.Errorf("keep played: %w", err)
	}
	return nil
}
