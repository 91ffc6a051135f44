package enrolment

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestValidate(t *testing.T) {
	a := Rule{Kind: Completed, ModuleID: 1}
	b := Rule{Kind: Progressed, ModuleID: 2, Percent: 60}
	nest := func(n int) Rule {
		r := a
		for range n {
			r = Rule{Mode: All, Of: []Rule{r}}
		}
		return r
	}
	many := Rule{Mode: Any}
	for i := range MaxLeaves + 1 {
		many.Of = append(many.Of, Rule{Kind: Completed, ModuleID: int64(i + 1)})
	}
	tests := []struct {
		name string
		rule Rule
		what string
		path []int
	}{
		{"open", Rule{}, "", nil},
		{"leaf", a, "", nil},
		{"two of two", Rule{Mode: AtLeast, K: 2, Of: []Rule{a, b}}, "", nil},
		{"deepest", nest(MaxDepth), "", nil},
		{"three of two", Rule{Mode: AtLeast, K: 3, Of: []Rule{a, b}}, "impossible_k", nil},
		{"none of two", Rule{Mode: AtLeast, Of: []Rule{a, b}}, "impossible_k", nil},
		{"empty", Rule{Mode: All}, "empty_group", nil},
		{"empty inside", Rule{Mode: All, Of: []Rule{a, {Mode: Any}}}, "empty_group", []int{2}},
		{"no percent", Rule{Kind: Progressed, ModuleID: 1}, "percent", nil},
		{"percent 101", Rule{Mode: Any, Of: []Rule{a, {Mode: All, Of: []Rule{a, {Kind: Progressed, ModuleID: 2, Percent: 101}}}}}, "percent", []int{2, 2}},
		{"completed with percent", Rule{Kind: Completed, ModuleID: 1, Percent: 5}, "percent", nil},
		{"no module", Rule{Kind: Completed}, "module", nil},
		{"unknown kind", Rule{Kind: QuizScored, ModuleID: 1}, "unknown_kind", nil},
		{"unknown mode", Rule{Mode: "none", Of: []Rule{a}}, "unknown_mode", nil},
		{"neither", Rule{Mode: All, Of: []Rule{{}}}, "unknown_mode", []int{1}},
		{"no mode", Rule{Of: []Rule{a}}, "unknown_mode", nil},
		{"leaf and group", Rule{Kind: Completed, ModuleID: 1, Mode: All}, "mixed", nil},
		{"k without at least", Rule{Mode: All, K: 1, Of: []Rule{a}}, "mixed", nil},
		{"twice", Rule{Mode: AtLeast, K: 2, Of: []Rule{a, b, a}}, "twice", nil},
		{"too deep", nest(MaxDepth + 1), "too_deep", []int{1, 1, 1, 1}},
		{"too large", many, "too_large", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Validate(tt.rule)
			var fault *RuleError
			if errors.As(err, &fault) != (tt.what != "") {
				t.Fatalf("Validate = %v, want %q", err, tt.what)
			}
			if tt.what != "" && (fault.What != tt.what || !slices.Equal(fault.Path, tt.path)) {
				t.Errorf("Validate = %s at %v, want %s at %v", fault.What, fault.Path, tt.what, tt.path)
			}
		})
	}
}

func TestDecideSaysWhy(t *testing.T) {
	rule := Rule{Mode: AtLeast, K: 2, Of: []Rule{
		{Kind: Completed, ModuleID: 1},
		{Kind: Progressed, ModuleID: 2, Percent: 60},
		{Kind: Completed, ModuleID: 3},
	}}
	d := Decide(rule, Facts{{Completed, 1}: 1, {Progressed, 2}: 40})
	if d.Eligible || d.Root.Have != 1 || d.Root.Need != 2 {
		t.Errorf("root = %v %d/%d, want refused 1/2", d.Eligible, d.Root.Have, d.Root.Need)
	}
	second := d.Leaves()[1]
	if second.Met || second.Have != 40 || second.Need != 60 {
		t.Errorf("second leaf = %v %d/%d, want unmet 40/60", second.Met, second.Have, second.Need)
	}
	cost := map[int64]int{2: 7, 3: 30}
	way := d.Shortest(func(n Node) int { return cost[n.ModuleID] })
	if len(way) != 1 || way[0].ModuleID != 2 {
		t.Errorf("shortest = %v, want module 2", way)
	}
	if d := Decide(Rule{}, nil); !d.Eligible || len(d.Leaves()) != 0 {
		t.Errorf("the open gate refuses: %+v", d)
	}
}

