package notify

import "time"

// Rhythm is how a person is written to of what they follow. "notify.rhythm_<rhythm>" says it.
type Rhythm string

// The rhythms.
const (
	AtOnce      Rhythm = "once" // up to the budget of a day; what is more goes to a daily digest
	Pushed      Rhythm = "push" // likewise, to their devices rather than by mail
	Daily       Rhythm = "daily"
	Weekly      Rhythm = "weekly"
	Fortnightly Rhythm = "fortnightly"
	Never       Rhythm = "never" // the pages tell it, no mail does
)

// Rhythms lists the rhythms in the order of the page.
var Rhythms = []Rhythm{AtOnce, Pushed, Daily, Weekly, Fortnightly, Never}

// digestHour is when digests leave, on the platform's clock, unless that hour is quiet.
const digestHour = 7

// firstFortnight is the Monday from which fortnights are counted, the same for everybody.
var firstFortnight = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// Quiet are the hours of the platform's clock in which nothing leaves that can wait: from From until Until, past midnight
// when Until is less. Equal hours are no quiet at all.
type Quiet struct {
	From, Until int // 0–23
}

// holds tells whether an hour is quiet.
func (q Quiet) holds(hour int) bool {
	if q.From <= q.Until {
		return q.From <= hour && hour < q.Until
	}
	return hour >= q.From || hour < q.Until
}

// after is t, or the end of the quiet hours that t falls in, on the clock of t's zone.
func (q Quiet) after(t time.Time) time.Time {
	if !q.holds(t.Hour()) {
		return t
	}
	day := t
	if q.Until <= t.Hour() {
		day = t.AddDate(0, 0, 1)
	}
	end := time.Date(day.Year(), day.Month(), day.Day(), q.Until, 0, 0, 0, t.Location())
	if !end.After(t) { // an hour that the clocks go back over
		end = end.Add(time.Hour)
	}
	return end
}

// next is when the digest leaves that takes what happens at now: strictly later, on the platform's clock, outside the
// quiet hours. Digests that aren't daily leave on Mondays. Never has none; it is asked only for what overflows.
func (r Rhythm) next(now time.Time, q Quiet) time.Time {
	for day := -1; ; day++ { // the digest of yesterday may be kept back by quiet hours
		at := time.Date(now.Year(), now.Month(), now.Day()+day, digestHour, 0, 0, 0, now.Location())
		if leaves := q.after(at); r.falls(at) && leaves.After(now) {
			return leaves
		}
	}
}

// falls tells whether digests of the rhythm leave on the day of t.
func (r Rhythm) falls(t time.Time) bool {
	if r != Weekly && r != Fortnightly {
		return true
	}
	if t.Weekday() != time.Monday {
		return false
	}
	days := int(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Sub(firstFortnight).Hours() / 24)
	return r == Weekly || days%14 == 0
}
