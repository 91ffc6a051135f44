package courses_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"halqa/courses"
	"halqa/migrations/testdb"
)

// TestManyReportsAtOnceGiveExactlyTheUnion sends overlapping pieces of two lessons from many goroutines, each piece
// twice and in a random order, with the last answer to the quiz among them.
func TestManyReportsAtOnceGiveExactlyTheUnion(t *testing.T) {
	db := testdb.Clone(t)
	w := newWorld(t, db)
	learner := person(t, db)
	session := w.opened(t, learner, noon.Add(-time.Hour))
	var reports []courses.Report
	for _, track := range []courses.Track{w.first.Tracks[0], w.second.Tracks[0]} {
		for from := int64(0); from < track.DurationMS; from += 2000 {
			r := courses.Report{Session: session, TrackID: track.ID, Position: from, Intervals: []courses.Interval{{From: from, To: from + 2700}}}
			reports = append(reports, r, r)
		}
	}
	random := rand.New(rand.NewPCG(7, 7))
	random.Shuffle(len(reports), func(i, j int) { reports[i], reports[j] = reports[j], reports[i] })

	next := make(chan courses.Report)
	var together sync.WaitGroup
	for range 16 {
		together.Go(func() {
			for r := range next {
				if _, err := w.service.ReportPlayed(context.Background(), learner, r); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n, r := range reports {
		if n == len(reports)/2 {
			together.Go(func() { w.answer(t, learner, uuid.New(), "yes", "yes") })
		}
		next <- r
	}
	close(next)
	together.Wait()

	var sets []string
	must(t, db.NewRaw(`select played from played order by track_id`).Scan(context.Background(), &sets))
	if !slices.Equal(sets, []string{"{[0,100000)}", "{[0,60000)}"}) {
		t.Errorf("played %v", sets)
	}
	if got := w.announced(t, "courses.module_progressed"); len(got) != 20 || len(slices.Compact(slices.Sorted(slices.Values(got)))) != 20 {
		t.Errorf("steps announced: %v", got)
	}
	if got := w.announced(t, "courses.module_completed"); len(got) != 1 {
		t.Errorf("completions announced: %v", got)
	}
}

// TestGentlerCriterionMissesNobody changes the criterion while people report for the first time: whichever comes first,
// everyone who meets the new one is completed, and nothing deadlocks.
func TestGentlerCriterionMissesNobody(t *testing.T) {
	db := testdb.Clone(t)
	w := newWorld(t, db)
	gentle := courses.Criterion{Mode: courses.All, Items: []courses.Item{{Kind: courses.ByPlaying, Percent: 10}}}
	var together sync.WaitGroup
	for n := range 24 {
		learner := person(t, db)
		together.Go(func() {
			w.play(t, learner, w.first.Tracks[0].ID, courses.Interval{From: 0, To: 20_000})
			w.play(t, learner, w.second.Tracks[0].ID, courses.Interval{From: 0, To: 20_000})
		})
		if n%8 == 4 {
			together.Go(func() { w.set(t, gentle) })
		}
	}
	together.Wait()
	if n := one(t, db, `select count(*) from completion`); n != 24 {
		t.Errorf("%d of 24 completed", n)
	}
	if got := w.announced(t, "courses.module_completed"); len(got) != 24 {
		t.Errorf("%d completions announced", len(got))
	}
}

// BenchmarkReportsTogether has 64 players report at once, each the next five milliseconds.
func BenchmarkReportsTogether(b *testing.B) {
	db := testdb.Clone(b)
	w := newWorld(b, db)
	w.service = courses.New(db, time.Now)
	track := w.first.Tracks[0].ID
	b.SetParallelism(32)
	var mu sync.Mutex
	b.RunParallel(func(pb *testing.PB) {
		mu.Lock()
		learner := person(b, db)
		mu.Unlock()
		session, _, err := w.service.OpenPlaying(context.Background(), learner, w.module)
		must(b, err)
		for at := int64(0); pb.Next(); at += 5 {
			r := courses.Report{Session: session, TrackID: track, Intervals: []courses.Interval{{From: at, To: at + 5}}, Position: at}
			if _, err := w.service.ReportPlayed(context.Background(), learner, r); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkReportPlayed(b *testing.B) {
	db := testdb.Clone(b)
	w := newWorld(b, db)
	track := w.first.Tracks[0].ID
	b.Run("news", func(b *testing.B) {
		learner := person(b, db)
		for n := 0; b.Loop(); n++ {
			if n%1000 == 999 {
				learner = person(b, db)
			}
			from := int64(n % 1000 * 100)
			w.play(b, learner, track, courses.Interval{From: from, To: from + 100})
		}
	})
	b.Run("repeated", func(b *testing.B) {
		learner := person(b, db)
		for b.Loop() {
			w.play(b, learner, track, courses.Interval{From: 0, To: 10_000})
		}
	})
}
