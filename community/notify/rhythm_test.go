package notify

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestWhenDigestsLeave(t *testing.T) {
	tunis := zone(t, "Africa/Tunis")
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, tunis) }
	night, lateNight := Quiet{21, 6}, Quiet{22, 9}
	for _, c := range []struct {
		rhythm Rhythm
		now    time.Time
		quiet  Quiet
		want   time.Time
	}{
		{Daily, at(22, 6, 59), Quiet{}, at(22, 7, 0)},
		{Daily, at(22, 7, 0), Quiet{}, at(23, 7, 0)},
		{AtOnce, at(22, 12, 0), night, at(23, 7, 0)},
		{Daily, at(22, 8, 0), lateNight, at(22, 9, 0)},
		{Daily, at(22, 3, 0), Quiet{5, 4}, at(22, 4, 0)}, // yesterday's, kept back all day
		{Weekly, at(22, 12, 0), night, at(23, 7, 0)},     // the 23rd is a Monday
		{Weekly, at(23, 12, 0), night, at(30, 7, 0)},
		{Fortnightly, at(22, 12, 0), night, at(30, 7, 0)},
		{Fortnightly, at(30, 7, 0), night, at(44, 7, 0)},
	} {
		if got := c.rhythm.next(c.now, c.quiet); !got.Equal(c.want) {
			t.Errorf("%s at %s, quiet %v: leaves %s, want %s", c.rhythm, c.now, c.quiet, got, c.want)
		}
	}
}

// TestQuietHours: what is kept back leaves outside the quiet hours, within a day, and not before its time; digests come
// later than now, outside quiet hours, and no more than a rhythm and a day away, whatever the clocks do.
func TestQuietHours(t *testing.T) {
	zones := []*time.Location{time.UTC, zone(t, "Africa/Tunis"), zone(t, "Europe/Paris"), zone(t, "Africa/Casablanca")}
	longest := map[Rhythm]int{AtOnce: 1, Daily: 1, Weekly: 7, Fortnightly: 14}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		now := time.Unix(rapid.Int64Range(1.7e9, 1.9e9).Draw(t, "now"), 0).In(z)
		q := Quiet{rapid.IntRange(0, 23).Draw(t, "from"), rapid.IntRange(0, 23).Draw(t, "until")}
		leaves := q.after(now)
		if leaves.Before(now) || leaves.Sub(now) > 25*time.Hour || q.holds(leaves.Hour()) {
			t.Fatalf("%v keeps %s until %s", q, now, leaves)
		}
		if !q.holds(now.Hour()) && !leaves.Equal(now) {
			t.Fatalf("%v keeps %s back", q, now)
		}
		r := rapid.SampledFrom([]Rhythm{AtOnce, Daily, Weekly, Fortnightly}).Draw(t, "rhythm")
		next := r.next(now, q)
		if !next.After(now) || q.holds(next.Hour()) || next.After(now.AddDate(0, 0, longest[r]+2)) {
			t.Fatalf("%s at %s, quiet %v: leaves %s", r, now, q, next)
		}
		if again := r.next(next, q); !again.After(next) || r == Fortnightly && again.Sub(next) < 13*24*time.Hour {
			t.Fatalf("%s after %s: %s", r, next, again)
		}
	})
}
