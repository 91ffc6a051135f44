package views

import (
	"strconv"
	"strings"
	"time"

	"halqa/enrolment"
	"halqa/events"
)

// SeatsView is what a person registered for.
type SeatsView struct {
	Page
	Coming, Past []enrolment.Card
	Feed         Feed             // theirs alone
	Trains       []enrolment.Card // at which they train
}

// SeminarView is a seminar's page.
type SeminarView struct {
	Page
	enrolment.View
	Steps    []Step // what the gate asks
	Summary  string // how far the person is, in a sentence
	Words    string // how many of the steps are wanted, when not all of them are
	Way      *Way   // the shortest way on, when the gate isn't met
	Counting bool   // everything is done, but the last of it is still on its way here

	AttendSteps []Step // what the gate to attend asks
	AttendWords string
	AttendWay   *Way
	AttendMet   bool

	Places   Regions // for the names of quotas
	MayGroup bool    // the person may register people of an organisation
}

// Way is the shortest way to meet a gate; without steps there is none for the person.
type Way struct {
	Steps []Next
	Total string // what all of it takes, when there are several
}

// href is where the way begins, or "".
func (w *Way) href() string {
	if w == nil || len(w.Steps) == 0 {
		return ""
	}
	return w.Steps[0].Href
}

// Next is a step that brings a person nearer to a seat.
type Next struct {
	Title  events.Text
	Href   string
	Detail string // "7 min left, about 6 MB"
}

// phase is what a seminar's page has to say first.
type phase string

const (
	phaseDraft     phase = "draft"
	phaseCancelled phase = "cancelled"
	phaseSeat      phase = "seat"
	phaseWaiting   phase = "waiting"
	phaseAttended  phase = "attended"
	phaseAbsent    phase = "absent"
	phaseOver      phase = "over"
	phaseStarted   phase = "started"
	phaseClosed    phase = "closed"
	phaseVisitor   phase = "visitor"
	phaseCounting  phase = "counting"
	phaseLocked    phase = "locked"
	phaseOpen      phase = "open"
	phaseFull      phase = "full"

	phaseRequested   phase = "requested"
	phasePending     phase = "pending"
	phaseConditional phase = "conditional"
	phaseOffered     phase = "offered"
	phaseNotOpen     phase = "not_open"
	phaseTwin        phase = "twin" // registered at a twin
)

// phaseOf judges a seminar for the person of the page.
func phaseOf(p Page, c enrolment.Card) phase {
	if c.Mine != nil {
		switch c.Mine.State {
		case enrolment.Present:
			return phaseAttended
		case enrolment.Absent:
			return phaseAbsent
		case enrolment.Waitlisted:
			return phaseWaiting
		case enrolment.Requested, enrolment.Pending, enrolment.Conditional, enrolment.Offered:
			return phase(c.Mine.State)
		}
		return phaseSeat
	}
	switch {
	case c.State == enrolment.Cancelled:
		return phaseCancelled
	case c.State == enrolment.Draft:
		return phaseDraft
	case !p.Now.Before(c.EndsAt):
		return phaseOver
	case !p.Now.Before(c.StartsAt):
		return phaseStarted
	case !p.Now.Before(c.Closes()):
		return phaseClosed
	case !p.SignedIn():
		return phaseVisitor
	case !c.Decision.Eligible:
		return phaseLocked
	case p.Now.Before(c.OpensAt):
		return phaseNotOpen
	case c.Left() == 0:
		return phaseFull
	}
	return phaseOpen
}

func (v SeminarView) phase() phase {
	ph := phaseOf(v.Page, v.Card)
	switch {
	case ph == phaseLocked && v.Counting:
		return phaseCounting
	case (ph == phaseOpen || ph == phaseFull) && v.Taken() != nil:
		return phaseTwin
	}
	return ph
}

// seatBadge says in a word or two what a seminar is to the person of the page.
func seatBadge(p Page, c enrolment.Card) (Tone, string) {
	switch ph := phaseOf(p, c); ph {
	case phaseSeat:
		return Good, p.T("seminars.badge_seat")
	case phaseWaiting:
		return Warn, p.T("seminars.badge_waiting", "Place", c.Mine.Place)
	case phaseAttended, phaseAbsent, phaseOver, phaseStarted, phaseClosed, phaseDraft:
		return Plain, p.T("seminars.badge_" + string(ph))
	case phaseRequested, phasePending, phaseNotOpen:
		return Info, p.T("seats.badge_" + string(ph))
	case phaseConditional, phaseOffered:
		return Warn, p.T("seats.badge_" + string(ph))
	case phaseCancelled:
		return Bad, p.T("seminars.badge_cancelled")
	case phaseFull:
		return Warn, p.T("seminars.full")
	case phaseLocked:
		return Info, p.T("seminars.badge_locked", "Have", c.Decision.Root.Have, "Need", c.Decision.Root.Need)
	case phaseVisitor:
		if !c.Gate.Open() {
			return Info, p.T("seminars.badge_gated")
		}
	}
	return Good, p.T("seminars.badge_open")
}

// left says how many seats are left.
func left(p Page, c enrolment.Card) string {
	if n := c.Left(); n > 0 {
		return p.N("seminars.left", n)
	}
	return p.T("seminars.full")
}

// when says on which day a seminar begins, and its number of sessions if it has several.
func when(p Page, c enrolment.Card) string {
	if len(c.Sessions) < 2 {
		return p.LongDate(c.StartsAt)
	}
	return p.LongDate(c.StartsAt) + " · " + p.N("seminars.days", len(c.Sessions))
}

// span says when a session takes place: "mardi 3 mars 2026, 09:00 – 12:30".
func span(p Page, s enrolment.Session) string {
	return p.T("seminars.span", "Day", p.LongDate(s.StartsAt), "From", p.Clock(s.StartsAt), "To", clockOrDate(p, s.StartsAt, s.EndsAt))
}

func clockOrDate(p Page, from, to time.Time) string {
	if p.Date(from) == p.Date(to) {
		return p.Clock(to)
	}
	return p.DateTime(to)
}

func seminarURL(id int64) string { return "/seminars/" + strconv.FormatInt(id, 10) }

// region is the governorate's name, unless the address says it already.
func (v SeminarView) region() events.Text {
	for _, name := range v.GovernorateName {
		if strings.Contains(v.Address, name) || strings.Contains(v.Venue, name) {
			return nil
		}
	}
	return v.GovernorateName
}

// subjects are what the live part of a seminar's page depends on.
func (v SeminarView) subjects() string {
	s := "seats " + v.twinSubjects()
	for _, gate := range []enrolment.Rule{v.Gate, v.Attend} {
		for _, id := range gate.Modules() {
			s += " module:" + strconv.FormatInt(id, 10)
		}
	}
	return s
}

// announcement is what screen readers hear when the live part changes.
func (v SeminarView) announcement() string {
	ph := v.phase()
	switch ph {
	case phaseWaiting:
		return v.T("seminars.waiting_title", "Place", v.Mine.Place)
	case phaseLocked:
		return v.Summary
	case phaseRequested, phasePending, phaseConditional, phaseOffered, phaseNotOpen:
		return v.T("seats." + string(ph) + "_title")
	case phaseTwin:
		return v.twinTitle()
	}
	return v.T("seminars." + string(ph) + "_title")
}

func authored(p Page, t events.Text) (text, lang string) { return t.In(p.Lang()) }

// calendarHref is the seminar as a file for calendars, in the page's language.
func (v SeminarView) calendarHref() string {
	return seminarURL(v.ID) + "/calendar.ics?lang=" + v.Lang()
}
