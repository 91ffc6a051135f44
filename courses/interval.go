package courses

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"halqa/community/account"
)

// Bounds of one report. A phone that played for a day without network sends far less.
const (
	MaxIntervals = 500        // intervals in one report
	MaxMS        = 86_400_000 // the highest moment a report may name: 24 hours
)

// Interval is a piece of a track, [From, To), in milliseconds of the medium. Its JSON form is [from, to].
type Interval struct{ From, To int64 }

// UnmarshalJSON reads [from, to]: exactly two whole numbers.
func (i *Interval) UnmarshalJSON(data []byte) error {
	inner, ok := bytes.CutPrefix(data, []byte("["))
	inner, closed := bytes.CutSuffix(inner, []byte("]"))
	from, to, two := bytes.Cut(inner, []byte(","))
	if !ok || !closed || !two {
		return fmt.Errorf("interval: %.40q isn't two numbers", data)
	}
	var errFrom, errTo error
	i.From, errFrom = strconv.ParseInt(string(bytes.TrimSpace(from)), 10, 64)
	i.To, errTo = strconv.ParseInt(string(bytes.TrimSpace(to)), 10, 64)
	if err := errors.Join(errFrom, errTo); err != nil {
		return fmt.Errorf("interval: %w", err)
	}
	return nil
}

// MarshalJSON writes [from, to].
func (i Interval) MarshalJSON() ([]byte, error) {
	out := strconv.AppendInt([]byte{'['}, i.From, 10)
	out = strconv.AppendInt(append(out, ','), i.To, 10)
	return append(out, ']'), nil
}

// Set is a set of milliseconds: sorted intervals that are not empty and neither overlap nor touch.
type Set []Interval

// Played turns the intervals of a report into the set they cover within [0, durationMS). It refuses as
// account.Invalid what no player sends: too many intervals, negative or huge moments, an end before its start.
func Played(intervals []Interval, durationMS int64) (Set, error) {
	if err := checkIntervals(intervals); err != nil {
		return nil, err
	}
	clipped := make([]Interval, 0, len(intervals))
	for _, i := range intervals {
		i.To = min(i.To, durationMS)
		if i.From < i.To {
			clipped = append(clipped, i)
		}
	}
	return normalise(clipped), nil
}

func checkIntervals(intervals []Interval) error {
	if len(intervals) > MaxIntervals {
		return account.Invalid{Field: "intervals", Key: "courses.report_too_many", Args: map[string]any{"Max": MaxIntervals}}
	}
	for _, i := range intervals {
		if i.From < 0 || i.To < i.From || i.To > MaxMS {
			return account.Invalid{Field: "intervals", Key: "courses.report_malformed"}
		}
	}
	return nil
}

// normalise sorts and merges in place.
func normalise(in []Interval) Set {
	slices.SortFunc(in, func(a, b Interval) int { return int(a.From - b.From) })
	out := in[:0]
	for _, i := range in {
		if last := len(out) - 1; last >= 0 && i.From <= out[last].To {
			out[last].To = max(out[last].To, i.To)
			continue
		}
		out = append(out, i)
	}
	return out
}

// Union returns what s or t covers.
func (s Set) Union(t Set) Set {
	return normalise(append(slices.Clone(s), t...))
}

// MS returns how many milliseconds s covers.
func (s Set) MS() int64 {
	var sum int64
	for _, i := range s {
		sum += i.To - i.From
	}
	return sum
}

// String is s as a PostgreSQL int4multirange.
func (s Set) String() string {
	var b strings.Builder
	b.WriteByte('{')
	for n, i := range s {
		if n > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('[')
		b.WriteString(strconv.FormatInt(i.From, 10))
		b.WriteByte(',')
		b.WriteString(strconv.FormatInt(i.To, 10))
		b.WriteByte(')')
	}
	b.WriteByte('}')
	return b.String()
}

// Scan reads a PostgreSQL int4multirange in its canonical, half-open form.
func (s *Set) Scan(src any) error {
	var text string
	switch v := src.(type) {
	case nil:
		*s = nil
		return nil
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		return fmt.Errorf("scan set: %T", src)
	}
	return s.parse(text)
}

func (s *Set) parse(text string) error {
	*s = nil
	text = strings.Trim(text, "{}")
	for text != "" {
		var piece string
		piece, text, _ = strings.Cut(text, ")")
		text = strings.TrimPrefix(text, ",")
		from, to, _ := strings.Cut(strings.TrimPrefix(piece, "["), ",")
		a, errA := strconv.ParseInt(from, 10, 64)
		b, errB := strconv.ParseInt(to, 10, 64)
		if err := errors.Join(errA, errB); err != nil {
			return fmt.Errorf("scan set: %w", err)
		}
		*s = append(*s, Interval{From: a, To: b})
	}
	return nil
}
