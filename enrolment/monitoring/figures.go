package monitoring

import (
	"cmp"
	"slices"
	"time"
)

// Stage is a step of the journey that people are counted at. Each is counted by itself: a seminar without a gate
// unlocks for people who started nothing.
type Stage int

// The stages, in the order of the journey.
const (
	Reached    Stage = iota // has a line in the selection
	Started                 // has progress in a module that a selected seminar's gate speaks of
	Completed               // completed such a module
	Unlocked                // a selected seminar opened to them
	Registered              // asked for a seat, whatever became of it
	Confirmed               // holds a seat, or held it to the end
	Attended                // was present at one session or more
	stages
)

// Stages lists the stages in order.
var Stages = []Stage{Reached, Started, Completed, Unlocked, Registered, Confirmed, Attended}

// Key names the stage in catalogues: "reached", "started" …
func (s Stage) Key() string {
	return [...]string{"reached", "started", "completed", "unlocked", "registered", "confirmed", "attended"}[s]
}

// Counts are numbers of distinct people by stage.
type Counts [stages]int

// Group is the people of one category: a gender, a governorate …
type Group struct {
	Key    string // "" for those who did not say
	Counts Counts
}

// SeminarFigures are the people of one seminar; their Started and Completed are about the modules of its own gate.
type SeminarFigures struct {
	*Seminar
	Counts Counts
}

// ModuleFigures are the people of one module.
type ModuleFigures struct {
	Module
	Started   int
	Completed int
	Percent   int // average over those who started, rounded down
}

// Month says how many people did something for the first time in a month, for the modules and seminars selected.
type Month struct {
	First      time.Time // the month's first day
	Started    int
	Completed  int
	Registered int
}

// Figures are what a selection of lines adds up to. Every number but Lines is of distinct people.
type Figures struct {
	Lines         int
	People        Counts
	ByGender      []Group
	ByAge         []Group
	ByGovernorate []Group
	ByKind        []Group
	BySeminar     []SeminarFigures // by date, those without a line too
	ByModule      []ModuleFigures
	ByMonth       []Month // without gaps, the earliest first
}

// Tally adds lines up, a line at a time, remembering people but no line.
type Tally struct {
	loc       *time.Location
	year      int // of today, for ages
	lines     int
	people    map[int64]*tallied
	seminars  []SeminarFigures
	bySeminar map[int64]int
	modules   []Module
}

// tallied is what is remembered of a person.
type tallied struct {
	reached                        [stages]bool
	gender, age, governorate, kind string
	modules                        []ModuleProgress
	started, completed, registered time.Time // the first time, or zero
}

// NewTally returns a Tally for the lines of the given seminars, whose gates speak of the given modules.
func NewTally(of []*Seminar, modules []Module, today time.Time) *Tally {
	t := &Tally{loc: today.Location(), year: today.Year(), people: map[int64]*tallied{},
		bySeminar: make(map[int64]int, len(of)), modules: modules}
	for i, s := range of {
		t.seminars = append(t.seminars, SeminarFigures{Seminar: s})
		t.bySeminar[s.ID] = i
	}
	return t
}

// Add counts a line.
func (t *Tally) Add(l Line) {
	t.lines++
	p := t.people[l.PersonID]
	if p == nil {
		p = &tallied{gender: l.Gender, age: ageBand(t.year, l.BirthYear), governorate: l.Governorate, kind: l.Kind}
		t.people[l.PersonID] = p
	}
	reached := l.stages()
	seminar := &t.seminars[t.bySeminar[l.Seminar.ID]]
	for stage, yes := range reached {
		if yes {
			p.reached[stage] = true
			seminar.Counts[stage]++
		}
	}
	for _, m := range l.Modules {
		p.add(m)
	}
	if l.Registration != nil {
		earliest(&p.registered, l.Registration.RequestedAt)
	}
}

// stages tells which stages the line's person reached towards its seminar.
func (l Line) stages() (s [stages]bool) {
	s[Reached] = true
	s[Started] = len(l.Modules) > 0
	s[Completed] = slices.ContainsFunc(l.Modules, func(m ModuleProgress) bool { return m.CompletedAt != nil })
	s[Unlocked] = !l.UnlockedAt.IsZero()
	s[Registered] = l.Registration != nil
	s[Confirmed] = l.Registration.Holds()
	s[Attended] = l.Attended() > 0
	return s
}

