package community

import (
	"testing"

	"pgregory.net/rapid"

	"halqa/community/account"
	"halqa/migrations/testdb"
)

// What isn't shown can't be found out: whatever the region's total says, each hidden number could be another.
func TestHiddenFiguresStayUnknown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.IntRange(0, 9), 1, 5).Draw(t, "numbers")
		shown, total := suppress(numbers)
		known := 0
		var hidden []int
		for i, f := range shown {
			if f.Shown != (numbers[i] == 0 || numbers[i] >= FewestShown) || f.Shown && f.N != numbers[i] || !f.Shown && f.N != 0 {
				t.Fatalf("%d is shown as %+v", numbers[i], f)
			}
			if known += f.N; !f.Shown {
				hidden = append(hidden, i)
			}
		}
		if !total.Shown {
			if total.N != 0 {
				t.Fatal("a hidden total has a number")
			}
			return
		}
		possible := make([]map[int]bool, len(hidden))
		var try func(at, left int, so []int)
		try = func(at, left int, so []int) {
			if at == len(hidden) {
				if left == 0 {
					for i, n := range so {
						if possible[i] == nil {
							possible[i] = map[int]bool{}
						}
						possible[i][n] = true
					}
				}
				return
			}
			for n := 1; n < FewestShown; n++ {
				try(at+1, left-n, append(so, n))
			}
		}
		try(0, total.N-known, nil)
		for i, values := range possible {
			if len(values) < 2 {
				t.Fatalf("%v: hidden number %d can only be %v", numbers, i, values)
			}
		}
	})
}

// reported is a post once somebody reported it.
func (w *world) reported(p Post) Post {
	w.report(w.admin, p, "spam")
	return p
}

func TestFiguresOfModeration(t *testing.T) {
	w := newWorld(t, testdb.Tx(t))
	from := w.clock
	thread, quiet, secret := w.thread(w.amel, w.open), w.thread(w.amel, w.request), w.thread(w.amel, w.invitation)
	for i := range 10 {
		p := w.reply(w.amel, thread, "Regardez")
		w.report(w.sami, p, "spam")
		w.later()
		w.must(w.DecideReports(ctx, w.animator, p.ID, i < 5, ""))
	}
	w.report(w.admin, w.reply(w.amel, quiet, "Un"), "spam")
	w.report(w.admin, w.reply(w.amel, secret, "Deux"), "spam")
	w.later()
	if _, err := w.Figures(ctx, account.Actor{}, from, w.clock); err == nil {
		t.Error("a visitor is told")
	}
	tallies := func(a account.Actor) map[string]Tally {
		t.Helper()
		regions, err := w.Figures(ctx, a, from, w.clock)
		w.must(err)
		all := map[string]Tally{}
		for _, r := range regions {
			all["region"+r.Spaces[0].Key] = r.Tally
			for _, sp := range r.Spaces {
				all[sp.Key] = sp.Tally
			}
		}
		return all
	}
	all := tallies(w.sami)
	if got, want := all["open"], (Tally{Reports: Figure{10, true}, Hidden: Figure{5, true}, Kept: Figure{5, true}}); got != want {
		t.Errorf("the open space: %+v, want %+v", got, want)
	}
	if got, want := all["regionopen"], (Tally{Reports: Figure{10, true}, Hidden: Figure{5, true}, Kept: Figure{5, true}, Hours: -1}); got != want {
		t.Errorf("its region: %+v, want %+v", got, want)
	}
	if got, want := all["request"], (Tally{Hidden: Figure{0, true}, Kept: Figure{0, true}, Hours: -1}); got != want {
		t.Errorf("a space with one report: %+v, want %+v", got, want)
	}
	if _, told := all["invitation"]; told {
		t.Error("a stranger is told of a space by invitation")
	}
	if _, told := tallies(w.amel)["invitation"]; !told {
		t.Error("its member isn't")
	}
	p := w.reply(w.amel, thread, "Encore")
	w.must(w.DecideReports(ctx, w.admin, w.reported(p).ID, false, ""))
	for range 2 {
		p = w.reply(w.amel, quiet, "Encore")
		w.must(w.DecideReports(ctx, w.admin, w.reported(p).ID, true, ""))
	}
	w.reported(w.reply(w.amel, quiet, "Encore"))
	w.reported(w.reply(w.amel, quiet, "Encore"))
	w.later()
	if got := tallies(w.sami)["request"]; got.Reports.Shown || got.Hidden.Shown {
		t.Errorf("five reports would tell of two decisions: %+v", got)
	}
	regions, err := w.Figures(ctx, w.sami, w.clock, w.clock.AddDate(0, 1, 0))
	if w.must(err); regions[0].Reports != (Figure{0, true}) {
		t.Errorf("later: %+v", regions[0].Tally)
	}
}
