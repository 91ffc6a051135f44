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
		{"completed with percent", Rule{Kind: Completed, ModuleID: 1, Percent: 5}, "mixed", nil},
		{"no module", Rule{Kind: Completed}, "module", nil},
		{"unknown kind", Rule{Kind: "sang", ModuleID: 1}, "unknown_kind", nil},
		{"no quiz", Rule{Kind: QuizScored, ModuleID: 1, Percent: 50}, "quiz", nil},
		{"quiz 101", Rule{Kind: QuizScored, LessonID: 1, Percent: 101}, "percent", nil},
		{"no space", Rule{Kind: Contributed, As: Threads, Count: 1}, "space", nil},
		{"no post", Rule{Kind: Contributed, As: Threads, SpaceID: 1}, "count", nil},
		{"one of each, thrice", Rule{Kind: Contributed, As: OneOfEach, SpaceID: 1, Count: 3}, "mixed", nil},
		{"no seminar", Rule{Kind: NeverAttended}, "seminar", nil},
		{"attended and never", Rule{Mode: All, Of: []Rule{went(4), a, never(4)}}, "contradiction", nil},
		{"attended and never, apart", Rule{Mode: All, Of: []Rule{went(4), {Mode: Any, Of: []Rule{never(4)}}}}, "contradiction", nil},
		{"attended or never", Rule{Mode: Any, Of: []Rule{went(4), never(4)}}, "", nil},
		{"another kind of club", Rule{Kind: Belongs, Kinds: []string{"club"}}, "organisation_kind", nil},
		{"nobody", Rule{Kind: MembersCompleted, ModuleID: 1}, "count", nil},
		{"every leaf", everyLeaf(), "", nil},
		{"unknown mode", Rule{Mode: "none", Of: []Rule{a}}, "unknown_mode", nil},
		{"neither", Rule{Mode: All, Of: []Rule{{}}}, "unknown_mode", []int{1}},
		{"no mode", Rule{Of: []Rule{a}}, "unknown_mode", nil},
		{"leaf and group", Rule{Kind: Completed, ModuleID: 1, Mode: All}, "mixed", nil},
		{"k without at least", Rule{Mode: All, K: 1, Of: []Rule{a}}, "mixed", nil},
		{"twice", Rule{Mode: AtLeast, K: 2, Of: []Rule{a, b, a}}, "twice", []int{3}},
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
	d := Decide(rule, Facts{{Kind: Completed, ID: 1}: 1, {Kind: Progressed, ID: 2}: 40})
	if d.Eligible || d.Root.Have != 1 || d.Root.Need != 2 {
		t.Errorf("root = %v %d/%d, want refused 1/2", d.Eligible, d.Root.Have, d.Root.Need)
	}
	second := d.Leaves()[1]
	if second.Met || second.Have != 40 || second.Need != 60 {
		t.Errorf("second leaf = %v %d/%d, want unmet 40/60", second.Met, second.Have, second.Need)
	}
	cost := map[int64]int{2: 7, 3: 30}
	way, ok := d.Shortest(func(n Node) (Cost, bool) { return Cost{MS: int64(cost[n.ModuleID])}, true })
	if !ok || len(way.Leaves) != 1 || way.Leaves[0].ModuleID != 2 || way.Cost.MS != 7 {
		t.Errorf("shortest = %v, want module 2", way)
	}
	if d := Decide(Rule{}, nil); !d.Eligible || len(d.Leaves()) != 0 {
		t.Errorf("the open gate refuses: %+v", d)
	}
}

func went(seminar int64) Rule  { return Rule{Kind: Attended, SeminarID: seminar} }
func never(seminar int64) Rule { return Rule{Kind: NeverAttended, SeminarID: seminar} }

// everyLeaf wants one leaf of each kind.
func everyLeaf() Rule {
	return Rule{Mode: All, Of: []Rule{completed(1), progressed(2, 50), {Kind: QuizScored, LessonID: 3, Percent: 60},
		{Kind: Contributed, SpaceID: 4, As: Posts, Count: 2}, {Kind: Contributed, SpaceID: 4, As: OneOfEach}, went(5), never(6),
		{Kind: Belongs, Kinds: []string{"association"}, Governorates: []string{"TN-71"}}, {Kind: MembersCompleted, ModuleID: 1, Count: 3}}}
}

