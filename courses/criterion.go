package courses

import (
	"fmt"
	"maps"
	"slices"

	"halqa/community/account"
)

// Mode is how many items of a criterion must hold.
type Mode string

// The modes of a criterion.
const (
	All     Mode = "all"
	Any     Mode = "any"
	AtLeast Mode = "at_least" // K of them
)

// ItemKind is what an item of a criterion looks at.
type ItemKind string

// The kinds of item.
const (
	ByPlaying ItemKind = "played"  // a share of the module's videos
	ByQuiz    ItemKind = "quiz"    // the best score in one quiz
	ByReading ItemKind = "reading" // one reading, confirmed as read; its Percent is 100
	// ByContribution looks at what the person wrote in the module's space and everybody there may read: threads and
	// replies, Count of them.
	ByContribution ItemKind = "contribution"
)

// Item is one condition of a criterion.
type Item struct {
	Kind     ItemKind `json:"kind"`
	LessonID int64    `json:"lesson_id,omitempty"` // the quiz or the reading
	Percent  int      `json:"percent"`             // at least, 1–100
	Count    int      `json:"count,omitempty"`     // of contributions, at least
}

// Criterion says what completes a module: one flat list of items. Each change makes a new version.
type Criterion struct {
	Version int    `json:"-"`
	Mode    Mode   `json:"mode"`
	K       int    `json:"k,omitempty"` // with AtLeast
	Items   []Item `json:"items"`
}

// ItemCheck is an item with how far a person is.
type ItemCheck struct {
	Item
	Have int // percent reached; of contributions, how many
	Met  bool
}

// Check is a criterion applied to one person, with its reasons.
type Check struct {
	Met   bool
	Need  int // how many items must hold
	Items []ItemCheck
}

// Need returns how many of the items must hold.
func (c Criterion) Need() int {
	switch c.Mode {
	case Any:
		return 1
	case AtLeast:
		return c.K
	}
	return len(c.Items)
}

// MaxContributions is the most contributions that a criterion may want.
const MaxContributions = 20

func (c Criterion) countsContributions() bool {
	return slices.ContainsFunc(c.Items, func(i Item) bool { return i.Kind == ByContribution })
}

// Check applies c to a standing and a number of contributions. A criterion without items is never met.
func (c Criterion) Check(s Standing, contributions int) Check {
	check := Check{Need: c.Need()}
	met := 0
	for _, item := range c.Items {
		have, want := s.Percent(), item.Percent
		switch item.Kind {
		case ByQuiz, ByReading:
			have = s.Lesson(item.LessonID).Percent()
		case ByContribution:
			have, want = contributions, item.Count
		}
		done := have >= want
		if done {
			met++
		}
		check.Items = append(check.Items, ItemCheck{Item: item, Have: have, Met: done})
	}
	check.Met = len(c.Items) > 0 && met >= check.Need
	return check
}

// validate refuses a criterion that nobody, or everybody, would meet in a module of such lessons.
func (c Criterion) validate(lessons map[int64]LessonKind) error {
	hasVideo := slices.Contains(slices.Collect(maps.Values(lessons)), Video)
	var wrong account.Invalids
	switch {
	case len(c.Items) == 0 || len(c.Items) > 20:
		wrong.Add("items", "courses.criterion_items")
	case c.Mode != All && c.Mode != Any && c.Mode != AtLeast:
		wrong.Add("mode", "courses.criterion_mode")
	case c.Mode == AtLeast && (c.K < 1 || c.K > len(c.Items)):
		wrong.Add("k", "courses.criterion_k", "Max", len(c.Items))
	}
	for n, item := range c.Items {
		field := fmt.Sprintf("items.%d", n)
		if item.Kind == ByContribution && (item.Count < 1 || item.Count > MaxContributions) {
			wrong.Add(field, "courses.criterion_count", "Max", MaxContributions)
		}
		if item.Percent < 1 || item.Percent > 100 {
			wrong.Add(field, "courses.criterion_percent")
		}
		switch item.Kind {
		case ByPlaying:
			if !hasVideo {
				wrong.Add(field, "courses.criterion_no_video")
			}
		case ByContribution:
		case ByQuiz:
			if lessons[item.LessonID] != Quiz {
				wrong.Add(field, "courses.criterion_no_quiz")
			}
		case ByReading:
			if lessons[item.LessonID] != Reading {
				wrong.Add(field, "authoring.criterion_no_reading")
			}
		default:
			wrong.Add(field, "courses.criterion_kind")
		}
	}
	return wrong.Err()
}
