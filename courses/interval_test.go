package courses

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"halqa/community/account"
)

const duration = 10_000

// some draws admissible intervals over a track of duration ms, some reaching beyond its end.
func some(t *rapid.T, label string) []Interval {
	one := rapid.Custom(func(t *rapid.T) Interval {
		from := rapid.Int64Range(0, duration+200).Draw(t, "from")
		return Interval{from, from + rapid.Int64Range(0, 3000).Draw(t, "length")}
	})
	return rapid.SliceOfN(one, 0, 20).Draw(t, label)
}

func set(t *rapid.T, label string) Set {
	s, err := Played(some(t, label), duration)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// covers tells by definition, not by arithmetic, whether the intervals cover a millisecond.
func covers(intervals []Interval, ms int64) bool {
	for _, i := range intervals {
		if i.From <= ms && ms < i.To {
			return true
		}
	}
	return false
}

func TestPlayedCoversExactlyWhatWasPlayed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := some(t, "in")
		s, err := Played(in, duration)
		if err != nil {
			t.Fatal(err)
		}
		var covered int64
		for ms := int64(0); ms < duration+3300; ms++ {
			want := covers(in, ms) && ms < duration
			if covers(s, ms) != want {
				t.Fatalf("%v of %v: covers %d is %v", s, in, ms, !want)
			}
			if want {
				covered++
			}
		}
		if s.MS() != covered {
			t.Fatalf("MS = %d, want %d", s.MS(), covered)
		}
		for n := 1; n < len(s); n++ {
			if s[n-1].To >= s[n].From {
				t.Fatalf("%v isn't canonical", s)
			}
		}
	})
}

func TestUnionIsASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := set(t, "a"), set(t, "b"), set(t, "c")
		equal := func(law string, x, y Set) {
			if x.String() != y.String() {
				t.Fatalf("%s: %v and %v", law, x, y)
			}
		}
		equal("idempotent", a.Union(a), a)
		equal("commutative", a.Union(b), b.Union(a))
		equal("associative", a.Union(b).Union(c), a.Union(b.Union(c)))
		equal("neutral", a.Union(nil), a)
		equal("absorbing", a.Union(b).Union(a), a.Union(b))
		if u := a.Union(b); u.MS() < max(a.MS(), b.MS()) || u.MS() > min(duration, a.MS()+b.MS()) {
			t.Fatalf("size of %v ∪ %v is %d", a, b, u.MS())
		}
	})
}

func TestAnyOrderSplitAndRepetitionGivesTheSameSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := some(t, "whole")
		var pieces []Interval
		for _, i := range whole {
			cut := rapid.Int64Range(i.From, i.To).Draw(t, "cut")
			pieces = append(pieces, Interval{i.From, cut}, Interval{cut, i.To})
			if rapid.Bool().Draw(t, "twice") {
				pieces = append(pieces, i)
			}
		}
		want, _ := Played(whole, duration)
		var got Set
		for len(pieces) > 0 {
			n := rapid.IntRange(1, len(pieces)).Draw(t, "report")
			order := rapid.Permutation(pieces).Draw(t, "order")
			report, err := Played(order[:n], duration)
			if err != nil {
				t.Fatal(err)
			}
			got, pieces = got.Union(report), order[n:]
		}
		if got.String() != want.String() {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestSetSurvivesPostgreSQLText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := set(t, "set")
		var got Set
		if err := got.Scan(want.String()); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestHostileReportsAreRefused(t *testing.T) {
	for name, in := range map[string][]Interval{
		"negative":   {{-1, 10}},
		"reversed":   {{10, 9}},
		"huge":       {{0, MaxMS + 1}},
		"overflow":   {{math.MaxInt64 - 1, math.MaxInt64}},
		"too many":   make([]Interval, MaxIntervals+1),
		"among good": {{0, 10}, {20, 15}},
	} {
		t.Run(name, func(t *testing.T) {
			var invalid account.Invalid
			if _, err := Played(in, duration); !errors.As(err, &invalid) || invalid.Field != "intervals" {
				t.Errorf("error is %v, want an account.Invalid of intervals", err)
			}
		})
	}
}

func FuzzReport(f *testing.F) {
	for _, seed := range []string{`{"track":1,"intervals":[[0,100],[50,200]],"position":200}`, `{"intervals":[[1.5,2]]}`,
		`{"intervals":[[NaN,2]]}`, `{"intervals":[[1]]}`, `{"intervals":[[-1,1e99]]}`, `{"intervals":null}`, `[]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var r Report
		if json.Unmarshal([]byte(body), &r) != nil {
			return
		}
		s, err := Played(r.Intervals, duration)
		if err != nil {
			return
		}
		if s.MS() < 0 || s.MS() > duration {
			t.Errorf("%s covers %d ms of %d", body, s.MS(), duration)
		}
	})
}

func TestReportJSONWantsPairsOfWholeNumbers(t *testing.T) {
	for _, body := range []string{`[[1.5,2]]`, `[[1]]`, `[[1,2,3]]`, `[["1","2"]]`, `[{"from":1}]`, `[[1,1e30]]`, `[[NaN,1]]`} {
		var in []Interval
		if err := json.Unmarshal([]byte(body), &in); err == nil {
			t.Errorf("%s was read as %v", body, in)
		}
	}
	var in []Interval
	if err := json.Unmarshal([]byte(`[[0,100],[200,300]]`), &in); err != nil || len(in) != 2 || in[1] != (Interval{200, 300}) {
		t.Errorf("read %v, %v", in, err)
	}
}