// pool is what drawn rules and facts speak of; the database test puts real ids in.
type pool struct {
	modules, quizzes, spaces, seminars []int64
	kinds, places                      []string
}

var aPool = pool{[]int64{1, 2, 3, 4}, []int64{7, 8}, []int64{1, 2}, []int64{1, 2}, []string{"association", "network", "media"}, []string{"TN-71", "TN-51"}}

// aLeaf draws a valid leaf.
func (p pool) aLeaf(t *rapid.T) Rule {
	of := func(ids []int64) int64 { return rapid.SampledFrom(ids).Draw(t, "id") }
	r := Rule{Kind: rapid.SampledFrom(LeafKinds).Draw(t, "kind")}
	switch r.Kind {
	case Completed:
		r.ModuleID = of(p.modules)
	case Progressed:
		r.ModuleID, r.Percent = of(p.modules), rapid.IntRange(1, 100).Draw(t, "percent")
	case QuizScored:
		r.LessonID, r.Percent = of(p.quizzes), rapid.IntRange(1, 100).Draw(t, "percent")
	case Contributed:
		r.SpaceID, r.As = of(p.spaces), rapid.SampledFrom(Contributions).Draw(t, "as")
		if r.As != OneOfEach {
			r.Count = rapid.IntRange(1, 3).Draw(t, "count")
		}
	case Attended, NeverAttended:
		r.SeminarID = of(p.seminars)
	case Belongs:
		some := func(words []string) []string {
			if rapid.Bool().Draw(t, "any") {
				return nil
			}
			return rapid.SliceOfNDistinct(rapid.SampledFrom(words), 1, 2, func(s string) string { return s }).Draw(t, "words")
		}
		r.Kinds, r.Governorates = some(p.kinds), some(p.places)
	case MembersCompleted:
		r.ModuleID, r.Count = of(p.modules), rapid.IntRange(1, 3).Draw(t, "people")
	}
	return r
}

// aRule draws a valid rule.
func (p pool) aRule(t *rapid.T, depth int) Rule {
	for {
		if r := p.tree(t, depth); Validate(r) == nil {
			return r
		}
	}
}

func (p pool) tree(t *rapid.T, depth int) Rule {
	if depth == 0 || rapid.IntRange(0, 2).Draw(t, "leaf") == 0 {
		return p.aLeaf(t)
	}
	r := Rule{Mode: rapid.SampledFrom([]Mode{All, Any, AtLeast}).Draw(t, "mode")}
	for range rapid.IntRange(1, 4).Draw(t, "branches") {
		branch := p.tree(t, depth-1)
		if r.Of = append(r.Of, branch); Validate(Rule{Mode: Any, Of: r.Of}) != nil {
			r.Of = r.Of[:len(r.Of)-1]
		}
	}
	if len(r.Of) == 0 {
		return p.aLeaf(t)
	}
	if r.Mode == AtLeast {
		r.K = rapid.IntRange(1, len(r.Of)).Draw(t, "k")
	}
	return r
}

// someFacts draws what is known of a person.
func (p pool) someFacts(t *rapid.T) Facts {
	f := Facts{}
	for _, id := range p.modules {
		f[Subject{Kind: Completed, ID: id}] = rapid.IntRange(0, 1).Draw(t, "completed")
		f[Subject{Kind: Progressed, ID: id}] = rapid.IntRange(0, 20).Draw(t, "progress") * 5
		f[Subject{Kind: MembersCompleted, ID: id}] = rapid.IntRange(0, 3).Draw(t, "colleagues")
	}
	for _, id := range p.quizzes {
		f[Subject{Kind: QuizScored, ID: id}] = rapid.IntRange(0, 100).Draw(t, "score")
	}
	for _, id := range p.spaces {
		f[Subject{Kind: StartedThread, ID: id}] = rapid.IntRange(0, 3).Draw(t, "threads")
		f[Subject{Kind: Replied, ID: id}] = rapid.IntRange(0, 3).Draw(t, "replies")
	}
	for _, id := range p.seminars {
		f[Subject{Kind: Attended, ID: id}] = rapid.IntRange(0, 1).Draw(t, "attended")
	}
	for id := int64(1); id <= 2; id++ {
		f[Subject{Kind: MemberOf, ID: id}] = rapid.IntRange(0, 1).Draw(t, "member")
		f[Subject{Kind: Validated, ID: id}] = rapid.IntRange(0, 1).Draw(t, "validated")
		f[Subject{OrganisationKind, id, rapid.SampledFrom(p.kinds).Draw(t, "kind")}] = 1
		f[Subject{OrganisationPlace, id, rapid.SampledFrom(p.places).Draw(t, "place")}] = 1
	}
	return f
}

