package courses

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"halqa/events"
)

// addPlayed decides about reports and writes what is admitted, in one transaction.
func (s *Service) addPlayed(ctx context.Context, reports []*pending) error {
	if len(reports) == 0 {
		return nil
	}
	// In order of person and module: so are the locks, and two batches never wait for each other in a circle.
	slices.SortStableFunc(reports, func(a, b *pending) int {
		return cmp.Or(cmp.Compare(a.actor.PersonID, b.actor.PersonID), cmp.Compare(a.of.moduleID, b.of.moduleID))
	})
	ways := waysOf(reports, s.now())
	err := s.addUnderLock(ctx, reports, ways)
	if !errors.Is(err, errNotBegun) {
		return err
	}
	// Before the transaction: a row that is new refers to its module, which an edit may have locked while it waits for
	// another row of this batch.
	if err := begin(ctx, s.db, ways); err != nil {
		return err
	}
	return s.addUnderLock(ctx, reports, ways)
}

// addUnderLock reads all that the decision takes at once, behind the locks, and writes all that follows at once.
func (s *Service) addUnderLock(ctx context.Context, reports []*pending, ways []*progress) error {
	return events.RunTogether(ctx, s.db, func(ctx context.Context, tx events.Tx) error {
		k := newKnown(reports, ways)
		if err := k.read(ctx, tx, reports, s.now()); err != nil {
			return err
		}
		changed := k.admit(reports, s.now())
		moved := k.add(reports)
		if err := keep(ctx, tx, changed, moved, s.now()); err != nil {
			return err
		}
		if ways := k.unsettled(); len(ways) > 0 {
			if err := settle(ctx, tx.Tx, ways); err != nil {
				return err
			}
		}
		for _, p := range reports {
			if p.err == nil {
				p.out = k.outcome(p)
			}
		}
		return nil
	})
}

// waysOf are the people's ways through modules that reports are about, in the order of the reports.
func waysOf(reports []*pending, now time.Time) []*progress {
	var ways []*progress
	for _, p := range reports {
		if n := len(ways); n == 0 || ways[n-1].key() != p.way() {
			ways = append(ways, &progress{personID: p.actor.PersonID, moduleID: p.of.moduleID, spaceID: p.of.spaceID, at: now})
		}
	}
	return ways
}

func (p *pending) way() personModule { return personModule{p.actor.PersonID, p.of.moduleID} }

// admit gives each report its verdict and returns the claims that changed.
func (k *known) admit(reports []*pending, now time.Time) (changed []*claim) {
	for _, p := range reports {
		p.err = nil
		if k.has(p) {
			continue // whatever session it comes under, it claims nothing
		}
		l := k.ledgers[p.actor.PersonID]
		c := l.of(p, now)
		later, ok := l.admit(c, p.TrackID, p.played, now)
		if !ok {
			p.err = TooEarly{Until: later}
		}
		// A refused report that names no session opened one all the same: its time has begun.
		if (ok || c.Nonce == 0) && !slices.Contains(changed, c) {
			changed = append(changed, c)
		}
	}
	return changed
}

// of is the claim that a report adds to.
func (l *ledger) of(p *pending, now time.Time) *claim {
	if p.Session != "" {
		return l.find(p.session)
	}
	for _, c := range slices.Backward(*l) {
		if c.Nonce == 0 && c.ModuleID == p.of.moduleID && now.Sub(c.OpenedAt) <= unnamedLife {
			return c
		}
	}
	return l.find(Playing{PersonID: p.actor.PersonID, ModuleID: p.of.moduleID, OpenedAt: now.Truncate(time.Millisecond)})
}

// keep writes claims and what was played.
func keep(ctx context.Context, tx events.Tx, claims []*claim, played []playedRow, now time.Time) error {
	var steps []events.Step
	if len(claims) > 0 {
		steps = append(steps, keepClaims(claims, now))
	}
	if len(played) > 0 {
		steps = append(steps, keepPlayed(played, now))
	}
	if len(steps) == 0 {
		return nil
	}
	if err := tx.Together(ctx, steps...); err != nil {
		return fmt.Errorf("keep what was played: %w", err)
	}
	return nil
}

func keepClaims(changed []*claim, now time.Time) events.Step {
	n := len(changed)
	people, modules, nonces, ms := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	opened, claims := make([]time.Time, n), make([]string, n)
	for i, c := range changed {
		people[i], modules[i], nonces[i], ms[i] = c.PersonID, c.ModuleID, c.Nonce, c.ms
		opened[i], claims[i] = c.OpenedAt, asJSON(c.sets)
	}
	return events.Do(`
		insert into playing_session as s (person_id, module_id, opened_at, nonce, claims, claimed_ms, heard_at)
		select person_id, module_id, opened_at, nonce, claims::jsonb, claimed_ms, $1
		from unnest($2::bigint[], $3::bigint[], $4::timestamptz[], $5::bigint[], $6::text[], $7::bigint[])
		  as c (person_id, module_id, opened_at, nonce, claims, claimed_ms)
		on conflict (person_id, opened_at, nonce, module_id) do update
		set claims = excluded.claims, claimed_ms = excluded.claimed_ms,
		  heard_at = case when s.heard_at < excluded.heard_at - interval '1 hour' then excluded.heard_at else s.heard_at end`,
		now, people, modules, opened, nonces, claims, ms)
}

// playedRow is what reports add to what a person played of a track.
type playedRow struct {
	personTrack
	played     Set
	positionMS int64
}

func keepPlayed(changed []playedRow, now time.Time) events.Step {
	n := len(changed)
	people, tracks, positions, sets := make([]int64, n), make([]int64, n), make([]int64, n), make([]string, n)
	for i, r := range changed {
		people[i], tracks[i], positions[i], sets[i] = r.personID, r.trackID, r.positionMS, r.played.String()
	}
	return events.Do(`
		insert into played as p (person_id, track_id, played, position_ms, opened_at, touched_at)
		select r.person_id, r.track_id, r.played::int4multirange, r.position_ms, $1, $1
		from unnest($2::bigint[], $3::bigint[], $4::text[], $5::int[]) as r (person_id, track_id, played, position_ms)
		on conflict (person_id, track_id) do update
		set played = p.played + excluded.played, position_ms = excluded.position_ms, touched_at = excluded.touched_at`,
		now, people, tracks, sets, positions)
}
