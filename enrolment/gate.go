package enrolment

import "slices"

// Kind says what a leaf of a gate, or a fact, speaks of.
type Kind string

// The kinds of leaf. The first three are kinds of fact too.
const (
	Completed        Kind = "completed"         // a module
	Progressed       Kind = "progressed"        // in a module, to Percent at least
	QuizScored       Kind = "quiz_scored"       // in a quiz, Percent at least
	Contributed      Kind = "contributed"       // to a space, what As says
	Attended         Kind = "attended"          // a session of a seminar at least
	NeverAttended    Kind = "never_attended"    // any session of a seminar
	Belongs          Kind = "belongs"           // to a validated organisation, of one of Kinds, in one of Governorates
	MembersCompleted Kind = "members_completed" // a module, Count people of one organisation, oneself counted
)

// LeafKinds lists every kind of leaf, in the order the builder offers them.
var LeafKinds = []Kind{Completed, Progressed, QuizScored, Contributed, Attended, NeverAttended, Belongs, MembersCompleted}

// The kinds of fact that no leaf is named after.
const (
	MemberOf          Kind = "member"             // of an organisation; value 1 or 0
	Validated         Kind = "validated"          // an organisation, of nobody; value 1 or 0
	OrganisationKind  Kind = "organisation_kind"  // of an organisation, in Word
	OrganisationPlace Kind = "organisation_place" // of an organisation, the governorate in Word
	StartedThread     Kind = "started_thread"     // the post that opens it; value 1, or 0 while hidden or once deleted
	Replied           Kind = "replied"            // the post; the same values
)

// Contribution says which posts in a space count.
type Contribution string

// The ways to contribute. Posts that are hidden or deleted never count.
const (
	Threads   Contribution = "threads"     // Count threads started
	Replies   Contribution = "replies"     // Count replies
	Posts     Contribution = "posts"       // Count threads or replies
	OneOfEach Contribution = "one_of_each" // a thread and a reply
)

// Contributions lists every way to contribute.
var Contributions = []Contribution{Threads, Replies, Posts, OneOfEach}

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
	Mode Mode   `json:"mode,omitempty"`
	K    int    `json:"k,omitempty"`
	Of   []Rule `json:"of,omitempty"`

	Kind         Kind         `json:"kind,omitempty"`
	ModuleID     int64        `json:"module_id,omitempty"`
	LessonID     int64        `json:"lesson_id,omitempty"` // of a quiz
	SpaceID      int64        `json:"space_id,omitempty"`
	SeminarID    int64        `json:"seminar_id,omitempty"`
	Percent      int          `json:"percent,omitempty"` // 1–100
	Count        int          `json:"count,omitempty"`   // of posts, or of people
	As           Contribution `json:"as,omitempty"`
	Kinds        []string     `json:"kinds,omitempty"`        // of organisation: any of them; none: every kind
	Governorates []string     `json:"governorates,omitempty"` // ISO 3166-2 codes: any of them; none: everywhere
}

// Subject is what a fact is about.
type Subject struct {
	Kind Kind
	ID   int64  // of a module, quiz, space, seminar or organisation
	Word string // what it is, of facts whose value is a word
}

// Facts are what is known of one person: the greatest value by subject. An absent subject counts as 0. Contributions and
// colleagues are counted: by the space, and by the module.
type Facts map[Subject]int

// add keeps the greatest value of each subject.
func (f Facts) add(s Subject, value int) { f[s] = max(f[s], value) }

// Open tells whether the gate asks for nothing.
func (r Rule) Open() bool { return r.Mode == "" && r.Kind == "" }

func (r Rule) leaf() bool { return r.Kind != "" }

// needed is the value at which a leaf is met, or the number of branches at which a group is.
func (r Rule) needed() int {
	switch {
	case r.Kind == Progressed, r.Kind == QuizScored:
		return r.Percent
	case r.Kind == Contributed && r.As == OneOfEach:
		return 2
	case r.Kind == Contributed, r.Kind == MembersCompleted:
		return r.Count
	case r.leaf(), r.Mode == Any:
		return 1
	case r.Mode == AtLeast:
		return r.K
	}
	return len(r.Of)
}

