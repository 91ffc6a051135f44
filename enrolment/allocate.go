package enrolment

import "slices"

// Plan is what bounds the seats of a seminar at one moment.
type Plan struct {
	Capacity        int
	PerOrganisation int // the most seats for people of one organisation; 0 for no bound
	Quotas          []Quota
	Reserved        bool // the minima of the quotas are still kept: their seats are released at a date
}

// Claim is a registration that waits, as the allocation sees it.
type Claim struct {
	ID int64
	Traits
	Barred bool // may take no seat now: what attending asks wasn't done by its deadline
}

// Reason says why somebody waits.
type Reason string

// The reasons, from the one that only its person can change to the one that time changes.
const (
	NoReason         Reason = ""
	WaitCondition    Reason = "condition"    // what attending asks isn't done and its deadline has passed
	WaitOrganisation Reason = "organisation" // their organisation has its number of seats
	WaitMaximum      Reason = "maximum"      // those of their category have all of theirs
	WaitFull         Reason = "full"         // every seat is held
	WaitReserved     Reason = "reserved"     // the seats left are kept for others, until a date
)

// Wait is why somebody has no seat, with the quotas that keep it from them; the zero Wait says that nothing does.
type Wait struct {
	Reason Reason
	Quotas []Quota
}

// Allocate gives the free seats to those who wait, in the order of queue, and says why each of the others goes on
// waiting. It is pure and deterministic. A person is passed over only while a bound keeps the seat from them, and after
// it nobody who waits could take a seat. holders are those who hold one already; they keep it.
func Allocate(plan Plan, holders []Traits, queue []Claim) (given []Claim, waits map[int64]Wait) {
	l := newLedger(plan, holders)
	waiting := slices.Clone(queue)
	for i := 0; i < len(waiting) && l.held < plan.Capacity; {
		if l.wait(waiting[i]).Reason != NoReason {
			i++
			continue
		}
		reserved := l.lacking()
		l.take(waiting[i].Traits)
		given = append(given, waiting[i])
		waiting = slices.Delete(waiting, i, i+1)
		// Somebody who counts for two reserves leaves a seat that was kept: those before them come first.
		if reserved-l.lacking() > 1 {
			i = 0
		}
	}
	waits = make(map[int64]Wait, len(waiting))
	for _, c := range waiting {
		waits[c.ID] = l.wait(c)
	}
	return given, waits
}

// ledger counts the seats held against the bounds of a plan.
type ledger struct {
	Plan
	held          int
	inside        []int // by quota, the holders it counts
	organisations map[int64]int
}

func newLedger(plan Plan, holders []Traits) *ledger {
	l := &ledger{Plan: plan, inside: make([]int, len(plan.Quotas)), organisations: map[int64]int{}}
	for _, t := range holders {
		l.take(t)
	}
	return l
}

func (l *ledger) take(t Traits) {
	l.held++
	l.organisations[t.Organisation]++
	for i, q := range l.Quotas {
		if q.Counts(t) {
			l.inside[i]++
		}
	}
}

// kept is the number of seats that quota i keeps for those it counts and that nobody has taken yet.
func (l *ledger) kept(i int) int {
	if !l.Reserved {
		return 0
	}
	return max(0, l.Quotas[i].Min-l.inside[i])
}

// lacking is the number of seats kept by all quotas together.
func (l *ledger) lacking() int {
	n := 0
	for i := range l.Quotas {
		n += l.kept(i)
	}
	return n
}

// wait says what keeps a seat from c.
func (l *ledger) wait(c Claim) Wait {
	switch {
	case c.Barred:
		return Wait{Reason: WaitCondition}
	case l.PerOrganisation > 0 && c.Organisation != 0 && l.organisations[c.Organisation] >= l.PerOrganisation:
		return Wait{Reason: WaitOrganisation}
	}
	for i, q := range l.Quotas {
		if q.Max > 0 && q.Counts(c.Traits) && l.inside[i] >= q.Max {
			return Wait{WaitMaximum, []Quota{q}}
		}
	}
	if l.held >= l.Capacity {
		return Wait{Reason: WaitFull}
	}
	if kept := l.keptFrom(c.Traits); len(kept) > 0 {
		return Wait{WaitReserved, kept}
	}
	return Wait{}
}

// keptFrom lists the quotas whose reserved seats keep t from a free one. A quota of at least m seats is a bound on all
// the others together: they hold Capacity - m at most. And somebody who counts for no quota that lacks people may only
// take a seat that would leave one for each that is lacking.
func (l *ledger) keptFrom(t Traits) []Quota {
	if !l.Reserved {
		return nil
	}
	free, fills := l.Capacity-l.held, false
	var tight, lacking []Quota
	for i, q := range l.Quotas {
		kept := l.kept(i)
		switch {
		case kept == 0:
		case q.Counts(t):
			fills = true
		default:
			lacking = append(lacking, q)
			if l.held-l.inside[i] >= l.Capacity-q.Min {
				tight = append(tight, q)
			}
		}
	}
	if len(tight) > 0 || fills || free > l.lacking() {
		return tight
	}
	return lacking
}