// bruteForce states the meaning of a rule without counting branches: it tries every choice of them.
func bruteForce(r Rule, f Facts) bool {
	at := func(kind Kind, id int64) int { return f[Subject{Kind: kind, ID: id}] }
	switch r.Kind {
	case Completed:
		return at(Completed, r.ModuleID) == 1
	case Progressed:
		return at(Progressed, r.ModuleID) >= r.Percent
	case QuizScored:
		return at(QuizScored, r.LessonID) >= r.Percent
	case Attended:
		return at(Attended, r.SeminarID) == 1
	case NeverAttended:
		return at(Attended, r.SeminarID) == 0
	case MembersCompleted:
		return at(MembersCompleted, r.ModuleID) >= r.Count
	case Contributed:
		threads, replies := at(StartedThread, r.SpaceID), at(Replied, r.SpaceID)
		return r.As == Threads && threads >= r.Count || r.As == Replies && replies >= r.Count ||
			r.As == Posts && threads+replies >= r.Count || r.As == OneOfEach && threads > 0 && replies > 0
	case Belongs:
		for id := int64(1); id <= 2; id++ {
			kind := len(r.Kinds) == 0 || slices.ContainsFunc(r.Kinds, func(k string) bool { return f[Subject{OrganisationKind, id, k}] == 1 })
			place := len(r.Governorates) == 0 || slices.ContainsFunc(r.Governorates, func(g string) bool { return f[Subject{OrganisationPlace, id, g}] == 1 })
			if at(MemberOf, id) == 1 && at(Validated, id) == 1 && kind && place {
				return true
			}
		}
		return false
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
		r, f := aPool.aRule(t, 3), aPool.someFacts(t)
		if got, want := Decide(r, f).Eligible, bruteForce(r, f); got != want {
			t.Errorf("Decide = %v, want %v", got, want)
		}
	})
}

// What Validate lets through somebody can meet; what it calls a contradiction nobody can.
func TestPossibleRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := aPool.tree(t, 3)
		var fault *RuleError
		if errors.As(Validate(r), &fault) && fault.What != "contradiction" {
			return // out of bounds
		}
		best := Facts{}
		for _, id := range append(aPool.modules, aPool.quizzes...) {
			for _, kind := range []Kind{Completed, Progressed, QuizScored, MembersCompleted} {
				best[Subject{Kind: kind, ID: id}] = 100
			}
			best[Subject{Kind: StartedThread, ID: id}], best[Subject{Kind: Replied, ID: id}] = 100, 100
			best[Subject{Kind: MemberOf, ID: id}], best[Subject{Kind: Validated, ID: id}] = 1, 1
			for _, word := range append(aPool.kinds, aPool.places...) {
				best[Subject{OrganisationKind, id, word}], best[Subject{OrganisationPlace, id, word}] = 1, 1
			}
			best[Subject{Kind: Completed, ID: id}] = 1
		}
		met := false
		for history := range 4 {
			for i, id := range aPool.seminars {
				best[Subject{Kind: Attended, ID: id}] = history >> i & 1
			}
			met = met || Decide(r, best).Eligible
		}
		if met != (fault == nil) {
			t.Errorf("%+v: can be met: %v; Validate: %v", r, met, fault)
		}
	})
}

func TestMoreFactsNeverClose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, less := aPool.aRule(t, 3), aPool.someFacts(t)
		more := maps.Clone(less)
		for s, v := range aPool.someFacts(t) {
			if s.Kind != Attended { // who attended may no longer be one who never did
				more[s] = max(more[s], v)
			}
		}
		if Decide(r, less).Eligible && !Decide(r, more).Eligible {
			t.Errorf("%v opens, %v closes", less, more)
		}
	})
}

func TestRuleAndFactsSurviveJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, f := aPool.aRule(t, 3), aPool.someFacts(t)
		var rule Rule
		var facts Facts
		for _, pair := range [][2]any{{r, &rule}, {f, &facts}} {
			data, err := json.Marshal(pair[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(data, pair[1]); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(r, rule) || !maps.Equal(f, facts) {
			t.Errorf("%+v came back as %+v", r, rule)
		}
	})
}