// have is what the facts say of a leaf, in the unit of needed.
func (r Rule) have(f Facts) int {
	threads, replies := f[Subject{Kind: StartedThread, ID: r.SpaceID}], f[Subject{Kind: Replied, ID: r.SpaceID}]
	switch r.Kind {
	case Contributed:
		switch r.As {
		case Threads:
			return threads
		case Replies:
			return replies
		case OneOfEach:
			return min(threads, 1) + min(replies, 1)
		}
		return threads + replies
	case NeverAttended:
		return 1 - min(1, f[Subject{Kind: Attended, ID: r.SeminarID}])
	case Belongs:
		return oneIf(r.fits(f))
	}
	return f[r.subject()]
}

// fits tells whether one of the person's organisations is as the leaf wants it.
func (r Rule) fits(f Facts) bool {
	for s, value := range f {
		if s.Kind != MemberOf || value == 0 || f[Subject{Kind: Validated, ID: s.ID}] == 0 {
			continue
		}
		is := func(kind Kind, words []string) bool {
			return len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return f[Subject{kind, s.ID, w}] > 0 })
		}
		if is(OrganisationKind, r.Kinds) && is(OrganisationPlace, r.Governorates) {
			return true
		}
	}
	return false
}

// subject is the first of the leaf's subjects.
func (r Rule) subject() Subject { return r.subjects()[0] }

// subjects are what a leaf speaks of. A person's organisations are one subject, without an id.
func (r Rule) subjects() []Subject {
	switch r.Kind {
	case QuizScored:
		return []Subject{{Kind: r.Kind, ID: r.LessonID}}
	case Attended, NeverAttended:
		return []Subject{{Kind: Attended, ID: r.SeminarID}}
	case Belongs:
		return []Subject{{Kind: MemberOf}}
	case Contributed:
		switch r.As {
		case Threads:
			return []Subject{{Kind: StartedThread, ID: r.SpaceID}}
		case Replies:
			return []Subject{{Kind: Replied, ID: r.SpaceID}}
		}
		return []Subject{{Kind: StartedThread, ID: r.SpaceID}, {Kind: Replied, ID: r.SpaceID}}
	}
	return []Subject{{Kind: r.Kind, ID: r.ModuleID}}
}

// Subjects returns what the rule speaks of, each subject once, in order of first mention.
func (r Rule) Subjects() []Subject {
	var all []Subject
	for leaf := range r.Leaves() {
		for _, s := range leaf.subjects() {
			if !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}

// Modules returns the ids of the modules the rule speaks of, each once, in order of first mention.
func (r Rule) Modules() []int64 { return r.ids(func(leaf Rule) int64 { return leaf.ModuleID }) }

// Quizzes returns the lessons of the quizzes the rule speaks of; Spaces and Seminars do the same for theirs.
func (r Rule) Quizzes() []int64 { return r.ids(func(leaf Rule) int64 { return leaf.LessonID }) }

// Spaces returns the ids of the spaces to contribute to.
func (r Rule) Spaces() []int64 { return r.ids(func(leaf Rule) int64 { return leaf.SpaceID }) }

// Seminars returns the ids of the seminars to have attended, or not.
func (r Rule) Seminars() []int64 { return r.ids(func(leaf Rule) int64 { return leaf.SeminarID }) }

func (r Rule) ids(of func(leaf Rule) int64) []int64 {
	var ids []int64
	for leaf := range r.Leaves() {
		if id := of(leaf); id != 0 && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Leaves yields the leaves of the rule from first to last.
func (r Rule) Leaves() func(yield func(Rule) bool) {
	return func(yield func(Rule) bool) { r.each(yield) }
}

func (r Rule) each(yield func(leaf Rule) bool) bool {
	if r.leaf() && !yield(r) {
		return false
	}
	for _, branch := range r.Of {
		if !branch.each(yield) {
			return false
		}
	}
	return true
}
