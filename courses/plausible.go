package courses

import (
	"slices"
	"time"
)

// What can have been played. A player goes at twice the speed at most, and begins a little before or after the server's
// clock says so.
const (
	pace  = 2                // milliseconds of a track per millisecond since the session was opened
	grace = 30 * time.Second // of a track, besides
	// reach is how far back other sessions of the person are looked at together with one: long enough for a day of
	// tabs and devices, short enough to be read at each report.
	reach = 24 * time.Hour
)

// claim is what reports said under one playing session, by track.
type claim struct {
	Playing
	sets map[int64]Set
	ms   int64 // of all sets together
}

// ledger is what one person claimed under their recent sessions, in the order in which these were opened.
type ledger []*claim

// find returns the claim of a session, added at its place when it is the first.
func (l *ledger) find(p Playing) *claim {
	at, found := slices.BinarySearchFunc(*l, p, func(c *claim, p Playing) int { return c.Playing.compare(p) })
	if !found {
		*l = slices.Insert(*l, at, &claim{Playing: p, sets: map[int64]Set{}})
	}
	return (*l)[at]
}

// admit adds what a report claims under c, whole, if that can have been played by now. If not, it changes nothing and
// returns the moment from which the same report will be admitted.
//
// A session's claims never exceed pace × the time since it was opened + grace; and neither do those of any number of
// sessions together, counted from when the first of them was opened: opening many at once gains nothing. What was
// claimed before under the same session is claimed once, so order, repetition, splits and merges change nothing of the
// end: each report is admitted sooner or later.
func (l ledger) admit(c *claim, trackID int64, played Set, now time.Time) (later time.Time, ok bool) {
	union := c.sets[trackID].Union(played)
	more := union.MS() - c.sets[trackID].MS()
	if more == 0 {
		return time.Time{}, true
	}
	var sum int64
	for n := len(l) - 1; n >= 0; n-- {
		sum += l[n].ms
		if l[n].OpenedAt.After(c.OpenedAt) {
			continue
		}
		if c.OpenedAt.Sub(l[n].OpenedAt) > reach {
			break
		}
		if at := l[n].OpenedAt.Add(timeToPlay(sum + more)); at.After(now) && at.After(later) {
			later = at
		}
	}
	if !later.IsZero() {
		return later, false
	}
	c.sets[trackID], c.ms = union, c.ms+more
	return time.Time{}, true
}

// timeToPlay is the least time since an opening after which ms of tracks can have been played.
func timeToPlay(ms int64) time.Duration {
	least := time.Duration(ms)*time.Millisecond - grace
	return max(0, (least+pace-1)/pace)
}
