// Package ical writes seminars as iCalendar (RFC 5545): files, feeds that calendars subscribe to, and the invitations of
// mails (RFC 5546).
//
// Times are written in UTC. A session is one instant, not a rule that repeats, so UTC says it exactly, needs no table of
// time zones, and stays right on both sides of a change to or from daylight-saving time; calendars show it where their
// owner is.
package ical

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"

	"halqa/enrolment"
	"halqa/events"
)

// Type is the content type of what Publish returns.
const Type = "text/calendar; charset=utf-8; method=PUBLISH"

// Writer writes seminars in one language.
type Writer struct {
	Public   *url.URL // what links begin with; its host names the events for ever
	From     string   // address in whose name the offices organise
	Language string
	Now      time.Time
}

// Publish writes seminars as a calendar of that name, one event for each session. To a person who has a seat an event is
// theirs: it keeps the identity that the mail of the seat gave it.
func (w Writer) Publish(name string, cards []enrolment.Card) []byte {
	cal := w.calendar(ics.MethodPublish)
	cal.SetXWRCalName(clean(name))
	cal.SetName(clean(name))
	cal.SetRefreshInterval("PT4H", ics.WithValue("DURATION"))
	cal.SetXPublishedTTL("PT4H")
	for _, card := range cards {
		for i := range card.Sessions {
			w.add(cal, card, i)
		}
	}
	return serialize(cal)
}

// Invitation is what a mail about a seat carries for one session.
type Invitation struct {
	Name string // of the file
	Type string // of its content
	Data []byte
}

// Invitations writes the sessions of a seminar for the person whose registration card.Mine is: as a REQUEST while it holds
// a seat, else as a CANCEL.
//
// Calendars add, move and remove by themselves what comes as REQUEST and CANCEL under one UID; of what comes as PUBLISH
// they make copies that nothing takes back. Each session has its UID and so its file: a REQUEST speaks of one UID only
// (RFC 5546, 3.2.2). No answer is asked for, since the seat is given and taken back on the platform.
func (w Writer) Invitations(card enrolment.Card, name, address string) []Invitation {
	method := ics.MethodCancel
	if card.Mine.HoldsSeat() {
		method = ics.MethodRequest
	}
	list := make([]Invitation, len(card.Sessions))
	for i, session := range card.Sessions {
		cal := w.calendar(method)
		event := w.add(cal, card, i)
		event.AddAttendee(address, ics.WithCN(called(name)), ics.ParticipationStatusAccepted, ics.ParticipationRoleReqParticipant, ics.WithRSVP(false))
		list[i] = Invitation{
			Name: fmt.Sprintf("halqa-%s.ics", session.StartsAt.In(card.Location()).Format("2006-01-02-1504")),
			Type: "text/calendar; charset=utf-8; method=" + string(method), Data: serialize(cal),
		}
	}
	return list
}

func (w Writer) calendar(method ics.Method) *ics.Calendar {
	cal := ics.NewCalendarFor("halqa")
	cal.SetProductId("-//Halqa//Halqa//" + strings.ToUpper(w.Language))
	cal.SetCalscale("GREGORIAN")
	cal.SetMethod(method)
	return cal
}

// add writes the i-th session of a seminar.
func (w Writer) add(cal *ics.Calendar, card enrolment.Card, i int) *ics.VEvent {
	session := card.Sessions[i]
	page := w.Public.JoinPath("seminars", fmt.Sprint(card.ID)).String()
	event := cal.AddEvent(w.uid(card, session))
	event.SetDtStampTime(w.Now)
	event.SetSequence(sequence(card))
	event.SetStartAt(session.StartsAt)
	event.SetEndAt(session.EndsAt)
	event.SetSummary(numbered(clean(w.in(card.Title)), i, len(card.Sessions)))
	event.SetStatus(status(card))
	event.SetLocation(w.location(card))
	event.SetDescription(strings.TrimSpace(w.in(card.Description) + "\n\n" + page))
	event.SetURL(page)
	event.SetOrganizer(w.From, ics.WithCN(called(w.in(card.OfficeName))))
	return event
}

// uid names a session for ever: a session keeps its id when it moves. A registration has events of its own, so that one
// given back and taken anew isn't mistaken for the one that was cancelled.
func (w Writer) uid(card enrolment.Card, session enrolment.Session) string {
	if card.Mine != nil {
		return fmt.Sprintf("session-%d-seat-%d@%s", session.ID, card.Mine.ID, w.Public.Hostname())
	}
	return fmt.Sprintf("session-%d@%s", session.ID, w.Public.Hostname())
}

// sequence grows with every edit of the seminar, and once more when the event ends.
func sequence(card enrolment.Card) int {
	n := 2 * card.Version
	if status(card) == ics.ObjectStatusCancelled {
		n++
	}
	return n
}

func status(card enrolment.Card) ics.ObjectStatus {
	switch {
	case card.State == enrolment.Cancelled, card.Mine != nil && card.Mine.State == enrolment.Withdrawn:
		return ics.ObjectStatusCancelled
	case card.State == enrolment.Draft, card.Mine != nil && card.Mine.State == enrolment.Waitlisted:
		return ics.ObjectStatusTentative
	}
	return ics.ObjectStatusConfirmed
}

func (w Writer) location(card enrolment.Card) string {
	if address := clean(card.Address); address != "" {
		return clean(card.Venue) + ", " + address
	}
	return clean(card.Venue)
}

// in is an authored text, its paragraphs kept.
func (w Writer) in(t events.Text) string {
	text, _ := t.In(w.Language)
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, clean(line))
	}
	return strings.Join(lines, "\n")
}

func numbered(title string, i, of int) string {
	if of < 2 {
		return title
	}
	return fmt.Sprintf("%s (%d/%d)", title, i+1, of)
}

// clean makes one line of s: the library lets other control characters than line feeds through.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// called makes a name that fits a parameter. The library escapes there with a backslash, which RFC 5545 knows nothing of,
// so what it would escape is written otherwise.
func called(name string) string {
	return clean(strings.Map(func(r rune) rune {
		switch r {
		case '\'':
			return '’'
		case '"', ',', ';', ':', '\\':
			return ' '
		}
		return r
	}, name))
}

// serialize writes lines as the format wants them, on every system.
func serialize(cal *ics.Calendar) []byte {
	return []byte(cal.Serialize(ics.WithNewLineWindows))
}
