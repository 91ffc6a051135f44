package enrolment

import (
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"
)

// Trait is what a quota looks at in a person.
type Trait string

// The traits.
const (
	ByGender       Trait = "gender"       // values: female, male
	ByOrganisation Trait = "organisation" // values: kinds of organisation, such as public_actor
	ByGovernorate  Trait = "governorate"  // values: ISO 3166-2 codes
	ByAge          Trait = "age"          // values: the least and the greatest age, both counted
)

// Quota bounds the seats of a category of people: at least Min of them are kept for it until the seminar's reserved
// seats are released, at most Max go to it.
type Quota struct {
	bun.BaseModel `bun:"table:seminar_quota,alias:quota"`

	ID        int64 `bun:",pk,autoincrement"`
	SeminarID int64
	Position  int
	Trait     Trait
	Values    []string `bun:",array"`
	Min       int      // 0 reserves nothing
	Max       int      // 0 is no bound
}

// Traits are what quotas ask of a person, as they were when they registered.
type Traits struct {
	Gender       string `json:"gender,omitempty"`
	Organisation int64  `json:"organisation,omitempty"` // the one they come for, 0 for nobody but themselves
	Kind         string `json:"kind,omitempty"`         // of that organisation
	Governorate  string `json:"governorate,omitempty"`  // of the person, else of the organisation
	Age          int    `json:"age,omitempty"`          // reached in the year of the seminar; 0 is unknown
}

// Counts tells whether somebody belongs to the quota's category. What isn't known of a person belongs to none.
func (q Quota) Counts(t Traits) bool {
	switch q.Trait {
	case ByGender:
		return t.Gender != "" && slices.Contains(q.Values, t.Gender)
	case ByOrganisation:
		return t.Kind != "" && slices.Contains(q.Values, t.Kind)
	case ByGovernorate:
		return t.Governorate != "" && slices.Contains(q.Values, t.Governorate)
	case ByAge:
		from, to := q.ages()
		return t.Age > 0 && t.Age >= from && t.Age <= to
	}
	return false
}

// ages are the bounds of a quota by age.
func (q Quota) ages() (from, to int) {
	if len(q.Values) != 2 {
		return 1, 0
	}
	from, err1 := strconv.Atoi(q.Values[0])
	to, err2 := strconv.Atoi(q.Values[1])
	if err1 != nil || err2 != nil {
		return 1, 0
	}
	return from, to
}

// Plan is what bounds the seats of the seminar at time t.
func (s Seminar) Plan(t time.Time) Plan {
	return Plan{Capacity: s.Capacity, PerOrganisation: s.PerOrganisation, Quotas: s.Quotas, Reserved: t.Before(s.Released())}
}

// Released is when the seats that quotas keep are given to anybody: at ReservedUntil, or at the end of registration.
func (s Seminar) Released() time.Time {
	if s.ReservedUntil.IsZero() || s.ReservedUntil.After(s.StartsAt) {
		return s.Closes()
	}
	return s.ReservedUntil
}

// sameBounds tells whether two seminars tell people apart alike when they give seats.
func sameBounds(a, b Seminar) bool {
	return a.PerOrganisation == b.PerOrganisation && slices.EqualFunc(a.Quotas, b.Quotas, func(p, q Quota) bool {
		return p.Trait == q.Trait && slices.Equal(p.Values, q.Values) && p.Min == q.Min && p.Max == q.Max
	})
}
