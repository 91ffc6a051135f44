package courses_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"halqa/courses"
	"halqa/migrations/testdb"
)

// clock is a clock that several goroutines push forward.
type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time { return time.UnixMilli(c.ms.Load()).UTC() }

func (c *clock) reach(t time.Time) {
	for at := c.ms.Load(); at < t.UnixMilli() && !c.ms.CompareAndSwap(at, t.UnixMilli()); at = c.ms.Load() {
	}
}

// TestDevicesConvergeInPostgreSQL has devices of several people claim overlapping pieces through two nodes at once, more
// than can have been played yet, some alone and some together: what is refused comes again when it may, and in the end each person has the union.
// Meanwhile nobody ever has more than time allows.
func TestDevicesConvergeInPostgreSQL(t *testing.T) {
	db := testdb.Clone(t)
	w := newWorld(t, db)
	var at clock
	at.reach(noon)
	key := []byte("what both nodes sign sessions with")
	nodes := []*courses.Service{courses.New(db, at.now).SignWith(key), courses.New(db, at.now).SignWith(key)}
	tracks := []int64{w.first.Tracks[0].ID, w.second.Tracks[0].ID}
	lengths := []int64{100_000, 60_000}
	random := rand.New(rand.NewPCG(11, 4))
	var refused atomic.Int64
	var together sync.WaitGroup
	for range 6 {
		learner := person(t, db)
		for device := range 3 {
			session, _, err := nodes[device%2].OpenPlaying(context.Background(), learner, w.module)
			must(t, err)
			var reports []courses.Report
			for n, track := range tracks {
				for from := int64(0); from < lengths[n]; from += 10_000 {
					r := courses.Report{Session: session, TrackID: track, Intervals: []courses.Interval{{From: from, To: from + 10_000 + random.Int64N(3000)}}}
					reports = append(reports, r, r)
				}
			}
			random.Shuffle(len(reports), func(i, j int) { reports[i], reports[j] = reports[j], reports[i] })
			sizes := rand.New(rand.NewPCG(uint64(device), 5))
			together.Go(func() {
				for turn := 0; len(reports) > 0; turn++ {
					n := min(1+sizes.IntN(courses.MostReports), len(reports))
					verdicts, err := nodes[turn%2].ReportAll(context.Background(), learner, reports[:n])
					if err != nil {
						t.Error(err)
						return
					}
					left := slices.Clone(reports[n:])
					for k, v := range verdicts {
						var early courses.TooEarly
						if errors.As(v.Err, &early) {
							refused.Add(1)
							at.reach(early.Until)
							left = append(left, reports[k])
						} else if v.Err != nil {
							t.Error(v.Err)
						}
					}
					reports = left
				}
			})
		}
	}
	together.Wait()
	if refused.Load() == 0 {
		t.Error("nothing was ever refused: the test proves little")
	}
	if n := one(t, db, `select count(*) from played where played = '{[0,100000)}' or played = '{[0,60000)}'`); n != 12 {
		t.Errorf("%d of 12 tracks are wholly played", n)
	}
	over := one(t, db, `
		select count(*) from (
		  select s.person_id, s.opened_at, (select sum(o.claimed_ms) from playing_session o where o.person_id = s.person_id and o.opened_at >= s.opened_at) as claimed
		  from playing_session s) x
		where claimed > 2 * extract(epoch from ?::timestamptz - opened_at) * 1000 + 30000`, at.now())
	if over > 0 {
		t.Errorf("%d sessions exceed the bound", over)
	}
}

// TestReportsWithoutASessionWaitTheirTurn: a page opened by an earlier version names no session.
func TestReportsWithoutASessionWaitTheirTurn(t *testing.T) {
	var at clock
	at.reach(noon)
	w := newWorld(t, testdb.Tx(t))
	w.service = courses.New(w.db, at.now)
	learner := person(t, w.db)
	long := courses.Report{TrackID: w.first.Tracks[0].ID, Intervals: []courses.Interval{{From: 0, To: 80_000}}}
	var early courses.TooEarly
	if _, err := w.service.ReportPlayed(context.Background(), learner, long); !errors.As(err, &early) || !early.Until.Equal(noon.Add(25*time.Second)) {
		t.Fatalf("at first: %v", err)
	}
	if n := one(t, w.db, `select count(*) from played`); n != 0 {
		t.Errorf("%d rows written by a refused report", n)
	}
	at.reach(early.Until)
	out, err := w.service.ReportPlayed(context.Background(), learner, long)
	if err != nil || out.LessonPercent != 80 {
		t.Errorf("then: %+v, %v", out, err)
	}
	at.reach(noon.Add(13 * time.Hour)) // another day's page: the time begins anew
	long.Intervals[0] = courses.Interval{From: 0, To: 100_000}
	long.TrackID = w.second.Tracks[0].ID
	if _, err := w.service.ReportPlayed(context.Background(), learner, long); !errors.Is(err, courses.ErrTooEarly) {
		t.Errorf("much later: %v", err)
	}
}

func TestSessionsOfOthersAreRefused(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	learner, other := person(t, w.db), person(t, w.db)
	mine := w.opened(t, learner, noon.Add(-time.Hour))
	r := courses.Report{Session: mine, TrackID: w.first.Tracks[0].ID, Intervals: []courses.Interval{{From: 0, To: 1000}}}
	if _, err := w.service.ReportPlayed(context.Background(), other, r); !errors.Is(err, courses.ErrSession) {
		t.Errorf("another person's: %v", err)
	}
	w.module = w.draft(t)
	r.TrackID = w.add(t, video(50_000)).Tracks[0].ID
	w.set(t, courses.Criterion{Mode: courses.All, Items: []courses.Item{{Kind: courses.ByPlaying, Percent: 50}}})
	must(t, w.service.PublishModule(context.Background(), w.editor, w.module))
	if _, err := w.service.ReportPlayed(context.Background(), learner, r); !errors.Is(err, courses.ErrSession) {
		t.Errorf("another module's: %v", err)
	}
	if _, err := w.service.SweepPlaying(context.Background()); err != nil {
		t.Error(err)
	}
}
