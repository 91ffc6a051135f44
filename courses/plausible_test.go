package courses

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var dawn = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)

// told is a report of a property test.
type told struct {
	session Playing
	track   int64
	played  Set
}

// drawSessions opens some sessions within a few hours, several perhaps in the same millisecond.
func drawSessions(t *rapid.T) []Playing {
	sessions := make([]Playing, rapid.IntRange(1, 5).Draw(t, "sessions"))
	for n := range sessions {
		minutes := rapid.SampledFrom([]int{0, 0, 1, 5, 90, 25 * 60}).Draw(t, "opened")
		sessions[n] = Playing{PersonID: 1, ModuleID: 1, OpenedAt: dawn.Add(time.Duration(minutes) * time.Minute), Nonce: int64(n + 1)}
	}
	return sessions
}

func drawTold(t *rapid.T, sessions []Playing) told {
	from := rapid.Int64Range(0, 2_000_000).Draw(t, "from")
	played, err := Played([]Interval{{from, from + rapid.Int64Range(0, 400_000).Draw(t, "length")}}, 2_000_000)
	if err != nil {
		t.Fatal(err)
	}
	return told{rapid.SampledFrom(sessions).Draw(t, "session"), rapid.Int64Range(1, 2).Draw(t, "track"), played}
}

// check recounts a ledger from its sets and compares it with the bound, by definition: for each session, what it and
// those opened within a day after it claim.
func (l ledger) check(t interface{ Fatalf(string, ...any) }, now time.Time) {
	for _, first := range l {
		var sum int64
		for _, c := range l {
			var own int64
			for _, set := range c.sets {
				own += set.MS()
			}
			if own != c.ms {
				t.Fatalf("a session claims %d ms and says %d", own, c.ms)
			}
			if !c.OpenedAt.Before(first.OpenedAt) && c.OpenedAt.Sub(first.OpenedAt) <= reach {
				sum += own
			}
		}
		if bound := (2 * now.Sub(first.OpenedAt)).Milliseconds() + 30_000; sum > 0 && sum > bound {
			t.Fatalf("%d ms claimed %s after the opening, more than %d", sum, now.Sub(first.OpenedAt), bound)
		}
	}
}

func (l ledger) copy() ledger {
	out := ledger{}
	for _, c := range l {
		twin := *c
		twin.sets = maps.Clone(c.sets)
		out = append(out, &twin)
	}
	return out
}

// unions is what all sessions together claim, by track.
func (l ledger) unions() map[int64]string {
	all := map[int64]Set{}
	for _, c := range l {
		for track, set := range c.sets {
			all[track] = all[track].Union(set)
		}
	}
	text := map[int64]string{}
	for track, set := range all {
		if len(set) > 0 {
			text[track] = set.String()
		}
	}
	return text
}

// TestACheatingClientNeverExceedsTheBound lets a client claim anything at any time, under as many sessions as it likes.
func TestACheatingClientNeverExceedsTheBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sessions, now := drawSessions(t), dawn.Add(25*time.Hour)
		var l ledger
		for range rapid.IntRange(1, 30).Draw(t, "reports") {
			now = now.Add(time.Duration(rapid.Int64Range(0, 300_000).Draw(t, "wait")) * time.Millisecond)
			r := drawTold(t, sessions)
			c := l.find(r.session)
			before := l.copy()
			later, ok := l.admit(c, r.track, r.played, now)
			l.check(t, now)
			if ok {
				if got := c.sets[r.track].Union(r.played); got.String() != c.sets[r.track].String() {
					t.Fatal("an admitted report was trimmed")
				}
				continue
			}
			if !later.After(now) {
				t.Fatalf("refused until %s, which is past", later)
			}
			if a, b := before.unions(), l.unions(); !maps.Equal(a, b) {
				t.Fatalf("a refused report changed %v into %v", a, b)
			}
			if _, ok := before.copy().admit(before.find(r.session), r.track, r.played, later.Add(-time.Millisecond)); ok {
				t.Fatal("it would have been admitted earlier than said")
			}
			twin := before.copy()
			if _, ok := twin.admit(twin.find(r.session), r.track, r.played, later); !ok {
				t.Fatal("it isn't admitted at the moment said")
			}
		}
	})
}

// deliver sends reports in an order, each again at the moment its refusal names, until all are admitted.
func deliver(t *rapid.T, reports []told, now time.Time) ledger {
	var l ledger
	queue := slices.Clone(reports)
	for turns := 0; len(queue) > 0; turns++ {
		if turns > 100*len(reports) {
			t.Fatal("reports are refused for ever")
		}
		r := queue[0]
		queue = queue[1:]
		later, ok := l.admit(l.find(r.session), r.track, r.played, now)
		l.check(t, now)
		if !ok {
			queue = append(queue, r)
			if rapid.Bool().Draw(t, "patient") {
				now = later
			} else {
				now = now.Add(10 * time.Second)
			}
		}
	}
	return l
}

