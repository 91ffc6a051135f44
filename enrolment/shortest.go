package enrolment

import (
	"cmp"
	"slices"
)

// Cost is what is still to do: milliseconds of a person's time, then bytes of their connection.
type Cost struct {
	MS    int64
	Bytes int64
}

// Plus adds two costs.
func (c Cost) Plus(o Cost) Cost { return Cost{c.MS + o.MS, c.Bytes + o.Bytes} }

// Compare orders costs by time, then by weight.
func (c Cost) Compare(o Cost) int {
	return cmp.Or(cmp.Compare(c.MS, o.MS), cmp.Compare(c.Bytes, o.Bytes))
}

// Way is a set of leaves that, once met, meets the gate.
type Way struct {
	Leaves []Node // unmet now; of leaves that one work meets together, only the longest
	Cost   Cost
}

// maxChoices bounds the search of Shortest: beyond it, further leaves about one and the same work are counted each.
const maxChoices = 4096

// Shortest returns the cheapest way to eligibility; ok is false when there is none. cost says what meeting an unmet leaf
// still takes, and whether the person can meet it at all. Leaves about the same work (a module wanted at 50 % in one
// group and completed in another) are paid once, at the price of the longest. A gate that is met takes nothing.
//
// Over a tree whose leaves are all about different work the cheapest branches of each group are the answer. What is
// mentioned more than once couples groups, so each such work is tried undone and at each of its lengths.
func (d Decision) Shortest(cost func(leaf Node) (Cost, bool)) (Way, bool) {
	s := search{cost: cost, level: map[Subject]*Cost{}}
	s.couple(d.Root)
	best, found := s.best(d.Root, s.shared)
	best.Leaves = s.longest(best.Leaves)
	return best, found
}

// search is one run of Shortest.
type search struct {
	cost   func(Node) (Cost, bool)
	shared []work
	level  map[Subject]*Cost // how far each shared work is done in the try at hand; nil: not at all
}

// work is something to do that meets several leaves: all whose cost is at most what is done of it.
type work struct {
	what   Subject
	levels []Cost
}

// work is what a person does to meet a leaf.
func (r Rule) work() Subject {
	switch r.Kind {
	case Completed, Progressed:
		return Subject{Kind: Completed, ID: r.ModuleID}
	case Contributed:
		return Subject{Kind: Contributed, ID: r.SpaceID}
	}
	return r.subject()
}

// couple finds the works that several unmet leaves share, within the bound of the search.
func (s *search) couple(root Node) {
	var all []work
	mentions := map[Subject]int{}
	for _, leaf := range root.open() {
		c, ok := s.cost(leaf)
		if !ok {
			continue
		}
		mentions[leaf.work()]++
		i := slices.IndexFunc(all, func(w work) bool { return w.what == leaf.work() })
		if i < 0 {
			i, all = len(all), append(all, work{what: leaf.work()})
		}
		if !slices.Contains(all[i].levels, c) {
			all[i].levels = append(all[i].levels, c)
		}
	}
	tries := 1
	for _, w := range all {
		if mentions[w.what] > 1 && tries*(len(w.levels)+1) <= maxChoices {
			tries *= len(w.levels) + 1
			s.shared = append(s.shared, w)
		}
	}
}

// open are the unmet leaves in unmet groups.
func (n Node) open() []Node {
	if n.Met {
		return nil
	}
	if n.leaf() {
		return []Node{n}
	}
	var all []Node
	for _, b := range n.Branches {
		all = append(all, b.open()...)
	}
	return all
}

// best tries the shared works that are left to settle, undone and at each length, and keeps the cheapest.
func (s *search) best(root Node, left []work) (best Way, found bool) {
	if len(left) == 0 {
		return s.way(root)
	}
	what := left[0].what
	try := func(level *Cost) {
		s.level[what] = level
		w, ok := s.best(root, left[1:])
		if ok && level != nil {
			w.Cost = w.Cost.Plus(*level)
		}
		if ok && (!found || w.Cost.Compare(best.Cost) < 0) {
			best, found = w, true
		}
	}
	try(nil)
	for _, level := range left[0].levels {
		try(&level)
	}
	return best, found
}

// way is the cheapest way when shared works are done as far as their level says.
func (s *search) way(n Node) (Way, bool) {
	if n.Met {
		return Way{}, true
	}
	if n.leaf() {
		return s.leaf(n)
	}
	var ways []Way
	for _, b := range n.Branches {
		if b.Met {
			continue
		}
		if w, ok := s.way(b); ok {
			ways = append(ways, w)
		}
	}
	missing := n.Need - n.Have
	if len(ways) < missing {
		return Way{}, false
	}
	slices.SortStableFunc(ways, func(a, b Way) int { return a.Cost.Compare(b.Cost) })
	var sum Way
	for _, w := range ways[:missing] {
		sum.Leaves, sum.Cost = append(sum.Leaves, w.Leaves...), sum.Cost.Plus(w.Cost)
	}
	return sum, true
}

func (s *search) leaf(n Node) (Way, bool) {
	c, ok := s.cost(n)
	if !ok {
		return Way{}, false
	}
	level, shared := s.level[n.work()]
	switch {
	case !shared:
		return Way{[]Node{n}, c}, true
	case level != nil && c.Compare(*level) <= 0:
		return Way{[]Node{n}, Cost{}}, true // paid once, in best
	}
	return Way{}, false
}

// longest keeps of the leaves that one work meets the one that takes most of it.
func (s *search) longest(leaves []Node) []Node {
	var kept []Node
	for _, leaf := range leaves {
		i := slices.IndexFunc(kept, func(o Node) bool { return o.work() == leaf.work() })
		if i < 0 {
			kept = append(kept, leaf)
			continue
		}
		a, _ := s.cost(leaf)
		b, _ := s.cost(kept[i])
		if a.Compare(b) > 0 {
			kept[i] = leaf
		}
	}
	return kept
}
