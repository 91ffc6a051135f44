package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	reader "github.com/emersion/go-ical"
	"github.com/uptrace/bun"

	"halqa/community"
	"halqa/community/account"
	"halqa/enrolment"
	"halqa/enrolment/ical"
	"halqa/events"
	"halqa/events/eventstest"
	"halqa/migrations/testdb"
)

// TestAWholeSeminarIsCalledOff: whoever held anything is told in their language and why, calendars forget it, nothing of what was
// planned for it happens any more, and those who had a seat go on talking.
func TestAWholeSeminarIsCalledOff(t *testing.T) {
	c := openCancelled(t)
	_, given := c.box.next()
	c.now = c.now.Add(time.Hour)
	c.said(c.people["confirmed"], c.sem, "À bientôt")
	c.settle()
	c.box.next()
	c.check(c.p.enrolment.CancelSeminar(c.ctx, c.moderator, c.sem.ID, "Inondations"))
	c.settle()

	c.everybodyIsTold()
	c.calendarsTakeItBack(given)
	c.feedsSayIt()
	c.nothingPlannedHappens()
	c.seatsGoOnTalking()
}

// cancelled is a seminar in which people are in every state, its moderator about to call it off.
type cancelled struct {
	*world
	t          *testing.T
	cfg        Config
	now, start time.Time
	sem        enrolment.Seminar
	people     map[string]account.Actor // by their state
	box        *letterBox
	settle     func() // handles all events and sends all mails
}

func openCancelled(t *testing.T) *cancelled {
	c := &cancelled{t: t, cfg: testConfig(t, t.TempDir()), people: map[string]account.Actor{}}
	c.now = time.Now().Add(-2 * time.Hour) // what carries mails away goes by the clock of the machine
	c.world = newWorld(t, testdb.Clone(t), c.cfg, func() time.Time { return c.now })
	bus := eventstest.New(t, c.p.db, c.p.consumers(), eventstest.Twice(), eventstest.Shuffled(3))
	sender, err := c.p.sender(c.cfg, quietly())
	c.check(err)
	c.box = &letterBox{t: t, dir: filepath.Join(c.cfg.Data, "mail")}
	c.settle = func() {
		t.Helper()
		bus.Settle()
		for n := 1; n > 0; {
			n, err = sender.Deliver(c.ctx)
			c.check(err)
		}
	}
	c.start = c.now.AddDate(0, 0, 20).Truncate(time.Hour)
	c.sem, err = c.p.enrolment.Create(c.ctx, c.moderator, enrolment.Seminar{OfficeID: c.office, SpaceID: c.space.ID, Title: in3("Atelier budget"),
		Venue: "Maison de la culture", Zone: "Africa/Tunis", Capacity: 3, Approval: enrolment.ByOffice, OfferHours: 48,
		Attend:   enrolment.Rule{Kind: enrolment.Completed, ModuleID: c.module.ID},
		Trainers: []enrolment.Trainer{{Name: "Hédi", Email: "programme@example.org"}},
		Sessions: []enrolment.Session{{StartsAt: c.start, EndsAt: c.start.Add(3 * time.Hour)}}})
	c.check(err)
	c.check(c.p.enrolment.Publish(c.ctx, c.moderator, c.sem.ID))
	c.fill()
	return c
}

// fill has people come to every state of a registration.
func (c *cancelled) fill() {
	c.t.Helper()
	registered := map[string]int64{}
	for _, one := range []struct {
		name, lang string
		approve    bool
	}{{"confirmed", "fr", true}, {"conditional", "ar", true}, {"left", "fr", true}, {"offered", "en", true}, {"waitlisted", "ar", true}, {"pending", "fr", false}} {
		registered[one.name] = c.ask(one.name, one.lang, one.approve)
	}
	c.check(c.p.enrolment.Cancel(c.ctx, c.people["left"], registered["left"], ""))
	c.settle()
	for name, id := range registered {
		var state string
		c.check(c.p.db.NewRaw("select state from registration where id = ?", id).Scan(c.ctx, &state))
		if want := map[bool]string{true: "cancelled", false: name}[name == "left"]; state != want {
			c.t.Fatalf("%s is %s", name, state)
		}
	}
}

// ask has somebody of that name register; who is to be confirmed has met what is wanted for coming.
func (c *cancelled) ask(name, lang string, approve bool) int64 {
	c.t.Helper()
	p := c.must(c.p.account.AddPerson(c.ctx, account.Newcomer{Name: name, Email: name + "@example.org", Password: testPassword, Language: lang, Governorate: region}))
	c.people[name] = c.actorOf(p)
	if name == "confirmed" {
		c.check(c.p.db.RunInTx(c.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			return events.Publish(ctx, tx, events.ModuleCompleted{PersonID: p.ID, ModuleID: c.module.ID, SpaceID: c.space.ID, Title: in3("Monter un budget"), CriterionVersion: 1, CompletedAt: c.now})
		}))
		c.settle()
	}
	reg := c.seat(c.people[name], c.sem)
	if approve {
		_, err := c.p.enrolment.Approve(c.ctx, c.moderator, reg.ID)
		c.check(err)
	}
	return reg.ID
}