func (p *tallied) add(m ModuleProgress) {
	earliest(&p.started, m.FirstAt)
	if m.CompletedAt != nil {
		earliest(&p.completed, *m.CompletedAt)
	}
	known := slices.ContainsFunc(p.modules, func(o ModuleProgress) bool { return o.ModuleID == m.ModuleID })
	if !known {
		p.modules = append(p.modules, m)
	}
}

func earliest(t *time.Time, other time.Time) {
	if t.IsZero() || other.Before(*t) {
		*t = other
	}
}

// AgeBands lists the keys of the bands of age, the youngest first. The age is the one reached this year.
var AgeBands = []string{"under_18", "18_24", "25_34", "35_49", "50_over"}

func ageBand(year, born int) string {
	if born == 0 {
		return ""
	}
	switch age := year - born; {
	case age < 18:
		return AgeBands[0]
	case age < 25:
		return AgeBands[1]
	case age < 35:
		return AgeBands[2]
	case age < 50:
		return AgeBands[3]
	}
	return AgeBands[4]
}

// Figures returns what was added so far.
func (t *Tally) Figures() Figures {
	f := Figures{Lines: t.lines, BySeminar: t.seminars, ByModule: t.byModule(), ByMonth: t.byMonth()}
	for _, p := range t.people {
		count(&f.People, p)
	}
	f.ByGender = t.groups([]string{"female", "male"}, func(p *tallied) string { return p.gender })
	f.ByAge = t.groups(AgeBands, func(p *tallied) string { return p.age })
	f.ByGovernorate = t.groups(nil, func(p *tallied) string { return p.governorate })
	f.ByKind = t.groups(nil, func(p *tallied) string { return p.kind })
	return f
}

func count(c *Counts, p *tallied) {
	for stage, yes := range p.reached {
		if yes {
			c[stage]++
		}
	}
}

// groups counts people by the key that of gives them. Keys in order come first and always, others by number of people,
// the unsaid one last.
func (t *Tally) groups(order []string, of func(*tallied) string) []Group {
	at := map[string]int{}
	var list []Group
	for _, key := range order {
		at[key] = len(list)
		list = append(list, Group{Key: key})
	}
	for _, p := range t.people {
		key := of(p)
		i, ok := at[key]
		if !ok {
			i = len(list)
			at[key] = i
			list = append(list, Group{Key: key})
		}
		count(&list[i].Counts, p)
	}
	slices.SortStableFunc(list[len(order):], func(a, b Group) int {
		if a.Key == "" || b.Key == "" {
			return cmp.Compare(b.Key, a.Key)
		}
		return cmp.Or(cmp.Compare(b.Counts[Reached], a.Counts[Reached]), cmp.Compare(a.Key, b.Key))
	})
	return list
}

func (t *Tally) byModule() []ModuleFigures {
	list := make([]ModuleFigures, len(t.modules))
	at := make(map[int64]int, len(t.modules))
	for i, m := range t.modules {
		list[i].Module, at[m.ID] = m, i
	}
	for _, p := range t.people {
		for _, m := range p.modules {
			f := &list[at[m.ModuleID]]
			f.Started++
			f.Percent += m.Percent
			if m.CompletedAt != nil {
				f.Completed++
			}
		}
	}
	for i := range list {
		if n := list[i].Started; n > 0 {
			list[i].Percent /= n
		}
	}
	return list
}

func (t *Tally) byMonth() []Month {
	months := map[time.Time]*Month{}
	at := func(when time.Time) *Month {
		when = when.In(t.loc)
		first := time.Date(when.Year(), when.Month(), 1, 0, 0, 0, 0, t.loc)
		if months[first] == nil {
			months[first] = &Month{First: first}
		}
		return months[first]
	}
	for _, p := range t.people {
		if !p.started.IsZero() {
			at(p.started).Started++
		}
		if !p.completed.IsZero() {
			at(p.completed).Completed++
		}
		if !p.registered.IsZero() {
			at(p.registered).Registered++
		}
	}
	return withoutGaps(months)
}

func withoutGaps(months map[time.Time]*Month) []Month {
	if len(months) == 0 {
		return nil
	}
	var first, last time.Time
	for m := range months {
		if first.IsZero() || m.Before(first) {
			first = m
		}
		if m.After(last) {
			last = m
		}
	}
	var list []Month
	for m := first; !m.After(last); m = m.AddDate(0, 1, 0) {
		if months[m] == nil {
			list = append(list, Month{First: m})
			continue
		}
		list = append(list, *months[m])
	}
	return list
}
