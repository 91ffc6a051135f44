package enrolment

import (
	"slices"
	"strconv"
)

// Kind says what a leaf of a gate, or a fact, speaks of.
type Kind string

// The kinds of fact. A gate's leaves use the first two; the others are kept for the gates to come.
const (
	Completed  Kind = "completed"   // of a module; value 1
	Progressed Kind = "progressed"  // of a module; value in percent
	QuizScored Kind = "quiz_scored" // of a lesson; value in percent
	MemberOf   Kind = "member"      // of an organisation; value 1 or 0
	Validated  Kind = "validated"   // an organisation, of nobody; value 1 or 0
	Attended   Kind = "attended"    // of a seminar's session; value 1 or 0

	StartedThread Kind = "started_thread" // the post that opens it; value 1, or 0 while hidden or once deleted
	Replied       Kind = "replied"        // the post; the same values
)

// Mode says how many branches of a group must be met.
type Mode string

// The modes of a group.
const (
	All     Mode = "all"
	Any     Mode = "any"
	AtLeast Mode = "at_least" // K of them
)

// Rule is a gate: a leaf (Kind set) or a group of rules (Mode set). The zero Rule is the open gate, met by everybody.
type Rule struct {
	Mode     Mode   `json:"mode,omitempty"`
	K        int    `json:"k,omitempty"`
	Of       []Rule `json:"of,omitempty"`
	Kind     Kind   `json:"kind,omitempty"`
	ModuleID int64  `json:"module_id,omitempty"`
	Percent  int    `json:"percent,omitempty"` // for Progressed, 1–100
}

// Subject is what a fact is about.
type Subject struct {
	Kind Kind
	ID   int64
}

// Facts are what is known of one person: the greatest value by subject. An absent subject counts as 0.
type Facts map[Subject]int

// Open tells whether the gate asks for nothing.
func (r Rule) Open() bool { return r.Mode == "" && r.Kind == "" }

func (r Rule) leaf() bool { return r.Kind != "" }

func (r Rule) subject() Subject { return Subject{r.Kind, r.ModuleID} }

// needed is the value at which a leaf is met, or the number of branches at which a group is.
func (r Rule) needed() int {
	switch {
	case r.Kind == Progressed:
		return r.Percent
	case r.leaf(), r.Mode == Any:
		return 1
	case r.Mode == AtLeast:
		return r.K
	}
	return len(r.Of)
}

// Subjects returns what the rule speaks of, each subject once, in order of first mention.
func (r Rule) Subjects() []Subject {
	var all []Subject
	r.each(func(leaf Rule) {
		if !slices.Contains(all, leaf.subject()) {
			all = append(all, leaf.subject())
		}
	})
	return all
}

// Modules returns the ids of the modules the rule speaks of, each once, in order of first mention.
func (r Rule) Modules() []int64 {
	var ids []int64
	r.each(func(leaf Rule) {
		if !slices.Contains(ids, leaf.ModuleID) {
			ids = append(ids, leaf.ModuleID)
		}
	})
	return ids
}

func (r Rule) each(f func(leaf Rule)) {
	if r.leaf() {
		f(r)
	}
	for _, branch := range r.Of {
		branch.each(f)
	}
}

// Bounds of a rule, so that it stays readable and cheap to decide.
const (
	MaxDepth  = 4  // groups within groups
	MaxLeaves = 50 // in the whole tree
)

// RuleError says what is wrong in a rule and where: Path holds the position in each group on the way, from 1.
type RuleError struct {
	Path []int
	What string // empty_group, impossible_k, unknown_mode, unknown_kind, percent, module, too_deep, too_large, mixed, twice
}

// Error is for logs; pages translate What.
func (e *RuleError) Error() string {
	at := ""
	for _, n := range e.Path {
		at += "/" + strconv.Itoa(n)
	}
	return "gate rule " + e.What + " at " + at + "/"
}

// Validate refuses a rule that nobody could meet, that says nothing, or that is out of bounds, with a *RuleError.
func Validate(r Rule) error {
	if r.Open() {
		if len(r.Of) > 0 || r.K != 0 || r.ModuleID != 0 || r.Percent != 0 {
			return &RuleError{What: "unknown_mode"}
		}
		return nil
	}
	leaves := 0
	r.each(func(Rule) { leaves++ })
	if leaves > MaxLeaves {
		return &RuleError{What: "too_large"}
	}
	if what, path := r.fault(1); what != "" {
		slices.Reverse(path)
		return &RuleError{Path: path, What: what}
	}
	return nil
}

// fault returns the first thing wrong, with its path from the inside out.
func (r Rule) fault(depth int) (what string, path []int) {
	if r.leaf() {
		return r.leafFault(), nil
	}
	if what := r.groupFault(depth); what != "" {
		return what, nil
	}
	for i, branch := range r.Of {
		if what, path := branch.fault(depth + 1); what != "" {
			return what, append(path, i+1)
		}
	}
	return "", nil
}

func (r Rule) leafFault() string {
	switch {
	case r.Mode != "" || r.K != 0 || len(r.Of) > 0:
		return "mixed"
	case r.Kind != Completed && r.Kind != Progressed:
		return "unknown_kind"
	case r.ModuleID <= 0:
		return "module"
	case r.Kind == Progressed && (r.Percent < 1 || r.Percent > 100), r.Kind == Completed && r.Percent != 0:
		return "percent"
	}
	return ""
}

func (r Rule) groupFault(depth int) string {
	switch {
	case r.Mode != All && r.Mode != Any && r.Mode != AtLeast:
		return "unknown_mode"
	case r.ModuleID != 0 || r.Percent != 0 || r.Mode != AtLeast && r.K != 0:
		return "mixed"
	case depth > MaxDepth:
		return "too_deep"
	case len(r.Of) == 0:
		return "empty_group"
	case r.Mode == AtLeast && (r.K < 1 || r.K > len(r.Of)):
		return "impossible_k"
	}
	// "2 of (A, A, B)" reads as if one module could count twice.
	for i, branch := range r.Of {
		if branch.leaf() && slices.ContainsFunc(r.Of[:i], func(o Rule) bool { return o.leaf() && o.subject() == branch.subject() }) {
			return "twice"
		}
	}
	return ""
}
