package enrolment

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
		n.Have = r.have(facts)
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
