package views

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"halqa/enrolment"
	"halqa/events"
)

// DeskView is the office's list of seminars.
type DeskView struct {
	Page
	Coming, Past  []enrolment.Card // drafts and cancelled ones too
	MayCreate     bool
	Organisations bool // whether the person validates organisations too
	FirstSteps    []FirstSteps
}

// DeskSpacesView asks for which space a new seminar is.
type DeskSpacesView struct {
	Page
	Spaces []DeskSpace
}

// DeskSpace is a space in which the person may run seminars.
type DeskSpace struct {
	ID   int64
	Key  string
	Hue  int
	Name events.Text
}

// DeskFormView is the form of a seminar, new when ID is 0.
type DeskFormView struct {
	Page
	Form         Form
	ID           int64
	Space        DeskSpace
	Offices      []Option // one: it isn't asked
	Governorates []Option
	Sessions     []int    // indexes of the session fields
	Focus        int      // index of the session to write in first, or -1
	ZoneName     string   // of the times typed
	Stale        bool     // somebody else saved meanwhile
	Categories   []Option // of people, for quotas
}

func (v DeskFormView) action() string {
	if v.ID == 0 {
		return "/desk/seminars/new?space=" + strconv.FormatInt(v.Space.ID, 10)
	}
	return deskURL(v.ID) + "/edit"
}

// rows lists the indexes of the session fields, for the next request.
func (v DeskFormView) rows() string {
	text := make([]string, len(v.Sessions))
	for n, i := range v.Sessions {
		text[n] = strconv.Itoa(i)
	}
	return strings.Join(text, " ")
}

// DeskSeminarView is the desk of one seminar.
type DeskSeminarView struct {
	Page
	enrolment.DeskView
	Form  Form // of the cancellation, when it was refused
	Gates []GateInWords

	Retired []events.Text // modules they ask for that nobody can begin any more

	Places Regions // for the names of quotas
}

// asksModules tells whether a gate asks for modules.
func (v DeskSeminarView) asksModules() bool { return len(v.Gate.Modules())+len(v.Attend.Modules()) > 0 }

// marked are the sessions whose attendance was begun.
func (v DeskSeminarView) marked() []enrolment.Session {
	return slices.DeleteFunc(slices.Clone(v.Sessions), func(s enrolment.Session) bool {
		return !slices.ContainsFunc(v.Holders, func(g enrolment.Guest) bool { _, taken := g.Marks[s.ID]; return taken })
	})
}

// DeskGuestView is one registration, as the office sees it.
type DeskGuestView struct {
	Page
	Seminar enrolment.DeskView
	Guest   enrolment.Guest
	Past    PastInWords  // the decision that admitted them
	Asked   *PastInWords // as of the moment asked for
	Ask     Form         // "on", "at" and "use" of that moment
	Form    Form
}

// DeskAttendanceView is the attendance of one session.
type DeskAttendanceView struct {
	Page
	enrolment.DeskView
	Session enrolment.Session
	Early   bool // its doors aren't open yet
}

func (v DeskAttendanceView) tabs() []Tab {
	var all []Tab
	for _, s := range v.Sessions {
		all = append(all, Tab{
			Href: deskURL(v.ID) + "/attendance?session=" + strconv.FormatInt(s.ID, 10), Label: v.T("desk.session_tab", "Day", v.Date(s.StartsAt), "Time", v.Clock(s.StartsAt)),
			Current: s.ID == v.Session.ID,
		})
	}
	return all
}

func (v DeskAttendanceView) present() int {
	n := 0
	for _, g := range v.Holders {
		if g.Marks[v.Session.ID] {
			n++
		}
	}
	return n
}

func deskURL(id int64) string { return "/desk/seminars/" + strconv.FormatInt(id, 10) }

func guestURL(g enrolment.Guest) string {
	return fmt.Sprintf("%s/registrations/%d", deskURL(g.SeminarID), g.ID)
}

func stateBadge(p Page, c enrolment.Card) (Tone, string) {
	switch {
	case c.State == enrolment.Draft:
		return Plain, p.T("desk.state_draft")
	case c.State == enrolment.Cancelled:
		return Bad, p.T("desk.state_cancelled")
	case !p.Now.Before(c.EndsAt):
		return Plain, p.T("desk.state_over")
	case !p.Now.Before(c.StartsAt):
		return Info, p.T("desk.state_running")
	case !p.Now.Before(c.Closes()):
		return Plain, p.T("desk.state_closed")
	}
	return Good, p.T("desk.state_open")
}

func standing(p Page, g enrolment.Guest) (Tone, string) { return SeatState(p, g.Registration) }

// markText says whether somebody was at a session.
func markText(p Page, g enrolment.Guest, session int64) string {
	present, taken := g.Marks[session]
	switch {
	case !taken:
		return "–"
	case present:
		return p.T("desk.mark_present")
	}
	return p.T("desk.mark_absent")
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