// everybodyIsTold in their language, and why.
func (c *cancelled) everybodyIsTold() {
	c.t.Helper()
	var told []struct{ Email, Language, Reason string }
	c.check(c.p.db.NewRaw(`select p.email, m.language, m.data->>'reason' as reason from mail m join person p on p.id = m.person_id
		where m.kind = 'seminar_cancelled' order by 1`).Scan(c.ctx, &told))
	said := []string{}
	for _, m := range told {
		said = append(said, strings.TrimSuffix(m.Email, "@example.org")+" "+m.Language+" "+m.Reason)
	}
	want := []string{"conditional ar Inondations", "confirmed fr Inondations", "offered en Inondations", "pending fr Inondations", "programme fr Inondations", "waitlisted ar Inondations"}
	if !slices.Equal(said, want) {
		c.t.Errorf("told %q", said)
	}
}

// calendarsTakeItBack: those that were given it.
func (c *cancelled) calendarsTakeItBack(given []*reader.Calendar) {
	c.t.Helper()
	sequence := map[string]string{}
	for _, cal := range given {
		e := cal.Events()[0]
		sequence[e.Props.Get("UID").Value] = e.Props.Get("SEQUENCE").Value
	}
	_, taken := c.box.next()
	back := 0
	for _, cal := range taken {
		e := cal.Events()[0]
		before, had := sequence[e.Props.Get("UID").Value]
		if got := cal.Props.Get("METHOD").Value; got != "CANCEL" || had && e.Props.Get("SEQUENCE").Value <= before {
			c.t.Errorf("%s of sequence %s after %s", got, e.Props.Get("SEQUENCE").Value, before)
		}
		if had {
			back++
		}
	}
	if back != 2 {
		c.t.Errorf("%d of two calendars take it back: %d given, %d taken", back, len(given), len(taken))
	}
}

func (c *cancelled) feedsSayIt() {
	c.t.Helper()
	writer := ical.Writer{Public: c.cfg.PublicURL, From: "x@example.org", Language: "fr", Now: c.now}
	feeds := map[string][]enrolment.Card{}
	var err error
	feeds["office"], err = c.p.enrolment.Feed(c.ctx, account.Actor{}, enrolment.Filter{OfficeID: c.office})
	c.check(err)
	feeds["space"], err = c.p.enrolment.Feed(c.ctx, account.Actor{}, enrolment.Filter{SpaceID: c.space.ID})
	c.check(err)
	for _, name := range []string{"confirmed", "conditional", "offered"} {
		number, err := c.p.enrolment.LinkNumber(c.ctx, c.people[name])
		c.check(err)
		feeds[name], err = c.p.enrolment.SeatsFeed(c.ctx, c.people[name].PersonID, number)
		c.check(err)
	}
	for name, cards := range feeds {
		if text := string(writer.Publish("Halqa", cards)); strings.Count(text, "STATUS:CANCELLED") != 1 || strings.Contains(text, "STATUS:CONFIRMED") {
			c.t.Errorf("the feed of %s says %s", name, text)
		}
	}
}

func (c *cancelled) nothingPlannedHappens() {
	c.t.Helper()
	c.now = c.start.Add(-time.Hour)
	_, err := c.p.enrolment.DoDue(c.ctx)
	c.check(err)
	c.settle()
	var late, open int
	c.check(c.p.db.NewRaw(`select (select count(*) from outbox where type = ?), (select count(*) from registration where state <> 'cancelled')`,
		events.SeatReminded{}.EventType()).Scan(c.ctx, &late, &open))
	if late != 0 || open != 0 {
		c.t.Errorf("%d reminders, %d registrations", late, open)
	}
	if breaches, err := enrolment.Audit(c.ctx, c.p.db, c.now); err != nil || len(breaches) != 0 {
		c.t.Errorf("%v, %v", breaches, err)
	}
}

// seatsGoOnTalking: those who had one then; the others can't.
func (c *cancelled) seatsGoOnTalking() {
	c.t.Helper()
	for name, in := range map[string]bool{"confirmed": true, "conditional": true, "left": false, "offered": false, "waitlisted": false, "pending": false} {
		circle, err := c.p.community.CircleOf(c.ctx, c.people[name], c.sem.ID)
		if (err == nil) != in {
			c.t.Errorf("%s in the circle: %v", name, err)
		}
		if in {
			_, err := c.p.community.Reply(c.ctx, c.people[name], community.NewReply{ThreadID: circle.ID, Body: "Dommage"})
			c.check(err)
		}
	}
}
