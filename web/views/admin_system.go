package views

import (
	"strconv"
	"strings"
	"time"

	"halqa/events"
)

// AdminEventsView is the page at "/admin/events".
type AdminEventsView struct {
	Page
	Report events.Report
	Dead   []events.DeadLetter
}

func retryURL(id int64) string { return "/admin/events/dead/" + strconv.FormatInt(id, 10) }

// state puts the state of a consumer into a tone and words.
func (v AdminEventsView) state(c events.ConsumerStatus) (Tone, string) {
	switch {
	case c.Dead > 0:
		return Bad, v.N("admin.dead_count", int(c.Dead))
	case c.Replaying:
		return Info, v.T("admin.replaying")
	case c.Failing > 0:
		return Warn, v.N("admin.failing_count", int(c.Failing))
	}
	return Good, v.T("admin.well")
}

// System is what the machine tells of itself.
type System struct {
	Version       string // of the program
	PostgreSQL    string
	NATS          string // "" when the bus is away
	Since         time.Time
	DatabaseBytes int64
	MediaBytes    int64
	MediaFiles    int
	MailsQueued   int
	MailsSent     int // sent, or written into the data folder
	MailsFailed   int
	MailsStopped  int // addresses that mail doesn't reach
	MailsBounced  int // in thirty days
	MailsForGood  int // of those
}

// AdminSystemView is the page at "/admin/system".
type AdminSystemView struct {
	Page
	System  System
	Report  events.Report
	Mailbox bool // mails stay on this machine, at /mailbox
}

func (v AdminSystemView) lag() (sum int64) {
	for _, c := range v.Report.Consumers {
		sum += c.Lag
	}
	return sum
}

func (v AdminSystemView) dead() (sum int) {
	for _, c := range v.Report.Consumers {
		sum += int(c.Dead)
	}
	return sum
}

// eventName is the type of an event for people: "account · role_granted".
func eventName(e events.Event) string { return strings.Replace(e.Type, ".", " · ", 1) }
