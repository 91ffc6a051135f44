package enrolment

import "slices"

// Decision is the answer of a gate for one person, with its whole reasoning.
type Decision struct {
	Eligible bool
	Root     Node
}

// Node is a rule with what the facts say of it.
type Node struct {
	Rule       // its Of is not repeated: see Branches
	Met        bool
	Have, Need int // of a leaf, the value; of a group, the number of branches met
	Branches   []Node
}

// Decide applies a rule to the facts of one person. It is pure: the same rule and facts give the same decision for ever.
// The rule must have passed Validate.
func Decide(r Rule, facts Facts) Decision {
	root := decide(r, facts)
	return Decision{Eligible: root.Met, Root: root}
}

func decide(r Rule, facts Facts) Node {
	n := Node{Rule: r, Need: r.needed()}
	n.Of = nil
	if r.leaf() {
		n.Have = facts[r.subject()]
	}
	for _, branch := range r.Of {
		b := decide(branch, facts)
		n.Branches = append(n.Branches, b)
		if b.Met {
			n.Have++
		}
	}
	n.Met = n.Have >= n.Need
	return n
}

// Leaves returns the leaves of the decision from first to last.
func (d Decision) Leaves() []Node { return d.Root.leaves() }

func (n Node) leaves() []Node {
	if n.leaf() {
		return []Node{n}
	}
	var all []Node
	for _, b := range n.Branches {
		all = append(all, b.leaves()...)
	}
	return all
}

// Shortest returns the unmet leaves of the cheapest way to eligibility, where cost says what meeting one leaf still
// takes, in any unit. It is empty when the gate is met. A leaf mentioned in several groups is counted once for each.
func (d Decision) Shortest(cost func(leaf Node) int) []Node {
	leaves, _ := d.Root.shortest(cost)
	return leaves
}

func (n Node) shortest(cost func(Node) int) (leaves []Node, total int) {
	if n.Met {
		return nil, 0
	}
	if n.leaf() {
		return []Node{n}, cost(n)
	}
	type way struct {
		leaves []Node
		total  int
	}
	var ways []way
	for _, b := range n.Branches {
		if !b.Met {
			l, t := b.shortest(cost)
			ways = append(ways, way{l, t})
		}
	}
	slices.SortStableFunc(ways, func(a, b way) int { return a.total - b.total })
	for _, w := range ways[:n.Need-n.Have] {
		leaves, total = append(leaves, w.leaves...), total+w.total
	}
	return leaves, total
}
