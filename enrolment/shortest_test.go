package enrolment

import (
	"testing"

	"pgregory.net/rapid"
)

// prices gives every leaf a cost: a work's longer leaves cost more, and some can't be met.
func prices(t *rapid.T) func(Node) (Cost, bool) {
	seed := rapid.IntRange(0, 1000).Draw(t, "prices")
	return func(n Node) (Cost, bool) {
		if n.Kind == NeverAttended {
			return Cost{}, false
		}
		base := int64(seed+7*int(n.ModuleID+2*n.LessonID+3*n.SpaceID+5*n.SeminarID)+len(n.Kind)) % 10
		return Cost{MS: base*100 + int64(n.Need), Bytes: base % 3}, true
	}
}

// cheapest tries every set of leaves: a set costs, for each work, what its longest leaf does.
func cheapest(d Decision, cost func(Node) (Cost, bool)) (best Cost, found bool) {
	leaves := d.Root.open()
	for choice := range 1 << len(leaves) {
		done, works, possible := map[int]bool{}, map[Subject]Cost{}, true
		for i, leaf := range leaves {
			if choice&(1<<i) == 0 {
				continue
			}
			c, ok := cost(leaf)
			possible, done[i] = possible && ok, true
			if old, seen := works[leaf.work()]; !seen || c.Compare(old) > 0 {
				works[leaf.work()] = c
			}
		}
		next := -1
		if !possible || !metWith(d.Root, done, &next) {
			continue
		}
		var sum Cost
		for _, c := range works {
			sum = sum.Plus(c)
		}
		if !found || sum.Compare(best) < 0 {
			best, found = sum, true
		}
	}
	return best, found
}

// metWith judges a node with some of its open leaves done, numbered in order.
func metWith(n Node, done map[int]bool, next *int) bool {
	if n.Met {
		return true
	}
	if n.leaf() {
		*next++
		return done[*next]
	}
	met := 0
	for _, b := range n.Branches {
		met += oneIf(metWith(b, done, next))
	}
	return met >= n.Need
}

func TestShortestEqualsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, cost := Decide(aPool.aRule(t, 3), aPool.someFacts(t)), prices(t)
		if len(d.Root.open()) > 12 {
			return // too many to try
		}
		want, possible := cheapest(d, cost)
		way, ok := d.Shortest(cost)
		if ok != possible || ok && way.Cost != want {
			t.Fatalf("Shortest costs %v, %v; want %v, %v", way.Cost, ok, want, possible)
		}
		works := map[Subject]bool{}
		for _, leaf := range way.Leaves {
			if leaf.Met || works[leaf.work()] {
				t.Errorf("%v is met or named twice", leaf)
			}
			works[leaf.work()] = true
		}
	})
}

// What is done once serves every group that asks for it.
func TestOneModuleServesTwoGroups(t *testing.T) {
	rule := Rule{Mode: All, Of: []Rule{
		{Mode: Any, Of: []Rule{completed(1), completed(2)}}, {Mode: Any, Of: []Rule{progressed(1, 50), completed(3)}}}}
	minutes := map[int64]int64{1: 5, 2: 3, 3: 3}
	way, ok := Decide(rule, nil).Shortest(func(n Node) (Cost, bool) { return Cost{MS: minutes[n.ModuleID]}, true })
	if !ok || len(way.Leaves) != 1 || way.Leaves[0].ModuleID != 1 || way.Cost.MS != 5 {
		t.Errorf("shortest = %+v, want module 1 alone", way)
	}
}

func TestShortestOfAGateThatIsMetOrCannotBe(t *testing.T) {
	free := func(n Node) (Cost, bool) { return Cost{}, n.Kind != NeverAttended }
	if way, ok := Decide(Rule{}, nil).Shortest(free); !ok || len(way.Leaves) != 0 {
		t.Errorf("the open gate takes %v, %v", way, ok)
	}
	if _, ok := Decide(never(1), Facts{{Kind: Attended, ID: 1}: 1}).Shortest(free); ok {
		t.Error("what was attended can be undone")
	}
}