// TestReportsConvergeWhateverTheirOrder cuts what several devices played into pieces, repeats some, merges others, and
// delivers them in any order: the set is the same as when everything was said once and in order.
func TestReportsConvergeWhateverTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sessions := drawSessions(t)
		whole := make([]told, rapid.IntRange(1, 6).Draw(t, "whole"))
		var pieces []told
		for n := range whole {
			whole[n] = drawTold(t, sessions)
			r := whole[n]
			if len(r.played) == 0 {
				continue
			}
			i := r.played[0]
			cut := rapid.Int64Range(i.From, i.To).Draw(t, "cut")
			for _, piece := range []Interval{{i.From, cut}, {cut, i.To}} {
				played, _ := Played([]Interval{piece}, MaxMS)
				pieces = append(pieces, told{r.session, r.track, played})
			}
			for _, other := range whole[:n] { // two reports in one
				if other.session == r.session && other.track == r.track && rapid.Bool().Draw(t, "merge") {
					pieces = append(pieces, told{r.session, r.track, r.played.Union(other.played)})
				}
			}
			if rapid.Bool().Draw(t, "again") {
				pieces = append(pieces, r)
			}
		}
		start := dawn.Add(25 * time.Hour)
		want := deliver(t, whole, start).unions()
		if got := deliver(t, rapid.Permutation(pieces).Draw(t, "order"), start).unions(); !maps.Equal(got, want) {
			t.Fatalf("pieces give %v, the whole gives %v", got, want)
		}
	})
}

// TestAnHonestPlayerIsNeverRefused: who plays at up to twice the speed and reports as they go is never refused.
func TestAnHonestPlayerIsNeverRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Playing{PersonID: 1, ModuleID: 1, OpenedAt: dawn, Nonce: 1}
		l, now, at := ledger{}, dawn, int64(0)
		c := l.find(p)
		for range rapid.IntRange(1, 40).Draw(t, "reports") {
			real := rapid.Int64Range(0, 60_000).Draw(t, "real")
			played := int64(float64(real) * rapid.SampledFrom([]float64{0, 0.5, 1, 1.5, 2}).Draw(t, "speed"))
			now = now.Add(time.Duration(real) * time.Millisecond)
			if rapid.Bool().Draw(t, "replay") {
				at = 0
			}
			if later, ok := l.admit(c, 1, Set{{at, at + played}}, now); !ok {
				t.Fatalf("refused until %s", later)
			}
			at += played
		}
	})
}

func TestBoundToTheMillisecond(t *testing.T) {
	p := Playing{PersonID: 1, ModuleID: 1, OpenedAt: dawn, Nonce: 1}
	for _, test := range []struct {
		name string
		wait time.Duration
		ms   int64
		want bool
	}{
		{"thirty seconds at once", 0, 30_000, true},
		{"a millisecond more", 0, 30_001, false},
		{"a minute later", time.Minute, 150_000, true},
		{"a minute later, a millisecond more", time.Minute, 150_001, false},
		{"a clock that went back", -time.Minute, 1, false},
		{"nothing, on a clock that went back", -time.Minute, 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := ledger{}
			if later, ok := l.admit(l.find(p), 1, normalise([]Interval{{0, test.ms}}), dawn.Add(test.wait)); ok != test.want {
				t.Errorf("admitted: %v, until %s", ok, later)
			}
		})
	}
}

func TestSessionsAreSigned(t *testing.T) {
	key := []byte("a key of this test, long enough to sign")
	p := Playing{PersonID: 7, ModuleID: 9, OpenedAt: dawn, Nonce: 11}
	token := p.token(key)
	if got, err := playing(token, key, 7, dawn.Add(playingLife)); err != nil || got.compare(p) != 0 || got.ModuleID != 9 {
		t.Fatalf("read %+v, %v", got, err)
	}
	other := []byte("another key")
	for name, read := range map[string]func() (Playing, error){
		"another person": func() (Playing, error) { return playing(token, key, 8, dawn) },
		"too old":        func() (Playing, error) { return playing(token, key, 7, dawn.Add(playingLife+time.Second)) },
		"another key":    func() (Playing, error) { return playing(token, other, 7, dawn) },
		"cut":            func() (Playing, error) { return playing(token[:len(token)-2], key, 7, dawn) },
		"empty":          func() (Playing, error) { return playing("", key, 7, dawn) },
	} {
		if _, err := read(); err != ErrSession {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzPlausible feeds a ledger what a hostile client may send: whatever comes, the bound holds.
func FuzzPlausible(f *testing.F) {
	f.Add(`{"track":1,"intervals":[[0,30000]]}`, `{"track":1,"intervals":[[30000,60000]]}`, int64(0), int64(15_000))
	f.Add(`{"track":1,"intervals":[[0,86400000]]}`, `{"track":2,"intervals":[[0,1],[1,2],[5,9]]}`, int64(86_400_000), int64(1))
	f.Add(`{"track":-9,"intervals":[[5,1]]}`, `{"intervals":null}`, int64(-1), int64(1<<40))
	f.Fuzz(func(t *testing.T, first, second string, opened, wait int64) {
		const year = 366 * 86_400_000
		if opened < 0 || opened > year || wait < 0 || wait > year {
			return
		}
		var l ledger
		now := dawn.Add(time.Duration(opened) * time.Millisecond)
		for n, body := range []string{first, second, first} {
			var r Report
			if json.Unmarshal([]byte(body), &r) != nil {
				return
			}
			played, err := Played(r.Intervals, duration)
			if err != nil {
				return
			}
			c := l.find(Playing{PersonID: 1, ModuleID: 1, OpenedAt: now, Nonce: int64(n%2 + 1)})
			now = now.Add(time.Duration(wait) * time.Millisecond)
			l.admit(c, r.TrackID, played, now)
			l.check(t, now)
		}
	})
}

func FuzzSession(f *testing.F) {
	key := []byte("a key of this test, long enough to sign")
	real := Playing{PersonID: 7, ModuleID: 9, OpenedAt: dawn, Nonce: 11}.token(key)
	for _, seed := range []string{real, real[1:], "", "AAAA", real + "A", "é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := playing(token, key, 7, dawn); err == nil && token != real {
			t.Errorf("%q was taken for a session", token)
		}
	})
}
