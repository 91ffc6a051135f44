package enrolment

import (
	"reflect"
	"slices"
	"strconv"

	"halqa/community/account"
)

// Bounds of a rule, so that it stays readable and cheap to decide.
const (
	MaxDepth  = 4     // groups within groups
	MaxLeaves = 50    // in the whole tree
	MaxCount  = 1_000 // posts, or people
	maxTorn   = 12    // seminars both wanted and unwanted in one rule
)

// RuleError says what is wrong in a rule and where: Path holds the position in each group on the way, from 1.
type RuleError struct {
	Path []int
	What string // empty_group, impossible_k, unknown_mode, unknown_kind, percent, count, module … : the end of a catalogue key
}

// Error is for logs; pages translate What.
func (e *RuleError) Error() string { return "gate rule " + e.What + " at /" + e.Place() + "/" }

// Place is the path written with dots: "2.1" is the first branch of the second; "" the whole rule.
func (e *RuleError) Place() string {
	at := ""
	for i, n := range e.Path {
		if i > 0 {
			at += "."
		}
		at += strconv.Itoa(n)
	}
	return at
}

// Validate refuses a rule that nobody could meet, that says nothing, or that is out of bounds, with a *RuleError. Whether
// what it speaks of exists is for the use case to check.
func Validate(r Rule) error {
	if r.Open() {
		if !reflect.DeepEqual(r, Rule{}) {
			return &RuleError{What: "unknown_mode"}
		}
		return nil
	}
	leaves := 0
	for range r.Leaves() {
		leaves++
	}
	if leaves > MaxLeaves {
		return &RuleError{What: "too_large"}
	}
	if what, path := r.fault(1); what != "" {
		slices.Reverse(path)
		return &RuleError{Path: path, What: what}
	}
	if torn := r.torn(); len(torn) > maxTorn {
		return &RuleError{What: "too_large"}
	} else if len(torn) > 0 && !r.possible(torn) {
		return &RuleError{What: "contradiction"}
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
	return r.twice()
}

// leafFault checks a leaf's own fields: those its kind needs are there and no others.
func (r Rule) leafFault() string {
	if r.Mode != "" || r.K != 0 || len(r.Of) > 0 {
		return "mixed"
	}
	if !slices.Contains(LeafKinds, r.Kind) {
		return "unknown_kind"
	}
	bare := Rule{Kind: r.Kind}
	switch r.Kind {
	case Completed, Progressed, MembersCompleted:
		bare.ModuleID = r.ModuleID
	case QuizScored:
		bare.LessonID = r.LessonID
	case Contributed:
		bare.SpaceID, bare.As = r.SpaceID, r.As
	case Attended, NeverAttended:
		bare.SeminarID = r.SeminarID
	case Belongs:
		bare.Kinds, bare.Governorates = r.Kinds, r.Governorates
	}
	if what := r.valueFault(&bare); what != "" {
		return what
	}
	if !reflect.DeepEqual(r, bare) {
		return "mixed"
	}
	return ""
}

// valueFault checks what the leaf names and how much it asks, and copies the latter to bare.
func (r Rule) valueFault(bare *Rule) string {
	counted := r.Kind == MembersCompleted || r.Kind == Contributed && r.As != OneOfEach
	switch {
	case r.Kind == Contributed && r.SpaceID <= 0:
		return "space"
	case r.Kind == Contributed && !slices.Contains(Contributions, r.As):
		return "unknown_kind"
	case (r.Kind == Attended || r.Kind == NeverAttended) && r.SeminarID <= 0:
		return "seminar"
	case r.Kind == QuizScored && r.LessonID <= 0:
		return "quiz"
	case (r.Kind == Completed || r.Kind == Progressed || r.Kind == MembersCompleted) && r.ModuleID <= 0:
		return "module"
	case (r.Kind == Progressed || r.Kind == QuizScored) && (r.Percent < 1 || r.Percent > 100):
		return "percent"
	case counted && (r.Count < 1 || r.Count > MaxCount):
		return "count"
	case slices.ContainsFunc(r.Kinds, func(k string) bool { return !slices.Contains(account.OrganisationKinds, k) }):
		return "organisation_kind"
	}
	if r.Kind == Progressed || r.Kind == QuizScored {
		bare.Percent = r.Percent
	}
	if counted {
		bare.Count = r.Count
	}
	return ""
}

func (r Rule) groupFault(depth int) string {
	group := Rule{Mode: r.Mode, Of: r.Of}
	if r.Mode == AtLeast {
		group.K = r.K
	}
	switch {
	case r.Mode != All && r.Mode != Any && r.Mode != AtLeast:
		return "unknown_mode"
	case !reflect.DeepEqual(r, group):
		return "mixed"
	case depth > MaxDepth:
		return "too_deep"
	case len(r.Of) == 0:
		return "empty_group"
	case r.Mode == AtLeast && (r.K < 1 || r.K > len(r.Of)):
		return "impossible_k"
	}
	return ""
}

// twice finds two leaves of a group about the same: "2 of (A, A, B)" reads as if one module could count twice.
func (r Rule) twice() (what string, path []int) {
	same := func(a, b Rule) bool {
		if a.Kind == Belongs || a.Kind == Contributed {
			return reflect.DeepEqual(a, b)
		}
		return a.Kind == b.Kind && a.leaf() && a.subject() == b.subject()
	}
	for i, branch := range r.Of {
		if slices.ContainsFunc(r.Of[:i], func(o Rule) bool { return same(o, branch) }) {
			return "twice", []int{i + 1}
		}
	}
	return "", nil
}

// torn are the seminars that the rule wants attended in one place and never attended in another. All other leaves can be
// met together.
func (r Rule) torn() []int64 {
	wanted := map[Kind][]int64{}
	for leaf := range r.Leaves() {
		if !slices.Contains(wanted[leaf.Kind], leaf.SeminarID) {
			wanted[leaf.Kind] = append(wanted[leaf.Kind], leaf.SeminarID)
		}
	}
	return slices.DeleteFunc(wanted[Attended], func(id int64) bool { return !slices.Contains(wanted[NeverAttended], id) })
}

// possible tries every history of the torn seminars, with all else done.
func (r Rule) possible(torn []int64) bool {
	var met func(r Rule, attended func(int64) bool) bool
	met = func(r Rule, attended func(int64) bool) bool {
		if r.leaf() {
			return (r.Kind != Attended || attended(r.SeminarID)) && (r.Kind != NeverAttended || !attended(r.SeminarID))
		}
		n := 0
		for _, branch := range r.Of {
			n += oneIf(met(branch, attended))
		}
		return n >= r.needed()
	}
	for history := range 1 << len(torn) {
		attended := func(id int64) bool {
			i := slices.Index(torn, id)
			if i < 0 {
				// Wanted or unwanted, never both: whichever the leaf at hand asks is possible.
				return slices.Contains(r.ids(wantedSeminar), id)
			}
			return history&(1<<i) != 0
		}
		if met(r, attended) {
			return true
		}
	}
	return false
}

func wantedSeminar(leaf Rule) int64 {
	if leaf.Kind == Attended {
		return leaf.SeminarID
	}
	return 0
}