// aRule draws a valid rule of modules 1–6.
func aRule(t *rapid.T, depth int) Rule {
	if depth == 0 || rapid.Bool().Draw(t, "leaf") {
		r := Rule{Kind: Completed, ModuleID: rapid.Int64Range(1, 6).Draw(t, "module")}
		if rapid.Bool().Draw(t, "progressed") {
			r.Kind, r.Percent = Progressed, rapid.IntRange(1, 100).Draw(t, "percent")
		}
		return r
	}
	r := Rule{Mode: rapid.SampledFrom([]Mode{All, Any, AtLeast}).Draw(t, "mode")}
	for range rapid.IntRange(1, 4).Draw(t, "branches") {
		branch := aRule(t, depth-1)
		if !slices.ContainsFunc(r.Of, func(o Rule) bool { return o.leaf() && branch.leaf() && o.subject() == branch.subject() }) {
			r.Of = append(r.Of, branch)
		}
	}
	if r.Mode == AtLeast {
		r.K = rapid.IntRange(1, len(r.Of)).Draw(t, "k")
	}
	return r
}

func someFacts(t *rapid.T) Facts {
	f := Facts{}
	for id := int64(1); id <= 6; id++ {
		f[Subject{Completed, id}] = rapid.IntRange(0, 1).Draw(t, "completed")
		f[Subject{Progressed, id}] = rapid.IntRange(0, 20).Draw(t, "progress") * 5
	}
	return f
}

// bruteForce states the meaning of a rule without counting: it tries every choice of branches.
func bruteForce(r Rule, f Facts) bool {
	if r.Kind == Completed {
		return f[Subject{Completed, r.ModuleID}] == 1
	}
	if r.Kind == Progressed {
		return f[Subject{Progressed, r.ModuleID}] >= r.Percent
	}
	for choice := range 1 << len(r.Of) {
		size, met := 0, true
		for i, branch := range r.Of {
			if choice&(1<<i) != 0 {
				size++
				met = met && bruteForce(branch, f)
			}
		}
		enough := size == len(r.Of) || r.Mode == Any && size >= 1 || r.Mode == AtLeast && size >= r.K
		if met && enough {
			return true
		}
	}
	return false
}

func TestDecideEqualsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, f := aRule(t, 3), someFacts(t)
		if err := Validate(r); err != nil {
			t.Fatal(err)
		}
		if got, want := Decide(r, f).Eligible, bruteForce(r, f); got != want {
			t.Errorf("Decide = %v, want %v", got, want)
		}
	})
}

func TestMoreFactsNeverClose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, less := aRule(t, 3), someFacts(t)
		more := maps.Clone(less)
		for s, v := range someFacts(t) {
			more[s] = max(more[s], v)
		}
		if Decide(r, less).Eligible && !Decide(r, more).Eligible {
			t.Errorf("%v opens, %v closes", less, more)
		}
	})
}

func TestShortestWayOpens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, f := aRule(t, 3), someFacts(t)
		way := Decide(r, f).Shortest(func(n Node) int { return int(n.ModuleID) })
		for _, leaf := range way {
			f[leaf.subject()] = max(f[leaf.subject()], leaf.Need)
		}
		if !Decide(r, f).Eligible {
			t.Errorf("following %v leaves the gate closed", way)
		}
	})
}

func TestRuleSurvivesJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := aRule(t, 3)
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var back Rule
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(r, back) {
			t.Errorf("%+v came back as %+v", r, back)
		}
	})
}
